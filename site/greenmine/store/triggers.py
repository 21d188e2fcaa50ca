"""Triggers that keep the ledgers append-only on both databases (design.md "Processes and databases")."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

REFUSAL: Final = "append-only"

_TAKEN: Final = {
    "act": "SELECT 1 FROM act WHERE n = NEW.n OR (object = NEW.object AND seq = NEW.seq)",
    "act_subject": "SELECT 1 FROM act_subject WHERE object = NEW.object AND n = NEW.n",
    "journal": "SELECT 1 FROM journal WHERE n = NEW.n",
    "log_node": "SELECT 1 FROM log_node WHERE level = NEW.level AND place = NEW.place",
    "log_checkpoint": "SELECT 1 FROM log_checkpoint WHERE size = NEW.size",
    "log_signature": (
        "SELECT 1 FROM log_signature "
        "WHERE size = NEW.size AND name = NEW.name AND key_id = NEW.key_id AND time = NEW.time"
    ),
    "log_key": "SELECT 1 FROM log_key WHERE n = NEW.n",
}
"""What finds the row an insert would take the place of."""


def statements(dialect: str, table: str) -> Iterator[str]:
    """SQL that makes ``table`` append-only on the dialect (``sqlite`` or ``postgresql``)."""
    if dialect == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is {REFUSAL}'); END"
            )
        # REPLACE deletes without firing DELETE triggers unless the connection asked for it, as only ours do
        yield (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({_TAKEN[table]}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is {REFUSAL}'); END"
        )
        if table == "act":
            yield (
                "CREATE TRIGGER act_no_gap BEFORE INSERT ON act WHEN NEW.n <> (SELECT size FROM act_head) "
                "BEGIN SELECT RAISE(ABORT, 'act is append-only and numbered without gaps'); END"
            )
        return
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION greenmine_refuse()"
    )
    yield (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION greenmine_refuse()"
    )


def trigger_names(dialect: str, table: str) -> tuple[str, ...]:
    """Names of the triggers that make ``table`` append-only."""
    return tuple(statement.split()[2] for statement in statements(dialect, table))


def create(connection: Connection, *ledgers: str) -> None:
    """Make these tables append-only."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION greenmine_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '% is {REFUSAL}', TG_TABLE_NAME; END $$"
            )
        )
    for table in ledgers:
        for statement in statements(dialect, table):
            connection.execute(text(statement))


def drop_function(connection: Connection) -> None:
    """Drop what PostgreSQL's triggers call, once no table has them any more."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION IF EXISTS greenmine_refuse()"))


def names(connection: Connection) -> frozenset[str]:
    """Names of the triggers that stand in the database now."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return frozenset(connection.execute(text(query)).scalars())
