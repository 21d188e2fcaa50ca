"""Signing in at the desk, as a browser meets it: cookies, stages, ways back, links, gates."""

import re

import pytest
from tests.seats import DESK_ROLES, home_of, seated
from tests.web.sign_in_site import (
    PASSWORD,
    REGIONS,
    Doors,
    cookie,
    member,
    press,
)

from greenmine.domain.seat import Role
from greenmine.domain.sign_in import Purpose
from greenmine.usecases.demo_sign_in import demo_links
from greenmine.usecases.staff import disable, new_link
from greenmine.web.desk.routes_sign_in import SIGN_IN_ROUTES
from greenmine.web.desk.session import SEAT, signed_in_officer
from greenmine.web.routing import Route

# cookies


def test_over_https_the_cookie_is_bound_to_host_and_https(secure_doors: Doors) -> None:
    """ASVS 3.3.1–3.3.4: __Host-, Secure, HttpOnly, SameSite, and no domain."""
    someone = member(secure_doors)
    answer = someone.sign_in(secure_doors.client())
    for name in ("__Host-gm-desk", "__Host-gm-desk-device"):
        line = cookie(answer, name)
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(line.split("; ")) and "Domain" not in line


def test_over_http_on_loopback_the_cookie_is_still_closed_to_scripts(doors: Doors) -> None:
    """ASVS 3.3.2, 3.3.4."""
    line = cookie(member(doors).sign_in(doors.client()), "gm-desk")
    assert {"HttpOnly", "SameSite=Lax"} <= set(line.split("; ")) and "Secure" not in line


def test_no_token_is_in_an_address_but_the_link_s(doors: Doors) -> None:
    """ASVS 14.2.1."""
    someone = member(doors)
    client = doors.client()
    answer = press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD})
    token = cookie(answer, "gm-desk").split("=", 1)[1].split(";")[0]
    assert token not in answer.location and len(token) == 43
    assert someone.id == 1


# signing in


def test_a_person_enrols_signs_out_and_signs_in_again(doors: Doors) -> None:
    someone = member(doors)
    assert len(someone.codes) == 8
    assert someone.client.get("/desk").h1 == "工作台"
    assert press(someone.client, "/desk/account", {}, action="/desk/sign-out").location == "/desk/sign-in"
    assert someone.client.get("/desk", status=303).location.startswith("/desk/sign-in")
    assert someone.sign_in(someone.client).location == "/desk"
    assert someone.client.get("/desk/account").h1 == "我的账号"


def test_unknown_wrong_and_disabled_get_the_same_page(doors: Doors) -> None:
    """ASVS 6.3.8: status and body alike, but for what was typed and the form's token."""
    member(doors)
    gone = member(doors, "zhijin-02")
    with doors.services.database.write() as tx:
        disable(tx, gone.id, regions=REGIONS, by=None, at=doors.now)
    pages = set()
    for login, password in (("zhijin-01", "wrong one, a long one"), ("nobody-01", PASSWORD), ("zhijin-02", PASSWORD)):
        answer = press(doors.client(), "/desk/sign-in", {"login": login, "password": password}, status=400)
        assert password not in answer.text
        pages.add(re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(login, ""))
    assert len(pages) == 1


def test_what_was_typed_is_kept_but_the_password(doors: Doors) -> None:
    answer = press(doors.client(), "/desk/sign-in", {"login": "somebody-07", "password": PASSWORD}, status=400)
    assert "somebody-07" in answer.text and "bai li du juan" not in answer.text
    assert answer.title.startswith("错误：")


def test_haste_is_answered_429_with_how_long_to_wait(doors: Doors) -> None:
    """ASVS 6.3.1."""
    client = doors.client()
    for _ in range(5):
        press(client, "/desk/sign-in", {"login": "nobody-01", "password": PASSWORD}, status=400)
    answer = press(client, "/desk/sign-in", {"login": "nobody-01", "password": PASSWORD}, status=429)
    assert answer.headers["Retry-After"] == "2" and "不会因此被锁定" in answer.text


