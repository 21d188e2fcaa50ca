"""``/mines?on=DATE`` is valid then, as known now; ``&known=DATE`` is as the site said it then (design.md)."""

import csv
import io
import json
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import text as sql
from tests.web.register import FACTS, Register
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.services import Services

THEN = "/mines?on=2025-06-01"


def names(answer: Answer) -> set[str]:
    """Names of the mines in the list."""
    return {words(link) for cell in answer.page.iter("th") if cell.get("scope") == "row" for link in cell.iter("a")}


def test_a_day_lists_what_held_then(client: StrictClient) -> None:
    listed = client.get(f"{THEN}&status=listed")
    assert listed.h1 == "2025年6月1日的绿色矿山名录"
    assert FACTS["xiuyan"].name in names(listed) and FACTS["xiuyan_two"].name in names(listed)
    now = client.get("/mines?status=listed")
    assert FACTS["xiuyan"].name not in names(now), "removed in 2026"
    assert "这是过去某日的名录" in listed.text and "按现在所知列出" in listed.text
    assert "这是过去某日的名录" not in now.text


def test_before_the_first_record_there_is_nothing_and_the_page_says_so(client: StrictClient) -> None:
    answer = client.get("/mines?on=2023-01-01")
    assert "没有符合条件的矿山" in answer.text and names(answer) == set()
    assert "去掉“情况截至：2023年1月1日”再查" in answer.text


def test_what_the_site_said_then(client: StrictClient) -> None:
    """``known`` alone asks for that same day; before anything was recorded nothing was said."""
    answer = client.get("/mines?on=2024-04-20&known=2024-04-30")
    assert "按本站到2024年4月30日终了时已公布的内容列出" in answer.text
    alone = client.get("/mines?known=2024-04-30")
    assert alone.h1 == "2024年4月30日的绿色矿山名录" and names(alone) == names(answer)
    assert client.get("/mines?known=2024-01-07").text.count("没有符合条件的矿山") == 1


def test_every_number_and_link_stays_in_the_past(client: StrictClient, register: Register) -> None:
    page = client.get(f"{THEN}&region=210323")
    mine = register.mines["xiuyan"]
    assert f"/mines/{mine}?on=2025-06-01" in page.links()
    checked = 0
    for group in page.page.iter("details"):
        for line in group.iter("li"):
            link, number = line.find("a"), line.find("span")
            assert link is not None and "on=2025-06-01" in link.get("href", "")
            if link.get("aria-current") is None:
                assert f"共 {words(number)} 条" in client.get(link.get("href", "")).text
                checked += 1
    assert checked > 5
    assert "/mines?region=210323" in page.links(), "the way back to the list of now"


def test_the_form_keeps_both_days_and_all_filters(client: StrictClient) -> None:
    page = client.get("/mines?on=2025-06-01&known=2025-07-01&year=2024&status=listed").page
    form = page.find(".//form[@class='facets']")
    assert form is not None
    fields = {field.get("name"): field.get("value") for field in form.iter("input") if field.get("name")}
    assert (fields["on"], fields["known"], fields["year"]) == ("2025-06-01", "2025-07-01", "2024")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("on=2026-11-18", "on"),  # today
        ("on=2026-11-19", "on"),
        ("on=2999-01-01&known=2025-01-01", "on"),
        ("known=2026-11-18", "known"),
        ("on=2025-01-01&known=2026-12-01", "known"),
        ("on=20250101", "on"),
        ("on=2024-W01-1", "on"),
        ("on=2025-02-30", "on"),
        ("on=%01'<b>", "on"),
        ("on=２０２５-01-01", "on"),
        ("on=2025-01-01&known=x", "known"),
    ],
)
def test_a_day_that_cannot_be_asked_for_is_told_beside_its_field(client: StrictClient, asked: str, field: str) -> None:
    answer = client.get(f"/mines?status=listed&{asked}", status=400)
    assert len(names(answer)) == 4 and "下面是今天的名录" in answer.text
    inputs = {each.get("name"): each for each in answer.page.iter("input")}
    assert inputs[field].get("aria-invalid") == "true"
    assert inputs["known" if field == "on" else "on"].get("aria-invalid") is None
    assert "请填写今天以前的日期" in client.get(f"/mines.csv?{asked}", status=400).text


