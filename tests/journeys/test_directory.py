"""The directory's pages in a real browser: accessible in both themes, whole at 390 px; a search from home to a mine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.conftest import CHECKOUT
from tests.journeys.browser import DESKTOP, PHONE, served, unsound
from tests.web.register import site

from greenmine.cli.upkeep import keep_search
from greenmine.config import Settings

pytestmark = pytest.mark.browser
PAGES = (
    "/",
    "/mines",
    "/mines?region=520000&status=listed",
    "/mines?q=zzz",
    "/mines?level=x&region=鼓楼区",
    "/mines?on=2025-06-01&known=2025-07-01",
    "/mines?page=9",
    "/mines/GM-520524-0001",
    "/mines/GM-210323-0001",
    "/mines/GM-520524-0001?on=2024-12-31",
    "/mines/GM-520524-0099",
    "/regions",
    "/regions/520000",
    "/regions/330000",
    "/regions/520524",
)


@pytest.fixture(scope="module")
def origin(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("directory")
    environment = {"GREENMINE_DATA_DIR": str(folder / "data"), "GREENMINE_CONTENT_DIR": str(CHECKOUT / "content")}
    app, _register = site(Settings.from_environment(environment, base=folder))
    keep_search(app.extensions["greenmine"])
    with served(app) as address:
        yield address
    app.extensions["greenmine"].database.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page()
    yield made
    made.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(page: Page, origin: str, path: str) -> None:
    assert unsound(page, f"{origin}{path}") == []


def test_a_reader_finds_a_mine_from_home_and_asks_for_its_past(browser: Browser, origin: str) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(origin)
    page.fill("#home-q", "毕节 云岭")
    page.click(".search-large button")
    assert page.inner_text(".count").startswith("共 1 条")
    page.click(".hits a >> nth=0")
    assert "云岭煤矿" in page.inner_text("h1")
    page.fill("#past-on", "2024-05-05")
    page.click(".onday button")
    assert page.inner_text("h1 .tag") == "公示阶段" and "2024年5月5日" in page.inner_text("h1")
    page.click("text=看这一天的名录")
    assert page.inner_text("h1") == "2024年5月5日的绿色矿山名录" and page.inner_text(".count").startswith("共 12 条")
    page.context.close()


def test_a_reader_narrows_by_links_and_takes_the_result_along(browser: Browser, origin: str) -> None:
    page = browser.new_context(viewport=DESKTOP, accept_downloads=True).new_page()
    page.goto(f"{origin}/mines")
    page.click(".facets a:text-is('已移出')")
    page.click(".facets summary:text-is('所在地')")
    page.click(".facets a:text-is('辽宁省')")
    assert page.inner_text(".count").startswith("共 2 条")
    with page.expect_download() as download:
        page.click(".downloads a:text-is('CSV')")
    assert download.value.suggested_filename.startswith("演示数据-绿色矿山名录-2026-11-18")
    assert len(Path(str(download.value.path())).read_bytes().split(b"\r\n")) == 4
    page.click(".chips a >> nth=0")
    assert page.url == f"{origin}/mines?region=210000"
    page.context.close()
