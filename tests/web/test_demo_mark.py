"""What leaves the site's pages says that it is a demonstration; what leaves the real site's does not."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import feedparser
import icalendar
import pytest
from python_calamine import CalamineWorkbook
from tests.feeds import ENDINGS
from tests.web.register import site
from tests.web.strict_client import StrictClient

from greenmine.config import Mode, Settings

MARK = "演示数据"
INVENTED = "演示数据，均为虚构"
FREE = "本数据为依法主动公开的信息，可以自由使用"
FEEDS = ("/feeds/all", "/feeds/notices", "/feeds/regions/520000", "/feeds/directory")
CALENDARS = ("/calendar.ics", "/calendar/330000.ics")


@pytest.fixture
def real(settings: Settings, tmp_path: Path) -> StrictClient:
    """A reader of the same register on a site in production."""
    production = replace(
        settings, mode=Mode.PRODUCTION, site_url="https://green-mine.example", sponsor="某省自然资源厅",
        contact="0000-00000000", data_dir=tmp_path / "real", database_url=f"sqlite:///{tmp_path / 'real' / 'site.db'}",
    )  # fmt: skip
    return StrictClient(site(production)[0])


def told_of_feed(client: StrictClient, path: str, ending: str) -> tuple[str, str]:
    """Title and description of a feed."""
    content = client.get(f"{path}.{ending}").response.data
    if ending == "json":
        told = json.loads(content)
        return told["title"], told["description"]
    parsed = feedparser.parse(content)
    return parsed.feed.title, parsed.feed.subtitle


def calendar_names(client: StrictClient, path: str) -> tuple[str, str]:
    calendar = icalendar.Calendar.from_ical(client.get(path).text)
    return str(calendar["name"]), str(calendar["x-wr-calname"])


def about_of_workbook(client: StrictClient, folder: Path) -> list[list[str]]:
    """The sheet that says what the workbook is."""
    path = folder / "mines.xlsx"
    path.write_bytes(client.get("/mines.xlsx").response.get_data())
    return [
        [str(cell) for cell in row] for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python()
    ]


def test_a_download_of_the_demonstration_says_that_it_is_invented(client: StrictClient, tmp_path: Path) -> None:
    told = client.get("/mines.json").response.get_json()
    assert told["title"].startswith(INVENTED) and told["licence"].startswith(INVENTED)
    assert FREE not in told["licence"]
    sheet = about_of_workbook(client, tmp_path)
    assert sheet[0][0] == told["title"] and told["licence"] in [row[1] for row in sheet]


def test_a_download_of_the_real_site_is_free_to_use(real: StrictClient, tmp_path: Path) -> None:
    told = real.get("/mines.json").response.get_json()
    assert told["title"] == "绿色矿山名录" and told["licence"].startswith(FREE)
    sheet = about_of_workbook(real, tmp_path)
    assert sheet[0][0] == "绿色矿山名录" and told["licence"] in [row[1] for row in sheet]


@pytest.mark.parametrize("path", ["/mines.csv", "/mines.json", "/mines.xlsx", "/notices.csv"])
def test_the_name_of_a_download_begins_with_the_mark(client: StrictClient, real: StrictClient, path: str) -> None:
    marked = f"filename*=UTF-8''{quote(f'{MARK}-')}"
    assert marked in client.get(path).headers["Content-Disposition"]
    assert quote(MARK) not in real.get(path).headers["Content-Disposition"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_feed_of_the_demonstration_says_so_in_title_and_description(client: StrictClient, ending: str) -> None:
    for path in FEEDS:
        title, description = told_of_feed(client, path, ending)
        assert title.startswith(MARK) and description.startswith(MARK), path


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_feed_of_the_real_site_bears_no_mark(real: StrictClient, ending: str) -> None:
    for path in FEEDS:
        title, description = told_of_feed(real, path, ending)
        assert title and description and MARK not in title + description, path


@pytest.mark.parametrize("path", CALENDARS)
def test_a_calendar_of_the_demonstration_says_so(client: StrictClient, real: StrictClient, path: str) -> None:
    assert all(name.startswith(MARK) for name in calendar_names(client, path))
    assert all(name.endswith("绿色矿山公示截止日") and MARK not in name for name in calendar_names(real, path))


def test_the_list_of_feeds_says_so(client: StrictClient, real: StrictClient) -> None:
    assert f"<title>{MARK}" in client.get("/opml.xml").text
    assert MARK not in real.get("/opml.xml").text


def test_the_mark_changes_no_identity(client: StrictClient) -> None:
    parsed = feedparser.parse(client.get("/feeds/all.atom").response.data)
    assert parsed.feed.id.startswith("tag:demo.greenmine.invalid,") and parsed.feed.id.endswith(":feed/all")
