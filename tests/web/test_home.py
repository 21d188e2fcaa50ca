"""The home page: every number proves itself, nothing leads nowhere."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask
from tests.one_app import app_for
from tests.statements import statements
from tests.web.register import NOW, Register, services
from tests.web.strict_client import StrictClient, words

from greenmine.app import create_app
from greenmine.config import Settings
from greenmine.store.migrate import upgrade


def figures(client: StrictClient) -> dict[str, tuple[str, str]]:
    """Label → (value, address of the evidence)."""
    page = client.get("/").page
    links = [link for node in page.iter("ul") if node.get("class") == "figures" for link in node.iter("a")]
    return {words(link.find("span")): (words(link.find("b")), link.get("href", "")) for link in links}


def test_the_page_has_a_heading_of_its_own_and_the_sites_title(client: StrictClient) -> None:
    answer = client.get("/")
    assert answer.h1 == "绿色矿山，公开可查" and answer.title == answer.meta("SiteName")


def test_the_home_page_has_one_search_box_and_every_other_page_one_in_its_head(client: StrictClient) -> None:
    def boxes(path: str) -> list[str]:
        inputs = client.get(path).page.iterfind("./body//input")
        return [node.get("id", "") for node in inputs if node.get("name") == "q"]

    assert boxes("/") == ["home-q"]
    assert boxes("/removals") == ["site-q"]


def test_four_numbers_and_their_evidence(client: StrictClient) -> None:
    shown = figures(client)
    assert {label: value for label, (value, _href) in shown.items()} == {
        "在册绿色矿山": "4",
        "正在公示": "1",
        "2026年移出": "2",
        "失信信息公示中": "1",
    }
    for value, href in list(shown.values())[:3]:
        assert f"共 {value} 条" in client.get(href).text
    assert "示例辽东镁业有限公司" in client.get(shown["失信信息公示中"][1]).text


def test_what_is_open_to_objection_stands_first_with_its_days(
    client: StrictClient, whole: tuple[Flask, Register]
) -> None:
    text = words(client.get("/").page.find(".//main"))
    assert text.index("还剩5天") < text.index("已撤回") < text.index("已办结")


def test_no_link_of_the_page_is_dead(client: StrictClient) -> None:
    main = client.get("/").page.find(".//main")
    assert main is not None
    links = {node.get("href", "") for node in main.iter("a")} - {"tel:12345"}
    assert len(links) > 15
    for link in sorted(links):
        assert client.get(link, status=None).status in (200, 303), link


def test_the_complaint_box_leads_to_the_form_and_to_its_progress(client: StrictClient) -> None:
    """ui.md 1: links, no form."""
    answer = client.get("/")
    assert {"/complaints/new", "/complaints/track"} <= set(answer.links())
    assert not [node for node in answer.page.iter("form") if node.get("method") == "post"]


def test_search_looks_through_the_whole_site(client: StrictClient) -> None:
    forms = [node for node in client.get("/").page.iter("form") if node.get("role") == "search"]
    assert {node.get("action") for node in forms} == {"/search"}


def test_time_alone_changes_the_page(settings: Settings) -> None:
    """design.md: states that depend on time are computed from dates, whatever the worker did."""
    made, _register = services(settings)
    later: datetime = NOW + timedelta(days=30)
    app = app_for(replace(made, clock=lambda: later))
    shown = figures(StrictClient(app))
    assert shown["正在公示"][0] == "0" and "等待办结" in StrictClient(app).get("/").text
    made.database.close()


def test_an_empty_site_has_a_home(settings: Settings) -> None:
    app = create_app(settings)
    upgrade(app.extensions["greenmine"].database)
    answer = StrictClient(app).get("/")
    assert "目前没有公示公告" in answer.text and "目前没有移出" in answer.text
    app.extensions["greenmine"].database.close()


def test_the_page_takes_a_fixed_number_of_statements(client: StrictClient, whole: tuple[Flask, Register]) -> None:
    client.get("/")  # the first of a day looks up the day's salt
    with statements(whole[0].extensions["greenmine"].database.engine) as sent:
        client.get("/")
    assert len(sent) <= 16
