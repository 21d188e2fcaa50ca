"""A new province is a file: whoever lists the provinces that are there lists the new one, from home page to feeds.

The lists are found, not listed: every page and file the site links to is read, and where each of the provinces of the
checkout stands in the same form (a link, a choice, a heading, a word of a sentence), the new one must stand so too.
"""

import html
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest
from flask import Flask
from tests.demo_site import demo_copy
from tests.desk import ADMINISTRATOR, instant
from tests.migrated import bring_up, fill
from tests.new_province import BOOK, CLAUSES, CODE, NAME, TILES, content_with, files
from tests.one_app import app_for
from tests.reference_data import reference
from tests.seats import seated
from tests.web.complaint_site import NEW
from tests.web.desk_site import sent_by
from tests.web.register import FIRST, NOW, build
from tests.web.strict_client import StrictClient, words
from werkzeug.exceptions import HTTPException

from greenmine.app import build_services
from greenmine.cli.prepare import prepare
from greenmine.cli.upkeep import keep_search, run_projections, sync_content
from greenmine.config import Settings
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import Level, Library
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.officer import Officer
from greenmine.domain.region import COUNTRY
from greenmine.domain.seat import Role
from greenmine.services import Services
from greenmine.store.content_problem import content_problems
from greenmine.usecases.mine import Listing, enlist_mine, register_mine
from greenmine.web.desk.notice_values import first_values

OTHERS: Final = reference().books.provinces()
"""The provinces of the checkout."""

A_KIND: Final = 3
"""Addresses of one kind that are read, those of a province besides."""

PASSED_BY: Final = re.compile("/desk/sign-out|/static/|/verify/|/log/(?!entries)")
"""Not read: what ends a session, assets, and what concerns one entry of the log."""

HREF: Final = re.compile('(?:href|src)="(/[^"?#]*)')
READABLE: Final = re.compile("text/|application/(?:[a-z]+[+])?(?:json|xml)")

OF_THE_COUNTRY: Final = "/corrections/new?record=content/policies/mineral-resources-law-2024"
"""The report of an error in a record of no province: it asks who shall answer."""

OFFICER: Final = seated(31, Role.PROVINCE, COUNTRY)

NEEDS_NO_MINE: Final = frozenset(
    {"/", "/regions", "/procedures", "/targets", "/clauses", "/sitemap", "/sitemap.xml", "/opml.xml", f"{NEW}/target"}
)
"""Addresses among those that list provinces before there is any mine."""

List = tuple[str, str]
"""An address, and the form in which provinces stand there: ``("/", "/regions/*")``."""


OF_ALL_REGIONS: Final[frozenset[List]] = frozenset(
    {
        ("/sitemap", "*"), ("/sitemap", "/regions/*"), ("/sitemap.xml", "#/regions/*"), (f"{NEW}/target", "*"),
        (OF_THE_COUNTRY, "*"),
    }
)  # fmt: skip
"""Lists of all regions of the country, whether the site has rules for them or not."""


@dataclass(frozen=True)
class Site:
    """The application around a content folder, and what people read on it (:func:`read_public`)."""

    services: Services
    app: Flask
    pages: Mapping[str, str]


def opened(folder: Path, content: Path, *, register: bool, mine: bool = False) -> Iterator[Site]:
    """The site over a new database; ``mine``: the new province has a listed mine too."""
    settings = Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(folder / "data"),
            "GREENMINE_SEARCH_INDEX": str(folder / "search_index"),
            "GREENMINE_CONTENT_DIR": str(content),
            "GREENMINE_RATE_PAGES": "100000 per minute",
            "GREENMINE_RATE_EXPORTS": "100000 per minute",
            "GREENMINE_RATE_DESK": "100000 per minute",
        }
    )
    services = build_services(settings, clock=lambda: NOW)
    bring_up(services.database)
    if register:
        fill(services.database, build)
    if mine:
        _register_mine(services)
    sync_content(services)
    run_projections(services)
    keep_search(services)
    app = app_for(services)
    yield Site(services, app, read_public(app))
    services.database.close()


def _register_mine(services: Services) -> None:
    at = instant(date(2026, 11, 17))
    listing = Listing(Library.PROVINCIAL, date(2026, 11, 17), decision_no="示例〔2026〕1号", organ="示例机关")
    officer = seated(FIRST.id, Role.PROVINCE, CODE)
    facts = MineFacts("示例浮梁瓷石矿", "360222", holder="示例瓷石有限公司")
    with services.database.write() as tx:
        number = register_mine(tx, facts, reference=services.reference, officer=None, at=at)
        enlist_mine(tx, number, listing, officer=officer, at=at)


