"""The doors of the desk, as a browser meets them: cookies, stages, links, ways back, who may come where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import text
from tests.reference_data import shipped_regions
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.app import build_services
from greenmine.config import Settings
from greenmine.domain.officer import Officer, Role
from greenmine.domain.sign_in import Purpose
from greenmine.services import Services
from greenmine.store.migrate import upgrade
from greenmine.usecases.demo_sign_in import demo_links
from greenmine.usecases.staff import assign, disable, enter_staff, new_link
from greenmine.web.desk.routes_sign_in import SIGN_IN_ROUTES
from greenmine.web.desk.session import signed_in_officer
from greenmine.web.factory import create_flask
from greenmine.web.page import Page, render
from greenmine.web.routes import SITE
from greenmine.web.routing import EVERY_ROLE, Route

PASSWORD = "  bai li du juan 花开  "
REGIONS = shipped_regions()


def home() -> str:
    return render("error.html", Page(title="工作台"), what="", then=(), error_id="", status=200)


@dataclass
class Site:
    """The desk's doors on a real database, with a clock that the test sets."""

    services: Services
    app: Flask
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 2, 0, tzinfo=UTC))

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def client(self) -> StrictClient:
        return StrictClient(self.app)

    def enter(self, login: str, role: Role = Role.COUNTY, region: str = "520524") -> tuple[int, str]:
        with self.services.database.write() as tx:
            return enter_staff(
                tx, login=login, name="张三", role=role, region_codes=[region], regions=REGIONS, by=None, at=self.now
            )

    def count(self, query: str) -> int:
        with self.services.database.read() as tx:
            return int(tx.execute(text(query)).scalar_one())


def make_site(settings: Settings) -> Site:
    settings = replace(settings, rate_sign_in="10000 per minute", rate_forms="10000 per minute")
    holder: list[Site] = []
    services = build_services(settings, clock=lambda: holder[0].now)
    upgrade(services.database)
    desk_home = Route("/desk", "desk", home, access=EVERY_ROLE)
    deed = Route("/desk/notices/<int:number>", "desk.notice", lambda number: home(), access=EVERY_ROLE)
    known = {route.endpoint for route in SIGN_IN_ROUTES}
    site_routes = [route for route in SITE if route.endpoint not in known]
    app = create_flask(
        services, settings, routes=(*site_routes, *SIGN_IN_ROUTES, desk_home, deed), find_officer=signed_in_officer
    )
    holder.append(Site(services, app))
    return holder[0]


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    made = make_site(settings)
    yield made
    made.services.database.close()


@pytest.fixture
def secure_site(settings: Settings) -> Iterator[Site]:
    made = make_site(replace(settings, site_url="https://green-mine.example"))
    yield made
    made.services.database.close()


def press(
    client: StrictClient, path: str, data: dict[str, str], *, action: str = "", status: int | None = 303
) -> Answer:
    """Open the page, fill the POST form of its main part with this action and send it."""
    main = next(client.get(path).page.iter("main"))
    forms = [node.get("action", "") for node in main.iter("form") if node.get("method") == "post"]
    return client.submit(path, data, status=status, form=forms.index(action))


def hidden_secret(answer: Answer) -> str:
    """The authenticator's secret as the page tells it."""
    codes = [words(node) for node in answer.page.iter("code")]
    return codes[0].replace(" ", "")


def enrol(site: Site, client: StrictClient, link: str) -> tuple[str, list[str]]:
    """Walk through the four pages of a link; returns secret and recovery codes."""
    assert press(client, f"/desk/link/{link}", {}).location == "/desk/enrol/password"
    answer = press(client, "/desk/enrol/password", {"password": PASSWORD, "again": PASSWORD})
    assert answer.location == "/desk/enrol/totp"
    secret = hidden_secret(client.get("/desk/enrol/totp"))
    answer = press(client, "/desk/enrol/totp", {"code": pyotp.TOTP(secret).at(site.now)})
    assert answer.location == "/desk/enrol/recovery-codes"
    shown = press(client, "/desk/enrol/recovery-codes", {}, status=200)
    return secret, [words(node) for node in shown.page.iter("code")]


