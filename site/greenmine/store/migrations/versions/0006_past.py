"""What held of each mine on a day, as known after an act: the projection fills it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_DAY = sa.String(length=10)


def upgrade() -> None:
    """Create them empty; the worker's first look derives every version."""
    op.execute("DELETE FROM projection_cursor WHERE name = 'versions'")  # left by a way down
    _create_versions()
    op.create_table(
        "mine_version_alias",
        *_key(),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        _belongs("mine_version_alias"),
        sa.PrimaryKeyConstraint("mine", "act_in", "since", "position", name=op.f("pk_mine_version_alias")),
    )
    op.create_table(
        "mine_version_library",
        *_key(),
        sa.Column("entered", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("library", sa.String(length=20), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("entered_on", _DAY, nullable=False),
        _belongs("mine_version_library"),
        sa.PrimaryKeyConstraint("mine", "act_in", "since", "entered", name=op.f("pk_mine_version_library")),
    )


def downgrade() -> None:
    """Drop them: they are derived."""
    op.drop_table("mine_version_library")
    op.drop_table("mine_version_alias")
    op.drop_table("mine_version")


def _create_versions() -> None:
    texts = ("name", "name_key", "holder", "holder_key", "credit_code")
    more = ("place", "mineral", "mineral_class")
    last = ("capacity", "standard", "permit_no", "certificate_no")
    op.create_table(
        "mine_version",
        sa.Column("id", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("ownership", sa.String(length=20), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in more),
        *(sa.Column(name, sa.String(length=20), nullable=True) for name in ("scale", "method", "activity")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in last),
        *(sa.Column(name, _DAY, nullable=True) for name in ("production_date", "permit_from", "permit_until")),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("listed_on", _DAY, nullable=True),
        sa.Column("first_act", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.Column("act_in", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", _DAY, nullable=False),
        sa.Column("until", _DAY, nullable=True),
        sa.Column("act_out", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", "act_in", "since", name=op.f("pk_mine_version")),
    )


def _key() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    return (
        sa.Column("mine", sa.String(length=20), nullable=False),
        sa.Column("act_in", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", _DAY, nullable=False),
    )


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["mine", "act_in", "since"],
        ["mine_version.id", "mine_version.act_in", "mine_version.since"],
        name=op.f(f"fk_{table}_mine_act_in_since"),
        ondelete="CASCADE",
    )
