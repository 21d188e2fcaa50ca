"""What the words page of a notice refuses is kept as typed, and neither previewed nor published from another page."""

import pytest
from tests.web.desk.test_notice import token, written
from tests.web.desk_site import DeskSite, sent_by
from tests.web.strict_client import Answer, words

from greenmine.store.draft import get_draft

DATES = {"unit": "dates", "days": "", "first_day": "2026-03-02", "last_day": "2026-03-09"}


def hrefs(answer: Answer) -> set[str]:
    """Links with the place in the page they lead to."""
    return {node.get("href", "") for node in answer.page.iter("a")}


@pytest.mark.parametrize(
    ("typed", "label", "sentence"),
    [
        ({"cutoff": "16点"}, "末日截止钟点", "时刻请按"),
        ({"cutoff": "25:00"}, "末日截止钟点", "时刻请按"),
        ({"last_day": "2026-11-31"}, "截止日", "日期请按"),
        ({**DATES, "last_day": "2026-11-31"}, "截止日", "日期请按"),
        ({"days": "五"}, "天数", "请填写整数"),
        ({"unit": "week"}, "期限", "请从列表中选择"),
        ({"enters": "moon"}, "公示期满后纳入", "请从列表中选择"),
        ({"forms": "x"}, "提出方式", "请从列表中选择"),
        ({"title": "演" * 500}, "标题", "不能超过300个字"),
        ({"text": "演" * 200_001}, "正文", "不能超过200000个字"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_asvs_2_2_2_what_the_words_page_refuses_is_refused_at_step_4_too(
    site: DeskSite, typed: dict[str, str], label: str, sentence: str
) -> None:
    person, draft = written(site)
    person.send(draft, typed, form="title", status=400)
    preview = person.get(f"{draft}/preview", status=400)
    told = words(preview.page)
    assert label in told and sentence in told
    field = list(typed)[-1] if "last_day" in typed else next(iter(typed))
    assert f"{draft}#{field}" in hrefs(preview)
    with site.services.database.read() as tx:
        version = get_draft(tx, int(draft.rpartition("/")[2])).version
    before = site.size()
    answer = person.post(f"{draft}/publish", token(person, "") | {"version": str(version)}, status=400)
    assert sentence in words(answer.page) and f"{draft}#{field}" in hrefs(answer)
    assert site.size() == before


def test_the_printed_last_day_of_a_counted_period_is_mended_on_the_words_page(site: DeskSite) -> None:
    person, draft = written(site)
    person.send(draft, {"last_day": "2026-03-20"}, form="title", status=400)
    assert f"{draft}#last_day" in hrefs(person.get(f"{draft}/preview", status=400))


def beside(answer: Answer, name: str) -> str:
    """What the page says at a field."""
    field = next(node for node in answer.page.iter() if node.get("name") == name)
    assert field.get("aria-invalid") == "true"
    parts = (field.get("aria-describedby") or "").split()
    return " ".join(words(node) for node in answer.page.iter() if node.get("id") in parts)


def test_a_mine_added_to_a_list_with_a_faulty_line_is_told_so_beside_the_list(site: DeskSite) -> None:
    person, draft = written(site)
    faulty = "1｜演示织金县青山磷矿｜织金县" + "｜多出的一栏" * 10
    add = sent_by(person.get(f"{draft}/list?q=大坪"), having="mine")
    add.pop("")
    assert "名单第1行" in words(person.send(f"{draft}/list", {"lines": faulty}, form="lines", status=400).page)
    add |= {"version": sent_by(person.get(f"{draft}/list"), having="lines")["version"]}
    before = site.state()
    answer = person.post(f"{draft}/list/add", add, status=400)
    assert "名单第1行" in beside(answer, "lines") and faulty in words(answer.page)
    assert "名单第1行" in beside(person.get(f"{draft}/list.csv", status=400), "lines")
    assert site.state() == before


def test_a_mine_that_the_list_has_is_not_added_again(site: DeskSite) -> None:
    person, draft = written(site)
    answer = person.send(f"{draft}/list?q={site.mines['qingshan']}", form="mine", status=409)
    assert f"名单中已有矿山 {site.mines['qingshan']}。" in beside(answer, "lines")
    assert "演示织金县青山磷矿" in words(answer.page)
