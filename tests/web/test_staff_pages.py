"""The pages on which administrators manage people: only theirs, nothing lost, nothing by the way."""

import pytest
from tests.web.sign_in_site import Doors, Member, enrol, member, press
from tests.web.strict_client import words

from greenmine.domain.seat import Role


@pytest.fixture
def chief(doors: Doors) -> Member:
    return member(doors, "chief", Role.ADMINISTRATOR, "520000")


def test_an_administrator_enters_a_person_and_the_link_is_shown_once(doors: Doors, chief: Member) -> None:
    data = {"login": "bijie-01", "name": "王五", "role": "city", "regions": "毕节市"}
    shown = press(chief.client, "/desk/staff/new", data, status=200)
    address = next(words(node) for node in shown.page.iter("code"))
    assert address.startswith(f"{doors.services.settings.site_url}/desk/link/")
    enrol(doors, doors.client(), address.rsplit("/", 1)[1])
    listed = chief.client.get("/desk/staff").text
    assert "bijie-01" in listed and "已开通" in listed and "/desk/link/" not in listed


def test_fields_that_no_form_has_change_nothing(doors: Doors, chief: Member) -> None:
    """ASVS 15.3.3: mass assignment."""
    someone = member(doors)
    extra = {"role": "administrator", "regions": "000000", "active": "1", "id": "1", "totp_counter": "0"}
    form = {"current": "x", "password": "another 很长的口令 of mine", "again": "another 很长的口令 of mine"}
    press(someone.client, "/desk/account/password", {**form, **extra}, status=400)
    data = {"login": "bijie-01", "name": "王五", "role": "city", "regions": "520500"}
    press(
        chief.client, "/desk/staff/new", {**data, "password_hash": "x", "active": "0", "created_at": "2000"}, status=200
    )
    assert doors.count("SELECT count(*) FROM staff_seat WHERE role = 'administrator'") == 1
    assert doors.count("SELECT count(*) FROM staff WHERE active AND password_hash IS NULL AND login = 'bijie-01'") == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"regions": "辽宁省沈阳市"}, "没有代码为210100的辖区"),
        ({"regions": "火星县"}, "没有找到辖区"),
        ({"regions": "520524"}, "层级与岗位不符"),
        ({"login": "王"}, "登录名须为"),
        ({"login": "chief"}, "已有人使用"),
        ({"role": "emperor"}, "没有这个岗位"),
        ({"role": "enterprise"}, "“矿山企业”还没有工作台席位。目前可以设的岗位：编辑、县级经办"),
        ({"role": "system"}, "还没有工作台席位"),
        ({"role": "department"}, "请勾选是哪个部门的席位"),
    ],
)
def test_a_refused_person_is_said_so_and_nothing_typed_is_lost(
    doors: Doors, chief: Member, changed: dict[str, str], sentence: str
) -> None:
    data = {"login": "bijie-01", "name": "王五", "role": "city", "regions": "毕节市", **changed}
    answer = press(chief.client, "/desk/staff/new", data, status=None)
    assert answer.status in (400, 409) and sentence in answer.text and "王五" in answer.text
    assert doors.count("SELECT count(*) FROM staff") == 1


def test_people_elsewhere_are_not_there_on_any_address(doors: Doors, chief: Member) -> None:
    """Threat 13: the administrator of Guizhou and somebody in Shenyang; 404, and no row changes."""
    foreign, link = doors.enter("shenyang-01", Role.CITY, "210100")
    own, _ = doors.enter("zhijin-09")
    before = doors.count("SELECT count(*) FROM journal")
    assert "shenyang-01" not in chief.client.get("/desk/staff").text
    chief.client.get(f"/desk/staff/{foreign}", status=404)
    page = chief.client.get(f"/desk/staff/{own}").page
    token = next(node.get("value") for node in page.iter("input") if node.get("name") == "csrf_token")
    for verb in ("", "/disable", "/enable", "/link", "/password-link", "/seats/1/remove"):
        data = {"csrf_token": token, "role": "city", "regions": "520500", "version": "1"}
        chief.client.post(f"/desk/staff/{foreign}{verb}", data, status=404)
    assert doors.count("SELECT count(*) FROM journal") == before
    assert doors.client().get(f"/desk/link/{link}").status == 200