def read_all(app: Flask, start: Iterable[str]) -> dict[str, str]:
    """Address → text of every page and file that can be reached from ``start``; of each kind some."""
    browser, rules = app.test_client(), app.url_map.bind("localhost")
    found: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    waiting = deque(start)
    seen = set(waiting)
    while waiting:
        address = waiting.popleft()
        try:
            endpoint, values = rules.match(address.partition("?")[0], "GET")
        except HTTPException:
            continue
        kinds[endpoint] += 1
        if kinds[endpoint] > A_KIND and not {*values.values()} & {*OTHERS, CODE}:
            continue
        answer = browser.get(address, base_url=app.extensions["greenmine.settings"].site_url, buffered=True)
        if answer.status_code == 200 and READABLE.match(answer.mimetype):
            found[address] = html.unescape(unquote(answer.get_data(as_text=True)))
            links = {link for link in HREF.findall(found[address]) if not PASSED_BY.match(link)} - seen
            seen |= links
            waiting += sorted(links)
    return found


def read_public(app: Flask) -> dict[str, str]:
    """What people see, and what a complainant without a mine is asked."""
    plain = sorted(rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)
    found = read_all(app, [*(path for path in plain if not path.startswith("/desk")), OF_THE_COUNTRY])
    client = StrictClient(app)
    for path, field, answers in ((NEW, "marks", {}), (f"{NEW}/target", "seen", {"do": "place"})):
        shown = sent_by(client.get(path), having=field)
        client.post(str(shown.pop("", path)), {**shown, **answers})
    return {**found, f"{NEW}/target": client.get(f"{NEW}/target").text}


def read_desk(site: Site, officer: Officer) -> dict[str, str]:
    """What an officer sees."""
    app = app_for(site.services, find_officer=lambda: officer)
    return {path: text for path, text in read_all(app, ["/desk"]).items() if path.startswith("/desk")}


def lists_in(pages: Mapping[str, str]) -> dict[List, bool]:
    """Every list of all provinces of the checkout → whether the new one is in it."""
    found: dict[List, bool] = {}
    for path, text in pages.items():
        for form, provinces in _forms(text).items():
            if provinces >= {*OTHERS}:
                found[path, form] = CODE in provinces
    return found


def _forms(text: str) -> Mapping[str, set[str]]:
    """Each word that holds a province's code, name or short name, with ``*``, numbers as ``#`` → whose it is."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    regions = reference().regions
    for code in (*OTHERS, CODE):
        region = regions.get(code)
        known = re.compile("|".join((code, region.name, region.short)))
        for word in re.findall(r"[^\s\"'<>,;:|、，；。：（）()]+", text):
            if known.search(word):
                found[re.sub("[0-9]+", "#", known.sub("*", word))].add(code)
    return found


def missing(pages: Mapping[str, str]) -> set[str]:
    """Where the new province is left out."""
    return {f"{path}: {form}" for (path, form), there in lists_in(pages).items() if not there}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The register, and the new province with everything a province may bring, a mine among it."""
    folder = tmp_path_factory.mktemp("whole")
    yield from opened(folder, content_with(folder / "content", files()), register=True, mine=True)


