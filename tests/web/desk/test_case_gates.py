"""Nobody sees another body's cases: every case route, every method, every stranger (trust.md 13; ASVS 8.2.1-8.2.3).

The table is made from the list of routes: a route added without an entry here fails.
"""

import hashlib
import re
from typing import Any

import pytest
from sqlalchemy import select
from tests.complaints import journal
from tests.desk import (
    ADMINISTRATOR,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    NAYONG,
    NEIGHBOUR,
    PROVINCE_OFFICER,
    ZHIJIN,
)
from tests.seats import seated
from tests.web.desk.test_case import JPEG, WORDS, attached, lodge, step
from tests.web.desk_site import DeskSite, Person

from greenmine.domain.complaint import About
from greenmine.domain.department import Department
from greenmine.domain.officer import Deed, Officer, roles_that_may
from greenmine.domain.seat import Role
from greenmine.store.tables_case import CASE_TABLES, client_salt
from greenmine.store.tables_private import case_file, case_part
from greenmine.web.desk.routes_case import CASE_ROUTES
from greenmine.web.routes import ROUTES
from greenmine.web.routing import Route

OBJECTS = tuple(route for route in CASE_ROUTES if "<number>" in route.rule)
WRONG_DEPARTMENT = seated(COUNTY_OFFICER.id, Role.COUNTY, ZHIJIN, Department.HEALTH, Department.EMERGENCY)
OTHER_DEPARTMENT = seated(COUNTY_OFFICER.id, Role.DEPARTMENT, f"{ZHIJIN}/{Department.HEALTH}")
STRANGERS = (NEIGHBOUR, WRONG_DEPARTMENT, OTHER_DEPARTMENT, CITY_OFFICER, PROVINCE_OFFICER, EDITOR, ADMINISTRATOR)
OF_THE_MOMENT = re.compile(r'[0-9A-F]{8}|name="csrf_token" value="[^"]*"')
"""What differs between any two answers: an error's id, a forgery token."""
VALUES = {
    "text": WORDS, "step": "send", "seen_version": "1", "outcome": "confirmed", "body_region": NAYONG,
    "department": "ecology", "reason": "verify", "words": "核实情况需要",
}  # fmt: skip


def state(site: DeskSite) -> str:
    """All rows of all case tables but the day's salt of the counters, and the journal, as one hash."""
    tables = [table for table in (*CASE_TABLES, case_file, case_part) if table is not client_salt]
    with site.services.database.read() as tx:
        rows: list[Any] = [tx.execute(select(table)).all() for table in tables]
    return hashlib.sha256(repr([rows, journal(site.services.database)]).encode()).hexdigest()


def token_of(person: Person) -> str:
    nodes = [node for node in person.get("/desk").page.iter("input") if node.get("name") == "csrf_token"]
    return str(nodes[0].get("value", ""))


def knock(person: Person, route: Route, number: str, token: str) -> list[tuple[int, str]]:
    """Every method of the route on this case: status and what is told."""
    where = route.rule.replace("<number>", number).replace("<int:n>", "1")
    answers = []
    if "GET" in route.methods:
        answers.append(person.get(where, status=None))
    if "POST" in route.methods:
        answers.append(person.post(where, {"csrf_token": token, **VALUES}, status=None))
    return [(answer.status, OF_THE_MOMENT.sub("", answer.text.replace(number, ""))) for answer in answers]


