"""How far each projection has come in the acts."""

from sqlalchemy import delete, insert, select, update

from greenmine.store.database import Tx
from greenmine.store.tables_private import projection_cursor


def read_cursor(tx: Tx, name: str, *, version: int, lock: bool = False) -> int | None:
    """Number of the next act the projection takes; None when it must begin anew (never run, or another version).

    :param lock: keep others from moving it until the (write) transaction ends
    """
    query = select(projection_cursor).where(projection_cursor.c.name == name)
    row = tx.execute(query.with_for_update() if lock else query).first()
    return row.n if row is not None and row.version == version else None


def move_cursor(tx: Tx, name: str, *, version: int, n: int) -> None:
    """Set how far the projection has come."""
    moved = tx.execute(update(projection_cursor).where(projection_cursor.c.name == name).values(n=n, version=version))
    if moved.rowcount == 0:
        tx.execute(insert(projection_cursor).values(name=name, n=n, version=version))


def forget_cursor(tx: Tx, name: str) -> None:
    """Let the projection begin anew."""
    tx.execute(delete(projection_cursor).where(projection_cursor.c.name == name))
