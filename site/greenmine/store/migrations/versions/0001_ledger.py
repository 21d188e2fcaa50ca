"""The public ledger (acts, documents) and the rows derived from it."""

import sqlalchemy as sa
from alembic import op

from greenmine.store import triggers
from greenmine.store.migrations.losses import refuse_to_lose

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "act",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=120), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=96), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=True),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_act")),
        sa.UniqueConstraint("object", "seq", name=op.f("uq_act_object_seq")),
    )
    op.create_index("ix_act_body", "act", ["body"], unique=False)
    op.create_index("ix_act_kind_n", "act", ["kind", "n"], unique=False)
    op.create_table(
        "act_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_head")),
    )
    op.create_table(
        "content_item",
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.String(length=20), nullable=True),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("published_on", sa.String(length=10), nullable=False),
        sa.Column("published_at", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.String(length=20), nullable=True),
        sa.Column("change_note", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("withdrawn_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("section", "slug", name=op.f("pk_content_item")),
    )
    op.create_index("ix_content_item_section_published_on", "content_item", ["section", "published_on"], unique=False)
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("mine", sa.String(length=20), nullable=True),
        sa.Column("conduct", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("decision_no", sa.Text(), nullable=True),
        sa.Column("organ", sa.Text(), nullable=True),
        sa.Column("decided", sa.String(length=10), nullable=True),
        sa.Column("removal", sa.String(length=20), nullable=True),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("ended_on", sa.String(length=10), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=True),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entry")),
    )
    op.create_index("ix_credit_entry_mine", "credit_entry", ["mine"], unique=False)
    op.create_index("ix_credit_entry_until", "credit_entry", ["until"], unique=False)
    op.create_table(
        "document",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("removed_ground", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document")),
    )
    op.create_table(
        "mine",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("holder_key", sa.Text(), server_default="", nullable=False),
        sa.Column("credit_code", sa.Text(), server_default="", nullable=False),
        sa.Column("ownership", sa.String(length=20), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("mineral", sa.Text(), server_default="", nullable=False),
        sa.Column("mineral_class", sa.Text(), server_default="", nullable=False),
        sa.Column("scale", sa.String(length=20), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("activity", sa.String(length=20), nullable=True),
        sa.Column("capacity", sa.Text(), server_default="", nullable=False),
        sa.Column("standard", sa.Text(), server_default="", nullable=False),
        sa.Column("permit_no", sa.Text(), server_default="", nullable=False),
        sa.Column("certificate_no", sa.Text(), server_default="", nullable=False),
        sa.Column("production_date", sa.String(length=10), nullable=True),
        sa.Column("permit_from", sa.String(length=10), nullable=True),
        sa.Column("permit_until", sa.String(length=10), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("listed_on", sa.String(length=10), nullable=True),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mine")),
    )
    op.create_index("ix_mine_name_key", "mine", ["name_key"], unique=False)
    op.create_index("ix_mine_region", "mine", ["region"], unique=False)
    op.create_index("ix_mine_status", "mine", ["status"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("published_at", sa.String(length=20), nullable=False),
        sa.Column("published_on", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("first_day_counted", sa.Boolean(), nullable=True),
        sa.Column("rolls_over", sa.Boolean(), nullable=True),
        sa.Column("cutoff", sa.String(length=5), nullable=True),
        sa.Column("first_day", sa.String(length=10), nullable=True),
        sa.Column("last_day", sa.String(length=10), nullable=True),
        sa.Column("ends_at", sa.String(length=20), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("calendar", sa.String(length=12), nullable=True),
        sa.Column("enters", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_published_at", "notice", ["published_at"], unique=False)
    op.create_index("ix_notice_region", "notice", ["region"], unique=False)
    op.create_index("ix_notice_state_ends_at", "notice", ["state", "ends_at"], unique=False)
    op.create_table(
        "act_subject",
        sa.Column("object", sa.String(length=120), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["n"], ["act.n"], name=op.f("fk_act_subject_n")),
        sa.PrimaryKeyConstraint("object", "n", name=op.f("pk_act_subject")),
    )
    op.create_table(
        "membership",
        sa.Column("act_in", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mine", sa.String(length=20), nullable=False),
        sa.Column("library", sa.String(length=20), nullable=False),
        sa.Column("batch", sa.Text(), server_default="", nullable=False),
        sa.Column("decision_no", sa.Text(), server_default="", nullable=False),
        sa.Column("organ", sa.Text(), server_default="", nullable=False),
        sa.Column("notice", sa.String(length=20), nullable=True),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("act_out", sa.Integer(), nullable=True),
        sa.Column("ended_by_removal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["mine"], ["mine.id"], name=op.f("fk_membership_mine")),
        sa.PrimaryKeyConstraint("act_in", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_library_until", "membership", ["library", "until"], unique=False)
    op.create_index("ix_membership_mine", "membership", ["mine"], unique=False)
    op.create_table(
        "mine_alias",
        sa.Column("mine", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mine"], ["mine.id"], name=op.f("fk_mine_alias_mine")),
        sa.PrimaryKeyConstraint("mine", "position", name=op.f("pk_mine_alias")),
    )
    op.create_table(
        "notice_attachment",
        sa.Column("notice", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notice.id"], name=op.f("fk_notice_attachment_notice")),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name=op.f("fk_notice_attachment_sha256")),
        sa.PrimaryKeyConstraint("notice", "position", name=op.f("pk_notice_attachment")),
    )
    op.create_table(
        "notice_item",
        sa.Column("notice", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mine", sa.String(length=20), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notice.id"], name=op.f("fk_notice_item_notice")),
        sa.PrimaryKeyConstraint("notice", "position", name=op.f("pk_notice_item")),
    )
    op.create_index("ix_notice_item_mine", "notice_item", ["mine"], unique=False)
    op.create_table(
        "removal",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("mine", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("adverse", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("decision_no", sa.Text(), server_default="", nullable=False),
        sa.Column("organ", sa.Text(), server_default="", nullable=False),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decision_basis", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_on", sa.String(length=10), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=True),
        sa.Column("rectify_until", sa.String(length=10), nullable=True),
        sa.Column("notice", sa.String(length=20), nullable=True),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mine"], ["mine.id"], name=op.f("fk_removal_mine")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
    )
    op.create_index("ix_removal_mine", "removal", ["mine"], unique=False)
    op.create_index("ix_removal_state_decided_on", "removal", ["state", "decided_on"], unique=False)
    op.execute("INSERT INTO act_head (id, size, last_at) VALUES (1, 0, '')")
    triggers.create(op.get_bind(), "act", "act_subject")


def downgrade() -> None:
    """Drop them; refused where it would lose what must never be lost."""
    refuse_to_lose(op.get_bind(), "act")
    op.drop_index("ix_removal_state_decided_on", table_name="removal")
    op.drop_index("ix_removal_mine", table_name="removal")
    op.drop_table("removal")
    op.drop_index("ix_notice_item_mine", table_name="notice_item")
    op.drop_table("notice_item")
    op.drop_table("notice_attachment")
    op.drop_table("mine_alias")
    op.drop_index("ix_membership_mine", table_name="membership")
    op.drop_index("ix_membership_library_until", table_name="membership")
    op.drop_table("membership")
    op.drop_table("act_subject")
    op.drop_index("ix_notice_state_ends_at", table_name="notice")
    op.drop_index("ix_notice_region", table_name="notice")
    op.drop_index("ix_notice_published_at", table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_mine_status", table_name="mine")
    op.drop_index("ix_mine_region", table_name="mine")
    op.drop_index("ix_mine_name_key", table_name="mine")
    op.drop_table("mine")
    op.drop_table("document")
    op.drop_index("ix_credit_entry_until", table_name="credit_entry")
    op.drop_index("ix_credit_entry_mine", table_name="credit_entry")
    op.drop_table("credit_entry")
    op.drop_index("ix_content_item_section_published_on", table_name="content_item")
    op.drop_table("content_item")
    op.drop_table("act_head")
    op.drop_index("ix_act_kind_n", table_name="act")
    op.drop_index("ix_act_body", table_name="act")
    op.drop_table("act")
    triggers.drop_function(op.get_bind())
