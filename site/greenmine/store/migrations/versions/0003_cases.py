"""Cases people bring: complaints, objections, error reports; form drafts, the outbox, and what slows abuse."""

import sqlalchemy as sa
from alembic import op

from greenmine.store.migrations.losses import refuse_to_lose

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "case_task",
    "complaint",
    "objection",
    "error_report",
    "case_access",
    "case_guess",
    "case_visit",
    "case_message",
    "case_attachment",
    "sent_form",
    "form_draft",
    "form_draft_file",
    "outbox",
    "client_salt",
    "staff_department",
)


def upgrade() -> None:
    """Create the tables."""
    create_cases()
    create_surroundings()


def create_cases() -> None:
    """One row a case for the desk's inbox, and one for what is special to its kind."""
    op.create_table(
        "case_task",
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("body_region", sa.String(length=6), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("due", sa.String(length=10), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=False),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_case_task_case_file")),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_case_task_staff")),
        sa.PrimaryKeyConstraint("case_file", name=op.f("pk_case_task")),
        sa.UniqueConstraint("number", name=op.f("uq_case_task_number")),
    )
    op.create_index("ix_case_task_body", "case_task", ["body_region", "department", "closed_at", "due"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("mine", sa.String(length=20), nullable=True),
        sa.Column("risk", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("cluster", sa.String(length=32), nullable=False),
        sa.Column("accept_due", sa.String(length=10), nullable=False),
        sa.Column("accepted_at", sa.String(length=20), nullable=True),
        sa.Column("decide_due", sa.String(length=10), nullable=True),
        sa.Column("extended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("answered_at", sa.String(length=20), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("log_due", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_complaint_case_file")),
        sa.PrimaryKeyConstraint("case_file", name=op.f("pk_complaint")),
        sa.UniqueConstraint("commitment", name=op.f("uq_complaint_commitment")),
    )
    op.create_index("ix_complaint_cluster", "complaint", ["cluster"], unique=False)
    op.create_table(
        "objection",
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("notice", sa.String(length=20), nullable=False),
        sa.Column("by_unit", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_objection_case_file")),
        sa.PrimaryKeyConstraint("case_file", name=op.f("pk_objection")),
    )
    op.create_index("ix_objection_notice", "objection", ["notice"], unique=False)
    op.create_table(
        "error_report",
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("object", sa.String(length=120), nullable=False),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_error_report_case_file")),
        sa.PrimaryKeyConstraint("case_file", name=op.f("pk_error_report")),
    )


def create_surroundings() -> None:
    """Ways in, messages, files, drafts, the outbox, departments."""
    op.create_table(
        "case_access",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_case_access_case_file")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_access")),
        sa.UniqueConstraint("case_file", name=op.f("uq_case_access_case_file")),
    )
    op.create_table(
        "case_guess",
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_case_guess")),
    )
    op.create_table(
        "case_visit",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_case_visit_case_file")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_case_visit")),
    )
    op.create_index("ix_case_visit_case_file", "case_visit", ["case_file"], unique=False)
    op.create_table(
        "case_message",
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_case_message_case_file")),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_case_message_staff")),
        sa.PrimaryKeyConstraint("case_file", "position", name=op.f("pk_case_message")),
    )
    op.create_table(
        "case_attachment",
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_case_attachment_case_file")),
        sa.PrimaryKeyConstraint("file", name=op.f("pk_case_attachment")),
    )
    op.create_index("ix_case_attachment_case_file", "case_attachment", ["case_file"], unique=False)
    op.create_table(
        "sent_form",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_sent_form_case_file")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sent_form")),
    )
    op.create_table(
        "form_draft",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_form_draft")),
    )
    op.create_index("ix_form_draft_expires_at", "form_draft", ["expires_at"], unique=False)
    op.create_table(
        "form_draft_file",
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("draft", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["form_draft.id_hash"], name=op.f("fk_form_draft_file_draft")),
        sa.PrimaryKeyConstraint("file", name=op.f("pk_form_draft_file")),
    )
    op.create_index("ix_form_draft_file_draft", "form_draft_file", ["draft"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("next_at", sa.String(length=20), nullable=False),
        sa.Column("last_result", sa.String(length=40), server_default="", nullable=False),
        sa.Column("sent_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_outbox_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    op.create_index("ix_outbox_case_file", "outbox", ["case_file"], unique=False)
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"], unique=False)
    op.create_table(
        "client_salt",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_client_salt")),
    )
    op.create_table(
        "staff_department",
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_department_staff")),
        sa.PrimaryKeyConstraint("staff", "department", name=op.f("pk_staff_department")),
    )


def downgrade() -> None:
    """Drop them; refused where it would lose a case or a message that was not delivered."""
    refuse_to_lose(op.get_bind(), "case_task", "case_message", "case_attachment", "outbox")
    for name in reversed(TABLES):
        op.drop_table(name)
