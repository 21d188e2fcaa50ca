"""The security floor (issue 2 item 11; ASVS 3.3, 3.4, 3.5, 14.2), asserted on every kind of answer."""

import re
from pathlib import Path

import pytest
from flask import Flask, Response, request
from tests.web.shell_app import shell_app
from tests.web.strict_client import SECURITY_HEADERS, Answer, StrictClient

from greenmine.web.routing import GET_POST, Limit, Route, routes_of

HTTPS = {"GREENMINE_SITE_URL": "https://lk.example.gov.cn", "GREENMINE_MODE": "production"}


def read_form() -> Response:
    return Response(str(len(request.form)), mimetype="text/plain")


READER = Route("/read", "test.read", read_form, methods=GET_POST, limit=Limit.SIGN_IN)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return shell_app(tmp_path, routes=[READER])


@pytest.fixture
def client(app: Flask) -> StrictClient:
    return StrictClient(app)


def test_every_route_bears_the_headers(app: Flask, client: StrictClient) -> None:
    for route in routes_of(app).values():
        path = re.sub(r"<[^>]+>", "gm.css", route.rule)
        if "GET" in route.methods:
            client.get(path, status=None)  # the client asserts the table on every answer
    assert len(client.seen) == len(routes_of(app))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/static/nothing.css", 404),
        ("/static/../config.py", 404),
        ("/broken", 500),
        ("/static/gm.css", 200),
        ("/favicon.ico", 200),
    ],
)
def test_errors_and_static_files_bear_the_headers(client: StrictClient, path: str, status: int) -> None:
    assert client.get(path, status=status).status == status


def test_no_script_and_no_inline_style_may_run(client: StrictClient) -> None:
    policy = client.get("/gallery").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "script-src" not in policy
    assert "unsafe" not in policy and "*" not in policy and "data:" not in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "form-action 'self'" in policy


