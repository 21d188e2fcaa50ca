"""Making a site ready to serve: newest schema, settled mode, content, and in demo mode the demonstration register."""

from dataclasses import dataclass
from typing import Final

from greenmine.cli.upkeep import SyncSummary, run_projections, sync_content
from greenmine.config import Mode
from greenmine.domain.errors import Conflict, Unready
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.migrate import head, revision, upgrade
from greenmine.store.site_fact import get_fact, settle_fact

MODE: Final = "mode"
REGISTER: Final = "register"
EMPTY: Final = "empty"
DEMO: Final = "demo"


@dataclass(frozen=True)
class Readiness:
    """What preparing found and did; ``register`` is ``empty``, ``demo`` or None while that is not settled."""

    register: str | None
    content: SyncSummary


def prepare(services: Services, *, register: str | None = None) -> Readiness:
    """Bring the database to the newest schema and the content into the log; idempotent.

    :param register: settle how the register begins: ``empty`` or ``demo``; None leaves it as it is
    Raises Conflict when a demonstration database is to be used in production, or the other way round.
    """
    upgrade(services.database)
    mode = services.settings.mode
    with services.database.write() as tx:
        settled = settle_fact(tx, MODE, str(mode))
        began = settle_fact(tx, REGISTER, register) if register else get_fact(tx, REGISTER)
    if settled != mode:
        raise Conflict("site.other_mode", _OTHER_MODE[mode])
    content = sync_content(services)
    run_projections(services)
    return Readiness(began, content)


def require_ready(services: Services) -> None:
    """For processes that only serve: Unready when the database is not at this code's schema, Conflict on mode."""
    if revision(services.database) != head():
        raise Unready("site.not_prepared", N_("数据库尚未准备好，请先运行 greenmine init。"))
    with services.database.read() as tx:
        settled = get_fact(tx, MODE)
    if settled != services.settings.mode:
        raise Conflict("site.other_mode", _OTHER_MODE[services.settings.mode])


_OTHER_MODE: Final = {
    Mode.PRODUCTION: N_("这个数据目录属于演示站点，不能用于正式运行。请另设 GREENMINE_DATA_DIR 或数据库。"),
    Mode.DEMO: N_("这个数据目录属于正式站点，不能以演示方式运行。请另设 GREENMINE_DATA_DIR 或数据库。"),
}
