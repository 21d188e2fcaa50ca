"""Whether a command finds a site it can work on: prepared by this version, of this mode, under its own key."""

from collections.abc import Callable
from typing import Final

from greenmine.config import Mode
from greenmine.domain.errors import Conflict, Unready
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.migrate import head, require_readable, revision
from greenmine.store.site_fact import MASTER_KEY, get_fact

MODE: Final = "mode"


def ready_services(open_services: Callable[[], Services]) -> Services:
    """The services of a command that works on a prepared site; raises as :func:`require_ready`."""
    services = open_services()
    require_ready(services)
    return services


def require_ready(services: Services) -> None:
    """For processes that only serve: Unready on another schema or another master key, Conflict on another mode or on a
    record in the format of before."""
    services.database.require_reachable()
    if revision(services.database) != head():
        require_readable(services.database)
        raise Unready("site.not_prepared", N_("数据库尚未准备好，请先运行 greenmine init。"))
    with services.database.read() as tx:
        settled, fingerprint = get_fact(tx, MODE), get_fact(tx, MASTER_KEY)
    require_mode(services, settled)
    require_own_key(services, fingerprint)


def require_mode(services: Services, settled: str | None) -> None:
    """Raise Conflict when the site was settled in the other mode."""
    if settled != services.settings.mode:
        raise Conflict("site.other_mode", _OTHER_MODE[services.settings.mode])


def require_own_key(services: Services, fingerprint: str | None) -> None:
    """A lost or foreign master key must not go unseen: what is sealed with another key could not be opened again."""
    if fingerprint is not None and fingerprint != services.master.fingerprint:
        raise Unready(
            "site.other_key",
            N_("密封用的主密钥与这个数据库不符。请把原来的密钥文件放回 %(folder)s，再重新启动。"),
            folder=services.settings.data_dir / "keys",
        )


_OTHER_MODE: Final = {
    Mode.PRODUCTION: N_("这个数据目录属于演示站点，不能用于正式运行。请另设 GREENMINE_DATA_DIR 或数据库。"),
    Mode.DEMO: N_("这个数据目录属于正式站点，不能以演示方式运行。请另设 GREENMINE_DATA_DIR 或数据库。"),
}
