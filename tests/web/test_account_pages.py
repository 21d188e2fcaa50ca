"""One's own account at the desk: signing out, a new password, new recovery codes, and being shut out."""

from tests.web.sign_in_site import PASSWORD, REGIONS, Doors, cookie, member, press
from tests.web.strict_client import words

from greenmine.domain.seat import Role, Seat
from greenmine.usecases.staff import assign, disable


def test_a_copied_cookie_is_dead_after_signing_out(doors: Doors) -> None:
    """ASVS 7.4.1: ended on the server."""
    someone = member(doors)
    client = doors.client()
    token = cookie(someone.sign_in(client), "gm-desk").split(";")[0].split("=", 1)[1]
    press(client, "/desk/account", {}, action="/desk/sign-out")
    thief = doors.client()
    thief.browser.set_cookie("gm-desk", token, domain="127.0.0.1")
    assert thief.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_disabling_shuts_out_on_the_next_request(doors: Doors) -> None:
    """ASVS 7.4.2."""
    someone = member(doors)
    someone.client.get("/desk")
    with doors.services.database.write() as tx:
        disable(tx, someone.id, regions=REGIONS, by=None, at=doors.now)
    assert someone.client.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_a_moved_officer_signs_in_again_and_sees_the_new_place_only(doors: Doors) -> None:
    """ASVS 8.3.2."""
    someone = member(doors)
    assert "织金县" in someone.client.get("/desk/account").text
    with doors.services.database.write() as tx:
        assign(tx, someone.id, seats=[Seat(Role.COUNTY, "520523")], regions=REGIONS, by=None, at=doors.now)
    assert someone.client.get("/desk/account", status=303).location.startswith("/desk/sign-in")
    someone.sign_in(someone.client)
    shown = someone.client.get("/desk/account").text
    assert "织金县" not in shown and "金沙县" in shown


def test_changing_the_password_ends_the_other_browser_and_keeps_this_one(doors: Doors) -> None:
    """ASVS 7.4.2."""
    someone = member(doors)
    other = doors.client()
    someone.sign_in(other)
    fresh = "another 很长的口令 of mine"
    form = {"current": PASSWORD, "password": fresh, "again": fresh}
    press(someone.client, "/desk/account/password", {**form, "current": "x"}, status=400)
    assert press(someone.client, "/desk/account/password", form).location == "/desk/account"
    someone.client.get("/desk")
    assert other.get("/desk", status=303).location.startswith("/desk/sign-in")


def test_new_recovery_codes_are_shown_once_after_the_password(doors: Doors) -> None:
    someone = member(doors)
    press(someone.client, "/desk/account/recovery-codes", {"current": "wrong"}, status=400)
    shown = press(someone.client, "/desk/account/recovery-codes", {"current": PASSWORD}, status=200)
    codes = [words(node) for node in shown.page.iter("code")]
    assert len(codes) == 8 and not set(codes) & set(someone.codes)
    assert codes[0] not in someone.client.get("/desk/account/recovery-codes").text
