"""Making a site ready to serve: newest schema, settled mode, the demonstration register, content."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final

from greenmine.cli.demo.register import make_register
from greenmine.cli.log import begin_demo_log
from greenmine.cli.ready import MODE, require_mode, require_own_key
from greenmine.cli.upkeep import LEASE, SyncSummary, keep_search, run_projections, sync_content
from greenmine.config import Mode
from greenmine.domain.errors import Conflict
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.projections.feed import settle_authority
from greenmine.services import Services
from greenmine.store.act import size
from greenmine.store.database import begin_file_anew
from greenmine.store.lease import confirm_clock
from greenmine.store.log_health import LogHealth, log_health
from greenmine.store.migrate import knows_revision, revision, upgrade
from greenmine.store.site_fact import MASTER_KEY, change_fact, get_fact, settle_fact

log = logging.getLogger(__name__)

REGISTER: Final = "register"
EMPTY: Final = "empty"
DEMO: Final = "demo"
MAKING: Final = "making"
NOTHING_SYNCED: Final = SyncSummary({}, ())

Progress = Callable[[datetime], None]


@dataclass(frozen=True)
class Readiness:
    """What preparing did: whether the demonstration register was made now, and what was synchronised."""

    made_demo: bool
    content: SyncSummary


def prepare(services: Services, *, empty: bool = False, progress: Progress = lambda _: None) -> Readiness:
    """Bring the database to the newest schema, fill it in demo mode, and put content into the log; idempotent.

    :param empty: settle that the register begins without demonstration data
    Raises Conflict when a demonstration database is to be used in production, or the other way round.
    """
    with _alone(services.settings.data_dir):
        return _prepare(services, empty=empty, progress=progress)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process of this machine at a time: a second start must not take the first one's demonstration for a torn one.

    The system lets go of the lock when its process ends, however it ends.
    """
    with (folder / "prepare.lock").open("w") as file:
        flock(file, LOCK_EX)
        yield


def _prepare(services: Services, *, empty: bool, progress: Progress) -> Readiness:
    services.database.require_reachable()
    _clear_unfinished_demo(services)
    _require_known_revision(services)
    upgrade(services.database)
    mode = services.settings.mode
    with services.database.write() as tx:
        settled = settle_fact(tx, MODE, str(mode))
        fingerprint = settle_fact(tx, MASTER_KEY, services.master.fingerprint)
        if empty or mode is Mode.PRODUCTION:
            settle_fact(tx, REGISTER, EMPTY)
        wants_demo = get_fact(tx, REGISTER) is None and size(tx) == 0
        register = get_fact(tx, REGISTER)
    require_mode(services, settled)
    require_own_key(services, fingerprint)
    if empty and register != EMPTY:
        raise Conflict("site.not_empty", N_("这个数据目录已有演示名录，不能改为空白站点。请另设 GREENMINE_DATA_DIR。"))
    if wants_demo:
        _make_demo(services, progress)
    if mode is Mode.DEMO:
        begin_demo_log(services)
        with services.database.write() as tx:
            confirm_clock(tx, LEASE, now=services.clock())  # who starts a demonstration by hand is there to see it
    told = tell_log(services)
    content = NOTHING_SYNCED if told.refusal is not None else sync_content(services)
    run_projections(services)
    with services.database.write() as tx:  # after the first act: a replay into an empty database finds its day again
        settle_authority(tx, site_url=services.settings.site_url, today=legal_day(services.clock()))
    _fill_search(services)
    return Readiness(wants_demo, content)


def tell_log(services: Services) -> LogHealth:
    """How the log stands, with its sentences in the server's log; who serves goes on without recording acts.

    Origin, keys, right edge, and the head kept outside the database are looked at (log-spec.md 8).
    """
    with services.database.read() as tx:
        health = log_health(tx, keys=services.log_keys, head_file=services.settings.log_head)
    for error in (health.refusal, health.unsigned):
        if error is not None:
            log.error("%s", error)
    return health


def _fill_search(services: Services) -> None:
    """The site starts without its search index where that cannot be written; the worker tries again."""
    try:
        keep_search(services)
    except OSError as refused:
        log.warning("the search index cannot be written: %s", refused.strerror)


def _require_known_revision(services: Services) -> None:
    """A database that a newer version has been at must not be touched by an older one."""
    standing = revision(services.database)
    if standing is not None and not knows_revision(standing):
        raise Conflict(
            "site.newer_schema", N_("数据库已由更新的版本升级（%(revision)s），请使用新版程序。"), revision=standing
        )


def _make_demo(services: Services, progress: Progress) -> None:
    """The mark "making" stands while it lasts: a demonstration cut short is made anew, never half shown."""
    with services.database.write() as tx:
        settle_fact(tx, REGISTER, MAKING)
    make_register(services, progress=progress)
    with services.database.write() as tx:
        change_fact(tx, REGISTER, before=MAKING, after=DEMO)


def _clear_unfinished_demo(services: Services) -> None:
    """Remove the database of a demonstration that was cut short while it was made (SQLite: the file is ours)."""
    if revision(services.database) is None:
        return
    with services.database.read() as tx:
        unfinished = get_fact(tx, REGISTER) == MAKING and get_fact(tx, MODE) == Mode.DEMO
    if not unfinished:
        return
    if not begin_file_anew(services.database):
        raise Conflict("site.demo_unfinished", N_("演示名录没有生成完：请清空数据库后重新运行。"))
