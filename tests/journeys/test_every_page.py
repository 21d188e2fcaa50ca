"""Every kind of page, in the browser: axe finds nothing in either theme, nothing sticks out at 390 px (ui.md)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from tests.example_pages import PAGES, example_addresses
from tests.journeys.browser import PHONE, overflow, parts, served, unsound, violations
from tests.seats import DESK_ROLES

from greenmine.app import create_app
from greenmine.domain.seat import Role
from greenmine.services import Services
from greenmine.usecases.demo_sign_in import demo_links

pytestmark = pytest.mark.browser

EMPTY_STATES = (
    "/mines?q=不存在的矿山",
    "/mines?region=火星",
    "/mines?page=99999",
    "/notices?q=不存在",
    "/removals?year=1999",
    "/news?type=不存在",
    "/mines/GM-000000-0000",
    "/nowhere",
    "/search?q=煤矿&region=520000",
    "/search?q=没有的东西+煤矿",
    "/search?q=-煤",
)
"""What people also see: nothing found, bad input, no such page."""


@pytest.fixture(scope="module")
def origin(demo_services: Services) -> Iterator[str]:
    app: Flask = create_app(services=demo_services)
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def addresses(demo_services: Services) -> dict[str, str]:
    return example_addresses(demo_services)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One window for all pages that nobody signs in to."""
    made = browser.new_page()
    yield made
    made.close()


@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page_is_sound_in_both_themes_and_fits_a_phone(
    endpoint: str, page: Page, origin: str, addresses: dict[str, str]
) -> None:
    assert unsound(page, origin + addresses[endpoint]) == []


@pytest.mark.parametrize("path", EMPTY_STATES)
def test_an_empty_or_refused_page_is_sound_too(path: str, page: Page, origin: str) -> None:
    assert unsound(page, origin + path) == []


@pytest.fixture(scope="module")
def looked_at() -> set[tuple[str, frozenset[str]]]:
    """Shapes of desk pages with the classes of their parts."""
    return set()


@pytest.mark.parametrize("role", DESK_ROLES)
def test_every_desk_page_an_officer_can_reach_is_sound(
    role: Role, browser: Browser, origin: str, demo_services: Services, looked_at: set[tuple[str, frozenset[str]]]
) -> None:
    """Signed in by a demo link, following every link of the desk; one page of each shape is opened.

    axe looks at what no role before has seen: another shape, or one built of other parts.
    """
    with demo_services.database.write() as tx:
        links = demo_links(tx, is_demo=True, at=demo_services.clock())
    token = next(link.token for link in links if link.seat.role is role)
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{origin}/desk/link/{token}")
    page.get_by_role("button").last.click()
    seen: dict[str, str] = {}
    waiting = ["/desk"]
    while waiting:
        path = waiting.pop(0)
        shape = "/".join("#" if any(c.isdigit() for c in part) else part for part in path.split("/"))
        if shape in seen:
            continue
        seen[shape] = path
        page.goto(origin + path)
        html = page.content()
        built = (shape, parts(html))
        assert overflow(page) == 0, path
        assert built in looked_at or violations(page) == [], path
        looked_at.add(built)
        waiting += [link for link in _links(html) if link.startswith("/desk")]
    assert len(seen) >= 3, seen
    context.close()


def _links(html: str) -> list[str]:
    found = [part.split('"', 1)[0] for part in html.split('href="')[1:]]
    return [urlsplit(link).path for link in found if link.startswith("/")]
