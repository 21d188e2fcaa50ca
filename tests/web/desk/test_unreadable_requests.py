"""What no person types: U+0000 in addresses, arguments, forms and names of files, and numbers without end.

It gets a page that helps, never an error. A real PostgreSQL keeps no text with U+0000 and its driver fails; SQLite
hides that. Sources: ASVS 2.2.1; trust.md 6.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from tests.desk import ADMINISTRATOR, COUNTY_OFFICER, PROVINCE_OFFICER
from tests.web.desk.test_gates import BY_ROLE, address, token_of
from tests.web.desk_site import DeskSite, desk_site

from greenmine.config import Settings
from greenmine.web.routes import ROUTES

HELP = "有不能显示的字符（U+0000），请删去后重试"


@pytest.fixture
def on_postgresql(settings: Settings, postgres_url: str) -> Iterator[DeskSite]:
    """The desk over a real PostgreSQL."""
    site = desk_site(replace(settings, database_url=postgres_url))
    yield site
    site.services.database.close()


@pytest.mark.postgres
def test_nul_in_an_address_is_refused_on_every_route(on_postgresql: DeskSite) -> None:
    person, tried = on_postgresql.as_(PROVINCE_OFFICER), 0
    for route in ROUTES:
        if "<" not in route.rule or "GET" not in route.methods:
            continue
        path = re.sub(r"<[^>]+>", "a%00b", route.rule)
        answer = person.get(path, status=400)
        assert HELP in answer.text, path
        tried += 1
    assert tried > 30


@pytest.mark.postgres
def test_nul_in_an_argument_is_refused_on_every_route(on_postgresql: DeskSite) -> None:
    person = on_postgresql.as_(PROVINCE_OFFICER)
    for route in ROUTES:
        if "GET" in route.methods:
            where = re.sub(r"<[^>]+>", "1", route.rule)
            assert person.get(f"{where}?q=%00", status=None).status == 400, where
    assert HELP in person.get("/mines?%00=1", status=400).text


@pytest.mark.postgres
def test_nul_in_a_form_is_refused_and_records_nothing(on_postgresql: DeskSite) -> None:
    person, before = on_postgresql.as_(COUNTY_OFFICER), on_postgresql.state()
    token = token_of(person)
    for data in ({"name": "演示\0矿"}, {"na\0me": "演示矿"}, {"file": (BytesIO(b"x"), "a\0.pdf")}):
        answer = person.post("/desk/mines/new", {"csrf_token": token, **data}, status=400,
                             content_type="multipart/form-data")  # fmt: skip
        assert HELP in answer.text
    assert HELP in person.post("/desk/sign-in", {"login": "a\0", "password": "x"}, status=400).text
    assert on_postgresql.state() == before


@pytest.mark.parametrize("digits", ["2147483648", "9" * 25, "9" * 5000, "\uff11", "-1"], ids=len)
def test_a_number_no_row_can_have_is_the_address_of_nothing(site: DeskSite, digits: str) -> None:
    people = {role: site.as_(officer) for role, officer in BY_ROLE.items()}
    numbered = [route for route in ROUTES if "<int:number>" in route.rule and "GET" in route.methods]
    assert len(numbered) > 10
    for route in numbered:
        where = address(route).replace("/1", f"/{digits}", 1)
        person = people[min(route.access.roles)] if route.access.roles else site.as_(None)
        person.get(where, status=404)


def test_a_version_without_end_is_one_nobody_has_seen(site: DeskSite) -> None:
    person = site.as_(ADMINISTRATOR)
    for version in ("9" * 40, "9" * 5000, "\u0661", "x", ""):
        answer = person.send("/desk/staff/11", {"role": "county", "regions": "520524", "version": version}, status=409)
        assert answer.document is not None


def test_doubled_slashes_lead_nowhere(site: DeskSite) -> None:
    """A redirect would carry the port of the Host header (ASVS 3.7.2)."""
    for path in ("/mines//GM-520524-0001", "/desk//staff", "/notices//", "/"):
        response = site.app.test_client().get(path, base_url="http://127.0.0.1:1234/")
        assert response.status_code == (200 if path == "/" else 404) and "Location" not in response.headers
