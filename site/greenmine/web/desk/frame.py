"""What every page of the desk bears: who works, where, and the ways this role may go."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, g, request

from greenmine.domain.noun import CASE, CREDIT, MINE, NEWS, NOTICE, REMOVAL, STAFF
from greenmine.domain.officer import Officer
from greenmine.domain.seat import ROLE_LABELS
from greenmine.domain.text import N_
from greenmine.store.log_health import log_health
from greenmine.web.context import current_services
from greenmine.web.forms.sheet import said
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb
from greenmine.web.parts import Way
from greenmine.web.routing import routes_of
from greenmine.web.seat_words import brief_words, scope_words

from .session import other_seats

DESK: Final = "/desk"
_SECTIONS: Final = (
    (DESK, N_("待办")),
    *((noun.desk_list, noun.word) for noun in (CASE, NOTICE, MINE, REMOVAL, CREDIT, NEWS, STAFF)),
    ("/desk/problems", N_("内容文件")),
    ("/desk/account", N_("我的账号")),
)
"""In order of use; a role sees those whose pages it may open."""


@dataclass(frozen=True, kw_only=True)
class DeskFrame:
    """Role and place of the officer's seat, the other seats there are to act from, and the desk's own navigation.

    :param others: number and words of each
    :param warning: why no act is recorded now and what is to be done; empty while all is well
    """

    who: str
    place: str
    others: tuple[tuple[int, str], ...]
    sign_out: str
    ways: tuple[Way, ...]
    current: str
    warning: str


def init_desk(app: Flask) -> None:
    """Give every page ``desk_frame``: the frame on pages of the desk, None elsewhere."""
    app.context_processor(lambda: {"desk_frame": _frame()})


def home() -> Crumb:
    """The desk as the page above."""
    return Crumb(_("工作台"), DESK)


def _frame() -> DeskFrame | None:
    officer = g.get("officer")
    if not isinstance(officer, Officer):
        return None
    ways = tuple(Way(label=_(label), href=path) for path, label in _SECTIONS if _open_to(officer, path))
    within = [way.href for way in ways if f"{request.path}/".startswith(f"{way.href}/")]
    regions = current_services().reference.regions
    return DeskFrame(
        who=_(ROLE_LABELS[officer.seat.role]),
        place=scope_words(officer.seat, regions),
        others=tuple((held.id, brief_words(held.seat, regions)) for held in other_seats()),
        sign_out="/desk/sign-out" if "/desk/sign-out" in _rules() else "",
        ways=ways,
        current=max(within, key=len, default=""),
        warning=_warning(),
    )


def _warning() -> str:
    services = current_services()
    with services.database.read() as tx:
        log = log_health(tx, keys=services.log_keys, head_file=services.settings.log_head)
    return said(log.refusal) if log.refusal is not None else ""


def _open_to(officer: Officer, path: str) -> bool:
    found = [route for route in routes_of(current_app).values() if route.rule == path]
    return any(officer.seat.role in route.access.roles for route in found)


def _rules() -> set[str]:
    return {route.rule for route in routes_of(current_app).values()}