@dataclass
class Member:
    """An enrolled person and the browser they enrolled in."""

    site: Site
    id: int
    login: str
    secret: str
    codes: list[str]
    client: StrictClient

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.site.now)

    def sign_in(self, client: StrictClient, path: str = "/desk/sign-in") -> Answer:
        answer = press(client, path, {"login": self.login, "password": PASSWORD})
        return press(client, answer.location, {"code": self.code()})


def member(site: Site, login: str = "zhijin-01", role: Role = Role.COUNTY, region: str = "520524") -> Member:
    number, link = site.enter(login, role, region)
    client = site.client()
    secret, codes = enrol(site, client, link)
    site.later(minutes=2)
    return Member(site, number, login, secret, codes, client)


def cookie(answer: Answer, name: str) -> str:
    found = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
    assert len(found) == 1, answer.headers
    return str(found[0])


# cookies


def test_over_https_the_cookie_is_bound_to_host_and_https(secure_site: Site) -> None:
    """ASVS 3.3.1–3.3.4: __Host-, Secure, HttpOnly, SameSite, and no domain."""
    someone = member(secure_site)
    answer = someone.sign_in(secure_site.client())
    for name in ("__Host-gm-desk", "__Host-gm-desk-device"):
        line = cookie(answer, name)
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(line.split("; ")) and "Domain" not in line


def test_over_http_on_loopback_the_cookie_is_still_closed_to_scripts(site: Site) -> None:
    """ASVS 3.3.2, 3.3.4."""
    line = cookie(member(site).sign_in(site.client()), "gm-desk")
    assert {"HttpOnly", "SameSite=Lax"} <= set(line.split("; ")) and "Secure" not in line


def test_no_token_is_in_an_address_but_the_link_s(site: Site) -> None:
    """ASVS 14.2.1."""
    someone = member(site)
    client = site.client()
    answer = press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD})
    token = cookie(answer, "gm-desk").split("=", 1)[1].split(";")[0]
    assert token not in answer.location and len(token) == 43
    assert someone.id == 1


# signing in


def test_a_person_enrols_signs_out_and_signs_in_again(site: Site) -> None:
    someone = member(site)
    assert len(someone.codes) == 8
    assert someone.client.get("/desk").h1 == "工作台"
    assert press(someone.client, "/desk/account", {}, action="/desk/sign-out").location == "/desk/sign-in"
    assert someone.client.get("/desk", status=303).location.startswith("/desk/sign-in")
    assert someone.sign_in(someone.client).location == "/desk"
    assert someone.client.get("/desk/account").h1 == "我的账号"


def test_unknown_wrong_and_disabled_get_the_same_page(site: Site) -> None:
    """ASVS 6.3.8: status and body alike, but for what was typed and the form's token."""
    member(site)
    gone = member(site, "zhijin-02")
    with site.services.database.write() as tx:
        disable(tx, gone.id, regions=REGIONS, by=None, at=site.now)
    pages = set()
    for login, password in (("zhijin-01", "wrong one, a long one"), ("nobody-01", PASSWORD), ("zhijin-02", PASSWORD)):
        answer = press(site.client(), "/desk/sign-in", {"login": login, "password": password}, status=400)
        assert password not in answer.text
        pages.add(re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(login, ""))
    assert len(pages) == 1


def test_what_was_typed_is_kept_but_the_password(site: Site) -> None:
    answer = press(site.client(), "/desk/sign-in", {"login": "somebody-07", "password": PASSWORD}, status=400)
    assert "somebody-07" in answer.text and "bai li du juan" not in answer.text
    assert answer.title.startswith("错误：")


