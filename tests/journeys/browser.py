"""A real browser for journeys: Debian's Chromium, driven by Playwright, on a server of this process."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "NO BROWSER: /usr/bin/chromium is missing, so accessibility, phone width and journeys were NOT checked "
    "(apt-get install chromium fonts-noto-cjk). CI sets NEED_CHROMIUM=1 and fails instead."
)
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
LOOKS: tuple[tuple[ViewportSize, Theme], ...] = ((PHONE, "light"), (DESKTOP, "dark"))
"""Both widths and both themes; a colour does not depend on the width."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; open a context of your own in it."""
    if not CHROMIUM.exists():
        if os.environ.get("NEED_CHROMIUM"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield chromium
        chromium.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free loopback port; yields its origin."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, words and place; empty when it is sound."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    results = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    return [
        f"{found['id']}: {found['help']}: {node['target']}: {node['failureSummary']}"
        for found in results
        for node in found["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window; 0 when nothing sticks out."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def parts(html: str) -> frozenset[str]:
    """What a page is built of: the classes and roles of its elements."""
    return frozenset(re.findall(r'(?:class|role)="[^"]*"', html))


def unsound(page: Page, address: str) -> list[str]:
    """What is wrong with the page at an address, everything folded opened: on a phone in the light theme, on a desk in
    the dark one."""
    page.set_viewport_size(PHONE)
    page.goto(address)
    for folded in page.query_selector_all("main details:not([open]) > summary"):
        folded.click()
    found = []
    for size, theme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        wider = overflow(page)
        found += [f"{wider} px wider than {size['width']}"] if wider else []
        found += [f"in the {theme} theme: {fault}" for fault in violations(page)]
    return found