def test_giving_and_taking_seats_disabling_and_enabling_by_the_page(doors: Doors, chief: Member) -> None:
    someone = member(doors)
    path = f"/desk/staff/{someone.id}"
    assert press(chief.client, path, {"role": "county", "regions": "金沙县、黔西市"}).location == path
    assert "金沙县" in someone.client.get("/desk/account").text  # nothing ended
    first = doors.count(f"SELECT min(id) FROM staff_seat WHERE staff = {someone.id}")
    assert press(chief.client, path, {}, action=f"{path}/seats/{first}/remove").location == path
    assert someone.client.get("/desk", status=303).location.startswith("/desk/sign-in")
    assert doors.count(f"SELECT count(*) FROM staff_seat WHERE staff = {someone.id} AND scope = '520524'") == 0
    assert press(chief.client, path, {}, action=f"{path}/disable").location == path
    assert press(chief.client, path, {}, action=f"{path}/enable").location == path
    assert doors.count("SELECT count(*) FROM staff WHERE active") == 2


def test_the_only_seat_has_no_button_and_is_not_taken(doors: Doors, chief: Member) -> None:
    someone = member(doors)
    path = f"/desk/staff/{someone.id}"
    page = chief.client.get(path)
    assert not [form for form in page.page.iter("form") if "/seats/" in (form.get("action") or "")]
    token = next(node.get("value") for node in page.page.iter("input") if node.get("name") == "csrf_token")
    seat = doors.count(f"SELECT id FROM staff_seat WHERE staff = {someone.id}")
    data = {"csrf_token": token, "version": "1"}
    refused = chief.client.post(f"{path}/seats/{seat}/remove", data, status=None)
    assert refused.status == 409 and "唯一的席位" in refused.text
    chief.client.post(f"{path}/seats/999/remove", data, status=404)


def test_the_second_of_two_administrators_sees_that_it_changed(doors: Doors, chief: Member) -> None:
    someone = member(doors)
    path = f"/desk/staff/{someone.id}"
    stale = chief.client.get(path).page
    hidden = {n.get("name", ""): n.get("value", "") for n in stale.iter("input") if n.get("type") == "hidden"}
    press(chief.client, path, {"role": "county", "regions": "金沙县"})
    answer = chief.client.post(path, {**hidden, "role": "county", "regions": "黔西市"}, status=409)
    assert "刚被他人改动" in answer.text and "黔西市" in answer.text
    first = doors.count(f"SELECT min(id) FROM staff_seat WHERE staff = {someone.id}")
    chief.client.post(f"{path}/seats/{first}/remove", hidden, status=409)
    assert doors.count("SELECT count(*) FROM staff_seat WHERE scope IN ('520523', '520524')") == 2


def test_one_s_own_page_has_no_form(chief: Member) -> None:
    shown = chief.client.get(f"/desk/staff/{chief.id}")
    assert "另一名管理员" in shown.text and f"{chief.id}/" not in shown.text


def test_departments_are_ticked_shown_and_unticked(doors: Doors, chief: Member) -> None:
    someone = member(doors)
    path, data = f"/desk/staff/{someone.id}", {"role": "county", "regions": "520524"}
    page = chief.client.get(path)
    assert "所有部门" in page.text
    assert press(chief.client, path, {**data, "departments": "ecology"}).location == path
    assert "生态环境主管部门" in chief.client.get("/desk/staff").text
    assert "生态环境主管部门" in chief.client.get(path).text
    assert someone.client.get("/desk/account").status == 200  # nothing ended
    press(chief.client, path, data)
    assert doors.count("SELECT count(*) FROM staff_seat WHERE departments <> ''") == 0
    refused = press(chief.client, path, {**data, "role": "editor", "departments": "health"}, status=400)
    assert "此岗位不办理来件" in refused.text
    press(chief.client, path, {**data, "departments": "mayor"}, status=400)
