"""``docs/seats.md``: who may sit where, what each seat may do, who records for whom, and which address needs what."""

from collections.abc import Iterable, Iterator
from typing import Final

from greenmine.domain.officer import BY_DOCUMENT, DEEDS, NOTICE_LEVELS, SITS_AT, Deed
from greenmine.domain.provision import ACTOR_LABELS
from greenmine.domain.region import RegionLevel
from greenmine.domain.seat import ROLE_LABELS, SCOPES, Role, ScopeKind
from greenmine.web.routing import Door, RegionRule, Route

_ROLES: Final = tuple(DEEDS)
_REACH: Final = {
    ScopeKind.REGION: "its region and every region below it; cases of its very region, and, when it names "
    "departments, of those alone",
    ScopeKind.DEPARTMENT: "its very region; of cases, those of its department",
    ScopeKind.FIRM: "nothing yet",
    ScopeKind.AGENCY: "nothing yet",
    ScopeKind.DRAW: "nothing yet",
}
_EXAMPLES: Final = {
    ScopeKind.REGION: "330523",
    ScopeKind.DEPARTMENT: "330523/ecology",
    ScopeKind.FIRM: "firm-000123",
    ScopeKind.AGENCY: "agency-0007",
    ScopeKind.DRAW: "draw-2026-01",
}
_NEEDS: Final = {
    RegionRule.ANY: "yes",
    RegionRule.OWN: "own",
    RegionRule.OBJECT: "within",
    RegionRule.LEVEL: "level",
    RegionRule.BODY: "body",
}
_LEGEND: Final = (
    "- `yes`: every seat of the role; `–`: no seat of the role (403).",
    "- `own`: every seat of the role, and it is shown what lies within its reach.",
    "- `within`: the thing lies within the reach of the seat; for every other seat it is not there (404). Where the",
    "  address names nothing yet (`/new`), what is begun belongs to the region of the seat.",
    "- `level`: within, and of a level of notice that the role publishes (403 otherwise).",
    "- `body`: a case of the very region and department of the seat; for every other it is not there (404).",
)


def seats_page(routes: Iterable[Route]) -> str:
    """The page, from the tables of the domain and the list of routes."""
    parts = (_roles(), _scopes(), _deeds(), _documents(), _matrix(routes))
    head = (
        "# Seats",
        "",
        "Printed by `make docs` from `domain/seat.py`, `domain/officer.py` and the list of routes. Why it is so:",
        "[decisions/0021](decisions/0021-seats.md). A test signs in at every kind of seat and walks the last table.",
    )
    return "\n".join([*head, *(line for part in parts for line in ("", *part))]) + "\n"


def _roles() -> Iterator[str]:
    yield from (
        "## Roles",
        "",
        "An act is signed `<role>@<scope>`. A role without a desk is given no account yet.",
    )
    yield from _table(
        ("role", "中文", "scope", "desk", "sits at", "publishes notices of level"),
        (
            (f"`{role}`", ROLE_LABELS[role], ", ".join(sorted(SCOPES[role])), "yes" if role in DEEDS else "–",
             ", ".join(level for level in RegionLevel if level in SITS_AT.get(role, ())),
             ", ".join(sorted(NOTICE_LEVELS.get(role, ()))))
            for role in Role
        ),
    )  # fmt: skip


def _scopes() -> Iterator[str]:
    yield from ("## Scopes",)
    yield from _table(
        ("scope", "written", "reaches"), ((kind, f"`{_EXAMPLES[kind]}`", _REACH[kind]) for kind in ScopeKind)
    )


def _deeds() -> Iterator[str]:
    yield from ("## Deeds",)
    yield from _table(
        ("deed", *(f"`{role}`" for role in _ROLES)),
        ((f"`{deed}`", *("yes" if deed in DEEDS[role] else "–" for role in _ROLES)) for deed in Deed),
    )


def _documents() -> Iterator[str]:
    yield from (
        "## Organs without a seat",
        "",
        "They act by their document. A seat that may records it, naming the organ and the document, and signs the act.",
    )
    yield from _table(
        ("organ", "recorded by", "by its deeds", "levels of notice"),
        (
            (ACTOR_LABELS[each.organ], f"`{each.recorder}`",
             ", ".join(f"`{deed}`" for deed in Deed if deed in each.deeds), ", ".join(sorted(each.levels)))
            for each in BY_DOCUMENT
        ),
    )  # fmt: skip


def _matrix(routes: Iterable[Route]) -> Iterator[str]:
    yield from ("## Addresses of the desk", "", *_LEGEND)
    yield from _table(
        ("address", "methods", *(f"`{role}`" for role in _ROLES)),
        (
            (f"`{route.rule}`", " ".join(sorted(route.methods)),
             *(_NEEDS[route.region] if role in route.access.roles else "–" for role in _ROLES))
            for route in routes
            if route.access.door is Door.DESK
        ),
    )  # fmt: skip


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = tuple(head)
    yield from ("", f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |")
    yield from (f"| {' | '.join(row)} |" for row in rows)
