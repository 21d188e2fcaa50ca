"""Text size and theme without JavaScript."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.web.shell_app import shell_app
from tests.web.strict_client import StrictClient

from greenmine.web.preferences import Preferences, TextSize, Theme, preferences_from


@pytest.fixture
def client(tmp_path: Path) -> StrictClient:
    return StrictClient(shell_app(tmp_path))


def test_a_choice_is_kept_and_the_reader_goes_back(client: StrictClient) -> None:
    answer = client.get("/preferences?fs=xl&theme=dark&back=/gallery%3Fpage%3D2", status=303)
    assert answer.location == "/gallery?page=2"
    page = client.get("/gallery").page
    assert (page.get("data-fs"), page.get("data-theme")) == ("xl", "dark")
    checked = {node.get("value") for node in page.iter("input") if node.get("checked") is not None}
    assert checked == {"xl", "dark"}


def test_one_choice_leaves_the_other(client: StrictClient) -> None:
    client.get("/preferences?fs=l&theme=dark", status=303)
    client.get("/preferences?fs=m", status=303)
    page = client.get("/gallery").page
    assert (page.get("data-fs"), page.get("data-theme")) == ("m", "dark")


def test_the_form_of_a_page_leads_back_to_that_page(client: StrictClient) -> None:
    page = client.get("/gallery?q=磷矿&page=3").page
    back = [node.get("value") for node in page.iter("input") if node.get("name") == "back"]
    assert [unquote(str(way)) for way in back] == ["/gallery?q=磷矿&page=3"]


def test_the_reader_is_never_led_to_another_site(client: StrictClient) -> None:
    for foreign in ("https://evil.example/", "//evil.example", "/%5Cevil.example"):
        assert client.get(f"/preferences?back={foreign}", status=303).location == "/"


def test_the_cookie_is_of_the_site_alone_and_says_nothing_of_the_reader(tmp_path: Path) -> None:
    secure = StrictClient(
        shell_app(tmp_path, GREENMINE_MODE="production", GREENMINE_SITE_URL="https://lk.example.gov.cn")
    )
    cookie = secure.get("/preferences?fs=l&theme=light", status=303).headers["Set-Cookie"]
    assert cookie.startswith("gm_view=l.light;")
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie


@pytest.mark.parametrize("text", ["", "x", ".", "huge.neon", "..dark", '"><script>.'])
def test_a_cookie_that_is_not_understood_is_the_default(text: str) -> None:
    assert preferences_from(text) == Preferences()


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("size", list(TextSize))
def test_a_cookie_says_again_what_was_chosen(size: TextSize, theme: Theme) -> None:
    assert preferences_from(Preferences(size, theme).as_cookie()) == Preferences(size, theme)