def test_https_is_insisted_on_only_where_it_is(tmp_path: Path, client: StrictClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/gallery").headers
    secure = StrictClient(shell_app(tmp_path, **HTTPS))
    age = secure.get("/nowhere", status=404).headers["Strict-Transport-Security"]
    assert int(age.removeprefix("max-age=")) >= 31_536_000


def test_the_session_cookie_is_bound_to_the_host_under_https(tmp_path: Path, client: StrictClient) -> None:
    plain = client.get("/sheet").headers["Set-Cookie"]
    assert plain.startswith("greenmine=") and "HttpOnly" in plain and "SameSite=Lax" in plain
    secure = StrictClient(shell_app(tmp_path, **HTTPS)).get("/sheet").headers["Set-Cookie"]
    assert secure.startswith("__Host-greenmine=") and "Secure" in secure and "Path=/" in secure
    assert "Domain" not in secure


def test_public_pages_set_no_cookie(client: StrictClient) -> None:
    assert "Set-Cookie" not in client.get("/gallery").headers


def test_personal_pages_are_kept_by_nobody(client: StrictClient) -> None:
    for path in ("/sheet", "/desk/thing", "/preferences"):
        answer = client.get(path, status=None)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" in answer.headers["Vary"]


def test_public_pages_differ_by_the_view_cookie_alone(client: StrictClient) -> None:
    answer = client.get("/gallery")
    assert answer.headers["Cache-Control"] == "no-cache" and "Cookie" in answer.headers["Vary"]


def test_a_post_without_or_with_a_foreign_token_is_refused(client: StrictClient, tmp_path: Path) -> None:
    assert client.post("/sheet", {"name": "某矿"}, status=400).h1 == "请求无法受理"
    other = StrictClient(shell_app(tmp_path / "other"))
    foreign = _token(other.get("/sheet"))
    assert client.post("/sheet", {"csrf_token": foreign}, status=400).headers["Cache-Control"] == "no-store"


def test_a_post_from_another_site_is_refused_under_https(tmp_path: Path) -> None:
    secure = StrictClient(shell_app(tmp_path, **HTTPS))
    token = _token(secure.get("/sheet"))
    for referrer in ("https://evil.example/", ""):
        response = secure.browser.post(
            "/sheet", data={"csrf_token": token}, base_url=secure.site_url, headers={"Referer": referrer}
        )
        assert response.status_code == 400


def test_a_foreign_host_is_refused(app: Flask) -> None:
    for headers in ({"Host": "evil.example"}, {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "evil.example"}):
        response = app.test_client().get("/nowhere", headers=headers)
        assert "evil.example" not in response.get_data(as_text=True)
        assert "evil.example" not in str(response.headers)
        for name, wanted in SECURITY_HEADERS.items():
            assert wanted.search(response.headers[name])
    assert app.test_client().get("/gallery", headers={"Host": "evil.example"}).status_code == 400


def test_what_is_too_large_is_refused_with_help(tmp_path: Path) -> None:
    client = StrictClient(shell_app(tmp_path, GREENMINE_REQUEST_BYTES="70000", GREENMINE_FORM_BYTES="16384"))
    assert client.post("/sheet", {"text": "字" * 40_000}, status=413).h1 == "文件太大，没有收下"
    large_part = {"text": (b"x" * 20_000).decode()}
    multipart = client.post("/sheet", large_part, status=413, content_type="multipart/form-data")
    assert multipart.h1 == "文件太大，没有收下"


def test_a_form_of_too_many_fields_is_refused(client: StrictClient) -> None:
    fields = {f"f{number}": "x" for number in range(600)}
    assert client.post("/sheet", fields, status=413, content_type="multipart/form-data").status == 413


def test_a_form_without_files_is_bounded_too(tmp_path: Path) -> None:
    """Werkzeug reads it whole, however long, and counts none of its fields."""
    client = StrictClient(shell_app(tmp_path, GREENMINE_REQUEST_BYTES="900000", GREENMINE_FORM_BYTES="16384"))
    assert "字" * 6_000 not in client.post("/sheet", {"text": "字" * 6_000}, status=413).text
    fields = {f"f{number}": "x" for number in range(600)}
    client.post("/sheet", fields, status=413)
    client.post("/nowhere", fields, status=413)


def test_rates_are_settings_and_say_when_to_come_back(tmp_path: Path) -> None:
    client = StrictClient(
        shell_app(
            tmp_path,
            GREENMINE_RATE_PAGES="3 per minute",
            GREENMINE_RATE_EXPORTS="1 per minute",
            GREENMINE_RATE_SIGN_IN="2 per minute",
        )
    )
    for path in ("/gallery", "/sheet", "/gallery"):
        client.get(path)
    refused = client.get("/sheet", status=429)
    assert refused.h1 == "操作过于频繁" and int(refused.headers["Retry-After"]) <= 60
    client.get("/export")
    client.get("/export", status=429)
    client.get("/static/gm.css")  # the face of the help page is never refused


def test_sign_in_has_a_rate_of_its_own(tmp_path: Path) -> None:
    client = StrictClient(shell_app(tmp_path, routes=[READER], GREENMINE_RATE_SIGN_IN="2 per minute"))
    token = _token(client.get("/sheet"))
    for _ in range(2):
        client.post("/read", {"csrf_token": token}, status=200)
    assert client.post("/read", {"csrf_token": token}, status=429).headers["Retry-After"]


def test_a_forwarded_address_does_not_dodge_the_rate(tmp_path: Path) -> None:
    client = StrictClient(shell_app(tmp_path, GREENMINE_RATE_EXPORTS="1 per minute"))
    client.get("/export", headers={"X-Forwarded-For": "192.0.2.1"})
    assert client.get("/export", headers={"X-Forwarded-For": "192.0.2.2"}, status=429).headers["Retry-After"]


def test_behind_a_configured_proxy_each_reader_has_a_rate(tmp_path: Path) -> None:
    client = StrictClient(shell_app(tmp_path, GREENMINE_RATE_EXPORTS="1 per minute", GREENMINE_TRUSTED_PROXIES="1"))
    client.get("/export", headers={"X-Forwarded-For": "192.0.2.1"})
    client.get("/export", headers={"X-Forwarded-For": "192.0.2.2"})
    refused = client.get("/export", headers={"X-Forwarded-For": "192.0.2.9, 192.0.2.1"}, status=429)
    assert refused.headers["Retry-After"]


def test_the_face_is_kept_for_a_year_under_its_digest(client: StrictClient) -> None:
    address = next(link for link in client.get("/gallery").links() if "gm.css" in link)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/gm.css?v=old").headers["Cache-Control"] == "no-cache"


def _token(answer: Answer) -> str:
    found = [node.get("value", "") for node in answer.page.iter("input") if node.get("name") == "csrf_token"]
    return found[0]
