"""PostgreSQL's own tools for backup and restore; the password goes by the environment, never by the command line."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from greenmine.domain.errors import BadInput, Unready
from greenmine.domain.text import N_


def dump(url: str, target: Path, *, without: Sequence[str]) -> None:
    """``pg_dump`` in the custom format: one consistent snapshot. Raises Unready when it is not here or fails.

    :param without: tables whose rows are left out
    """
    apart = [f"--exclude-table-data={table}" for table in without]
    _run("pg_dump", url, ["--format=custom", "--no-owner", "--no-privileges", *apart, f"--file={target}"])


def restore_dump(url: str, source: Path) -> None:
    """``pg_restore`` into an empty database. Raises BadInput for another kind of database, Unready as above."""
    if not url.startswith("postgresql"):
        raise BadInput(
            "backup.other_kind_postgresql", N_("这是 PostgreSQL 的备份，数据库地址须为 postgresql+psycopg://…。")
        )
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(source)]
    _run("pg_restore", url, options)


def _run(tool: str, url: str, options: Sequence[str]) -> None:
    program = shutil.which(tool)
    if program is None:
        raise Unready(
            "backup.no_tool",
            N_("找不到 %(tool)s。请安装与服务器同版本的 PostgreSQL 客户端，或用数据库自己的连续归档备份。"),
            tool=tool,
        )
    place = make_url(url)
    known = {
        "PGHOST": place.host or place.query.get("host"),
        "PGPORT": str(place.port) if place.port else None,
        "PGUSER": place.username,
        "PGPASSWORD": place.password,
    }
    environment = {**os.environ, **{name: str(value) for name, value in known.items() if value}}
    ran = subprocess.run(
        [program, f"--dbname={place.database}", *options], env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        reason = (ran.stderr.strip().splitlines() or ["?"])[-1]
        raise Unready("backup.tool_failed", N_("%(tool)s 没有成功：%(reason)s"), tool=tool, reason=reason)
