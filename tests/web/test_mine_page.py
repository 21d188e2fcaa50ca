"""A mine's page: what it says now, on a past day, and to whoever mistyped its number."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from tests.one_app import app_for
from tests.reference_data import reference
from tests.statements import statements
from tests.web.register import FACTS, HOLDER, NOW, Register, services
from tests.web.strict_client import StrictClient, words

from greenmine.config import Settings
from greenmine.domain.act import KINDS
from greenmine.domain.mine import STATUS_LABELS, Level, MineStatus
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.mine_history import Moment
from greenmine.store.act import ActRow
from greenmine.store.mine import get_mine, memberships_of
from greenmine.store.mine_past import mine_on
from greenmine.web.public.mine_words import FACT_LABELS, STATUS_MEANINGS
from greenmine.web.public.timeline import TELLERS, Hearer, told


def shown(client: StrictClient, register: Register, name: str, query: str = "", *, status: int = 200) -> str:
    """All words of a mine's main part."""
    page = client.get(f"/mines/{register.mines[name]}{query}", status=status).page
    return words(page.find(".//main"))


def test_every_mine_has_a_page_that_passes_the_strict_client(client: StrictClient, register: Register) -> None:
    for name, number in register.mines.items():
        answer = client.get(f"/mines/{number}")
        assert FACTS[name].name.split("<")[0] in answer.h1 and number in answer.text


def test_the_page_says_what_is_known_and_nothing_else(client: StrictClient, register: Register) -> None:
    text = shown(client, register, "zhijin")
    for part in (
        "国家级",
        "在册",
        "240 万吨/年",
        "地下开采",
        "云岭矿",
        "贵州省毕节市织金县",
        "C5200002010011120000001",
    ):
        assert part in text
    assert "许可证截止日期" not in shown(client, register, "zhijin").split("公开履历")[1]
    assert "开采方式" not in shown(client, register, "shimian").split("公开履历")[1]


def test_memberships_name_library_batch_decision_and_records(client: StrictClient, register: Register) -> None:
    text = shown(client, register, "zhijin")
    text = text.replace(" ", "")
    assert "省级名录2024年度示例公告〔2024〕12号示例省自然资源厅所依据的公示2024-05-06至今" in text
    assert "国家级名录2025年度示例公告〔2025〕1号" in text
    assert "2026-04-14移出" in shown(client, register, "xiuyan").replace(" ", "")


def test_the_history_is_told_newest_first_with_numbers(client: StrictClient, register: Register) -> None:
    text = shown(client, register, "zhijin").split("公开履历")[2]
    told_in_order = ["更正信息", "纳入国家级名录", "纳入省级名录", "公示结束，通过", "列入省级名单公示", "登记"]
    places = [text.index(title) for title in told_in_order]
    assert places == sorted(places)
    assert "设计生产能力改为“240 万吨/年”" in text and "删去许可证截止日期" in text
    assert "理由：依据新核发的采矿许可证更正。" in text and "第 0 号记录" in text
    assert "省级经办（四川省）" not in text and "省级经办" in text


def test_a_mine_that_was_dropped_reads_why(client: StrictClient, register: Register) -> None:
    """rules.md: 302 noticed, 301 listed."""
    text = shown(client, register, "wildcard")
    assert "公示结束，未纳入" in text and "理由：公示期内收到异议，经查属实。" in text


def test_notices_show_their_state_and_the_days_left(client: StrictClient, register: Register) -> None:
    text = shown(client, register, "changxing")
    assert "公示阶段" in text and "进行中，还剩5天" in text and "已撤回" in text
    assert f"/notices/{register.running_notice}" in client.get(f"/mines/{register.mines['changxing']}").links()


def test_design_nothing_says_that_a_notice_runs_once_it_has_ended(settings: Settings) -> None:
    """design.md: what depends on time is computed from dates; the status holds until the notice is closed."""
    made, register = services(settings)
    later = StrictClient(app_for(replace(made, clock=lambda: NOW + timedelta(days=60))))
    answer = later.get(f"/mines/{register.mines['changxing']}")
    assert "公示阶段" in answer.h1 and "已结束，等待办结" in answer.text
    assert "正在公示" not in answer.text and "公示中" not in answer.text
    made.database.close()


def test_adverse_and_neutral_removals_are_told_apart(client: StrictClient, register: Register) -> None:
    """rules.md "Removal is not one thing"."""
    assert "移出省级名录：弄虚作假 不利移出" in shown(client, register, "xiuyan")
    neutral = shown(client, register, "xiuyan_two")
    assert "移出省级名录：矿山已关闭、采矿许可证已注销 中性移出" in neutral and "不是否定评价" in neutral
    assert "拟移出省级名录：长期停产" in shown(client, register, "fuyang")


