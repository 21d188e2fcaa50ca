"""Letters that were given up keep the status page red for a week: nobody else would ever hear of them."""

from datetime import timedelta

import pytest
from tests.desk import COUNTY_OFFICER, ZHIJIN
from tests.web.desk_site import START, DeskSite, desk_site
from tests.web.strict_client import words

from greenmine.cli.log import begin_demo_log
from greenmine.config import Settings
from greenmine.store.case import open_case
from greenmine.store.lease import take_lease
from greenmine.store.outbox import ERASED, give_up, post, retry, take

TO = "zhang.san@example.com"


@pytest.fixture
def site(settings: Settings) -> DeskSite:
    """A site whose clock the test moves; its log has begun, so that nothing else makes the page red."""
    made = desk_site(settings)
    begin_demo_log(made.services)
    return made


def refuse_letters(site: DeskSite, number: int, *, result: str) -> None:
    """So many letters, taken and given up."""
    services, now = site.services, site.hand.now
    with services.database.write() as tx:
        open_case(tx, case="c1", kind="complaint", region=ZHIJIN, at=START, master=services.master)
        for _ in range(number):
            post(tx, case="c1", recipient=TO, subject="演示主题", text="演示正文", at=START, master=services.master)
            taken = take(tx, now=now, host="mines.example.gov.cn", master=services.master)
            assert taken is not None
            give_up(tx, taken.id, result=result)


def status_of(site: DeskSite) -> str:
    """The status page while the worker is alive."""
    with site.services.database.write() as tx:
        take_lease(tx, "worker", holder="us", now=site.hand.now, term=timedelta(seconds=30))
    return words(site.as_(None).get("/status").page)


def test_letters_given_up_turn_the_status_page_red_for_a_week(site: DeskSite) -> None:
    site.later(days=3)
    refuse_letters(site, 2, result="554")
    for hours in (0, 24, 7 * 24 - 25):
        site.later(hours=hours)
        text = status_of(site)
        assert "有需要处理的情况" in text
        assert "7天内有2封未能送达" in text
        assert "没有发出" not in text
        assert TO not in text and "554" not in text
    site.later(hours=1)
    assert "运行正常" in status_of(site)


def test_letters_late_and_letters_given_up_are_told_side_by_side(site: DeskSite) -> None:
    refuse_letters(site, 1, result="554")
    with site.services.database.write() as tx:
        post(tx, case="c1", recipient=TO, subject="演示", text="演示", at=START, master=site.services.master)
    site.later(days=1)
    text = status_of(site)
    assert "1封超过24小时没有发出" in text
    assert "7天内有1封未能送达" in text
    assert "7天内有1封通知邮件未能送达" in words(site.as_(COUNTY_OFFICER).get("/desk").page)


@pytest.mark.parametrize("result", ["554", "link"])
def test_what_an_operator_has_tried_again_is_no_longer_told(site: DeskSite, result: str) -> None:
    refuse_letters(site, 1, result=result)
    assert "未能送达" in status_of(site)
    with site.services.database.write() as tx:
        retry(tx, now=site.hand.now, given_up=True)
    assert "运行正常" in status_of(site)


@pytest.mark.parametrize("result", [ERASED, "550", "551", "553"])
def test_letters_of_erased_cases_and_to_mistyped_addresses_alarm_nobody(site: DeskSite, result: str) -> None:
    """Meant to go nowhere, or told on the case's page: one citizen's slip must not keep the page red for a week."""
    refuse_letters(site, 1, result=result)
    assert "运行正常" in status_of(site)
