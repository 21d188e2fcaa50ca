"""A number beside a name: the registered name stands next to it, and one that differs must be confirmed."""

from dataclasses import replace

import pytest
from tests.desk import COUNTY_OFFICER, PROVINCE_COLLEAGUE, ZHIJIN
from tests.web.desk.test_notice import start, written
from tests.web.desk_site import DeskSite, sent_by
from tests.web.strict_client import words

from greenmine.store.draft import get_draft
from greenmine.store.mine import get_mine
from greenmine.usecases.mine import correct_mine
from greenmine.web.desk.mine_check import same_mine

OTHER = "名字完全不同的矿"


def named(site: DeskSite, mine: str, *aliases: str) -> None:
    """Give a mine other names, by a correction."""
    with site.services.database.write() as tx:
        row = get_mine(tx, mine)
        correct_mine(tx, mine, replace(row.facts, aliases=aliases), reason="补充简称", seen_act=row.last_act,
                     reference=site.services.reference, officer=COUNTY_OFFICER, at=site.hand.now)  # fmt: skip


def test_zj_13_a_wrong_number_is_seen_and_must_be_confirmed_before_it_is_published(site: DeskSite) -> None:
    person, draft = written(site)
    listed = f"{site.mines['qingshan']}｜1｜演示织金县青山磷矿｜织金县\n{site.mines['baiyun']}｜2｜{OTHER}｜织金县"
    person.send(f"{draft}/list", {"lines": listed, "step": "stay"}, form="lines")
    shown = words(person.get(f"{draft}/list").page)
    assert "演示织金县白云煤矿 名称不同" in shown and "演示织金县青山磷矿 名称不同" not in shown
    preview = person.get(f"{draft}/preview")
    assert "名称不同，确认是同一座矿山（1座）" in words(preview.page)
    before = site.size()
    refused = person.send(f"{draft}/preview", form="version", status=400)
    assert "确认是同一座矿山的，请勾选后再发布" in words(refused.page) and site.size() == before
    number = (
        person.send(f"{draft}/preview", {"same_mines": "y"}, form="version")
        .location.partition("?")[0]
        .rpartition("/")[2]
    )
    site.later(days=7)
    assert "演示织金县白云煤矿 名称不同" in words(person.get(f"/desk/notices/{number}/close").page)


def test_names_that_agree_ask_for_nothing(site: DeskSite) -> None:
    person, draft = written(site)
    preview = person.get(f"{draft}/preview")
    assert "same_mines" not in sent_by(preview, having="version") and "名称不同，确认" not in words(preview.page)
    person.send(f"{draft}/preview", form="version")


@pytest.mark.parametrize(
    ("printed", "fits"),
    [
        ("演示织金县青山磷矿", True),
        ("演示织金县青山磷矿（磷矿）", True),
        ("演示青山矿业有限公司演示织金县青山磷矿", True),
        ("青山磷", True),
        ("演示织金县白云煤矿", False),
        ("演示青山矿业有限公司", False),
        (OTHER, False),
    ],
)
def test_a_printed_name_fits_the_registered_one_its_aliases_and_firm_with_mine(printed: str, fits: bool) -> None:
    assert same_mine(printed, "演示织金县青山磷矿", "演示青山矿业有限公司", ("青山磷",)) is fits


def test_a_pasted_short_name_is_numbered_where_one_mine_goes_by_it(site: DeskSite) -> None:
    named(site, site.mines["qingshan"], "青山矿")
    named(site, site.mines["baiyun"], "白云矿", "老矿")
    named(site, site.mines["listed"], "老矿")
    person, draft = start(site)
    person.send(f"{draft}/list", {"lines": "1｜青山矿｜\n2｜白云矿｜\n3｜老矿｜", "step": "stay"}, form="lines")
    with site.services.database.read() as tx:
        lines = get_draft(tx, int(draft.rpartition("/")[2])).data["lines"].split("\n")
    assert lines[0].startswith(site.mines["qingshan"]) and lines[1].startswith(site.mines["baiyun"])
    assert lines[2].startswith("3"), "two mines go by this name"
    assert "名称不同" not in words(person.get(f"{draft}/list").page)


def test_a_stale_list_with_a_mistake_does_not_replace_the_colleagues(site: DeskSite) -> None:
    first, draft = written(site)
    second = site.as_(PROVINCE_COLLEAGUE)
    stale = sent_by(second.get(f"{draft}/list"), having="lines")
    theirs = f"{site.mines['listed']}｜1｜演示织金县大坪磷矿｜织金县"
    first.send(f"{draft}/list", {"lines": theirs, "step": "stay"}, form="lines")
    mistake = "1｜演示织金县青山磷矿｜织金县｜多一栏｜再一栏"
    answer = second.post(f"{draft}/list", {**stale, "lines": mistake}, status=409)
    text = words(answer.page)
    assert "另一名经办人员" in text and mistake in text and theirs in text
    with site.services.database.read() as tx:
        assert get_draft(tx, int(draft.rpartition("/")[2])).data["lines"] == theirs


def test_a_cell_longer_than_the_record_takes_is_refused_with_its_line(site: DeskSite) -> None:
    person, draft = start(site)
    lines = f"1｜演示织金县青山磷矿｜织金县\n2｜{'长' * 1001}｜织金县"
    answer = person.send(f"{draft}/list", {"lines": lines}, form="lines", status=400)
    assert "名单第2行有一栏超过1000个字" in words(answer.page)


def test_closing_a_check_notice_does_not_speak_of_a_directory(site: DeskSite) -> None:
    person, draft = start(site, COUNTY_OFFICER, region=ZHIJIN, kind="county_check", level="county")
    person.send(draft, {"title": "演示县级核查意见公示", "issuer": "演示局", "unit": "dates", "days": "",
                        "first_day": "2026-03-02", "last_day": "2026-03-09", "enters": ""}, form="title")  # fmt: skip
    mine = site.mines["qingshan"]
    person.send(f"{draft}/list", {"columns": "序号｜矿山名称", "lines": f"{mine}｜1｜演示织金县青山磷矿"}, form="lines")
    number = person.send(f"{draft}/preview", form="version").location.partition("?")[0][-9:]
    site.later(days=10)
    close = f"/desk/notices/{number}/close"
    assert "纳入" not in words(next(person.get(close).page.iter("main")))
    chosen = person.send(close, {"dropped": mine, "step": "choose"}, status=200)
    assert "纳入" not in words(next(chosen.page.iter("main"))) and "未通过的理由" in words(chosen.page)