def test_a_credit_entry_is_shown_while_it_runs_and_not_a_day_longer(settings: Settings) -> None:
    """信用修复管理办法; design.md: an expired subject is shown in no view, whatever the worker did."""
    made, register = services(settings)
    path = f"/mines/{register.mines['xiuyan']}"
    last = NOW + (date(2028, 4, 19) - date(2026, 11, 18))
    for clock, visible in ((NOW, True), (last, True), (last + timedelta(days=1), False)):
        app = app_for(replace(made, clock=lambda clock=clock: clock))
        answer = StrictClient(app).get(path)
        assert ("失信信息正在公示" in answer.text) is visible
        assert (answer.headers.get("X-Robots-Tag") == "noarchive") is visible
    made.database.close()


def test_other_mines_of_the_holder_are_named(client: StrictClient, register: Register) -> None:
    answer = client.get(f"/mines/{register.mines['xiuyan']}")
    assert f"/mines/{register.mines['xiuyan_two']}" in answer.links() and HOLDER in answer.text


def test_how_to_complain_and_to_report_an_error_is_said(client: StrictClient, register: Register) -> None:
    text = shown(client, register, "zhijin")
    assert "可以匿名投诉" in text and "报告此记录有误" in text
    mine = register.mines["zhijin"]
    assert f"/complaints/new?mine={mine}" in client.get(f"/mines/{mine}").links()


def test_hostile_names_are_words(client: StrictClient, register: Register) -> None:
    """trust.md 6; ASVS 1.2.1: the strict client finds no live markup."""
    answer = client.get(f"/mines/{register.mines['hostile']}")
    assert "=HYPERLINK" in answer.h1 and "<b>" in answer.h1


@pytest.mark.parametrize(
    ("typed", "place"),
    [("GM-520524-9999", "贵州省毕节市织金县"), ("GM-999999-0001", ""), ("C52000", ""), ("%01'\"<", "")],
)
def test_an_unknown_number_gets_a_page_that_helps(client: StrictClient, typed: str, place: str) -> None:
    answer = client.get(f"/mines/{typed}", status=404)
    assert "没有编号为" in answer.text and place in answer.text
    assert any(link.startswith("/mines?q=") for link in answer.links()) or typed == "%01"


def test_a_number_in_another_hand_leads_to_the_mine(client: StrictClient, register: Register) -> None:
    for typed in ("gm-520524-1", "GM-520524-1", "ｇｍ-520524-0001"):
        assert client.get(f"/mines/{typed}", status=301).location == "/mines/GM-520524-0001"
        past = client.get(f"/mines/{typed}?on=2026-01-05", status=301)
        assert past.location == "/mines/GM-520524-0001?on=2026-01-05"
    client.get("/mines/gm-520524-77", status=404)


@pytest.mark.parametrize("on", ["2999-01-01", "x", "2026-02-30", "2026-11-18", "20240501", "９999-01-01", "%01"])
def test_a_day_that_cannot_be_shown_is_told_beside_its_field(client: StrictClient, register: Register, on: str) -> None:
    assert "请填写今天以前的日期" in shown(client, register, "zhijin", f"?on={on}", status=400)


def test_a_past_day_shows_what_held_then(client: StrictClient, register: Register) -> None:
    text = shown(client, register, "zhijin", "?on=2024-12-31")
    assert "2024年12月31日的示例黔西" in text and "180 万吨/年" in text and "2030年1月4日" in text
    assert "在册" in text and "省级" in text and "国家级" not in text and "更正信息" not in text
    assert "本站没有这座矿山在" in shown(client, register, "zhijin", "?on=2023-12-31")
    assert "失信" not in shown(client, register, "xiuyan", "?on=2026-06-01").split("不再重复显示")[1]


PAST: Mapping[tuple[str, str], tuple[MineStatus, Level | None]] = {
    ("zhijin", "2024-01-08"): (MineStatus.REGISTERED, None),
    ("zhijin", "2024-04-08"): (MineStatus.NOTICED, None),
    ("zhijin", "2024-05-05"): (MineStatus.NOTICED, None),
    ("zhijin", "2024-05-06"): (MineStatus.LISTED, Level.PROVINCIAL),
    ("zhijin", "2025-03-03"): (MineStatus.LISTED, Level.NATIONAL),
    ("wildcard", "2024-05-05"): (MineStatus.NOTICED, None),
    ("wildcard", "2024-05-06"): (MineStatus.REGISTERED, None),
    ("xiuyan", "2026-04-13"): (MineStatus.LISTED, Level.PROVINCIAL),
    ("xiuyan", "2026-04-14"): (MineStatus.REMOVED, None),
    ("deqing", "2026-11-15"): (MineStatus.IN_LIBRARY, None),
    ("changxing", "2026-10-12"): (MineStatus.NOTICED, None),
    ("changxing", "2026-10-13"): (MineStatus.REGISTERED, None),
}


