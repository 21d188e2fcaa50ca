"""Acting from one seat at a time: the header says which, a button changes it, no form goes out from another."""

from urllib.parse import urlsplit

import pytest
from tests.reference_data import shipped_regions
from tests.seats import give_accounts, seated
from tests.web.sign_in_site import PASSWORD, Doors, Member, member, press
from tests.web.strict_client import Answer, words

from greenmine.domain.seat import Role, Seat
from greenmine.domain.sign_in import Stage
from greenmine.store.staff import get_staff
from greenmine.store.staff_session import open_session
from greenmine.usecases.staff import give_seats

REGIONS = shipped_regions()
SECOND = Seat(Role.CITY, "520500")


@pytest.fixture
def both(doors: Doors) -> Member:
    """An officer of 织金县 who has 毕节市 as well."""
    found = member(doors)
    with doors.services.database.write() as tx:
        give_seats(tx, found.id, seats=[SECOND], regions=REGIONS, by=None, at=doors.now)
    return found


def header(answer: Answer) -> str:
    return next(words(node) for node in answer.page.iter("div") if node.get("class") == "account")


def seat_form(answer: Answer) -> dict[str, str]:
    """What the form in the header would send; empty where there is none."""
    forms = [form for form in answer.page.iter("form") if form.get("action") == "/desk/seat"]
    if not forms:
        return {}
    hidden = {node.get("name", ""): node.get("value", "") for node in forms[0].iter("input")}
    (option,) = forms[0].iter("option")
    return {**hidden, "seat": option.get("value", ""), "told": words(option)}


def test_with_one_seat_there_is_nothing_to_choose(doors: Doors) -> None:
    page = member(doors).client.get("/desk")
    assert "县级经办 · 贵州省毕节市织金县" in header(page) and seat_form(page) == {}


def test_with_two_the_header_says_which_and_a_button_changes_it(doors: Doors, both: Member) -> None:
    first = both.client.get("/desk")
    form = seat_form(first)
    assert "县级经办 · 贵州省毕节市织金县" in header(first) and form.pop("told") == "市级经办（毕节市）"
    assert both.client.post("/desk/seat", form).location == "/desk"
    second = both.client.get("/desk")
    assert "市级经办 · 贵州省毕节市" in header(second)
    assert seat_form(second)["told"] == "县级经办（毕节市织金县）"
    account = words(next(both.client.get("/desk/account").page.iter("main")))
    assert "县级经办（贵州省毕节市织金县）" in account and "市级经办（贵州省毕节市）" in account


def test_a_form_opened_at_one_seat_is_not_sent_from_another(doors: Doors, both: Member) -> None:
    form = seat_form(both.client.get("/desk"))
    both.client.post("/desk/seat", form)
    stale = both.client.post("/desk/account/password", {**form, "current": "x", "password": "y"}, status=400)
    assert "页面打开时间过长" in stale.text
    both.client.post("/desk/seat", form, status=400)


def test_a_new_password_leaves_the_browser_at_the_seat_it_acts_from(doors: Doors, both: Member) -> None:
    """Another browser has signed in since, and acts from another seat."""
    both.client.post("/desk/seat", seat_form(both.client.get("/desk")))
    doors.later(minutes=5)
    with doors.services.database.write() as tx:
        county = get_staff(tx, both.id).seats[0].id
        open_session(tx, both.id, stage=Stage.SIGNED_IN, at=doors.now, seat=county)
    new = "another 很长的口令 of mine"
    press(both.client, "/desk/account/password", {"current": PASSWORD, "password": new, "again": new})
    assert "市级经办 · 贵州省毕节市" in header(both.client.get("/desk"))


def test_the_browser_left_at_the_other_seat_is_signed_out(doors: Doors, both: Member) -> None:
    name, host = "gm-desk", urlsplit(both.client.site_url).hostname or ""
    before = both.client.browser.get_cookie(name, domain=host)
    both.client.post("/desk/seat", seat_form(both.client.get("/desk")))
    assert before is not None
    old = doors.client()
    old.browser.set_cookie(name, before.value, domain=host)
    assert old.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_a_second_click_on_the_change_ends_at_the_desk(doors: Doors, both: Member) -> None:
    """It was sent with the token of before; the browser has the new one by the time it follows the answer."""
    form = seat_form(both.client.get("/desk"))
    host = urlsplit(both.client.site_url).hostname or ""
    before = both.client.browser.get_cookie("gm-desk", domain=host)
    assert before is not None
    both.client.post("/desk/seat", form)
    slow = doors.client()
    slow.browser.set_cookie("gm-desk", before.value, domain=host)
    again = slow.post("/desk/seat", form)
    assert again.headers.getlist("Set-Cookie") == [], "the new session stays in the browser"
    assert both.client.get(again.location, status=303).location == "/desk"
    assert doors.client().get(again.location).status == 200, "and who is out is asked to sign in"


@pytest.mark.parametrize("seat", ["", "0", "999999", "-1", "x", "1" * 40])
def test_a_seat_that_is_not_one_s_own_is_not_there(doors: Doors, both: Member, seat: str) -> None:
    form = {**seat_form(both.client.get("/desk")), "seat": seat}
    assert "没有这个席位" in both.client.post("/desk/seat", form, status=404).text
    assert "县级经办" in header(both.client.get("/desk"))


def test_the_seat_of_a_colleague_is_not_there_either(doors: Doors, both: Member) -> None:
    with doors.services.database.write() as tx:
        give_accounts(tx, seated(77, Role.PROVINCE, "520000"))
    foreign = doors.count("SELECT id FROM staff_seat WHERE staff = 77")
    form = {**seat_form(both.client.get("/desk")), "seat": str(foreign)}
    both.client.post("/desk/seat", form, status=404)
    assert "县级经办" in header(both.client.get("/desk"))
