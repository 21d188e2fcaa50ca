"""What migrations refuse: to lose records, and to go on with some that this version cannot read."""

import json

from sqlalchemy import Connection, func, select, table, text

from greenmine.domain.errors import Conflict
from greenmine.domain.text import N_


def refuse_to_lose(connection: Connection, *names: str) -> None:
    """Raise Conflict when one of the tables holds rows: acts, journal and cases are never lost by a migration."""
    for name in names:
        if connection.execute(select(func.count()).select_from(table(name))).scalar_one():
            raise Conflict("migration.would_lose", N_("表 %(table)s 中有记录，降级会丢失它们，已拒绝。"), table=name)


def refuse_older_format(connection: Connection) -> None:
    """Raise Conflict for a record whose acts name no provisions: it cannot be read as one of today."""
    first = connection.execute(text("SELECT entry FROM act ORDER BY n LIMIT 1")).scalar()
    if first is not None and "basis" not in json.loads(bytes(first)):
        raise Conflict(
            "data.older_format",
            N_(
                "这个数据文件夹是旧版程序建立的，其中记录的格式不能沿用，未作任何改动。"
                "请换一个空的数据文件夹重新开始（GREENMINE_DATA_DIR），旧文件夹请用建立它的版本打开。"
            ),
        )
