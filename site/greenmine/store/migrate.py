"""Bringing a database to a revision, up and down, in one transaction."""

from importlib.resources import files
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from greenmine.store.database import Database
from greenmine.store.migrations.losses import refuse_older_format

_SCRIPTS: Final = str(files("greenmine.store") / "migrations")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, *, to: str = "head") -> None:
    """Run the up-migrations that are missing; a kill in between leaves the database as it was."""
    config = _config()
    with database.write() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, to)


def downgrade(database: Database, *, to: str) -> None:
    """Run down-migrations; one that would lose acts or cases raises Conflict and changes nothing."""
    config = _config()
    with database.write() as tx:
        config.attributes["connection"] = tx
        command.downgrade(config, to)


def revision(database: Database) -> str | None:
    """The revision the database stands at, None for an empty one."""
    with database.read() as tx:
        return MigrationContext.configure(tx).get_current_revision()


def require_readable(database: Database) -> None:
    """Raise Conflict for a record in the format of before, which no up-migration takes further."""
    if revision(database) is not None:
        with database.read() as tx:
            refuse_older_format(tx)


def head() -> str:
    """The revision this code needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def knows_revision(name: str) -> bool:
    """Whether this code has the migration of that name; one made by a newer version it has not."""
    return any(script.revision == name for script in ScriptDirectory.from_config(_config()).walk_revisions())
