"""Acts name the provisions they were decided under, by kinds whose versions they say: what was recorded before cannot
be read as such, so a record of before is refused whole."""

from alembic import op

from greenmine.store.migrations.losses import refuse_older_format, refuse_to_lose

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing; raises Conflict for a record in the format of before. It stays as it was."""
    refuse_older_format(op.get_bind())


def downgrade() -> None:
    """Nothing to undo; refused where there are acts, which the version before cannot read."""
    refuse_to_lose(op.get_bind(), "act")