@pytest.fixture(scope="module")
def book_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """No mine anywhere, no article: whatever is listed comes from rule books and regions. The new one has no map."""
    folder = tmp_path_factory.mktemp("book-alone")
    content = content_with(folder / "content", (BOOK, CLAUSES), without=("policies", "news"))
    yield from opened(folder, content, register=False)


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The others have mines, the new one has its rules and its map."""
    folder = tmp_path_factory.mktemp("first-day")
    content = content_with(folder / "content", (BOOK, CLAUSES, TILES), without=("policies", "news"))
    yield from opened(folder, content, register=True)


def test_every_list_of_provinces_names_the_new_one(whole: Site) -> None:
    assert missing(whole.pages) == set()
    assert {path for path, _form in lists_in(whole.pages)} >= {
        "/", "/regions", "/procedures", "/targets", "/clauses", "/sitemap", "/sitemap.xml", "/opml.xml", "/mines",
        "/policies", "/feeds/all.atom", f"{NEW}/target", OF_THE_COUNTRY,
    }  # fmt: skip


@pytest.mark.parametrize("officer", [OFFICER, ADMINISTRATOR], ids=lambda officer: officer.seat.role)
def test_every_list_of_the_desk_names_it_too(whole: Site, officer: Officer) -> None:
    pages = read_desk(whole, officer)
    assert "/desk" in pages and missing(pages) == set()
    assert officer is not OFFICER or ("/desk/mines/new", "*") in lists_in(pages)


def test_a_book_alone_puts_the_province_into_every_list_that_needs_no_mine(book_alone: Site) -> None:
    assert missing(book_alone.pages) == set()
    assert {path for path, _form in lists_in(book_alone.pages)} >= NEEDS_NO_MINE


def test_mines_of_others_push_it_out_of_no_list_but_the_filter_that_counts_mines(first_day: Site) -> None:
    """A choice that finds nothing is not offered (/mines); every other list names the province without a mine."""
    assert missing(first_day.pages) == {"/mines: *", "/mines: /mines?region=*"}
    assert {path for path, _form in lists_in(first_day.pages)} >= NEEDS_NO_MINE


def test_the_search_for_lists_finds_what_forgets_a_province(tmp_path: Path, whole: Site) -> None:
    """Without its files the province is missing wherever not every region of the country is listed."""
    (without,) = opened(tmp_path, content_with(tmp_path / "content", ()), register=True)
    forgetful = missing(without.pages)
    assert {"/: /regions/*", "/regions: /regions/*", "/procedures: /procedures/*", "/opml.xml: *"} <= forgetful
    assert {key for key in lists_in(whole.pages) if f"{key[0]}: {key[1]}" not in forgetful} <= OF_ALL_REGIONS


def test_a_demonstration_that_is_there_takes_it_at_its_next_start(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, book_alone: Site
) -> None:
    """Its mines are invented in four provinces; the fifth has none and is named all the same."""
    content = content_with(tmp_path / "content", (BOOK, CLAUSES, TILES))
    services = demo_copy(tmp_path_factory, tmp_path / "data", content=content)
    assert not prepare(services).made_demo
    pages = read_all(app_for(services), sorted(NEEDS_NO_MINE))
    known = lists_in(book_alone.pages)
    assert {key for key, there in lists_in(pages).items() if key in known and not there} == set()
    assert {path for path, _form in lists_in(pages)} >= NEEDS_NO_MINE - {f"{NEW}/target"}
    services.database.close()


def test_its_page_draws_its_map_and_its_tasks(whole: Site) -> None:
    """Whatever codes its columns carry a year in: counted mines, and a share of the column it is taken of."""
    answer = StrictClient(whole.app).get(f"/regions/{CODE}")
    tiles = next(node for node in answer.page.iter() if node.get("class") == "tiles")
    assert len([node for node in tiles.iter() if str(node.tag).endswith("}a")]) == 11
    text = words(answer.page.find(".//main")).replace(" ", "")
    assert "景德镇1/7" in text and "合计：任务12个，本站登记1座（8.3%）" in text
    assert "当日在册矿山÷表中2026年生产矿山数" in text and "目标12" in text


def test_without_a_map_its_page_has_the_table_and_the_missing_file_is_told(book_alone: Site) -> None:
    answer = StrictClient(book_alone.app).get(f"/regions/{CODE}")
    assert not [node for node in answer.page.iter() if node.get("class") == "tiles"]
    assert {"/regions/360100", "/regions/360200"} <= set(answer.links())
    with book_alone.services.database.read() as tx:
        told = content_problems(tx)
    assert [(problem.path, problem.line) for problem in told] == [(TILES, None)]
    assert "1处问题" in book_alone.pages["/status"]


def test_its_map_is_all_that_is_told_to_be_missing(whole: Site, first_day: Site) -> None:
    assert whole.services.problems == first_day.services.problems == ()


@pytest.mark.parametrize("ending", ["rss", "atom", "json"])
def test_its_feed_holds_its_rules_and_its_news(whole: Site, ending: str) -> None:
    feed = whole.pages[f"/feeds/regions/{CODE}.{ending}"]
    assert "示例省的一条消息" in feed and "示例浮梁瓷石矿" in feed


def test_its_calendar_and_its_own_addresses_answer(first_day: Site) -> None:
    client = StrictClient(first_day.app)
    assert client.get(f"/calendar/{CODE}.ics").text.startswith("BEGIN:VCALENDAR")
    assert f"/feeds/regions/{CODE}.atom" in client.get(f"/subscribe?region={NAME}").text
    for path in (f"/mines?region={CODE}", f"/notices?region={CODE}", f"/search?q=矿&region={CODE}"):
        assert NAME in client.get(path).text


def test_its_officers_draft_by_its_own_practice_and_its_own_rule(first_day: Site) -> None:
    """A practice printed in the province's own book is offered, and taken when it is chosen."""
    officer = seated(31, Role.PROVINCE, CODE)
    page = read_desk(first_day, officer)["/desk/notices/new"]
    assert 'value="invented_practice"' in page and NAME in page
    by_preset, by_rule = (
        first_values(
            kind=NoticeKind.PROVINCE_LIST, level=Level.PROVINCIAL, region=CODE, preset=preset,
            reference=first_day.services.reference, today=legal_day(NOW),
        )
        for preset in ("invented_practice", "")
    )  # fmt: skip
    assert by_preset["issuer"] == "示例省自然资源厅"
    assert by_preset["days"] == by_rule["days"] == "7"
