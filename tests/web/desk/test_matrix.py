"""Route × role × scope: the table that docs/seats.md prints, walked for real by people who are signed in.

Every route of the desk, whatever list it stands in; every role with a desk, at every level it sits, in the province of
the things and in another. Nothing here names a route: a new one is walked, or stops the test until there is a thing
for it. Sources: OWASP ASVS 5.0 8.2.1, 8.2.2, 8.4.1.
"""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from tests.reference_data import shipped_regions
from tests.seats import DESK_ROLES
from tests.web.desk.matrix_site import MatrixSite, SeatedClient, Thing, matrix_site
from tests.web.desk_site import DeskSite

from greenmine.domain.officer import handles, notice_levels
from greenmine.web.routes import ROUTES
from greenmine.web.routing import Door, RegionRule, Route

DESK: Final = tuple(route for route in ROUTES if route.access.door is Door.DESK)
NAME: Final = re.compile(r"<(?:\w+:)?(\w+)>")
WRONG_ROLE: Final = "您的岗位不能进入此页面"
WRONG_LEVEL: Final = "您的岗位不能发布这一级别的公示公告"
NOT_HERE: Final = ("您的辖区内没有这一事项", "没有这份草稿", "没有这个案件", "没有这名工作人员")
"""How each noun says that it is not there for this seat; never that it is somewhere else."""
MINIMAL: Final = {"version": "1", "seen_version": "1", "seen_act": "1", "reason": "试", "step": "preview"}


@pytest.fixture
def made(site: DeskSite) -> MatrixSite:
    """The filled desk."""
    return matrix_site(site)


def things_of(route: Route, made: MatrixSite) -> list[Thing]:
    """What the route's address opens; one nameless thing for an address without a name in it."""
    if not NAME.search(route.rule):
        return [Thing("", "", {})]
    starts = {thing.start for thing in made.things if route.rule.startswith(thing.start)}
    return [thing for thing in made.things if starts and thing.start == max(starts, key=len)]


def address(route: Route, thing: Thing) -> str:
    return NAME.sub(lambda found: thing.values[found[1]], route.rule)


def refusal(route: Route, thing: Thing, person: SeatedClient) -> tuple[int, tuple[str, ...]] | None:
    """How the table says this seat is refused: status and sentences; None when it may."""
    officer = person.officer
    if officer.seat.role not in route.access.roles:
        return 403, (WRONG_ROLE,)
    if not thing.start or route.region is RegionRule.ANY:
        return None
    if route.region is RegionRule.BODY:
        return None if thing.body and handles(officer, thing.body) else (404, NOT_HERE)
    if not officer.seat.within(thing.region, shipped_regions()):
        return 404, NOT_HERE
    if route.region is RegionRule.LEVEL and thing.level not in notice_levels(officer):
        return 403, (WRONG_LEVEL,)
    return None


def walks(made: MatrixSite) -> Iterator[tuple[Route, Thing, SeatedClient, str]]:
    """Every route with every thing it opens, every seat and method; who is refused by the role, with one thing."""
    for route in DESK:
        for place, thing in enumerate(things_of(route, made)):
            for person in made.people:
                if place == 0 or person.officer.seat.role in route.access.roles:
                    yield from ((route, thing, person, method) for method in sorted(route.methods))


def test_the_walk_forgets_no_route_no_role_and_no_rule(made: MatrixSite) -> None:
    assert {person.officer.seat.role for person in made.people} == set(DESK_ROLES)
    assert [route.rule for route in DESK if not things_of(route, made)] == [], "a noun without a thing in matrix_site"
    walked = {route.region for route, thing, _person, _method in walks(made) if thing.start}
    assert walked == {RegionRule.OBJECT, RegionRule.LEVEL, RegionRule.BODY}
    answers = {
        (route.region, refusal(route, thing, person) is None)
        for route, thing, person, _method in walks(made)
        if thing.start
    }
    assert len(answers) == 2 * len(walked), "each rule lets somebody in and keeps somebody out"


def test_whom_the_table_refuses_is_told_so_and_changes_nothing(made: MatrixSite) -> None:
    before, wrong, knocked = made.site.state(), [], 0
    for route, thing, person, method in walks(made):
        if (refused := refusal(route, thing, person)) is None:
            continue
        status, told = person.send(method, address(route, thing), {**MINIMAL, **thing.values})
        if status != refused[0] or not any(sentence in told for sentence in refused[1]):
            wrong.append((method, address(route, thing), thing.region, person.officer.seat.signature, status))
        knocked += 1
    assert not wrong, "\n".join(map(str, wrong))
    assert knocked > 1000
    assert made.site.state() == before


def test_whom_the_table_lets_in_is_let_in(made: MatrixSite) -> None:
    wrong, opened = [], 0
    for route, thing, person, method in walks(made):
        if refusal(route, thing, person) is not None:
            continue
        status, _told = person.send(method, address(route, thing), {**MINIMAL, **thing.values})
        if status in (403, 404, 429) or status >= 500:
            wrong.append((method, address(route, thing), thing.region, person.officer.seat.signature, status))
        if method == "POST":
            made.restore()
        opened += 1
    assert not wrong, "\n".join(map(str, wrong))
    assert opened > 300
