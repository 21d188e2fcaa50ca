"""``greenmine verify``: by hand, every night, and after a restore. Source: log-spec.md 11."""

import logging
import shutil
from collections.abc import Callable
from datetime import time, timedelta
from itertools import islice
from typing import Final

import click
from rich.console import Console

from greenmine.cli.ready import ready_services
from greenmine.domain.errors import Conflict
from greenmine.domain.instant import at_legal_time, legal_day
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.audit import SCRATCH, Audit
from greenmine.store.verified import Verified, keep_verified, last_verified
from greenmine.usecases.log_policy import known_witnesses

OpenServices = Callable[[], Services]
NIGHT: Final = time(3, 30)
"""When the nightly run begins, Shanghai time."""
MOST_LINES: Final = 200

log = logging.getLogger(__name__)
console: Final = Console()


@click.command("verify")
@click.option("--private", is_flag=True, help="逾期未登记的来件写出编号，仅供运维人员自己查看。")
@click.option("--database-only", is_flag=True, help="不核对数据库之外的公开文件。")
@click.pass_obj
def verify(open_services: OpenServices, *, private: bool, database_only: bool) -> None:
    """由全部记录重新计算并逐行核对：记录、记录树、签名、公开文件和公开数据。发现改动时以 1 退出。"""
    services = ready_services(open_services)
    verified, lines = run_verify(services, private=private, files=not database_only)
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if verified.faults:
        raise Conflict("verify.faults", N_("共发现%(n)s处不符，列在上面。"), n=verified.faults)
    console.print(f"{verified.size}条记录全部核对一致。", highlight=False)


def run_verify(services: Services, *, private: bool = False, files: bool = True) -> tuple[Verified, list[str]]:
    """Run the audit and keep its outcome; the first lines of what was found."""
    _sweep(services)
    audit = _audit(services, private=private, files=files)
    found = audit.faults()
    first = list(islice(found, MOST_LINES))
    more = sum(1 for _ in found)
    lines = [*map(str, first), *([f"另有{more}处。"] if more else []), *audit.remarks]
    verified = Verified(audit.now, audit.size, len(first) + more)
    with services.database.write() as tx:
        keep_verified(tx, verified)
    return verified, lines


def verify_nightly(services: Services) -> Verified | None:
    """Once after the first start and then every night; deviations go to the server's log, without a private word."""
    now = services.clock()
    with services.database.read() as tx:
        last = last_verified(tx)
    due = at_legal_time(legal_day(now), NIGHT)
    newest_due = due if now >= due else due - timedelta(days=1)
    if last is not None and newest_due <= last.at <= now:
        return None
    verified, lines = run_verify(services)
    for line in lines:
        log.error("verify: %s", line)
    return verified


def _audit(services: Services, *, private: bool, files: bool) -> Audit:
    settings = services.settings
    witnesses = [witness.key for witness in known_witnesses(settings).witnesses]
    return Audit(
        database=services.database,
        files=services.files if files else None,
        head_file=settings.log_head,
        scratch=settings.data_dir,
        now=services.clock(),
        witnesses=witnesses,
        private=private,
    )


def _sweep(services: Services) -> None:
    """Scratch databases that a killed run left; another run may be at work, so only old ones go."""
    before = services.clock() - timedelta(days=1)
    for folder in services.settings.data_dir.glob(f"{SCRATCH}*"):
        if folder.stat().st_mtime < before.timestamp():
            shutil.rmtree(folder, ignore_errors=True)
