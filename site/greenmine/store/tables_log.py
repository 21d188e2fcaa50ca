"""Tables of the transparency log beside the acts: tree nodes, heads, and who signed them. All are append-only.

A leaf's hash stands with its act (``act.leaf``); here are the nodes of complete subtrees at every level, so that tiles,
roots and proofs are read, never recomputed. A head has one row; each signature, the log's own and those of witnesses,
is a row of its own that may come later. Source: log-spec.md 4, 7, 9, 10.
"""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from greenmine.store.tables import metadata

log_node = Table(
    "log_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)
log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("at", String(20), nullable=False),
    Index("ix_log_checkpoint_at", "at"),
)
log_signature = Table(
    "log_signature",
    metadata,
    Column("size", Integer, ForeignKey(log_checkpoint.c.size), primary_key=True, autoincrement=False),
    Column("name", String(200), primary_key=True),
    Column("key_id", LargeBinary(4), primary_key=True),
    Column("time", Integer, primary_key=True, autoincrement=False),  # a witness's POSIX seconds, 0 for the log's own
    Column("raw", LargeBinary, nullable=False),
    Column("at", String(20), nullable=False),
)
log_key = Table(
    "log_key",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("vkey", Text, nullable=False),
    Column("act", Integer),
    Column("at", String(20), nullable=False),
)

LOG_TABLES: Final = (log_node, log_checkpoint, log_signature, log_key)