def test_every_case_route_is_in_the_table_and_in_the_list_of_the_site() -> None:
    on_site = {route.rule for route in ROUTES if route.rule.startswith("/desk/cases")}
    assert on_site == {route.rule for route in CASE_ROUTES} and len(OBJECTS) == len(CASE_ROUTES) - 1
    assert all(route.is_personal for route in CASE_ROUTES)
    assert roles_that_may(Deed.HANDLE_CASE) == {role for route in CASE_ROUTES for role in route.access.roles}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_trust_13_a_strangers_case_is_not_there_and_no_row_changes(site: DeskSite, stranger: Officer) -> None:
    number = lodge(site, files=[attached(site, JPEG, "image/jpeg")])
    handler = site.as_(COUNTY_OFFICER)
    assert handler.get(f"/desk/cases/{number}").status == 200
    person = site.as_(stranger)
    token, before, knocked = token_of(person), state(site), 0
    handles = Deed.HANDLE_CASE in stranger.deeds
    for route in OBJECTS:
        own, unknown = knock(person, route, number, token), knock(person, route, "T99999999999", token)
        assert [status for status, _ in own] == [404 if handles else 403] * len(own), (stranger, route.rule)
        assert own == unknown, f"{route.rule} tells a stranger that the case is there"
        knocked += len(own)
    assert knocked >= 20
    assert state(site) == before
    if handles:
        assert number not in person.get("/desk/cases").text and "没有办理中的来件" in person.get("/desk").text


def test_the_same_routes_open_for_the_handling_officer(site: DeskSite) -> None:
    """So that the 404s above are those of the scope, not of the address."""
    number = lodge(site, files=[attached(site, JPEG, "image/jpeg")])
    person = site.as_(COUNTY_OFFICER)
    opened = {"accept", "decline", "ask", "hand-over", "identity", "files/1", "pictures/1"}
    for last in sorted(opened):
        assert person.get(f"/desk/cases/{number}/{last}").status == 200


def test_xinfang_18_the_accused_county_sees_nothing_of_what_is_said_about_it(site: DeskSite) -> None:
    number = lodge(site, about=About.AUTHORITY)
    accused = site.as_(COUNTY_OFFICER)
    before, token = state(site), token_of(accused)
    for route in OBJECTS:
        assert {status for status, _ in knock(accused, route, number, token)} == {404}
    assert state(site) == before
    assert site.as_(CITY_OFFICER).get(f"/desk/cases/{number}").status == 200


def test_asvs_8_3_2_after_a_hand_over_the_sender_is_a_stranger_at_once(site: DeskSite) -> None:
    number, sender = lodge(site), site.as_(COUNTY_OFFICER)
    step(sender, number, "hand-over", body_region=NAYONG, department="ecology", reason="other_place")
    token, before = token_of(sender), state(site)
    for route in OBJECTS:
        assert {status for status, _ in knock(sender, route, number, token)} == {404}
    assert state(site) == before
    assert site.as_(NEIGHBOUR).get(f"/desk/cases/{number}").status == 200


def test_asvs_8_3_2_a_moved_officer_loses_all_of_it_on_the_next_request(site: DeskSite) -> None:
    number = lodge(site)
    assert site.as_(COUNTY_OFFICER).get(f"/desk/cases/{number}").status == 200
    moved = site.as_(seated(COUNTY_OFFICER.id, Role.COUNTY, NAYONG))
    token, before = token_of(moved), state(site)
    for route in OBJECTS:
        assert {status for status, _ in knock(moved, route, number, token)} == {404}
    assert state(site) == before


def test_asvs_3_5_3_reading_every_page_of_a_case_changes_no_row(site: DeskSite) -> None:
    number = lodge(site, files=[attached(site, JPEG, "image/jpeg")])
    person, before = site.as_(COUNTY_OFFICER), state(site)
    for route in OBJECTS:
        if "GET" in route.methods:
            person.get(route.rule.replace("<number>", number).replace("<int:n>", "1"), status=None)
    person.get(f"/desk/cases/{number}/accept?reply=accepted")
    assert state(site) == before


def test_hostile_numbers_are_addresses_of_nothing(site: DeskSite) -> None:
    person = site.as_(COUNTY_OFFICER)
    for number in ("'%20OR%201=1--", "T1", "..%2F..", "%E6%8A%95%E8%AF%89", "T" + "9" * 500):
        assert person.get(f"/desk/cases/{number}", status=404).status == 404
    assert person.get("/desk/cases/T1/files/99999999999", status=404).status == 404