def test_the_past_is_folded_from_acts(settings: Settings) -> None:
    """ "/mines?on=DATE" = valid then, as known now (design.md)."""
    made, register = services(settings)
    with made.database.read() as tx:
        for (name, day), expected in PAST.items():
            number = register.mines[name]
            past = mine_on(tx, number, memberships_of(tx, number), moment=Moment(date.fromisoformat(day)))
            assert past is not None and (past.status, past.level) == expected, (name, day)
        for number in register.mines.values():
            now, rows = get_mine(tx, number), memberships_of(tx, number)
            past = mine_on(tx, number, rows, moment=Moment(date(2026, 11, 17)))
            assert past is not None
            assert (past.facts, past.status, past.level) == (now.facts, now.status, now.level)
            assert (
                past.listed_on == now.listed_on and mine_on(tx, number, rows, moment=Moment(date(2024, 1, 7))) is None
            )
    made.database.close()


def test_a_page_costs_the_same_however_long_its_history(client: StrictClient, whole: tuple[Flask, Register]) -> None:
    engine = whole[0].extensions["greenmine"].database.engine
    client.get("/mines")  # the first request of all also looks up the salt of the day
    counted = set()
    for name in ("zhijin", "hostile"):
        with statements(engine) as sent:
            client.get(f"/mines/{whole[1].mines[name]}")
        counted.add(len(sent) + (0 if FACTS[name].holder else 1))
    assert len(counted) == 1 and counted.pop() <= 12


def test_every_kind_of_act_has_a_sentence() -> None:
    assert set(TELLERS) == set(KINDS)


def test_every_status_and_fact_has_words() -> None:
    assert set(STATUS_MEANINGS) == set(MineStatus) == set(STATUS_LABELS)
    assert set(FACT_LABELS) == set(MineFacts.__dataclass_fields__)


ENVELOPES: Mapping[str, Mapping[str, Any]] = {
    "mine.registered": {"region": "520524"},
    "mine.changed": {"set": {"scale": "large", "region": "520524"}, "cleared": ["permit_until"]},
    "directory.listed": {"library": "provincial", "notice": "2024-0001"},
    "notice.published": {"notice_kind": "province_list", "last_day": "2026-11-20"},
    "notice.recounted": {"last_day": "2026-11-20"},
    "notice.closed": {"listed": ["GM-520524-0001"], "dropped": []},
    "removal.proposed": {"level": "provincial", "ground": "fraud", "adverse": True},
    "removal.decided": {"level": "city", "ground": "no_such", "adverse": False, "outcome": "refused"},
    "credit.added": {"register": "serious", "until": "2028-04-20"},
    "credit.ended": {"reason": "term"},
    "calendar.published": {"first": "2018-01-01", "last": "2026-12-31"},
    "book.published": {"region": "520000", "from": "2018-01-01"},
    "complaint.batch": {"day": "2026-11-17", "commitments": ["ab" * 32]},
    "document.removed": {"document": "ab" * 32, "ground": "personal"},
    "record.erased": {"commitment": "ab" * 32},
    "key.rotated": {"old": "0a0b0c0d", "new": "0a0b0c0e", "public": "ab" * 32},
    "checkpoint.recovered": {"size": 3, "root": "ab" * 32},
}
OBJECTS = {"content": "content/news/a", "book": "book/520000/2018-01-01", "mine": "mine/GM-520524-0001"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_is_told_even_when_law_has_removed_its_body(settings: Settings, kind: str) -> None:
    noun = kind.split(".", maxsplit=1)[0]
    envelope = dict(ENVELOPES.get(kind, {}))
    act = ActRow(7, kind, OBJECTS.get(noun, f"{noun}/2026-0001"), "2026-11-18T04:00:00Z", "2026-11-18", "system@000000",
                 envelope, None)  # fmt: skip
    made, _register = services(settings)
    with app_for(made).test_request_context():
        title = told(act, Hearer(reference(), "GM-520524-0001", "520524")).title
        full = told(replace(act, body=WORDS), Hearer(reference(), "GM-520524-0001", "520524"))
    made.database.close()
    assert title and full.title == title and "None" not in full.text and "%" not in full.text


WORDS = {"title": "题", "reason": "因", "result": "果", "organ": "关", "note": "注", "source": "源", "changes": {}}
