"""Every error has a status, words that help, and leaves no person in the logs."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from tests.web.shell_app import shell_app
from tests.web.strict_client import StrictClient, check_page
from werkzeug.exceptions import UnsupportedMediaType

from greenmine.domain import errors as kinds
from greenmine.domain.errors import GreenmineError
from greenmine.web.errors import HELP, STATUS, error_page, status_of
from greenmine.web.routing import Route

KINDS = [
    kind
    for kind in vars(kinds).values()
    if isinstance(kind, type) and issubclass(kind, GreenmineError) and kind is not GreenmineError
]


def narrower(kind: type[GreenmineError]) -> set[type[GreenmineError]]:
    """Every kind below this one, at any depth, that the application has."""
    below = set(kind.__subclasses__())
    return below | {each for one in below for each in narrower(one)}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return shell_app(tmp_path)


def test_every_kind_of_error_has_a_status_and_every_status_words() -> None:
    assert set(STATUS) == set(KINDS)
    assert all(status_of(kind.__new__(kind)) in HELP for kind in narrower(GreenmineError))
    assert set(STATUS.values()) <= set(HELP)
    assert {400, 403, 404, 405, 409, 410, 413, 429, 500, 503} == set(HELP)
    assert all(text.title and text.what and text.then for text in HELP.values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_refusal_is_said_in_its_own_words(app: Flask, kind: type[GreenmineError]) -> None:
    answer = StrictClient(app).get(f"/refused/{kind.__name__}", status=STATUS[kind])
    assert "还剩3天，不能办理。" in answer.text
    assert answer.h1 == HELP[STATUS[kind]].title
    assert answer.meta("robots") == "noindex"


@pytest.mark.parametrize("status", sorted(HELP))
def test_each_error_page_is_sound_and_leads_onward(app: Flask, status: int) -> None:
    with app.test_request_context("/"):
        response = error_page(status)
        document = check_page(response.get_data(as_text=True), f"status {status}")
    assert response.status_code == status
    onward = [node for node in document.iter("nav") if node.get("aria-labelledby") == "onward"]
    ways = [link.get("href") for link in onward[0].iter("a")]
    assert ways[:2] == ["/", "/mines"] and ways[-1] == "/help"


def test_a_status_without_words_uses_those_of_its_class(tmp_path: Path) -> None:
    def wrong_kind() -> str:
        raise UnsupportedMediaType

    app = shell_app(tmp_path, routes=[Route("/kind", "test.kind", wrong_kind)])
    assert StrictClient(app).get("/kind", status=415).h1 == HELP[400].title


def test_a_method_that_is_not_allowed_names_those_that_are(app: Flask) -> None:
    client = StrictClient(app)
    token = {
        node.get("name", ""): node.get("value", "")
        for node in client.get("/sheet").page.iter("input")
        if node.get("name") == "csrf_token"
    }
    assert "GET" in client.post("/gallery", token, status=405).headers["Allow"]


def test_too_many_says_when_to_come_back(tmp_path: Path) -> None:
    def full() -> str:
        raise kinds.TooMany("test.full", "稍候。", retry_after=30)

    app = shell_app(tmp_path, routes=[Route("/full", "test.full", full)])
    assert StrictClient(app).get("/full", status=429).headers["Retry-After"] == "30"


def test_a_fault_of_ours_shows_an_id_that_is_in_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    answer = StrictClient(app).get("/broken", status=500)
    error_id = next(node.text for node in answer.page.iter("strong") if node.get("class") == "code")
    assert error_id and error_id in caplog.text
    assert "Traceback" not in answer.text and "身份证" not in answer.text


def test_production_logs_hold_lines_of_code_and_no_person(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = shell_app(tmp_path, GREENMINE_MODE="production", GREENMINE_SITE_URL="https://lk.example.gov.cn")
    with caplog.at_level(logging.DEBUG):
        StrictClient(app).get("/broken?phone=13800000000", status=500, environ_base={"REMOTE_ADDR": "192.0.2.77"})
    assert "RuntimeError" in caplog.text and "shell_app.py" in caplog.text
    for private in ("身份证", "520000199001011234", "13800000000", "192.0.2.77"):
        assert private not in caplog.text


def test_when_the_frame_itself_breaks_the_reader_still_gets_a_page(tmp_path: Path) -> None:
    app = shell_app(tmp_path, shared=False)
    app.jinja_env.globals["asset"] = None
    response = app.test_client().get("/gallery", base_url="http://127.0.0.1:8000")
    assert response.status_code == 500 and "错误编号" in response.get_data(as_text=True)
    assert response.headers["X-Frame-Options"] == "DENY"
