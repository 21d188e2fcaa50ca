"""Notices as readers see them: the 21 real ones, the golden cases, the states by instant, corrections, lists."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.announced import publish_notice
from tests.desk import instant
from tests.migrated import fill
from tests.reference_data import reference
from tests.web.clock_site import Site, open_site, text_of
from tests.web.real_notices import enter_all, golden_cases, preset_of, real_notices
from tests.web.register import FACTS, FIRST, NOW, build
from tests.web.register import site as register_site
from tests.web.strict_client import StrictClient, words

from greenmine.config import Settings
from greenmine.domain.mine import Level, Library
from greenmine.domain.notice import NoticeDraft, NoticeItem
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.region import COUNTRY
from greenmine.store.notice import get_notice
from greenmine.usecases.notice import close_notice, correct_notice, withdraw_notice


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = open_site(tmp_path / "data")
    yield made
    made.services.database.close()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, str]]]:
    """A site that holds the 21 real notices; numbers by id."""
    made = open_site(tmp_path_factory.mktemp("real") / "data")
    yield made, enter_all(made.services.database)
    made.services.database.close()


def draft(**changes: object) -> NoticeDraft:
    values: dict[str, object] = {
        "kind": "province_list", "level": Level.PROVINCIAL, "region": "520000", "issuer": "示例省自然资源厅",
        "title": "关于拟纳入名录矿山的公示", "text": "现予公示。", "columns": ("序号", "矿山名称"),
        "items": (NoticeItem("示例矿", ("1", "示例矿")),), "contact": "0000-00000000", "first_day": date(2026, 11, 16),
        "period": PeriodRule(PeriodUnit.WORKDAY, 5, first_day_counted=True, rolls_over=False, cutoff=time(16, 0)),
    }  # fmt: skip
    return NoticeDraft(**{**values, **changes})  # type: ignore[arg-type]


def publish(site: Site, made: NoticeDraft, at: datetime) -> str:
    with site.services.database.write() as tx:
        return publish_notice(tx, made, reference=reference(), officer=FIRST, at=at)


# --- the 21 real notices ---------------------------------------------------------------------------------


@pytest.mark.parametrize("row", real_notices(), ids=lambda row: row["id"])
def test_every_real_notice_can_be_entered_and_shows_what_it_printed(
    real: tuple[Site, dict[str, str]], row: dict[str, str]
) -> None:
    site, numbers = real
    answer = site.client.get(f"/notices/{numbers[row['id']]}")
    text = words(answer.page.find("./body"))
    assert answer.h1.startswith(row["title"])
    assert answer.meta("ContentSource") == row["issuer"]
    for column in preset_of(row).columns:
        assert column in text
    if preset_of(row).period is None:
        assert "没有公示期" in text
    elif row["period_end"]:
        first, last = (date.fromisoformat(row[name]) for name in ("period_start", "period_end"))
        assert f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日" in text


@pytest.mark.parametrize(
    ("row", "exact"),
    [
        ("N01", "2020年10月20日 16:00:00"),
        ("N02", "2020年10月10日 23:59:59"),  # 25、27（调休）、28、29、30日，10月9日、10日（调休）
        ("N05", "2024年4月8日 23:59:59"),
        ("N07", "2025年1月26日 23:59:59"),
        ("N08", "2021年1月5日 23:59:59"),
    ],
)
def test_the_exact_end_is_printed_to_the_second(real: tuple[Site, dict[str, str]], row: str, exact: str) -> None:
    site, numbers = real
    assert f"{exact}（北京时间，含这一秒）" in text_of(site, f"/notices/{numbers[row]}")


def test_n01_tells_who_must_sign_and_that_late_objections_are_refused(real: tuple[Site, dict[str, str]]) -> None:
    site, numbers = real
    text = text_of(site, f"/notices/{numbers['N01']}")
    for word in (
        "法定代表人签字",
        "单位公章",
        "手印",
        "末日16:00（北京时间）",
        "当日计为第1日",
        "超过期限的异议不予受理",
    ):
        assert word in text


def test_n05_and_n07_name_the_sunday_worked_in_exchange(real: tuple[Site, dict[str, str]]) -> None:
    site, numbers = real
    assert "2024年4月7日 星期日 第5日 调休上班日" in text_of(site, f"/notices/{numbers['N05']}")
    assert "清明节" in text_of(site, f"/notices/{numbers['N05']}")
    assert "2025年1月26日 星期日 第5日 调休上班，计入" in text_of(site, f"/notices/{numbers['N07']}")


@pytest.mark.parametrize("case", golden_cases(), ids=lambda case: case["case"])
def test_golden_cases_come_out_right_on_the_page(site: Site, case: dict[str, str]) -> None:
    start, end = date.fromisoformat(case["start"]), date.fromisoformat(case["end"])
    stated = int(case["stated_workdays"]) if case["stated_workdays"] else None
    rule = PeriodRule(
        PeriodUnit.WORKDAY if stated else PeriodUnit.DATES, stated, first_day_counted=True, rolls_over=False
    )
    number = publish(site, draft(period=rule, first_day=start, last_day=None if stated else end), instant(start))
    page = site.client.get(f"/notices/{number}").page
    table = next(node for node in page.iter("table") if words(node.find("caption")) == "公示期逐日计算")
    rows = [[words(cell) for cell in row] for row in table.iter("tr")][1:]
    assert len(rows) == (end - start).days + 1
    assert [row[2] for row in rows if row[2] != "—"][-1] == f"第{case['workdays_counting_first_day']}日"
    assert f"{end.year}年{end.month}月{end.day}日 23:59:59" in words(page)


# --- states by instant (trust.md: told from dates, not from a job) ----------------------------------------


@pytest.mark.parametrize(
    ("now", "state", "left"),
    [
        (datetime(2026, 11, 18, 4, tzinfo=UTC), "进行中", "还剩2天"),
        (datetime(2026, 11, 20, 7, 59, 59, tzinfo=UTC), "进行中", "今天截止"),
        (datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC), "进行中", "今天截止"),
        (datetime(2026, 11, 20, 8, 0, 1, tzinfo=UTC), "已结束", "等待办结"),
    ],
)
def test_the_state_follows_the_instant_of_the_request(site: Site, now: datetime, state: str, left: str) -> None:
    number = publish(site, draft(), instant(date(2026, 11, 16)))
    site.clock.now = now
    assert site.client.get(f"/notices/{number}").h1.endswith(state)
    rows = [words(node) for node in site.client.get("/notices").page.iter("tr")]
    assert rows[1].endswith(f"{state} {left}")
    running = text_of(site, "/notices?state=running")
    assert ("关于拟纳入名录矿山的公示" in running) is (state == "进行中")


def test_a_notice_that_begins_later_is_told_as_not_begun(site: Site) -> None:
    """ZJ-11, ZJ-13: from midnight of its first day in Shanghai it runs, and not a second before."""
    number = publish(site, draft(), instant(date(2026, 11, 13)))
    site.clock.now = datetime(2026, 11, 15, 15, 59, 59, tzinfo=UTC)
    assert site.client.get(f"/notices/{number}").h1.endswith("未开始")
    assert "公示自2026年11月16日开始" in text_of(site, f"/notices/{number}")
    assert "关于拟纳入名录矿山的公示" in text_of(site, "/notices?state=upcoming")
    assert "关于拟纳入名录矿山的公示" not in text_of(site, "/notices?state=running")
    site.clock.now = datetime(2026, 11, 15, 16, 0, 0, tzinfo=UTC)
    assert site.client.get(f"/notices/{number}").h1.endswith("进行中")


def test_each_mine_that_was_listed_is_named_in_the_record_of_its_notice(tmp_path: Path) -> None:
    """ZJ-15: lines of the record that say the same tell nothing."""
    made = open_site(tmp_path / "register")
    filled = fill(made.services.database, build)
    text = text_of(made, f"/notices/{filled.closed_notice}")
    made.services.database.close()
    for mine in ("zhijin", "wengan"):
        assert f"纳入：{FACTS[mine].name}" in text


def test_an_empty_state_says_so_and_leads_back(site: Site) -> None:
    assert "还没有公示公告" in text_of(site, "/notices")
    publish(site, draft(), instant(date(2026, 11, 16)))
    text = text_of(site, "/notices?state=withdrawn")
    assert "没有符合条件的公示公告" in text
    assert "查看全部公示公告" in text


def test_a_period_beyond_the_calendar_is_provisional_and_explained(site: Site) -> None:
    site.clock.now = instant(date(2026, 12, 28))
    rule = PeriodRule(PeriodUnit.WORKDAY, 15, first_day_counted=True, rolls_over=False)
    number = publish(site, draft(period=rule, first_day=date(2026, 12, 28)), instant(date(2026, 12, 28)))
    text = text_of(site, f"/notices/{number}")
    assert "截止时刻为暂定" in text
    assert "本站日历未收录该日放假安排" in text
    assert "暂定" in text_of(site, "/notices")


# --- corrections, withdrawal, outcomes --------------------------------------------------------------------


def test_a_correction_is_said_on_the_original_with_what_stood_before(site: Site) -> None:
    number = publish(site, draft(), instant(date(2026, 11, 16)))
    with site.services.database.write() as tx:
        row = get_notice(tx, number)
        correct_notice(
            tx, number, title="关于拟纳入名录矿山的公示（更正）", text=row.text, contact=row.contact,
            reason="标题有误。", seen_act=row.last_act, reference=reference(), officer=FIRST, at=NOW,
        )  # fmt: skip
        corrected = get_notice(tx, number).last_act
    text = text_of(site, f"/notices/{number}")
    assert f"本件已更正 2026年11月18日更正。理由：标题有误。（第 {corrected} 号记录）" in text
    page = site.client.get(f"/notices/{number}").page
    assert [words(node) for node in page.iter("del")] == ["关于拟纳入名录矿山的公示"]
    assert [words(node) for node in page.iter("ins")] == ["关于拟纳入名录矿山的公示（更正）"]


def test_a_withdrawal_is_said_on_the_original_which_stays(site: Site) -> None:
    number = publish(site, draft(), instant(date(2026, 11, 16)))
    with site.services.database.write() as tx:
        withdraw_notice(tx, number, reason="名单有误。", reference=reference(), officer=FIRST, at=NOW)
    text = text_of(site, f"/notices/{number}")
    assert "本件已撤回 2026年11月18日撤回。理由：名单有误。" in text
    assert "示例矿" in text
    assert "本件已撤回，不再受理异议" in text
    assert "请在" not in text


def test_the_way_online_is_a_link_and_never_a_form_on_a_cached_page(site: Site) -> None:
    number = publish(site, draft(), instant(date(2026, 11, 16)))
    answer = site.client.get(f"/notices/{number}")
    assert "0000-00000000" in words(answer.page.find("./body"))
    main = next(answer.page.iter("main"))
    assert f"/notices/{number}/objection" in {node.get("href") for node in main.iter("a")}
    assert not [node for node in main.iter("form") if node.get("method") == "post"]
    site.clock.now = instant(date(2026, 12, 16))
    assert f"/notices/{number}/objection" not in site.client.get(f"/notices/{number}").text


def test_a_closed_notice_tells_the_outcome_of_each_mine(settings: Settings) -> None:
    app, register = register_site(settings)
    client = StrictClient(app)
    page = client.get(f"/notices/{register.closed_notice}").page
    table = next(node for node in page.iter("table") if words(node.find("caption")).startswith("名单"))
    rows = [words(row) for row in table.iter("tr")][1:]
    assert [("未纳入" in row, "纳入省级名录" in row) for row in rows] == [(False, True), (False, True), (True, False)]
    assert "公示期内收到异议，经查属实。" in rows[2]
    hrefs = {node.get("href") for node in table.iter("a")}
    assert f"/mines/{register.mines['zhijin']}" in hrefs
    sheet = list(
        csv.reader(io.StringIO(client.get(f"/notices/{register.closed_notice}/list.csv").text.lstrip("\ufeff")))
    )
    assert sheet[0] == ["序号", "矿山名称", "备注", "矿山编号", "结果", "理由", "记录号"]
    assert sheet[3][4:6] == ["未纳入", "公示期内收到异议，经查属实。"]


# --- long lists, filters, downloads -----------------------------------------------------------------------


def test_a_list_of_more_than_200_lines_is_paged_and_downloadable_whole(site: Site) -> None:
    items = tuple(NoticeItem(f"示例{n}矿", (str(n), f"示例{n}矿")) for n in range(1, 303))  # N08 printed 302
    number = publish(site, draft(items=items), instant(date(2026, 11, 16)))
    first, last = text_of(site, f"/notices/{number}"), text_of(site, f"/notices/{number}?list=4")
    assert "示例100矿" in first
    assert "示例101矿" not in first
    assert "示例302矿" in last
    beyond = site.client.get(f"/notices/{number}?list=5", status=404)
    assert {f"/notices/{number}?list=4", f"/notices/{number}"} <= set(beyond.links())
    assert site.client.get(f"/notices/{number}/list.csv").text.count("\r\n") == 303


def test_no_cell_or_title_of_a_downloaded_list_is_a_formula(site: Site) -> None:
    """trust.md 7; ASVS 1.2.10: titles of columns are as the office typed them."""
    item = NoticeItem("+1矿", ("＝1", "+1矿"), note="\t=1")
    number = publish(site, draft(columns=("=cmd", "矿山名称"), items=(item,)), instant(date(2026, 11, 16)))
    rows = list(csv.reader(io.StringIO(site.client.get(f"/notices/{number}/list.csv").text.lstrip("\ufeff"))))
    assert rows[0][0] == "'=cmd"
    assert rows[1][:3] == ["'＝1", "'+1矿", "'\t=1"]


def test_filters_narrow_and_the_csv_holds_exactly_the_result(real: tuple[Site, dict[str, str]]) -> None:
    site, numbers = real
    for query, wanted in (
        ("region=210000", {"N07", "N18"}),
        ("kind=removal", {"N12", "N13", "N14", "N15"}),
        ("level=city", {"N03", "N16"}),
        ("year=2013", {"N09"}),
        ("q=山西省自然资源厅", {"N01", "N05"}),
        ("q=%25", set()),
        ("state=running", set()),
    ):
        sheet = csv.reader(io.StringIO(site.client.get(f"/notices.csv?{query}").text.lstrip("\ufeff")))
        assert {row[0] for row in list(sheet)[1:]} == {numbers[name] for name in wanted}, query
        listed = {link for link in site.client.get(f"/notices?{query}").links() if link.startswith("/notices/")}
        assert listed == {f"/notices/{numbers[name]}" for name in wanted}, query


def regions_offered(site: Site, path: str) -> dict[str, str]:
    """Address → words of every region to narrow the list of notices to."""
    links = next(site.client.get(path).page.iter("main")).iter("a")
    return {link.get("href", ""): words(link) for link in links if "/notices?region=" in link.get("href", "")}


def test_notices_of_the_national_authority_can_be_asked_for(site: Site) -> None:
    publish(site, draft(), instant(date(2026, 11, 16)))
    assert set(regions_offered(site, "/notices")) == {"/notices?region=520000"}, "no option that finds nothing"
    national = draft(kind="national_list", level=Level.NATIONAL, region=COUNTRY, title="国家级名单公示")
    with site.services.database.write() as tx:
        number = publish_notice(tx, national, reference=reference(), officer=None, at=instant(date(2026, 11, 16)))
    offered = regions_offered(site, "/notices")
    assert set(offered) == {"/notices?region=000000", "/notices?region=520000"}
    assert offered["/notices?region=000000"].startswith("国家")
    listed = {link for link in site.client.get("/notices?region=000000").links() if link.startswith("/notices/")}
    assert listed == {f"/notices/{number}"}
    sheet = csv.reader(io.StringIO(site.client.get("/notices.csv?region=000000").text.lstrip("\ufeff")))
    assert [row[0] for row in sheet][1:] == [number]
    assert number not in site.client.get("/notices.csv?region=520000").text


def test_the_tab_of_a_state_counts_what_it_leads_to(real: tuple[Site, dict[str, str]]) -> None:
    site, _numbers = real
    for query in ("", "region=210000", "kind=removal", "q=山西省自然资源厅", "region=210000&state=running"):
        page = site.client.get(f"/notices?{query}").page
        tabs = next(node for node in page.iter("nav") if node.get("aria-label") == "公示公告状态")
        for tab in tabs.iter("a"):
            counted = int(words(tab).rsplit(" ", 1)[1])
            assert f"共 {counted} 条" in text_of(site, tab.get("href", "")), (query, words(tab))


def test_a_page_beyond_the_last_leads_back_with_the_filters(site: Site) -> None:
    for _each in range(26):
        publish(site, draft(), instant(date(2026, 11, 16)))
    publish(site, draft(region="330000"), instant(date(2026, 11, 16)))
    answer = site.client.get("/notices?region=520000&page=99", status=404)
    main = next(answer.page.iter("main"))
    assert answer.h1 == "没有这一页" and answer.meta("robots") == "noindex"
    assert "共有 26 条、2 页" in words(main)
    assert [(words(link), link.get("href")) for link in main.iter("a")] == [
        ("看最后一页", "/notices?page=2&region=520000"),
        ("从第一页看起", "/notices?region=520000"),
    ]


@pytest.mark.parametrize("query", ["kind=x", "level=x", "state=x", "year=20x6", "region=999999", "page=0", "page=99"])
def test_values_that_do_not_exist_answer_404(site: Site, query: str) -> None:
    assert "没有" in site.client.get(f"/notices?{query}", status=404).h1


def test_cells_of_a_download_are_no_formulas(site: Site) -> None:
    title = '=HYPERLINK("http://evil.example")'
    publish(site, draft(title=title, issuer="+cmd|' /C calc'!A0"), instant(date(2026, 11, 16)))
    row = list(csv.reader(io.StringIO(site.client.get("/notices.csv").text.lstrip("\ufeff"))))[1]
    assert row[1] == f"'{title}"
    assert row[5].startswith("'+cmd")


def test_unknown_notice_is_404(site: Site) -> None:
    assert "2026-9999" in site.client.get("/notices/2026-9999", status=404).text


def test_closing_needs_no_job_to_be_seen_as_ended(site: Site) -> None:
    number = publish(site, draft(enters=Library.PROVINCIAL, items=(NoticeItem("示例矿", ("1", "示例矿")),)),
                     instant(date(2026, 11, 16)))  # fmt: skip
    site.clock.now = instant(date(2026, 11, 20)) + timedelta(hours=5)
    assert "等待办结" in text_of(site, "/notices?state=ended")
    with site.services.database.write() as tx:
        close_notice(tx, number, listed=frozenset(), reasons={}, result="公示期满，无异议。", listing=None,
                     reference=reference(), officer=FIRST, at=site.clock.now)  # fmt: skip
    assert "公示结果：公示期满，无异议。" in text_of(site, f"/notices/{number}")


def test_a_page_of_the_list_asks_the_database_as_often_for_one_notice_as_for_25(site: Site) -> None:
    def statements(path: str) -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        event.listen(site.services.database.engine, "before_cursor_execute", note)
        site.client.get(path)
        event.remove(site.services.database.engine, "before_cursor_execute", note)
        return len(asked)

    publish(site, draft(), instant(date(2026, 11, 16)))
    site.client.get("/notices")  # the first request of all also looks up the salt of the day
    few = statements("/notices")
    for _each in range(30):
        publish(site, draft(), instant(date(2026, 11, 16)))
    assert statements("/notices") == few
    assert statements("/notices?page=2") == few
