"""Letters that do not get out are told to people: on the public status page and at the desk, as a number."""

from datetime import timedelta

import pytest
from tests.desk import ADMINISTRATOR, COUNTY_OFFICER, EDITOR, PROVINCE_OFFICER, ZHIJIN
from tests.web.desk_site import START, DeskSite
from tests.web.strict_client import words

from greenmine.cli.log import begin_demo_log
from greenmine.domain.officer import Officer
from greenmine.store.case import open_case
from greenmine.store.lease import take_lease
from greenmine.store.mail_line import LineFault, note_fault
from greenmine.store.outbox import mark_sent, post

TO = "zhang.san@example.com"


@pytest.fixture(autouse=True)
def begun(site: DeskSite) -> None:
    """The log has begun, so that nothing else makes the status page red."""
    begin_demo_log(site.services)


def write_letters(site: DeskSite, number: int) -> None:
    services = site.services
    with services.database.write() as tx:
        open_case(tx, case="c1", kind="complaint", region=ZHIJIN, at=START, master=services.master)
        for _ in range(number):
            post(tx, case="c1", recipient=TO, subject="演示主题", text="演示正文", at=START, master=services.master)


def status_of(site: DeskSite) -> str:
    """The status page while the worker is alive."""
    with site.services.database.write() as tx:
        take_lease(tx, "worker", holder="us", now=site.hand.now, term=timedelta(seconds=30))
    return words(site.as_(None).get("/status").page)


def test_the_status_page_turns_red_when_letters_have_waited_for_a_day(site: DeskSite) -> None:
    """trust.md, fault "SMTP down": alarm after 24 h."""
    write_letters(site, 3)
    site.later(hours=23, minutes=59)
    assert "运行正常" in status_of(site)
    site.later(minutes=1)
    text = status_of(site)
    assert "有需要处理的情况" in text
    assert "3封超过24小时没有发出" in text
    assert TO not in text and "演示主题" not in text
    with site.services.database.write() as tx:
        for number in (1, 2, 3):
            mark_sent(tx, number, at=site.hand.now, result="250")
    assert "运行正常" in status_of(site)


def test_the_status_page_says_that_mail_is_off_or_waits_for_its_server(site: DeskSite) -> None:
    assert "未启用" in status_of(site)
    with site.services.database.write() as tx:
        now = site.hand.now
        note_fault(tx, LineFault(4, now - timedelta(hours=2), now + timedelta(minutes=3), "535"))
    text = status_of(site)
    assert "2026年3月2日 08:00" in text
    assert "535" not in text, "how our account fails is not for everybody"
    assert "运行正常" in text, "an outage of hours mends itself"


@pytest.mark.parametrize("officer", [COUNTY_OFFICER, PROVINCE_OFFICER, EDITOR, ADMINISTRATOR])
def test_the_desk_tells_letters_that_are_stuck(site: DeskSite, officer: Officer) -> None:
    write_letters(site, 2)
    assert "没有发出" not in words(site.as_(officer).get("/desk").page)
    site.later(hours=24)
    page = site.as_(officer).get("/desk")
    assert "2封通知邮件超过24小时没有发出" in words(page.page)
    assert TO not in page.text