def test_haste_is_answered_429_with_how_long_to_wait(site: Site) -> None:
    """ASVS 6.3.1."""
    client = site.client()
    for _ in range(5):
        press(client, "/desk/sign-in", {"login": "nobody-01", "password": PASSWORD}, status=400)
    answer = press(client, "/desk/sign-in", {"login": "nobody-01", "password": PASSWORD}, status=429)
    assert answer.headers["Retry-After"] == "2" and "不会因此被锁定" in answer.text


def test_a_planted_cookie_is_not_taken_over(site: Site) -> None:
    """ASVS 7.2.4: fixation."""
    someone = member(site)
    client = site.client()
    client.browser.set_cookie("gm-desk", "planted-by-somebody", domain="127.0.0.1")
    answer = someone.sign_in(client)
    assert "planted" not in cookie(answer, "gm-desk")
    stranger = site.client()
    stranger.browser.set_cookie("gm-desk", "planted-by-somebody", domain="127.0.0.1")
    assert stranger.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_the_token_before_the_code_opens_nothing_afterwards(site: Site) -> None:
    """ASVS 7.2.4: the token changes at each stage."""
    someone = member(site)
    client = site.client()
    first = cookie(press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD}), "gm-desk")
    second = cookie(press(client, "/desk/sign-in/code", {"code": someone.code()}), "gm-desk")
    assert first.split(";")[0] != second.split(";")[0]
    thief = site.client()
    thief.browser.set_cookie("gm-desk", first.split(";")[0].split("=", 1)[1], domain="127.0.0.1")
    assert thief.get("/desk", status=303).location.startswith("/desk/sign-in")
    assert thief.submit("/desk/sign-in/code", {"code": someone.code()}).location == "/desk/sign-in?over=1"


def test_a_code_cannot_be_played_again(site: Site) -> None:
    """ASVS 6.5.1."""
    someone = member(site)
    someone.sign_in(site.client())
    client = site.client()
    answer = press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD})
    press(client, answer.location, {"code": someone.code()}, status=400)


def test_a_recovery_code_signs_in_once(site: Site) -> None:
    someone = member(site)
    for status in (303, 400):
        client = site.client()
        press(client, "/desk/sign-in", {"login": "zhijin-01", "password": PASSWORD})
        press(client, "/desk/sign-in/recovery", {"code": someone.codes[0].lower()}, status=status)
    assert "剩余7个" in someone.client.get("/desk/account").text


@pytest.mark.parametrize("path", ["/desk/enrol/password", "/desk/enrol/totp", "/desk/enrol/recovery-codes"])
def test_a_step_without_its_session_leads_to_the_sign_in(site: Site, path: str) -> None:
    """ASVS 2.3.1: no step out of order."""
    for client in (site.client(), member(site).client):
        assert client.get(path, status=303).location == "/desk/sign-in?over=1"
    assert "已经过期" in site.client().get("/desk/sign-in?over=1").text


def test_a_common_or_differing_password_is_refused_beside_its_field(site: Site) -> None:
    """ASVS 6.2.1, 6.2.4 with the list that the site ships."""
    client = site.client()
    press(client, f"/desk/link/{site.enter('zhijin-01')[1]}", {})
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
def test_the_way_back_never_leads_to_another_host(site: Site, foreign: str, name: str) -> None:
    """ASVS 3.7.2: own paths of the desk only; sent raw and encoded."""
    someone = member(site)
    for sent in {foreign.replace("\r\n", "%0d%0a"), foreign.replace("%", "%25").replace("\r\n", "%0d%0a")}:
        site.later(minutes=1)
        assert someone.sign_in(site.client(), f"/desk/sign-in?{name}={sent}").location == "/desk"


def test_the_way_back_leads_to_the_page_that_was_asked_for(site: Site) -> None:
    someone = member(site)
    client = site.client()
    asked = client.get("/desk/notices/7?page=2", status=303).location
    assert someone.sign_in(client, asked).location == "/desk/notices/7?page=2"
    assert client.get("/desk/sign-in?next=/desk/notices/7", status=303).location == "/desk/notices/7"


# links


