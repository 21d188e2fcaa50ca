"""A notice from its first draft to its end: every story as the officers of county, city and province walk it."""

import io
from datetime import date

import pytest
from tests.desk import CITY_OFFICER, COUNTY_OFFICER, GUIZHOU, PROVINCE_COLLEAGUE, PROVINCE_OFFICER, ZHIJIN
from tests.web.desk_site import DeskSite, Person
from tests.web.strict_client import words

from greenmine.domain.officer import Officer
from greenmine.store.draft import get_draft
from greenmine.store.mine import get_mine
from greenmine.store.notice import get_notice, items_of

TITLE = "演示2026年第一批省级绿色矿山名单公示"


def start(
    site: DeskSite, officer: Officer = PROVINCE_OFFICER, *, region: str = GUIZHOU, **more: str
) -> tuple[Person, str]:
    """A new draft; the browser and the draft's address."""
    person = site.as_(officer)
    data = {"kind": "province_list", "level": "provincial", "region": region, "preset": "", **more}
    return person, person.send("/desk/notices/new", data).location


def written(site: DeskSite, *, period: dict[str, str] | None = None) -> tuple[Person, str]:
    """A draft with words and two mines in its list."""
    person, draft = start(site)
    words_of = {"title": TITLE, "issuer": "演示自然资源厅", "text": "现将名单予以公示。", "unit": "workday",
                "days": "5", "first_day_counted": "y", "first_day": "2026-03-02", **(period or {})}  # fmt: skip
    person.send(draft, words_of, form="title")
    lines = f"{site.mines['qingshan']}｜1｜演示织金县青山磷矿｜织金县\n2｜演示织金县白云煤矿｜织金县"
    person.send(f"{draft}/list", {"lines": lines, "step": "next"}, form="lines")
    return person, draft


def published(site: DeskSite) -> tuple[Person, str]:
    """The number of a notice that runs."""
    person, draft = written(site)
    answer = person.send(f"{draft}/preview", form="version")
    return person, answer.location.partition("?")[0].rpartition("/")[2]


def test_zj_13_a_province_notice_from_draft_to_listing(site: DeskSite) -> None:
    person, number = published(site)
    act = site.last_act()
    assert (act.kind, act.by, site.person_of(act.n)) == ("notice.published", "province@520000", PROVINCE_OFFICER.id)
    with site.services.database.read() as tx:
        row, items = get_notice(tx, number), items_of(tx, number)
    assert (row.title, row.last_day, row.days, row.first_day_counted) == (TITLE, date(2026, 3, 6), 5, True)
    assert [item.mine for item in items] == [site.mines["qingshan"], site.mines["baiyun"]]
    person.get(f"/desk/notices/{number}/close", status=409)
    site.later(days=7)
    chosen = person.send(
        f"/desk/notices/{number}/close", {"dropped": site.mines["baiyun"], "step": "choose"}, status=200
    )
    assert "未纳入的理由" in words(chosen.page)
    told = {
        "dropped": site.mines["baiyun"], f"reason-{site.mines['baiyun']}": "安全生产许可证未核发。",
        "result": "公示期满，一座纳入。", "organ": "演示自然资源厅", "decision_no": "演示〔2026〕2号",
        "since": "2026-03-09", "step": "close",
    }  # fmt: skip
    person.post(f"/desk/notices/{number}/close", token(person, number) | told)
    with site.services.database.read() as tx:
        assert get_mine(tx, site.mines["qingshan"]).status == "listed"
        assert get_mine(tx, site.mines["baiyun"]).status == "registered"
    assert [act.kind for act in site.acts()[-2:]] == ["notice.closed", "directory.listed"]
    assert {site.person_of(act.n) for act in site.acts()[-2:]} == {PROVINCE_OFFICER.id}
    person.post(f"/desk/notices/{number}/close", token(person, number) | told, status=409)


