"""Who may open what at the desk: a table made from the list of routes, each entry of it knocked at.

Sources: trust.md 13, OWASP ASVS 5.0 8.2.1–8.2.3, 8.4.1, 3.5.3, 15.3.3.
"""

import re

import pytest
from tests.desk import (
    CITY_OFFICER,
    NEIGHBOUR,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
)
from tests.seats import DESK_ROLES
from tests.web.desk.test_credit import ENTRY
from tests.web.desk.test_notice import published, written
from tests.web.desk.test_removal import propose
from tests.web.desk_site import PEOPLE, DeskSite, Person

from greenmine.domain.officer import DEEDS
from greenmine.domain.seat import Role
from greenmine.web.desk.routes_record import DESK_ROUTES
from greenmine.web.routes import ROUTES
from greenmine.web.routing import Door, Route

BY_ROLE = {officer.seat.role: officer for officer in reversed(PEOPLE)}
FILLED = {"number": "1", "n": "1", "sha256": "ab" * 32, "slug": "x"}
SIGNED_IN = {"/desk/account"}
"""Asks for a real session: tests/web/test_sign_in.py."""


def address(route: Route, **values: str) -> str:
    """An address of the route; what stands in it does not matter to the gate."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: {**FILLED, **values}[found[1]], route.rule)


def test_somebody_of_every_role_with_a_desk_knocks() -> None:
    assert set(BY_ROLE) == set(DESK_ROLES)


def token_of(person: Person) -> str:
    """A forgery token of this browser, from the form in the frame of the desk."""
    nodes = [node for node in person.get("/desk").page.iter("input") if node.get("name") == "csrf_token"]
    return nodes[0].get("value", "")


def test_who_is_signed_out_is_led_to_the_sign_in(site: DeskSite) -> None:
    nobody = site.as_(None)
    for route in DESK_ROUTES:
        if "GET" in route.methods:
            answer = nobody.get(address(route), status=303)
            assert answer.location.startswith("/desk/sign-in?back=/desk")


def test_asvs_3_5_1_no_post_without_a_token(site: DeskSite) -> None:
    before = site.state()
    for route in DESK_ROUTES:
        if "POST" in route.methods:
            role = min(route.access.roles)
            answer = site.as_(BY_ROLE[role]).post(address(route), {}, status=400)
            assert "页面打开时间过长" in answer.text
    assert site.state() == before


def test_every_state_changing_route_names_its_roles_and_rule() -> None:
    doors = {route.rule: route for route in ROUTES if route.rule.startswith("/desk")}
    for route in DESK_ROUTES:
        assert doors[route.rule] is route
        assert route.access.door is Door.DESK and route.is_personal


@pytest.mark.parametrize("role", DESK_ROLES)
def test_asvs_3_5_3_reading_everything_changes_nothing(site: DeskSite, role: Role) -> None:
    published(site)
    propose(site, CITY_OFFICER)
    before = site.state()
    person, waiting, known = site.as_(BY_ROLE[role]), ["/desk"], {"/desk"}
    while waiting:
        answer = person.get(waiting.pop(), status=None)
        assert answer.status < 400, answer.response.request.path
        links = answer.links() if answer.document is not None else [answer.location]
        new = [link for link in links if link.startswith("/desk") and link not in known | SIGNED_IN]
        waiting += new
        known |= set(new)
    assert len(known) >= (3 if DEEDS[role] else 1)
    assert site.state() == before


def test_asvs_8_2_2_the_neighbour_opens_no_object_of_this_county_and_changes_none(site: DeskSite) -> None:
    _person, number = published(site)
    _person, draft = written(site)
    removal = propose(site)
    credit = site.as_(PROVINCE_OFFICER).send("/desk/credits/new", {"region": "520000"}).location
    site.as_(PROVINCE_OFFICER).send(credit, {**ENTRY, "step": "save"}, form="conduct")
    before = site.state()
    objects = {
        "/desk/notices/drafts/<int:number>": draft.rpartition("/")[2],
        "/desk/notices/<number>": number,
        "/desk/mines/<number>": site.mines["qingshan"],
        "/desk/removals/<number>": removal.rpartition("/")[2],
        "/desk/credits/drafts/<int:number>": credit.rpartition("/")[2],
    }
    for officer in (NEIGHBOUR, CITY_OFFICER):
        person = site.as_(officer)
        for route in DESK_ROUTES:
            start = next((each for each in sorted(objects, key=len, reverse=True) if route.rule.startswith(each)), None)
            if start is None or (officer is CITY_OFFICER and not start.endswith(("drafts/<int:number>",))):
                continue
            where = address(route, number=objects[start])
            token = next(
                (node.get("value", "") for node in person.get("/desk/mines/new").page.iter("input")
                 if node.get("name") == "csrf_token"), "",
            )  # fmt: skip
            told = {
                "csrf_token": token,
                "version": "1",
                "seen_act": "1",
                "reason": "试",
                "mine": site.mines["qingshan"],
            }
            wanted = 404 if officer.seat.role in route.access.roles else 403
            if "GET" in route.methods:
                assert person.get(where, status=None).status == wanted, (officer, where)
            if "POST" in route.methods:
                assert person.post(where, told, status=None).status == wanted, (officer, where)
    assert site.state() == before


def test_two_colleagues_share_regions_but_not_a_decision(site: DeskSite) -> None:
    removal = propose(site, PROVINCE_OFFICER)
    site.as_(PROVINCE_OFFICER).get(f"{removal}/decide", status=403)
    assert site.as_(PROVINCE_COLLEAGUE).get(f"{removal}/decide").status == 200
