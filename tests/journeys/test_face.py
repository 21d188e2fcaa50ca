"""The face in a real browser: accessible in both themes, whole at 390 px, by keyboard and on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.journeys.browser import DESKTOP, LOOKS, PHONE, THEMES, overflow, served, violations
from tests.web.shell_app import shell_app

PAGES = ("/gallery", "/sheet", "/nowhere")


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = shell_app(tmp_path_factory.mktemp("face"), GREENMINE_RATE_PAGES="9000 per minute")
    with served(app) as origin:
        yield origin


def opened(browser: Browser, address: str, **more: object) -> Page:
    page = browser.new_context(**more).new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize(("size", "theme"), LOOKS, ids=("phone", "desktop"))
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, site: str, path: str, size: dict[str, int], theme: str
) -> None:
    page = opened(browser, f"{site}{path}", viewport=size, color_scheme=theme)
    page.click(".prefs summary")
    for folded in page.query_selector_all("main details:not([open]) > summary"):
        folded.click()
    assert violations(page) == []
    assert overflow(page) == 0
    page.context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_a_form_sent_back_is_accessible(browser: Browser, site: str, theme: str) -> None:
    page = opened(browser, f"{site}/sheet", viewport=PHONE, color_scheme=theme)
    page.click("main button")
    assert page.title().startswith("错误：")
    assert violations(page) == [] and overflow(page) == 0
    page.click(".summary a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "name"
    page.context.close()


def test_a_theme_chosen_by_hand_wins_over_the_device(browser: Browser, site: str) -> None:
    page = opened(browser, f"{site}/gallery", viewport=DESKTOP, color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click(".prefs summary")
    page.check("#theme-dark")
    page.check("#fs-xl")
    with page.expect_navigation(url=f"{site}/gallery", wait_until="load"):
        page.click(".prefs button")
    assert page.url == f"{site}/gallery"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 23
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert overflow(page) == 0
    page.context.close()


def test_no_page_breaks_its_own_content_security_policy(browser: Browser, site: str) -> None:
    page = browser.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    for path in ("/gallery", "/sheet"):
        page.goto(f"{site}{path}", wait_until="networkidle")
    assert said == []
    page.context.close()


def test_the_keyboard_comes_to_the_content_first(browser: Browser, site: str) -> None:
    page = opened(browser, f"{site}/gallery", viewport=DESKTOP)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.context.close()


def test_what_has_the_focus_can_be_seen(browser: Browser, site: str) -> None:
    page = opened(browser, f"{site}/gallery", viewport=DESKTOP)
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)"))
    assert min(seen) >= 2
    page.context.close()


def test_targets_for_the_thumb_are_large_enough(browser: Browser, site: str) -> None:
    page = opened(browser, f"{site}/sheet", viewport=PHONE)
    heights = page.evaluate(
        "[...document.querySelectorAll('button, .btn, select, summary, nav.main a, input:not([type=hidden]):not("
        "[type=radio]):not([type=checkbox]):not([type=file])')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    page.context.close()


def test_paper_shows_the_document_and_not_the_site(browser: Browser, site: str) -> None:
    page = opened(browser, f"{site}/gallery", viewport={"width": 660, "height": 900})
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("nav.main", ".search", ".facets", ".pager", ".crumbs", ".noprint"):
        assert not page.is_visible(hidden), hidden
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert "Song" in page.evaluate(style.format("body", "fontFamily"))
    assert page.evaluate(style.format(".top", "borderBottomColor")) == "rgb(200, 16, 46)"
    assert page.evaluate(style.format("body", "backgroundColor")) == "rgb(255, 255, 255)"
    assert page.evaluate(style.format(".stack tbody tr", "display")) == "table-row"
    assert page.is_visible(".demo") and page.is_visible(".signature")
    assert overflow(page) == 0
    page.context.close()