@pytest.mark.parametrize("missing", ["organ", "since", "result"])
def test_a_closing_sent_without_a_field_is_told_so_beside_it_and_closes_nothing(site: DeskSite, missing: str) -> None:
    person, number = published(site)
    site.later(days=7)
    close, before = f"/desk/notices/{number}/close", site.state()
    told = {"result": "公示期满。", "organ": "演示自然资源厅", "since": "2026-03-09", "step": "close"}
    for sent in (
        {**told, missing: ""},
        {**told, missing: " "},
        {name: value for name, value in told.items() if name != missing},
    ):
        answer = person.post(close, token(person, number) | sent, status=400)
        assert answer.page.find(f".//*[@id='{missing}'][@aria-invalid='true']") is not None
        typed = [node for node in answer.page.iter() if node.get("name") in {"organ", "since", "result"} - {missing}]
        assert {node.get("value") or words(node) for node in typed} <= set(told.values()), "nothing typed is lost"
        assert len(typed) == 2 and site.state() == before


def test_a_mine_left_out_twice_in_one_form_is_left_out_once(site: DeskSite) -> None:
    person, number = published(site)
    site.later(days=7)
    told = {
        "dropped": [site.mines["baiyun"]] * 2, f"reason-{site.mines['baiyun']}": "未核发。", "result": "公示期满。",
        "organ": "演示自然资源厅", "since": "2026-03-09", "step": "close",
    }  # fmt: skip
    person.post(f"/desk/notices/{number}/close", token(person, number) | told)
    assert [act.kind for act in site.acts()[-2:]] == ["notice.closed", "directory.listed"]


def token(person: Person, number: str) -> dict[str, str]:
    """A forgery token of this browser."""
    main = next(person.get("/desk/notices/new").page.iter("main"))
    node = next(each for each in main.iter("input") if each.get("name") == "csrf_token")
    return {"csrf_token": node.get("value", "")}


def test_the_preview_is_the_public_page(site: DeskSite) -> None:
    person, draft = written(site)
    before = site.state()
    preview = words(person.get(f"{draft}/preview").page)
    assert site.state() == before
    number = person.send(f"{draft}/preview", form="version").location.partition("?")[0].rpartition("/")[2]
    main = next(site.as_(None).get(f"/notices/{number}").page.iter("main"))
    for section in main.iter("section"):
        assert words(section) in preview
    assert "2026年3月6日 23:59:59" in preview


def test_asvs_2_3_4_a_second_click_publishes_nothing(site: DeskSite) -> None:
    person, draft = written(site)
    person.get(f"{draft}/preview")
    values = token(person, "") | {"version": "3"}
    person.post(f"{draft}/publish", values)
    before = site.size()
    second = person.post(f"{draft}/publish", values, status=409)
    assert "已经发布" in second.h1 and "/notices/2026-0001" in second.links()
    assert site.size() == before
    person.get(draft, status=409)


def test_a_rule_of_the_books_fills_period_and_terms_and_all_can_be_changed(site: DeskSite) -> None:
    person, draft = start(site, preset="shanxi_signed")
    shown = person.get(draft)
    values = {node.get("name"): node.get("value") for node in shown.page.iter("input")}
    assert (values["days"], values["cutoff"], values["first_day"]) == ("5", "16:00", "2026-03-02")
    ticked = {node.get("value") for node in shown.page.iter("input") if node.get("checked") is not None}
    assert {"seal", "fingerprint", "anonymous"} & ticked
    person.send(draft, {"title": TITLE, "issuer": "演示厅", "days": "7", "cutoff": "12:30"}, form="title")
    with site.services.database.read() as tx:
        data = get_draft(tx, int(draft.rpartition("/")[2])).data
    assert (data["days"], data["cutoff"]) == ("7", "12:30")


def test_bad_input_keeps_everything_typed(site: DeskSite) -> None:
    person, draft = start(site)
    bad = {"title": TITLE, "issuer": "", "text": "正文一段。", "first_day": "明天", "days": "五", "cutoff": "25点",
           "enters": "moon"}  # fmt: skip
    answer = person.send(draft, bad, form="title", status=400)
    text = words(answer.page)
    assert answer.title.startswith("错误：") and "日期请按" in text and "时刻请按" in text and "请填写整数" in text
    values = {node.get("name"): node.get("value") for node in answer.page.iter("input")}
    assert (values["title"], values["first_day"], values["days"]) == (TITLE, "明天", "五")
    again = person.get(draft)
    assert {node.get("name"): node.get("value") for node in again.page.iter("input")}["first_day"] == "明天"
    refused = person.get(f"{draft}/preview", status=400)
    assert "还不能发布" in words(refused.page)


