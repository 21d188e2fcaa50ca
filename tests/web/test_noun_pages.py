"""The table of nouns and the site say the same: every address of the table is a route, and its things are there."""

import re
from typing import Any, Final

import pytest
from sqlalchemy import select
from tests.desk import ADMINISTRATOR, PROVINCE_OFFICER
from tests.example_pages import example_addresses
from tests.one_app import app_for
from tests.web.strict_client import StrictClient

from greenmine.domain.noun import BOOK, MINE, NOUNS, Noun, desk_address, object_at, public_address
from greenmine.domain.seat import Role
from greenmine.services import Services
from greenmine.store.act import acts_after
from greenmine.store.tables import mine, notice, removal
from greenmine.store.tables_case import case_task
from greenmine.store.tables_private import staff_seat
from greenmine.web.routes import ROUTES

RULES: Final = {re.sub("<[^>]+>", "{}", route.rule): route for route in ROUTES if "GET" in route.methods}
PUBLIC: Final = [noun for noun in NOUNS if noun.public]
AT_THE_DESK: Final[dict[str, Any]] = {
    "mine": select(mine.c.id).where(mine.c.region.startswith("52")),
    "notice": select(notice.c.id).where(notice.c.region == "520000"),
    "removal": select(removal.c.id).join(mine, removal.c.mine == mine.c.id).where(mine.c.region.startswith("52")),
    "case": select(case_task.c.number).where(case_task.c.body_region == "520000"),
    "staff": select(staff_seat.c.staff).where(staff_seat.c.role == str(Role.PROVINCE)),
}
"""Noun → things of the demonstration that a province's officer, or the administrator, opens at the desk."""
NOT_IN_THE_DEMONSTRATION: Final = {"draft/notice", "draft/news", "draft/credit"}
"""Nobody has begun one; tests/web/desk opens them."""


def named(noun: Noun) -> str:
    return noun.name


@pytest.mark.parametrize("noun", NOUNS, ids=named)
def test_every_address_of_the_table_is_a_route_of_the_site(noun: Noun) -> None:
    pages = [noun.list, noun.desk_list, noun.desk, *([noun.public] if noun.public != "/{}" else [])]
    assert {each for each in pages if each} <= RULES.keys()
    assert noun.below is any(rule.startswith(f"{noun.public}/") for rule in RULES if noun.public not in ("", "/{}"))


@pytest.fixture(scope="module")
def examples(demo_services: Services) -> dict[str, str]:
    """Endpoint → an address of the demonstration."""
    return example_addresses(demo_services)


def opened(services: Services, noun: Noun) -> StrictClient:
    officer = ADMINISTRATOR if noun.name == "staff" else PROVINCE_OFFICER
    return StrictClient(app_for(services, find_officer=lambda: officer))


@pytest.mark.parametrize("noun", PUBLIC, ids=named)
def test_a_thing_of_the_demonstration_is_at_its_public_address(
    noun: Noun, demo_services: Services, examples: dict[str, str]
) -> None:
    address = "/about" if noun.public == "/{}" else examples[RULES[noun.public].endpoint]
    name = object_at(address)
    assert name is not None and name.startswith(f"{noun.name}/") and public_address(name) == address
    opened(demo_services, noun).get(address, status=200)


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun.desk], ids=named)
def test_a_thing_of_the_demonstration_is_at_its_desk_address(noun: Noun, demo_services: Services) -> None:
    if noun.name in NOT_IN_THE_DEMONSTRATION:
        assert noun.desk in RULES
        return
    with demo_services.database.read() as tx:
        number = str(tx.execute(AT_THE_DESK[noun.name].limit(1)).scalar_one())
    address = desk_address(noun.object(number))
    assert noun.fits(number) and object_at(address) == noun.object(number)
    opened(demo_services, noun).get(address, status=200)


def test_every_object_of_the_demonstrations_log_is_written_as_the_table_says(demo_services: Services) -> None:
    with demo_services.database.read() as tx:
        names = {act.object for act in acts_after(tx, -1, limit=100_000)}
    nouns = {noun.name for noun in NOUNS if any(name.startswith(f"{noun.name}/") for name in names)}
    assert nouns >= {"mine", "notice", "removal", "credit", "content/news", "content/policies", "content/pages", "book"}
    for name in names:
        shown = public_address(name)
        assert not shown or object_at(shown) == name or name.startswith(f"{BOOK.name}/")


def test_the_page_of_a_mine_leads_to_the_report_of_an_error_in_it(
    demo_services: Services, examples: dict[str, str]
) -> None:
    """By the object's name, as every other page of a record: by its number alone the form is not found."""
    client = opened(demo_services, MINE)
    buttons = [
        str(link.get("href"))
        for link in client.get(examples["mine.page"]).page.iter("a")
        if str(link.get("href")).startswith("/corrections/")
    ]
    assert len(buttons) == 2, "the card and the line at the foot"
    for href in buttons:
        assert client.get(href, status=200).page is not None