def test_a_planted_cookie_is_not_taken_over(doors: Doors) -> None:
    """ASVS 7.2.4: fixation."""
    someone = member(doors)
    client = doors.client()
    client.browser.set_cookie("gm-desk", "planted-by-somebody", domain="127.0.0.1")
    answer = someone.sign_in(client)
    assert "planted" not in cookie(answer, "gm-desk")
    stranger = doors.client()
    stranger.browser.set_cookie("gm-desk", "planted-by-somebody", domain="127.0.0.1")
    assert stranger.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_the_token_before_the_code_opens_nothing_afterwards(doors: Doors) -> None:
    """ASVS 7.2.4: the token changes at each stage."""
    someone = member(doors)
    client = doors.client()
    first = cookie(press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD}), "gm-desk")
    second = cookie(press(client, "/desk/sign-in/code", {"code": someone.code()}), "gm-desk")
    assert first.split(";")[0] != second.split(";")[0]
    thief = doors.client()
    thief.browser.set_cookie("gm-desk", first.split(";")[0].split("=", 1)[1], domain="127.0.0.1")
    assert thief.get("/desk", status=303).location.startswith("/desk/sign-in")
    assert thief.submit("/desk/sign-in/code", {"code": someone.code()}).location == "/desk/sign-in?over=1"


def test_a_code_cannot_be_played_again(doors: Doors) -> None:
    """ASVS 6.5.1."""
    someone = member(doors)
    someone.sign_in(doors.client())
    client = doors.client()
    answer = press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD})
    press(client, answer.location, {"code": someone.code()}, status=400)
    assert client.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_a_recovery_code_signs_in_once(doors: Doors) -> None:
    someone = member(doors)
    for status in (303, 400):
        client = doors.client()
        press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD})
        press(client, "/desk/sign-in/recovery", {"code": someone.codes[0].lower()}, status=status)
    assert "剩余7个" in someone.client.get("/desk/account").text


@pytest.mark.parametrize("path", ["/desk/enrol/password", "/desk/enrol/totp", "/desk/enrol/recovery-codes"])
def test_a_step_without_its_session_leads_to_the_sign_in(doors: Doors, path: str) -> None:
    """ASVS 2.3.1: no step out of order."""
    for client in (doors.client(), member(doors).client):
        assert client.get(path, status=303).location == "/desk/sign-in?over=1"
    assert "已经过期" in doors.client().get("/desk/sign-in?over=1").text


def test_a_common_or_differing_password_is_refused_beside_its_field(doors: Doors) -> None:
    """ASVS 6.2.1, 6.2.4 with the list that the site ships."""
    client = doors.client()
    press(client, f"/desk/link/{doors.enter('zhijin-01')[1]}", {})
    for password, again, sentence in (
        ("1qaz2wsx3edc", "1qaz2wsx3edc", "过于常见"),
        ("short", "short", "至少12个字符"),
        (PASSWORD, PASSWORD.strip(), "不一致"),
    ):
        answer = press(client, "/desk/enrol/password", {"password": password, "again": again}, status=400)
        assert sentence in answer.text


# the way back


@pytest.mark.parametrize(
    "foreign",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/desk", "%2f%2fevil.example",
     "/%2f%2fevil.example", "/desk\\..\\evil", "javascript:alert(1)", "/desk\r\nLocation: //evil", "", "/deskevil",
     "/mines"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["next", "back"])
def test_the_way_back_never_leads_to_another_host(doors: Doors, foreign: str, name: str) -> None:
    """ASVS 3.7.2: own paths of the desk only; sent raw and encoded."""
    someone = member(doors)
    for sent in {foreign.replace("\r\n", "%0d%0a"), foreign.replace("%", "%25").replace("\r\n", "%0d%0a")}:
        doors.later(minutes=1)
        assert someone.sign_in(doors.client(), f"/desk/sign-in?{name}={sent}").location == "/desk"


def test_the_way_back_leads_to_the_page_that_was_asked_for(doors: Doors) -> None:
    someone = member(doors)
    client = doors.client()
    asked = client.get("/desk/notices/7?page=2", status=303).location
    assert someone.sign_in(client, asked).location == "/desk/notices/7?page=2"
    assert client.get("/desk/sign-in?next=/desk/notices/7", status=303).location == "/desk/notices/7"


# links


def test_a_preview_does_not_use_a_link_up_and_the_button_does_once(doors: Doors) -> None:
    _, link = doors.enter("zhijin-01")
    for _ in range(3):
        assert doors.client().get(f"/desk/link/{link}").h1 == "开通工作台账号"
        doors.client().browser.head(f"/desk/link/{link}")
    press(doors.client(), f"/desk/link/{link}", {})
    assert "已经用过" in doors.client().get(f"/desk/link/{link}", status=410).text