def test_a_preview_does_not_use_a_link_up_and_the_button_does_once(site: Site) -> None:
    _, link = site.enter("zhijin-01")
    for _ in range(3):
        assert site.client().get(f"/desk/link/{link}").h1 == "开通工作台账号"
        site.client().browser.head(f"/desk/link/{link}")
    press(site.client(), f"/desk/link/{link}", {})
    assert "已经用过" in site.client().get(f"/desk/link/{link}", status=410).text


@pytest.mark.parametrize("token", ["x", "a" * 43, "'--", "..%2f", "a" * 5000, "登录"])
def test_an_invented_link_is_over_like_a_used_one(site: Site, token: str) -> None:
    answer = site.client().get(f"/desk/link/{token}", status=None)
    assert answer.status in (404, 410)


def test_a_demo_link_signs_straight_in(site: Site) -> None:
    with site.services.database.write() as tx:
        links = {each.role: each.token for each in demo_links(tx, is_demo=True, at=site.now)}
    for role, token in links.items():
        client = site.client()
        assert press(client, f"/desk/link/{token}", {}).location == "/desk"
        assert client.get("/desk/staff", status=None).status == (200 if role is Role.ADMINISTRATOR else 403)


def test_a_password_link_leads_to_the_known_authenticator(site: Site) -> None:
    someone = member(site)
    with site.services.database.write() as tx:
        link = new_link(tx, someone.id, purpose=Purpose.PASSWORD, regions=REGIONS, by=None, at=site.now)
    client = site.client()
    press(client, f"/desk/link/{link}", {})
    fresh = "another 很长的口令 of mine"
    answer = press(client, "/desk/enrol/password", {"password": fresh, "again": fresh})
    assert answer.location == "/desk/sign-in/code"
    assert press(client, answer.location, {"code": someone.code()}).location == "/desk"


# ends


def test_a_copied_cookie_is_dead_after_signing_out(site: Site) -> None:
    """ASVS 7.4.1: ended on the server."""
    someone = member(site)
    client = site.client()
    token = cookie(someone.sign_in(client), "gm-desk").split(";")[0].split("=", 1)[1]
    press(client, "/desk/account", {}, action="/desk/sign-out")
    thief = site.client()
    thief.browser.set_cookie("gm-desk", token, domain="127.0.0.1")
    assert thief.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_disabling_shuts_out_on_the_next_request(site: Site) -> None:
    """ASVS 7.4.2."""
    someone = member(site)
    someone.client.get("/desk")
    with site.services.database.write() as tx:
        disable(tx, someone.id, regions=REGIONS, by=None, at=site.now)
    assert someone.client.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_a_moved_officer_sees_the_new_place_on_the_next_request(site: Site) -> None:
    """ASVS 8.3.2."""
    someone = member(site)
    assert "织金县" in someone.client.get("/desk/account").text
    with site.services.database.write() as tx:
        assign(tx, someone.id, role=Role.COUNTY, region_codes=["520523"], regions=REGIONS, by=None, at=site.now)
    shown = someone.client.get("/desk/account").text
    assert "织金县" not in shown and "金沙县" in shown


def test_changing_the_password_ends_the_other_browser_and_keeps_this_one(site: Site) -> None:
    """ASVS 7.4.2."""
    someone = member(site)
    other = site.client()
    someone.sign_in(other)
    fresh = "another 很长的口令 of mine"
    form = {"current": PASSWORD, "password": fresh, "again": fresh}
    press(someone.client, "/desk/account/password", {**form, "current": "x"}, status=400)
    assert press(someone.client, "/desk/account/password", form).location == "/desk/account"
    someone.client.get("/desk")
    assert other.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_new_recovery_codes_are_shown_once_after_the_password(site: Site) -> None:
    someone = member(site)
    press(someone.client, "/desk/account/recovery-codes", {"current": "wrong"}, status=400)
    shown = press(someone.client, "/desk/account/recovery-codes", {"current": PASSWORD}, status=200)
    codes = [words(node) for node in shown.page.iter("code")]
    assert len(codes) == 8 and not set(codes) & set(someone.codes)
    assert codes[0] not in someone.client.get("/desk/account/recovery-codes").text


