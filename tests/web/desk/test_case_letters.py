"""Who handles a case sees whether its notices by mail arrived; never to whom, never what they say."""

from tests.complaints import CONTACT, lodge, task_of
from tests.desk import COUNTY_OFFICER, NEIGHBOUR
from tests.web.desk_site import DeskSite
from tests.web.strict_client import words

from greenmine.store.outbox import give_up, mark_sent, post

TO = "zhang.san@example.com"
SUBJECT = "演示主题"


def case_with_letters(site: DeskSite, number: int) -> str:
    """A complaint with so many letters; its number."""
    services, now = site.services, site.hand.now
    complaint = lodge(services.database, at=now, master=services.master).number
    case = task_of(services.database, complaint).case
    with services.database.write() as tx:
        for _ in range(number):
            post(tx, case=case, recipient=TO, subject=SUBJECT, text="演示正文", at=now, master=services.master)
    return complaint


def test_the_case_page_tells_how_each_letter_stands(site: DeskSite) -> None:
    number = case_with_letters(site, 3)
    with site.services.database.write() as tx:
        give_up(tx, 1, result="550")
        site.later(hours=1)
        mark_sent(tx, 2, at=site.hand.now, result="250")
    page = site.as_(COUNTY_OFFICER).get(f"/desk/cases/{number}")
    text = words(page.page)
    assert "通知邮件（3）" in text
    told = text.partition("通知邮件（3）")[2].partition("办理经过")[0]
    stood = [told.index(word) for word in ("未能送达", "已发送", "2026年3月2日 11:00发出", "待发送")]
    assert stood == sorted(stood)
    for secret in (TO, "zhang.san", CONTACT.mail, SUBJECT, "演示正文"):
        assert secret not in page.text


def test_a_case_without_letters_has_no_list_of_them(site: DeskSite) -> None:
    number = case_with_letters(site, 0)
    assert "通知邮件" not in words(site.as_(COUNTY_OFFICER).get(f"/desk/cases/{number}").page)


def test_letters_are_told_to_no_other_body(site: DeskSite) -> None:
    number = case_with_letters(site, 1)
    assert "通知邮件" not in site.as_(NEIGHBOUR).get(f"/desk/cases/{number}", status=404).text
