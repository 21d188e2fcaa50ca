"""Cases at a body where nobody sits: told by counts to who can seat somebody, and in sum to everybody; never more."""

from tests.complaints import CANARIES
from tests.desk import ADMINISTRATOR, COUNTY_OFFICER, EDITOR, PROVINCE_OFFICER
from tests.seats import seated
from tests.web.desk.test_case import handler, lodge
from tests.web.desk_site import DeskSite
from tests.web.strict_client import words

from greenmine.domain.seat import Role
from greenmine.store.case import erase

JINSHA = "520523"
HEADING = "有来件、无人办理的机关"


def test_the_administrator_of_the_place_is_told_by_counts_with_the_way_to_seat_somebody(site: DeskSite) -> None:
    assert HEADING not in site.as_(ADMINISTRATOR).get("/desk").text
    number = lodge(site, region=JINSHA)
    site.later(days=20)
    lodge(site, region=JINSHA)
    lodge(site)  # 织金县 has its officer
    page = site.as_(ADMINISTRATOR).get("/desk")
    rows = [words(row) for row in page.page.iter("tr") if "主管部门" in words(row)]
    assert rows == ["贵州省毕节市金沙县生态环境主管部门 2 1"]
    assert "/desk/staff" in page.links()
    assert not [word for word in (*CANARIES, number) if word in page.text]


def test_nobody_else_is_told_where(site: DeskSite) -> None:
    lodge(site, region=JINSHA)
    elsewhere = seated(ADMINISTRATOR.id, Role.ADMINISTRATOR, "330000")
    for officer in (elsewhere, EDITOR, COUNTY_OFFICER, PROVINCE_OFFICER):
        assert HEADING not in site.as_(officer).get("/desk").text, officer


def test_status_tells_everybody_the_sum_and_no_place(site: DeskSite) -> None:
    nobody = site.as_(None)
    assert "各件均有在岗人员的机关办理" in nobody.get("/status").text
    lodge(site, region=JINSHA)
    lodge(site, region=JINSHA)
    assert "各件均有在岗人员的机关办理" in nobody.get("/status").text, "no poll tells the minute (trust.md 1)"
    site.later(days=1)
    text = nobody.get("/status").text
    assert "截至昨日，2件在无人在岗的机关" in text and "金沙" not in text


def test_pipl_47_an_erased_case_is_gone_from_every_page_of_the_desk(site: DeskSite) -> None:
    number, database = lodge(site), site.services.database
    with database.write() as tx:
        case = tx.exec_driver_sql("SELECT case_file FROM case_task").scalar_one()
        erase(tx, case=case, at=site.hand.now)
    for last in ("", "/accept", "/ask", "/identity", "/files/1"):
        assert "此件已依法删除" in handler(site).get(f"/desk/cases/{number}{last}", status=410).text
    assert handler(site).get("/desk/cases").status == 200