def test_today_can_be_asked_for_as_an_earlier_day_knew_it(client: StrictClient) -> None:
    answer = client.get("/mines?on=2026-11-18&known=2025-06-01&status=listed")
    assert answer.h1 == "2026年11月18日的绿色矿山名录" and FACTS["xiuyan"].name in names(answer)


def test_the_day_goes_with_whose_knowledge_it_is_asked(client: StrictClient) -> None:
    """``known`` alone asks for its own day, so taking the day away takes both."""
    page = client.get("/mines?known=2025-07-01&status=listed")
    chips = {words(link).split("：")[0]: link.get("href") for link in page.page.findall(".//ul[@class='chips']//a")}
    assert chips == {
        "情况截至": "/mines?status=listed",
        "以本站在此日公布的为准": "/mines?on=2025-07-01&status=listed",
        "状态": "/mines?known=2025-07-01&on=2025-07-01",
    }


def test_links_of_a_past_list_and_a_past_mine_stay_in_the_past(client: StrictClient, register: Register) -> None:
    asked = "on=2025-06-01&region="
    assert f"/mines?{asked}520000" in client.get(f"/mines?{asked}520524").links()
    page = client.get(f"/mines/{register.mines['zhijin']}?on=2025-06-01")
    assert {f"/mines?{asked}520524", "/mines?on=2025-06-01&scale=large"} <= set(page.links())


def test_files_are_exactly_this_result_and_say_of_which_day(client: StrictClient) -> None:
    listed = names(client.get(f"{THEN}&status=listed"))
    answer = client.get("/mines.csv?on=2025-06-01&known=2025-07-01&status=listed")
    rows = list(csv.DictReader(io.StringIO(answer.response.data.decode("utf-8-sig"))))
    assert {row["矿山名称"] for row in rows} == listed
    assert "2025-06-01的情况-以2025-07-01公布的为准-2026-11-18.csv" in unquote(answer.headers["Content-Disposition"])
    told = json.loads(client.get("/mines.json?on=2025-06-01&status=listed").text)
    assert told["conditions"]["情况截至"] == "2025年6月1日"
    assert "on=2025-06-01" in told["address"]
    assert {item["name"] for item in told["items"]} == listed


def test_nobody_follows_or_indexes_the_past(client: StrictClient) -> None:
    page = client.get(f"{THEN}&region=520000")
    assert not [link for link in page.links() if link.startswith("/feeds/directory")]
    assert page.meta("robots") == "noindex"
    assert "不能订阅过去某日的名录" in client.get("/feeds/directory.atom?on=2025-06-01", status=400).text


def test_a_mine_as_an_earlier_day_knew_it(client: StrictClient, register: Register) -> None:
    """``&known=`` on a mine's page: the timeline ends with what was recorded by then."""
    address = f"/mines/{register.mines['xiuyan']}"
    now = client.get(f"{address}?on=2026-11-01").text
    then = client.get(f"{address}?on=2026-11-01&known=2025-06-01").text
    assert "看这一天的名录" in now and "/mines?on=2026-11-01" in client.get(f"{address}?on=2026-11-01").links()
    assert "已移出" in now and "按现在所知" in now
    assert "已移出" not in then and "在册" in then and "按本站到2025年6月1日终了时已公布的内容" in then
    assert "本站没有这座矿山在" in client.get(f"{address}?on=2026-11-01&known=2023-01-01").text


def test_while_versions_are_behind_the_past_waits_and_the_present_does_not(
    whole: tuple[Flask, Register], client: StrictClient
) -> None:
    services: Services = whole[0].extensions["greenmine"]
    with services.database.write() as tx:
        n = tx.execute(sql("SELECT n FROM projection_cursor WHERE name = 'versions'")).scalar_one()
        tx.execute(sql("UPDATE projection_cursor SET n = n - 1 WHERE name = 'versions'"))
    try:
        waiting = client.get(THEN, status=503)
        assert "过去的名录正在整理" in waiting.text and waiting.headers["Retry-After"] == "2"
        client.get("/mines.csv?on=2025-06-01", status=503)
        client.get(f"{THEN}&known=2025-06-01", status=503)
        client.get("/mines")
    finally:
        with services.database.write() as tx:
            tx.execute(sql("UPDATE projection_cursor SET n = :n WHERE name = 'versions'"), {"n": n})