# forgery, caching, gates


@pytest.mark.parametrize(
    "route", [route for route in SIGN_IN_ROUTES if "POST" in route.methods], ids=lambda r: r.endpoint
)
def test_each_post_needs_its_token(site: Site, route: Route) -> None:
    """ASVS 3.5.1: without and with a foreign token → 400, whoever is signed in."""
    chief = member(site, "chief", Role.ADMINISTRATOR, "000000")
    path = route.rule.replace("<token>", "x").replace("<int:number>", "1")
    for data in ({}, {"csrf_token": "foreign"}):
        chief.client.post(path, data, status=400)
        site.client().post(path, data, status=400)
    assert site.count("SELECT count(*) FROM staff_session WHERE stage = 'signed_in' AND ended_at IS NULL") == 1


@pytest.mark.parametrize(
    "route", [route for route in SIGN_IN_ROUTES if "GET" in route.methods], ids=lambda r: r.endpoint
)
def test_every_page_of_the_desk_is_kept_by_nobody(site: Site, route: Route) -> None:
    """ASVS 14.3.2; and no GET changes anything (ASVS 3.5.3)."""
    chief = member(site, "chief", Role.ADMINISTRATOR, "000000")
    before = site.count("SELECT count(*) FROM journal")
    path = route.rule.replace("<token>", "x").replace("<int:number>", "1")
    answer = chief.client.get(path, status=None)
    assert answer.headers["Cache-Control"] == "no-store" and "Cookie" in answer.headers["Vary"]
    assert answer.status < 500
    assert site.count("SELECT count(*) FROM journal") == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_enter_the_staff_pages(site: Site, role: Role) -> None:
    """ASVS 8.2.1, 8.3.1: the gate stands on the server, for each address."""
    seats = {Role.COUNTY: "520524", Role.CITY: "520500", Role.PROVINCE: "520000", Role.EDITOR: "520000"}
    someone = member(site, "somebody", role, seats[role])
    for route in SIGN_IN_ROUTES:
        if route.rule.startswith("/desk/staff"):
            path = route.rule.replace("<int:number>", "1")
            if "GET" in route.methods:
                someone.client.get(path, status=403)
                site.client().get(path, status=303)


# the staff pages


@pytest.fixture
def chief(site: Site) -> Member:
    return member(site, "chief", Role.ADMINISTRATOR, "520000")


def test_an_administrator_enters_a_person_and_the_link_is_shown_once(site: Site, chief: Member) -> None:
    data = {"login": "bijie-01", "name": "王五", "role": "city", "regions": "毕节市"}
    shown = press(chief.client, "/desk/staff/new", data, status=200)
    address = next(words(node) for node in shown.page.iter("code"))
    assert address.startswith(f"{site.services.settings.site_url}/desk/link/")
    enrol(site, site.client(), address.rsplit("/", 1)[1])
    listed = chief.client.get("/desk/staff").text
    assert "bijie-01" in listed and "已开通" in listed and "/desk/link/" not in listed