@pytest.mark.parametrize("token", ["x", "a" * 43, "'--", "..%2f", "a" * 5000, "登录"])
def test_an_invented_link_is_over_like_a_used_one(doors: Doors, token: str) -> None:
    answer = doors.client().get(f"/desk/link/{token}", status=None)
    assert answer.status in (404, 410)


def test_a_demo_link_signs_straight_in(doors: Doors) -> None:
    with doors.services.database.write() as tx:
        links = {each.seat.role: each.token for each in demo_links(tx, is_demo=True, at=doors.now)}
    for role, token in links.items():
        client = doors.client()
        assert press(client, f"/desk/link/{token}", {}).location == "/desk"
        assert client.get("/desk/staff", status=None).status == (200 if role is Role.ADMINISTRATOR else 403)


def test_a_password_link_leads_to_the_known_authenticator(doors: Doors) -> None:
    someone = member(doors)
    with doors.services.database.write() as tx:
        link = new_link(tx, someone.id, purpose=Purpose.PASSWORD, regions=REGIONS, by=None, at=doors.now)
    client = doors.client()
    press(client, f"/desk/link/{link}", {})
    fresh = "another 很长的口令 of mine"
    answer = press(client, "/desk/enrol/password", {"password": fresh, "again": fresh})
    assert answer.location == "/desk/sign-in/code"
    assert press(client, answer.location, {"code": someone.code()}).location == "/desk"


# forgery, caching, gates


@pytest.mark.parametrize(
    "route", [route for route in SIGN_IN_ROUTES if "POST" in route.methods], ids=lambda r: r.endpoint
)
def test_each_post_needs_its_token(doors: Doors, route: Route) -> None:
    """ASVS 3.5.1: without and with a foreign token → 400; who is signed out is told so first: 403, or the way in."""
    chief = member(doors, "chief", Role.ADMINISTRATOR, "000000")
    path = route.rule.replace("<token>", "x").replace("<int:number>", "1").replace("<int:seat>", "1")
    for data in ({}, {"csrf_token": "foreign"}):
        chief.client.post(path, data, status=400)
        signed_out = 303 if path == SEAT else 403
        doors.client().post(path, data, status=signed_out if route.access.roles else 400)
    assert doors.count("SELECT count(*) FROM staff_session WHERE stage = 'signed_in' AND ended_at IS NULL") == 1


@pytest.mark.parametrize(
    "route", [route for route in SIGN_IN_ROUTES if "GET" in route.methods], ids=lambda r: r.endpoint
)
def test_every_page_of_the_desk_is_kept_by_nobody(doors: Doors, route: Route) -> None:
    """ASVS 14.3.2; and no GET changes anything (ASVS 3.5.3)."""
    chief = member(doors, "chief", Role.ADMINISTRATOR, "000000")
    before = doors.count("SELECT count(*) FROM journal")
    path = route.rule.replace("<token>", "x").replace("<int:number>", "1").replace("<int:seat>", "1")
    answer = chief.client.get(path, status=None)
    assert answer.headers["Cache-Control"] == "no-store" and "Cookie" in answer.headers["Vary"]
    assert answer.status < 500
    assert doors.count("SELECT count(*) FROM journal") == before


@pytest.mark.parametrize("role", sorted({*DESK_ROLES} - {Role.ADMINISTRATOR}))
def test_only_administrators_enter_the_staff_pages(doors: Doors, role: Role) -> None:
    """ASVS 8.2.1, 8.3.1: the gate stands on the server, for each address."""
    someone = member(doors, "somebody", role, home_of(role).region)
    for route in SIGN_IN_ROUTES:
        if route.rule.startswith("/desk/staff"):
            path = route.rule.replace("<int:number>", "1").replace("<int:seat>", "1")
            if "GET" in route.methods:
                someone.client.get(path, status=403)
                assert doors.client().get(path, status=303).location.startswith("/desk/sign-in")


def test_the_finder_of_officers_gives_the_officer_of_the_request(doors: Doors) -> None:
    someone = member(doors)
    with doors.app.test_request_context("/desk"):
        assert signed_in_officer() is None
    with someone.client.browser as browser:
        browser.get("/desk", base_url=someone.client.site_url)
        assert signed_in_officer() == seated(someone.id, Role.COUNTY, "520524")
