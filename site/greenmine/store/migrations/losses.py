"""The refusal every down-migration calls first."""

from sqlalchemy import Connection, func, select, table

from greenmine.domain.errors import Conflict
from greenmine.domain.text import N_


def refuse_to_lose(connection: Connection, *names: str) -> None:
    """Raise Conflict when one of the tables holds rows: acts, journal and cases are never lost by a migration."""
    for name in names:
        if connection.execute(select(func.count()).select_from(table(name))).scalar_one():
            raise Conflict("migration.would_lose", N_("表 %(table)s 中有记录，降级会丢失它们，已拒绝。"), table=name)
