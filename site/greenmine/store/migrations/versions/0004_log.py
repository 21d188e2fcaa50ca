"""The transparency log beside the acts: tree nodes (filled from the acts there are), heads, signatures, keys."""

import sqlalchemy as sa
from alembic import op

from greenmine.store import triggers
from greenmine.store.migrations.losses import refuse_to_lose
from greenmine.tlog.merkle import Node, completed

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LEDGERS = ("log_node", "log_checkpoint", "log_signature", "log_key")


def upgrade() -> None:
    """Create the tables and put the acts of before into the tree."""
    op.create_table(
        "log_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_log_node")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_index("ix_log_checkpoint_at", "log_checkpoint", ["at"], unique=False)
    op.create_table(
        "log_signature",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.LargeBinary(length=4), nullable=False),
        sa.Column("time", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["log_checkpoint.size"], name=op.f("fk_log_signature_size")),
        sa.PrimaryKeyConstraint("size", "name", "key_id", "time", name=op.f("pk_log_signature")),
    )
    op.create_table(
        "log_key",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_log_key")),
    )
    plant_acts(op.get_bind())
    triggers.create(op.get_bind(), *LEDGERS)


def plant_acts(connection: sa.Connection) -> None:
    """The tree over the acts recorded before there was one."""
    acts = sa.table("act", sa.column("n", sa.Integer()), sa.column("leaf", sa.LargeBinary()))
    nodes = sa.table("log_node", sa.column("level"), sa.column("place"), sa.column("hash", sa.LargeBinary()))
    known: dict[Node, bytes] = {}
    for row in connection.execute(sa.select(acts).order_by(acts.c.n)).all():
        grown = completed(row.n, bytes(row.leaf), lambda wanted: [known[node] for node in wanted])
        known.update(grown)
        connection.execute(
            sa.insert(nodes), [{"level": node.level, "place": node.place, "hash": value} for node, value in grown]
        )


def downgrade() -> None:
    """Drop them; refused once a head was made: a head that was seen must never be forgotten."""
    refuse_to_lose(op.get_bind(), "log_checkpoint", "log_key")
    op.drop_table("log_key")
    op.drop_table("log_signature")
    op.drop_index("ix_log_checkpoint_at", table_name="log_checkpoint")
    op.drop_table("log_checkpoint")
    op.drop_table("log_node")
