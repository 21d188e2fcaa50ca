"""What the words page of a notice refuses is kept as typed, and neither previewed nor published from another page."""

import pytest
from tests.web.desk.test_notice import token, written
from tests.web.desk_site import DeskSite
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
