"""A form of the desk that is sent while the database stands behind its signed head: refused in a sentence, nothing
typed is lost, nothing is recorded. Source: log-spec.md 8, 10; trust.md "database restored from last night's backup".
"""

import pytest
from tests.desk import COUNTY_OFFICER, ZHIJIN
from tests.log_site import ORIGIN
from tests.web.desk.test_notice import TITLE, published, start, written
from tests.web.desk_site import DeskSite, sent_by
from tests.web.strict_client import words

from greenmine.cli.log import begin_demo_log
from greenmine.store.log import newest_head
from greenmine.store.log_seal import keep_head
from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint
from greenmine.tlog.note import ED25519, SignerKey

BEHIND = "数据库落后于已签名的记录（已签名至99条）"


@pytest.fixture
def logged(site: DeskSite) -> DeskSite:
    """A desk whose log has begun."""
    begin_demo_log(site.services)
    return site


def fall_behind(site: DeskSite) -> None:
    """The head kept outside covers more than the database holds."""
    later = Checkpoint(ORIGIN, 99, b"\7" * 32)
    keep_head(site.services.settings.log_head, sign_checkpoint(later, [SignerKey(ORIGIN, ED25519, b"k" * 32)]))


def recover(site: DeskSite) -> None:
    """What ``greenmine log replay`` ends with: nothing is missing any more."""
    site.services.settings.log_head.unlink()


def log_size(site: DeskSite) -> int:
    """What the newest head covers."""
    with site.services.database.read() as tx:
        head = newest_head(tx)
    assert head is not None
    return head.checkpoint.size


def test_a_mine_is_not_registered_and_what_was_typed_stays_in_the_form(logged: DeskSite) -> None:
    county, typed = logged.as_(COUNTY_OFFICER), {"name": "演示织金县黑山煤矿", "region": ZHIJIN, "mineral": "煤",
                                                 "aliases": "黑山矿\n黑山井"}  # fmt: skip
    fall_behind(logged)
    before, covered = logged.state(), log_size(logged)
    answer = county.send("/desk/mines/new", {**typed, "step": "publish"}, status=503)
    said = words(answer.page)
    assert BEHIND in said and "greenmine log replay" in said and answer.h1.startswith("登记矿山")
    assert sent_by(answer, having="name").items() >= typed.items(), "the form stands there as it was filled in"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (logged.state(), log_size(logged)) == (before, covered)
    recover(logged)
    again = sent_by(answer, having="name")
    again.pop("", None)
    county.post("/desk/mines/new", {**again, "step": "publish"})
    assert log_size(logged) == covered + 1


def test_a_draft_is_still_written_and_stays_whole_when_its_notice_is_not_published(logged: DeskSite) -> None:
    person, draft = written(logged)
    fall_behind(logged)
    person.send(draft, {"title": f"{TITLE}（修改）"}, form="title")
    before, covered = logged.state(), log_size(logged)
    answer = person.send(f"{draft}/preview", form="version", status=503)
    assert BEHIND in words(answer.page)
    assert (logged.state(), log_size(logged)) == (before, covered)
    assert f"{TITLE}（修改）" in person.get(draft).text
    recover(logged)
    person.send(f"{draft}/preview", form="version")
    assert logged.last_act().kind == "notice.published"


def test_a_reason_typed_for_a_withdrawal_stays_in_the_form(logged: DeskSite) -> None:
    person, number = published(logged)
    fall_behind(logged)
    before = logged.state()
    answer = person.send(f"/desk/notices/{number}/withdraw", {"reason": "发布有误，另行公示。"}, status=503)
    assert BEHIND in words(answer.page)
    assert sent_by(answer, having="reason")["reason"] == "发布有误，另行公示。"
    assert logged.state() == before


def test_every_page_of_the_desk_warns_before_anything_is_typed(logged: DeskSite) -> None:
    person, draft = start(logged)
    assert BEHIND not in person.get(draft).text
    fall_behind(logged)
    for path in ("/desk", "/desk/mines/new", draft):
        assert BEHIND in words(person.get(path).page)
