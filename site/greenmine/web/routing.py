"""What an entry of the list of routes says, and how the list is hung on the application.

Every address the site answers is one :class:`Route`; who may come, for which region, how often and
whether the page is personal is written there and enforced here, not in the views.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Final, cast
from urllib.parse import quote

from flask import Flask, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from werkzeug.routing import IntegerConverter, Map

from greenmine.config import Settings
from greenmine.domain.errors import NotAllowed
from greenmine.domain.officer import DEEDS, Deed, roles_that_may
from greenmine.domain.seat import Role
from greenmine.domain.text import N_
from greenmine.web.context import SETTINGS, find_officer

ROUTES: Final = "greenmine.routes"
SIGN_IN: Final = "/desk/sign-in"

View = Callable[..., ResponseReturnValue]


class Door(StrEnum):
    """Through which door a route is entered."""

    PUBLIC = "public"  # 公众
    DESK = "desk"  # 工作台


class RegionRule(StrEnum):
    """How a route is bound to the scope of the officer's seat."""

    ANY = "any"  # 不限范围
    OWN = "own"  # 只列本席位范围内的
    OBJECT = "object"  # 以对象所在地为准: within the seat's reach, by domain.officer.require
    LEVEL = "level"  # 以对象所在地和级别为准: and of a level of notice the role publishes
    BODY = "body"  # 以承办机关为准: a case of the seat's very region and department, by domain.officer.handles


class Limit(StrEnum):
    """Which rate of the settings counts a request."""

    PAGES = "pages"  # 浏览; a POST to such a route counts as a form, at the desk as one of its officer
    EXPORTS = "exports"  # 下载
    SIGN_IN = "sign_in"  # 登录
    GUARDED = "guarded"  # 公众表单: a POST is held to the budgets of abuse.py, which ask and never refuse
    FREE = "free"  # 不计: static files


@dataclass(frozen=True)
class Access:
    """Who may come in: anyone, or officers of these roles."""

    door: Door
    roles: frozenset[Role] = frozenset()

    def __post_init__(self) -> None:
        if (self.door is Door.DESK) != bool(self.roles):
            raise ValueError("a desk route names its roles, a public route names none")


PUBLIC: Final = Access(Door.PUBLIC)
EVERY_ROLE: Final = Access(Door.DESK, frozenset(DEEDS))


def desk(*roles: Role) -> Access:
    """Officers of these roles only."""
    return Access(Door.DESK, frozenset(roles))


def doers(deed: Deed) -> Access:
    """Officers whose role may do this: a role that is given the deed is let in without another word here."""
    return Access(Door.DESK, roles_that_may(deed))


@dataclass(frozen=True)
class Route:
    """One address: what answers it, who may come, how often.

    :param rule: Werkzeug rule (``/mines/<mine_id>``)
    :param endpoint: unique name, dotted by noun (``mine.page``)
    :param personal: the page shows what belongs to one person: ``no-store`` and ``Vary: Cookie``
    """

    rule: str
    endpoint: str
    view: View
    methods: frozenset[str] = field(default=frozenset({"GET"}), kw_only=True)
    access: Access = field(default=PUBLIC, kw_only=True)
    region: RegionRule = field(default=RegionRule.ANY, kw_only=True)
    personal: bool = field(default=False, kw_only=True)
    limit: Limit = field(default=Limit.PAGES, kw_only=True)

    @property
    def is_personal(self) -> bool:
        """Whether no cache may keep the answer; every page of the desk is such."""
        return self.personal or self.access.door is Door.DESK


class RowNumber(IntegerConverter):
    """``<int:number>`` as the databases keep it: 32 bits. Longer ones are addresses of nothing, 404."""

    regex = "[0-9]{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


GET_POST: Final = frozenset({"GET", "POST"})
POST: Final = frozenset({"POST"})


def register(app: Flask, routes: Iterable[Route], *, limiter: Limiter, sender: Callable[[], str]) -> None:
    """Hang the routes on ``app``, each behind its gate and its rates.

    :param sender: whose forms of the desk are counted together; public ones are counted by address
    """
    entries = tuple(routes)
    app.url_map.converters["int"] = RowNumber
    app.url_map.merge_slashes = False  # its redirect would name a host and port that a stranger chose
    app.extensions[ROUTES] = {route.endpoint: route for route in entries}
    if len(app.extensions[ROUTES]) != len(entries):
        raise ValueError("two routes share an endpoint")
    for route in entries:
        app.add_url_rule(
            route.rule,
            route.endpoint,
            _rated(_gated(route), route, limiter=limiter, sender=sender),
            methods=sorted(route.methods),
        )


def routes_of(app: Flask) -> dict[str, Route]:
    """The entries by endpoint."""
    return cast(dict[str, Route], app.extensions[ROUTES])


def current_route() -> Route | None:
    """The entry that answers this request; None for an unknown address or a refused host."""
    return routes_of(current_app).get(request.endpoint or "")


def own_path(text: str) -> str:
    """``text`` if it is a path on this site (with query), else ``/``: never a way to a foreign host."""
    is_own = text.startswith("/") and not text.startswith(("//", "/\\"))
    is_plain = text.isprintable() and "\\" not in text and len(text) <= 2000
    return text if is_own and is_plain else "/"


def _gated(route: Route) -> View:
    """The view behind its gate, as a function of its own: the limiter knows functions by their name."""
    is_desk = route.access.door is Door.DESK

    @wraps(route.view)
    def gate(**values: object) -> ResponseReturnValue:
        if not is_desk:
            return route.view(**values)
        officer = find_officer()
        if officer is None:
            back = request.full_path.rstrip("?") if request.method == "GET" else "/desk"
            return redirect(f"{SIGN_IN}?back={quote(back, safe='/')}", 303)
        if officer.seat.role not in route.access.roles:
            raise NotAllowed("officer.wrong_role", N_("您的岗位不能进入此页面。"))
        g.officer = officer
        return route.view(**values)

    gate.__module__, gate.__qualname__, gate.__name__ = __name__, route.endpoint, route.endpoint
    return gate


def _rated(view: View, route: Route, *, limiter: Limiter, sender: Callable[[], str]) -> View:
    if route.limit is Limit.FREE:
        return cast(View, limiter.exempt(view))
    reading = Limit.EXPORTS if route.limit is Limit.EXPORTS else Limit.PAGES
    rated = limiter.shared_limit(_rate(reading), scope=reading, methods=["GET", "HEAD"])(view)
    if route.limit is Limit.GUARDED:
        return rated
    if route.access.door is Door.DESK:
        desk_forms = limiter.shared_limit(_rate("desk"), scope="desk", methods=["POST"], key_func=sender)
        return cast(View, desk_forms(rated))
    writing = "sign_in" if route.limit is Limit.SIGN_IN else "forms"
    return cast(View, limiter.shared_limit(_rate(writing), scope=writing, methods=["POST"])(rated))


def _rate(name: str) -> Callable[[], str]:
    def read() -> str:
        settings = cast(Settings, current_app.extensions[SETTINGS])
        return cast(str, getattr(settings, f"rate_{name}"))

    return read