def test_fields_that_no_form_has_change_nothing(site: Site, chief: Member) -> None:
    """ASVS 15.3.3: mass assignment."""
    someone = member(site)
    extra = {"role": "administrator", "regions": "000000", "active": "1", "id": "1", "totp_counter": "0"}
    form = {"current": "x", "password": "another 很长的口令 of mine", "again": "another 很长的口令 of mine"}
    press(someone.client, "/desk/account/password", {**form, **extra}, status=400)
    data = {"login": "bijie-01", "name": "王五", "role": "city", "regions": "520500"}
    press(
        chief.client, "/desk/staff/new", {**data, "password_hash": "x", "active": "0", "created_at": "2000"}, status=200
    )
    assert site.count("SELECT count(*) FROM staff WHERE role = 'administrator'") == 1
    assert site.count("SELECT count(*) FROM staff WHERE active AND password_hash IS NULL AND login = 'bijie-01'") == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"regions": "辽宁省沈阳市"}, "没有代码为210100的辖区"),
        ({"regions": "火星县"}, "没有找到辖区"),
        ({"regions": "520524"}, "层级与岗位不符"),
        ({"login": "王"}, "登录名须为"),
        ({"login": "chief"}, "已有人使用"),
        ({"role": "emperor"}, ""),
    ],
)
def test_a_refused_person_is_said_so_and_nothing_typed_is_lost(
    site: Site, chief: Member, changed: dict[str, str], sentence: str
) -> None:
    data = {"login": "bijie-01", "name": "王五", "role": "city", "regions": "毕节市", **changed}
    answer = press(chief.client, "/desk/staff/new", data, status=None)
    assert answer.status in (400, 409) and sentence in answer.text and "王五" in answer.text
    assert site.count("SELECT count(*) FROM staff") == 1


def test_people_elsewhere_are_not_there_on_any_address(site: Site, chief: Member) -> None:
    """Threat 13: the administrator of Guizhou and somebody in Shenyang; 404, and no row changes."""
    foreign, link = site.enter("shenyang-01", Role.CITY, "210100")
    own, _ = site.enter("zhijin-09")
    before = site.count("SELECT count(*) FROM journal")
    assert "shenyang-01" not in chief.client.get("/desk/staff").text
    chief.client.get(f"/desk/staff/{foreign}", status=404)
    page = chief.client.get(f"/desk/staff/{own}").page
    token = next(node.get("value") for node in page.iter("input") if node.get("name") == "csrf_token")
    for verb in ("", "/disable", "/enable", "/link", "/password-link"):
        data = {"csrf_token": token, "role": "city", "regions": "520500", "version": "1"}
        chief.client.post(f"/desk/staff/{foreign}{verb}", data, status=404)
    assert site.count("SELECT count(*) FROM journal") == before
    assert site.client().get(f"/desk/link/{link}").status == 200


def test_moving_disabling_and_enabling_by_the_page(site: Site, chief: Member) -> None:
    someone = member(site)
    path = f"/desk/staff/{someone.id}"
    data = {"role": "county", "regions": "金沙县、黔西市"}
    assert press(chief.client, path, data).location == "/desk/staff"
    assert "金沙县" in someone.client.get("/desk/account").text
    assert press(chief.client, path, {}, action=f"{path}/disable").location == path
    assert someone.client.get("/desk", status=303).location.startswith("/desk/sign-in")
    assert press(chief.client, path, {}, action=f"{path}/enable").location == path
    assert site.count("SELECT count(*) FROM staff WHERE active") == 2


def test_the_second_of_two_administrators_sees_that_it_changed(site: Site, chief: Member) -> None:
    someone = member(site)
    path = f"/desk/staff/{someone.id}"
    stale = chief.client.get(path).page
    hidden = {n.get("name", ""): n.get("value", "") for n in stale.iter("input") if n.get("type") == "hidden"}
    press(chief.client, path, {"role": "county", "regions": "金沙县"})
    answer = chief.client.post(path, {**hidden, "role": "county", "regions": "黔西市"}, status=409)
    assert "刚被他人改动" in answer.text and "黔西市" in answer.text
    assert site.count("SELECT count(*) FROM staff_region WHERE region = '520523'") == 1


def test_one_s_own_page_has_no_form(chief: Member) -> None:
    shown = chief.client.get(f"/desk/staff/{chief.id}")
    assert "另一名管理员" in shown.text and f"{chief.id}/" not in shown.text


def test_the_finder_of_officers_gives_the_officer_of_the_request(site: Site) -> None:
    someone = member(site)
    with site.app.test_request_context("/desk"):
        assert signed_in_officer() is None
    with someone.client.browser as browser:
        browser.get("/desk", base_url=someone.client.site_url)
        assert signed_in_officer() == Officer(someone.id, Role.COUNTY, frozenset({"520524"}))
