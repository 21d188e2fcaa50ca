"""The desk's first page: what waits, the most pressing first, and to each role only what it may do."""

from tests.desk import ADMINISTRATOR, CITY_OFFICER, COUNTY_OFFICER, EDITOR, PROVINCE_COLLEAGUE, PROVINCE_OFFICER
from tests.web.desk.test_credit import ENTRY
from tests.web.desk.test_notice import TITLE, published, written
from tests.web.desk.test_removal import propose
from tests.web.desk_site import DeskSite
from tests.web.strict_client import words

from greenmine.store.content_problem import ProblemRow, keep_problems


def test_queues_hold_what_waits_and_mark_what_is_mine(site: DeskSite) -> None:
    _person, number = published(site)
    written(site)
    removal = propose(site, PROVINCE_OFFICER)
    first = site.as_(PROVINCE_OFFICER)
    page = first.get("/desk")
    text = words(page.page)
    assert "公示期满，待办结（0）" in text and "正在公示（1）" in text and "还剩4天" in text
    assert "移出事项，待决定（1）" in text and "由您提出，须由另一名经办人员决定" in text
    assert "未完成的草稿（1）" in text and "提出移出" in text
    assert f"{removal}/decide" not in page.links()
    assert f"{removal}/decide" in site.as_(PROVINCE_COLLEAGUE).get("/desk").links()
    site.later(days=7)
    later = first.get("/desk")
    assert "公示期满，待办结（1）" in words(later.page) and f"/desk/notices/{number}/close" in later.links()


def test_a_proposed_entry_waits_for_another_officer(site: DeskSite) -> None:
    site.later(days=60)
    city = site.as_(CITY_OFFICER)
    draft = city.send("/desk/credits/new", {"region": "520500"}).location
    city.send(draft, {**ENTRY, "step": "propose"}, form="conduct")
    assert "由您起草或提出" in words(city.get("/desk").page)
    assert f"{draft}/decide" in site.as_(PROVINCE_OFFICER).get("/desk").links()


def test_each_role_sees_only_what_it_may_do(site: DeskSite) -> None:
    published(site)
    county = words(site.as_(COUNTY_OFFICER).get("/desk").page)
    assert "起草公示公告" in county and "失信信息" not in county and "写新闻" not in county
    editor = site.as_(EDITOR).get("/desk")
    assert "写新闻" in words(editor.page) and "待办结" not in words(editor.page)
    administrator = site.as_(ADMINISTRATOR).get("/desk")
    text = words(administrator.page)
    assert "管理人员" in text and "待决定" not in text and "草稿" not in text


def test_a_county_does_not_see_the_acts_of_its_neighbour(site: DeskSite) -> None:
    text = words(site.as_(COUNTY_OFFICER).get("/desk").page)
    assert "演示织金县青山磷矿" in text and "演示纳雍县红岩煤矿" not in text


def test_content_problems_are_shown_to_those_who_mend_them(site: DeskSite) -> None:
    for officer in (EDITOR, ADMINISTRATOR):
        assert "全部内容文件都已读取" in words(site.as_(officer).get("/desk/problems").page)
    site.as_(COUNTY_OFFICER).get("/desk/problems", status=403)


def test_a_malformed_file_is_told_with_line_and_reason_after_the_next_sync(site: DeskSite) -> None:
    """trust.md, "malformed content file": the site goes on, the staff page names file, line and reason."""
    row = ProblemRow("news/2026-11-01-broken.md", 3, "缺少字段 title")
    assert keep_problems(site.services.database, [row]) is True
    assert keep_problems(site.services.database, [row]) is False, "an unchanged report writes nothing"
    page = words(site.as_(EDITOR).get("/desk/problems").page)
    assert all(part in page for part in ("news/2026-11-01-broken.md", "3", "缺少字段 title"))
    assert "1处" in words(site.as_(ADMINISTRATOR).get("/desk").page)
    assert "1处问题" in words(site.as_(EDITOR).get("/status").page)


def test_the_latest_records_are_told_by_name_not_by_number(site: DeskSite) -> None:
    person, number = published(site)
    propose(site, PROVINCE_OFFICER)
    person.send(f"/desk/notices/{number}/withdraw", {"reason": "名单有误。"})
    removal = next(act.object.partition("/")[2] for act in site.acts() if act.kind == "removal.proposed")
    text = words(person.get("/desk").page).partition("本辖区最近的公开记录")[2]
    assert f"{number}。" not in text and f"{removal}。" not in text
    assert text.count(TITLE) == 2 and "演示织金县大坪磷矿" in text
