"""Titles of published drafts are forgotten with their words: that of a credit entry is its subject's name."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The acts hold what was published."""
    op.execute("UPDATE desk_draft SET title = '' WHERE state = 'published'")


def downgrade() -> None:
    """Nothing to take back: what is forgotten stays forgotten."""
