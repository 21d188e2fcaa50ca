"""The complaint journey at 390 px with scripts off, anonymous and named, with a photo (issue 3 "done when").

Every page on the way is looked at by axe in both themes and must not be wider than the phone.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from tests.journeys.browser import PHONE, THEMES, overflow, parts, served, violations
from tests.web.complaint_site import complaint_site

from greenmine.cli.log import begin_demo_log
from greenmine.config import Settings

pytestmark = pytest.mark.browser

STORY = "夜里两点放炮，窗户震裂。\n已经持续一周。"


@pytest.fixture
def origin(settings: Settings) -> Iterator[str]:
    with complaint_site(settings, form_seconds=0) as site, served(site.app) as address:
        begin_demo_log(site.services)
        yield address


class Walk:
    """A person on a phone without scripts; a second window with scripts, same cookies, for axe to look with.

    :param seen: addresses with the parts of the page: what an earlier walk has looked at
    """

    def __init__(self, browser: Browser, origin: str, seen: set[tuple[str, frozenset[str]]]) -> None:
        self.origin, self.seen = origin, seen
        self.context: BrowserContext = browser.new_context(viewport=PHONE, java_script_enabled=False)
        self.page: Page = self.context.new_page()
        self.eye: BrowserContext = browser.new_context(viewport=PHONE)
        self.looking: Page = self.eye.new_page()

    def look(self) -> None:
        """What stands on the page now, as axe sees it: the same bytes, so that pages after a POST are seen too."""
        self.page.wait_for_load_state()
        html = self.page.content()
        built = (urlsplit(self.page.url).path, parts(html))
        if built in self.seen:
            return
        self.seen.add(built)
        self.looking.route("**/looked-at", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.looking.goto(f"{self.origin}/looked-at")
        for theme in THEMES:
            self.looking.emulate_media(color_scheme=theme)
            assert violations(self.looking) == [], f"{self.page.url} in the {theme} theme"
        assert overflow(self.looking) == 0, f"{self.page.url} at 390 px"
        self.looking.unroute("**/looked-at")

    def press(self, words: str) -> None:
        """Press the main part's button with these words, look at what comes."""
        self.page.locator("main").get_by_role("button", name=words, exact=True).first.click()
        self.look()

    def close(self) -> None:
        self.eye.close()
        self.context.close()


@pytest.fixture(scope="module")
def seen() -> set[tuple[str, frozenset[str]]]:
    """What walks have looked at."""
    return set()


@pytest.fixture
def walk(browser: Browser, origin: str, seen: set[tuple[str, frozenset[str]]]) -> Iterator[Walk]:
    made = Walk(browser, origin, seen)
    yield made
    made.close()


def photo(folder: Path) -> str:
    made = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(made, "JPEG")
    path = folder / "现场.jpg"
    path.write_bytes(made.getvalue())
    return str(path)


def to_contact(walk: Walk, folder: Path) -> None:
    """From the notice to the page of who complains, with a refused page and a refused file on the way."""
    page = walk.page
    page.goto(f"{walk.origin}/complaints/new")
    walk.look()
    walk.press("我已了解，开始填写")
    page.fill("#query", "云岭")
    walk.press("查找")
    walk.press("继续")
    assert page.title().startswith("错误：")
    page.check("#mine-0")
    walk.press("继续")
    page.check("input[value='safety:blasting']")
    page.check("input[name=about][value=mine]")
    walk.press("继续")
    walk.press("继续")
    assert page.locator(".summary a").inner_text() == "请写明发生了什么。"
    page.fill("#text", STORY)
    walk.press("继续")
    page.set_input_files("#file", photo(folder))
    walk.press("上传这个文件")
    assert page.locator("text=已添加1个文件").is_visible()
    archive = folder / "包.zip"
    archive.write_bytes(b"PK\x03\x04zip")
    page.set_input_files("#file", str(archive))
    walk.press("上传这个文件")
    assert page.title().startswith("错误：") and page.locator("text=已添加1个文件").is_visible()
    walk.press("继续")
    page.fill("#place", "某某村东侧进矿道路口")
    walk.press("继续")


def finish(walk: Walk) -> None:
    """From the last page to the case: receipt, code typed again, followed, written to, left."""
    page = walk.page
    assert STORY.splitlines()[0] in page.inner_text("main")
    page.check("#declared")
    walk.press("提交投诉")
    told = page.inner_text("main")
    number, code = (re.search(wanted, told) for wanted in (r"T \d{4} \d{4} \d{3}", r"\d{4} \d{4} \d{4} \d{4}"))
    assert number and code and page.locator("svg.qr").is_visible()
    page.fill("#code", "1111")
    walk.press("核对查询码")
    assert code[0] in page.inner_text("main")
    page.fill("#code", code[0])
    walk.press("核对查询码")
    page.locator("main").get_by_role("link", name="查询办理进度").click()
    walk.look()
    page.fill("#number", number[0])
    page.fill("#code", code[0])
    walk.press("查询")
    assert "尚未列入公开记录" in page.inner_text("main"), "the receipt promised a list, the case says so"
    page.fill("#text", "补充：窗户有照片。")
    walk.press("发送")
    assert "补充：窗户有照片。" in page.inner_text(".talk")
    walk.press("退出查询")
    assert page.url.endswith("/complaints/track/left")


def test_anonymous_first_then_named_from_the_notice_to_the_case(walk: Walk, tmp_path: Path) -> None:
    """One walk through the whole document: who goes back and gives a name after all walks on with it."""
    to_contact(walk, tmp_path)
    walk.page.check("input[value=resident]")
    walk.page.check("input[value=anonymous]")
    walk.press("继续")
    assert "匿名，不提交姓名和联系方式" in walk.page.inner_text("main")
    walk.page.goto(f"{walk.origin}/complaints/new/contact?from=check")
    assert walk.page.is_checked("input[value=resident]")
    walk.page.check("input[value=named]")
    walk.press("继续")
    assert walk.page.title().startswith("错误：")
    walk.page.fill("#name", "演示张三")
    walk.page.fill("#phone", "13900000000")
    walk.press("继续")
    assert "演示张三，13900000000" in walk.page.inner_text("main")
    finish(walk)


def test_by_place_through_the_list_of_counties_and_cleared(walk: Walk) -> None:
    page = walk.page
    page.goto(f"{walk.origin}/complaints/new")
    walk.press("我已了解，开始填写")
    walk.press("改为写明地点")
    page.locator(".fold summary").click()
    page.select_option("#province", "520000")
    walk.press("列出下一级")
    page.select_option("#prefecture", "520500")
    walk.press("列出下一级")
    page.get_by_label("贵州省毕节市织金县").check()
    walk.press("继续")
    walk.press("清空并退出")
    page.goto(f"{walk.origin}/complaints/new/kind")
    walk.look()
    assert "没有正在填写的投诉" in page.inner_text("main")
