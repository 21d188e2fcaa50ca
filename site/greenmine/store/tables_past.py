"""What held of each mine on a day, as known after an act: derived and disposable, for lists of the past.

A version holds from ``since`` until before ``until`` and was known from act ``act_in`` until before ``act_out``; both
ends are NULL while there is none. Its own columns are those of the mine. Written by the projection ``versions`` only.
"""

from typing import Final

from sqlalchemy import Column, ForeignKeyConstraint, Integer, String, Table, Text

from greenmine.store.tables import metadata, mine

_KEY: Final = ("mine", "act_in", "since")

# No index on the times: SQLite would join through it, and a list of 10,000 mines took a minute instead of 0.2 seconds.
mine_version = Table(
    "mine_version",
    metadata,
    *(Column(column.name, column.type, nullable=column.nullable, primary_key=column.primary_key) for column in mine.c),
    Column("act_in", Integer, primary_key=True, autoincrement=False),
    Column("since", String(10), primary_key=True),
    Column("until", String(10)),
    Column("act_out", Integer),
)


def _of_a_version() -> tuple[Column[str] | Column[int] | ForeignKeyConstraint, ...]:
    return (
        Column("mine", String(20), primary_key=True),
        Column("act_in", Integer, primary_key=True, autoincrement=False),
        Column("since", String(10), primary_key=True),
        ForeignKeyConstraint(
            _KEY, [mine_version.c.id, mine_version.c.act_in, mine_version.c.since], ondelete="CASCADE"
        ),
    )


mine_version_alias = Table(
    "mine_version_alias",
    metadata,
    *_of_a_version(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
)
mine_version_library = Table(
    "mine_version_library",
    metadata,
    *_of_a_version(),
    Column("entered", Integer, primary_key=True, autoincrement=False),
    Column("library", String(20), nullable=False),
    Column("batch", Text, nullable=False),
    Column("entered_on", String(10), nullable=False),
)
"""Libraries it was in, by the act that put it there (``entered``) and the day from which (``entered_on``)."""

PAST_TABLES: Final = (mine_version, mine_version_alias, mine_version_library)