def test_an_uploaded_list_is_taken_as_printed(site: DeskSite) -> None:
    person, draft = start(site)
    table = "序号,矿山名称,所在县\n1,演示织金县青山磷矿,织金县\n2,演示无名矿,织金县\n".encode("gb18030")
    person.send(f"{draft}/list", {"table": (io.BytesIO(table), "名单.csv")}, form="lines")
    shown = words(person.get(f"{draft}/list").page)
    assert site.mines["qingshan"] in shown and "有1行未对应" in shown
    refused = person.send(f"{draft}/list", {"table": (io.BytesIO(b"<html>"), "名单.csv")}, form="lines", status=400)
    assert "内容与后缀名不符" in words(refused.page)
    assert site.mines["qingshan"] in words(refused.page)


def test_mines_are_found_and_picked(site: DeskSite) -> None:
    person, draft = start(site)
    found = person.get(f"{draft}/list?q=白云")
    assert site.mines["baiyun"] in words(found.page)
    person.send(f"{draft}/list?q={site.mines['baiyun']}", form="mine")
    assert f"{site.mines['baiyun']}｜1｜演示织金县白云煤矿｜织金县" in words(person.get(f"{draft}/list").page)


def test_a_county_publishes_for_itself_only(site: DeskSite) -> None:
    county = site.as_(COUNTY_OFFICER)
    refused = county.send("/desk/notices/new", {"kind": "county_check", "level": "provincial", "region": GUIZHOU},
                          status=400)  # fmt: skip
    assert "请从列表中选择" in words(refused.page)
    person, draft = start(site, COUNTY_OFFICER, region=ZHIJIN, kind="county_check", level="county")
    person.send(draft, {"title": "演示县级核查意见公示", "issuer": "演示局", "unit": "dates", "days": "",
                        "first_day": "2026-03-02", "last_day": "2026-03-09", "enters": ""}, form="title")  # fmt: skip
    lines = {"columns": "序号｜矿山名称", "lines": f"{site.mines['nayong']}｜1｜演示纳雍县红岩煤矿"}
    person.send(f"{draft}/list", lines, form="lines")
    assert "不在发布机关的辖区内" in words(person.get(f"{draft}/preview", status=400).page)


def test_two_officers_on_one_draft_lose_nothing(site: DeskSite) -> None:
    first, draft = written(site)
    second = site.as_(PROVINCE_COLLEAGUE)
    shown = second.get(draft)
    assert shown.status == 200
    first.send(draft, {"contact": "甲处 0851-0000000"}, form="title")
    old = {node.get("name"): node.get("value", "") for node in shown.page.iter("input") if node.get("type") == "hidden"}
    answer = second.post(
        draft, {**old, "title": "演示另拟标题", "issuer": "演示厅", "unit": "", "enters": ""}, status=409
    )
    text = words(answer.page)
    assert "另一名经办人员" in text and "甲处" in text and "演示另拟标题" in text
    version = next(node.get("value", "") for node in answer.page.iter("input") if node.get("name") == "version")
    second.post(draft, {**old, "version": version, "title": "演示另拟标题", "issuer": "演示厅", "unit": "workday",
                        "days": "5", "first_day": "2026-03-02", "enters": ""})  # fmt: skip
    with site.services.database.read() as tx:
        kept = get_draft(tx, int(draft.rpartition("/")[2]))
    assert kept.data["title"] == "演示另拟标题" and kept.updated_by == PROVINCE_COLLEAGUE.id


