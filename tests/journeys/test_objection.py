"""Objecting and reporting an error on a telephone without JavaScript: the whole way, axe on each page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.announced import publish_notice
from tests.cases import TERMS
from tests.conftest import CHECKOUT
from tests.desk import GUIZHOU, PROVINCE_OFFICER, draft
from tests.journeys.browser import PHONE, served, unsound
from tests.web.desk_site import DeskSite, desk_site

from greenmine.config import Settings

pytestmark = pytest.mark.browser
JINGDEZHEN = {
    **TERMS,
    "forms": ["written"],
    "person_parts": ["facts", "real_name", "employer", "address", "postcode", "contact", "signature"],
    "unit_parts": ["facts", "real_name", "contact", "seal"],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskSite]:
    folder: Path = tmp_path_factory.mktemp("objection")
    environment = {"GREENMINE_DATA_DIR": str(folder / "data"), "GREENMINE_CONTENT_DIR": str(CHECKOUT / "content")}
    settings = replace(Settings.from_environment(environment, base=folder), form_seconds=0)
    made = desk_site(settings)
    yield made
    made.services.database.close()


@pytest.fixture(scope="module")
def origin(site: DeskSite) -> Iterator[str]:
    with served(site.app) as address:
        yield address


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A telephone without JavaScript; axe, which is a script, is run by the driver itself."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def sound(browser: Browser, page: Page) -> None:
    """The same page, with the same cookies, in both themes and both widths: nothing sticks out, axe finds nothing."""
    page.wait_for_load_state()
    context = browser.new_context(storage_state=page.context.storage_state())
    assert unsound(context.new_page(), page.url) == []
    context.close()


def notice(site: DeskSite) -> str:
    with site.services.database.write() as tx:
        return publish_notice(
            tx,
            draft(
                site.mines["qingshan"], objection=JINGDEZHEN, region=GUIZHOU, first_day=date(2026, 3, 2),
                contact="演示市演示路1号 演示市自然资源局演示处（请注明“绿色矿山公示异议”）电话0000-00000000",
                title="演示关于拟纳入省级绿色矿山名录的矿山名单（很长的标题用来看看在窄屏上会不会把页面撑开）的公示",
            ),
            reference=site.services.reference, officer=PROVINCE_OFFICER, at=site.hand.now,
        )  # fmt: skip


def test_an_objection_from_the_notice_to_the_code_typed_again(
    browser: Browser, phone: Page, origin: str, site: DeskSite
) -> None:
    number = notice(site)
    phone.goto(f"{origin}/notices/{number}")
    phone.click("#objection a.btn")
    sound(browser, phone)
    phone.click("main form button:not([name])")
    assert phone.title().startswith("错误：") and phone.locator(".summary a").count() >= 5
    phone.check("#who-0")
    for field, words in (
        ("name", "演示张某"), ("employer", "演示公司"), ("address", "演示路2号"), ("postcode", "333000"),
        ("phone", "00000000000"), ("text", "演示：采场没有复绿。\n第二段。"),
    ):  # fmt: skip
        phone.fill(f"#{field}", words)
    phone.click("main form button:not([name])")
    assert "本人签名" in phone.inner_text("main")
    sound(browser, phone)
    phone.set_input_files("#file", {"name": "证据.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"})
    phone.click("button[value=add]")
    assert "证据.pdf" in phone.inner_text("#files")
    sound(browser, phone)
    phone.click("button:text-is('提交异议')")
    sound(browser, phone)
    code = phone.locator("b.number").nth(1).inner_text()
    phone.fill("#code", code)
    phone.click("button:has-text('核对')")
    sound(browser, phone)
    phone.goto(f"{origin}/notices/{number}")
    assert "收到异议" not in phone.inner_text("#objection"), "counted from the next day on: no poll tells the minute"


def test_an_error_is_reported_from_the_foot_of_a_mines_page(
    browser: Browser, phone: Page, origin: str, site: DeskSite
) -> None:
    phone.goto(f"{origin}/mines/{site.mines['baiyun']}")
    phone.click(".report-error a")
    sound(browser, phone)
    phone.click("main form button:not([name])")
    assert phone.title().startswith("错误：")
    phone.fill("#wrong", "演示：所在地写错。")
    phone.fill("#right", "演示：应为白云镇。")
    phone.click("main form button:not([name])")
    assert "织金县自然资源主管部门" in phone.inner_text("main")
    sound(browser, phone)
    phone.click("main form button:text-is('提交')")
    assert "纠错已提交" in phone.inner_text("h1")
    sound(browser, phone)


def test_pages_that_say_no_are_sound_too(browser: Browser, phone: Page, origin: str, site: DeskSite) -> None:
    with site.services.database.write() as tx:
        later = draft(objection=JINGDEZHEN, region=GUIZHOU, first_day=date(2026, 3, 5))
        number = publish_notice(
            tx, later, reference=site.services.reference, officer=PROVINCE_OFFICER, at=site.hand.now
        )
    phone.goto(f"{origin}/notices/{number}/objection")
    assert "公示还没有开始" in phone.inner_text("main")
    sound(browser, phone)
    phone.goto(f"{origin}/notices/{number}/objection/check")
    assert "没有找到您填写的内容" in phone.inner_text("h1")
    sound(browser, phone)
    first, other = notice(site), notice(site)
    phone.goto(f"{origin}/notices/{first}/objection")
    phone.fill("#text", "演示：没有填完。")
    phone.click("main form button:not([name])")
    phone.goto(f"{origin}/notices/{other}/objection")
    assert "还有一份没有提交的表单" in phone.inner_text("main")
    sound(browser, phone)
