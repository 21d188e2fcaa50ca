"""Derived tables, staff, drafts, the journal, and cases sealed with a key each."""

import sqlalchemy as sa
from alembic import op

from greenmine.store import triggers
from greenmine.store.migrations.losses import refuse_to_lose

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "case_file",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_table(
        "figure",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "measure", name=op.f("pk_figure")),
    )
    op.create_table(
        "journal",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.Column("case_file", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_act", "journal", ["act"], unique=False)
    op.create_index("ix_journal_case_file", "journal", ["case_file"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=20), nullable=False),
        sa.Column("beat_at", sa.String(length=20), nullable=False),
        sa.Column("jumped_from", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "projection_cursor",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_projection_cursor")),
    )
    op.create_table(
        "site_fact",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_fact")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_counter", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "staff_attempt",
        sa.Column("login_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("login_hash", name=op.f("pk_staff_attempt")),
    )
    op.create_table(
        "case_part",
        sa.Column("case_file", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_file"], ["case_file.id"], name=op.f("fk_case_part_case_file")),
        sa.PrimaryKeyConstraint("case_file", "position", name=op.f("pk_case_part")),
    )
    op.create_table(
        "desk_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object", sa.String(length=120), server_default="", nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("updated_at", sa.String(length=20), nullable=False),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_desk_draft_created_by")),
        sa.ForeignKeyConstraint(["updated_by"], ["staff.id"], name=op.f("fk_desk_draft_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_draft")),
    )
    op.create_index("ix_desk_draft_kind_state", "desk_draft", ["kind", "state"], unique=False)
    op.create_table(
        "staff_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("expires_at", sa.String(length=20), nullable=False),
        sa.Column("used_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_link_staff")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_link")),
    )
    op.create_table(
        "staff_region",
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_region_staff")),
        sa.PrimaryKeyConstraint("staff", "region", name=op.f("pk_staff_region")),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.String(length=20), nullable=False),
        sa.Column("seen_at", sa.String(length=20), nullable=False),
        sa.Column("expires_at", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("totp_pending", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_session_staff")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    op.create_index("ix_staff_session_staff", "staff_session", ["staff"], unique=False)
    op.create_table(
        "staff_recovery",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_recovery_staff")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_staff_recovery")),
    )
    op.create_index("ix_staff_recovery_staff", "staff_recovery", ["staff"], unique=False)
    op.create_table(
        "staff_device",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_device_staff")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_device")),
    )
    op.create_index("ix_staff_device_staff", "staff_device", ["staff"], unique=False)
    triggers.create(op.get_bind(), "journal")


def downgrade() -> None:
    """Drop them; refused where it would lose what must never be lost."""
    refuse_to_lose(op.get_bind(), "journal", "case_file")
    op.drop_index("ix_staff_device_staff", table_name="staff_device")
    op.drop_table("staff_device")
    op.drop_index("ix_staff_recovery_staff", table_name="staff_recovery")
    op.drop_table("staff_recovery")
    op.drop_index("ix_staff_session_staff", table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("staff_region")
    op.drop_table("staff_link")
    op.drop_index("ix_desk_draft_kind_state", table_name="desk_draft")
    op.drop_table("desk_draft")
    op.drop_table("case_part")
    op.drop_table("staff_attempt")
    op.drop_table("staff")
    op.drop_table("site_fact")
    op.drop_table("projection_cursor")
    op.drop_table("lease")
    op.drop_index("ix_journal_case_file", table_name="journal")
    op.drop_index("ix_journal_act", table_name="journal")
    op.drop_table("journal")
    op.drop_table("figure")
    op.drop_table("case_file")