def test_a_correction_is_previewed_and_a_second_officer_sees_what_changed(site: DeskSite) -> None:
    first, number = published(site)
    address = f"/desk/notices/{number}/correct"
    second = site.as_(PROVINCE_COLLEAGUE)
    stale = {node.get("name"): node.get("value", "") for node in second.get(address).page.iter("input")
             if node.get("type") == "hidden"}  # fmt: skip
    preview = first.send(
        address, {"contact": "乙处", "reason": "补充联系方式", "step": "preview"}, status=200, form="reason"
    )
    assert "乙处" in words(preview.page) and site.last_act().kind == "notice.published"
    first.send(address, {"contact": "乙处", "reason": "补充联系方式", "step": "publish"}, form="reason")
    assert site.last_act().kind == "notice.corrected"
    typed = {**stale, "title": TITLE + "（更正）", "text": "现将名单予以公示。", "contact": "", "reason": "标题有误",
             "step": "publish"}  # fmt: skip
    answer = second.post(address, typed, status=409)
    assert "您打开后" in words(answer.page) and "乙处" in words(answer.page)
    shown = {node.get("name"): node.get("value", "") for node in answer.page.iter("input")}
    assert shown["title"] == TITLE + "（更正）"
    second.post(address, {**typed, "seen_act": shown["seen_act"], "contact": "乙处"})
    assert site.person_of(site.last_act().n) == PROVINCE_COLLEAGUE.id


def test_a_withdrawn_notice_says_why(site: DeskSite) -> None:
    person, number = published(site)
    person.send(f"/desk/notices/{number}/withdraw", {"reason": ""}, status=400)
    person.send(f"/desk/notices/{number}/withdraw", {"reason": "名单有误，重新公示。"})
    assert "名单有误，重新公示。" in words(site.as_(None).get(f"/notices/{number}").page)
    again = {"reason": "再撤一次"} | token(person, number)
    person.post(f"/desk/notices/{number}/withdraw", again, status=409)


def test_another_level_and_another_county_may_look_or_not_but_change_nothing(site: DeskSite) -> None:
    _person, number = published(site)
    before = site.state()
    for officer in (CITY_OFFICER, COUNTY_OFFICER):
        person = site.as_(officer)
        for deed in ("", "/close", "/correct", "/withdraw"):
            person.get(f"/desk/notices/{number}{deed}", status=404)
    assert site.state() == before


def test_asvs_15_3_3_foreign_fields_change_nothing_of_a_draft(site: DeskSite) -> None:
    person, draft = start(site, COUNTY_OFFICER, region=ZHIJIN, kind="county_check", level="county")
    extra = {"kind": "national_list", "level": "national", "region": GUIZHOU, "state": "published", "role": "province",
             "created_by": "1", "created_at": "1999-01-01", "files": "x", "act": "0", "rule": "none"}  # fmt: skip
    person.send(draft, {"title": TITLE, "issuer": "演示局", **extra}, form="title")
    with site.services.database.read() as tx:
        kept = get_draft(tx, int(draft.rpartition("/")[2]))
    assert (kept.data["kind"], kept.data["level"], kept.region, kept.state) == (
        "county_check",
        "county",
        ZHIJIN,
        "open",
    )
    assert kept.created_by == COUNTY_OFFICER.id and "files" not in kept.data and kept.data.get("rule") != "none"
    started = person.send("/desk/notices/new", {"kind": "county_check", "level": "county", "region": ZHIJIN,
                          "preset": "", "state": "published", "created_by": "1"})  # fmt: skip
    with site.services.database.read() as tx:
        assert get_draft(tx, int(started.location.rpartition("/")[2])).created_by == COUNTY_OFFICER.id


def test_a_first_day_before_1949_is_told_beside_its_field(site: DeskSite) -> None:
    person, draft = written(site)
    for day, sentence in (("0001-01-01", "年份应在1800至2199之间。"), ("1949-09-30", "不能早于1949年10月1日")):
        answer = person.send(draft, {"first_day": day}, form="title", status=400)
        field = next(node for node in answer.page.iter("input") if node.get("name") == "first_day")
        assert field.get("aria-invalid") == "true" and sentence in words(answer.page)
        assert person.get(f"{draft}/preview", status=400).document is not None
