"""``/feeds/…``: every feed over a register with histories, read strictly in each format."""

import pytest
from flask import Flask
from tests.feeds import ENDINGS, MEDIA_TYPES, SECTIONS, links, names, told
from tests.statements import statements
from tests.web.register import FACTS, HOLDER, ORGAN, Register
from tests.web.strict_client import StrictClient

from greenmine.services import Services


def addresses(register: Register) -> list[str]:
    return [
        *(f"/feeds/{name}.*" for name in SECTIONS),
        "/feeds/regions/520000.*", "/feeds/regions/000000.*", f"/feeds/mines/{register.mines['zhijin']}.*",
        "/feeds/directory.*?region=520000&status=listed", "/feeds/directory.*",
    ]  # fmt: skip


def test_every_feed_parses_and_tells_the_same_items_in_each_format(client: StrictClient, register: Register) -> None:
    for path in addresses(register):
        by_format = {ending: told(client, path, ending) for ending in ENDINGS}
        assert by_format["rss"] == by_format["atom"] == by_format["json"], path
        ids = [item.id for item in by_format["atom"]]
        assert len(ids) == len(set(ids)), path
        empty = path.startswith(("/feeds/news", "/feeds/policies"))
        assert bool(ids) is not empty, path


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_feed_says_what_it_is_and_that_nobody_keeps_it_unasked(client: StrictClient, ending: str) -> None:
    answer = client.get(f"/feeds/all.{ending}")
    assert answer.headers["Content-Type"] == MEDIA_TYPES[ending]
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in answer.headers
    assert links(answer.response.data, ending)["self"] == [f"{client.site_url}/feeds/all.{ending}"]


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/all.xml", "/feeds/all", "/feeds/all.atom.css", "/feeds/all.ATOM", "/feeds/nothing.rss", "/feeds/.rss",
        "/feeds/regions/999999.rss", "/feeds/regions/520000.xml", "/feeds/mines/GM-520524-9999.atom",
        "/feeds/all/2026/1.css", "/feeds/all/2026/99.atom", "/feeds/all/1999/1.atom", "/feeds/all/9999/1.atom",
        "/feeds/all/2026/0.atom", "/feeds/regions/520000/2026/1.atom", "/feeds/pages.atom",
    ],
)  # fmt: skip
def test_an_unknown_feed_or_ending_is_404(client: StrictClient, path: str) -> None:
    assert client.get(path, status=404).status == 404


def test_a_filter_that_cannot_be_taken_is_400(client: StrictClient) -> None:
    assert client.get("/feeds/directory.atom?status=gone", status=400).status == 400


def test_an_item_holds_the_words_of_its_page_with_absolute_links(client: StrictClient, register: Register) -> None:
    item = next(each for each in told(client, "/feeds/notices.*") if register.closed_notice in each.id)
    assert item.href == f"{client.site_url}/notices/{register.closed_notice}"
    assert item.author == ORGAN
    for words in (*(FACTS[name].name for name in ("zhijin", "wengan", "wildcard")), "序号", "现予公示。",
                  "公示期满，2座纳入，1座不纳入。", "公示期内收到异议，经查属实", "截止时刻"):  # fmt: skip
        assert words in item.html, words
    assert f'href="{client.site_url}/mines/{register.mines["zhijin"]}"' in item.html
    assert 'href="/' not in item.html and 'src="/' not in item.html
    assert item.published == "2024-04-08T04:00:00Z"
    assert item.updated == "2024-05-06T04:00:00Z"


def test_a_mines_feed_tells_what_concerns_it_whoever_acted(client: StrictClient, register: Register) -> None:
    mine = register.mines["zhijin"]
    items = told(client, f"/feeds/mines/{mine}.*")
    assert f"notice/{register.closed_notice}" in names(items)
    assert f"mine/{mine}/0" in names(items)
    assert all(f"mine/{mine}/" in name or name.startswith(("notice/", "removal/", "credit/")) for name in names(items))
    assert any(item.title.startswith("更正信息：") for item in items)


def test_a_region_holds_all_below_it_and_nothing_else(client: StrictClient, register: Register) -> None:
    guizhou, liaoning = (names(told(client, f"/feeds/regions/{code}.*")) for code in ("520000", "210000"))
    assert f"mine/{register.mines['wengan']}/0" in guizhou
    assert f"mine/{register.mines['xiuyan']}/0" in liaoning
    assert f"removal/{register.adverse}" in liaoning
    assert not set(guizhou) & set(liaoning)
    county = names(told(client, "/feeds/regions/520524.*"))
    assert set(county) <= set(guizhou) and f"mine/{register.mines['wengan']}/0" not in county


def test_a_directory_result_tells_of_the_mines_it_shows(client: StrictClient, register: Register) -> None:
    items = names(told(client, "/feeds/directory.*?q=菱镁&region=210000"))
    assert f"mine/{register.mines['xiuyan']}/0" in items
    assert f"removal/{register.adverse}" in items
    assert not [name for name in items if "GM-52" in name]
    assert told(client, "/feeds/directory.*?q=不存在的矿山") == []


def test_a_search_is_told_as_what_it_finds(client: StrictClient, register: Register) -> None:
    """Without an index yet: the database answers from titles, names and numbers."""
    for ending in ENDINGS:
        items = told(client, "/feeds/search.*?q=菱镁矿", ending)
        assert f"mine/{register.mines['xiuyan']}/0" in names(items)
        assert not [name for name in names(items) if "GM-52" in name or "credit/" in name]
    assert told(client, "/feeds/search.*?q=菱镁矿&type=notice") == []
    assert told(client, "/feeds/search.*?q=菱镁矿&region=520000") == []
    for path in ("/feeds/search.rss", "/feeds/search.atom?q=-", "/feeds/search.json?q=%22%22"):
        assert client.get(path, status=400).status == 400
    tag = client.get("/feeds/search.rss?q=矿").headers["ETag"]
    assert client.get("/feeds/search.rss?q=矿", status=304, headers={"If-None-Match": tag}).text == ""


def test_a_hostile_name_is_text_in_every_feed(client: StrictClient, register: Register) -> None:
    """trust.md 6: ``<b>`` in a name is no markup, whatever the format."""
    items = [item for ending in ENDINGS for item in told(client, "/feeds/mines.*", ending)]
    hostile = [item for item in items if register.mines["hostile"] in item.id]
    assert len(hostile) == 3
    for item in hostile:
        assert "<b>" not in item.html and "&lt;b&gt;" in item.html
        assert "<" not in item.title


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_foreign_host_gets_into_a_feed(whole: tuple[Flask, Register], header: str, ending: str) -> None:
    """trust.md 18: absolute links come from the settings."""
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    answer = whole[0].test_client().get(f"/feeds/all.{ending}", headers={header: value})
    assert answer.status_code == (400 if header == "Host" else 200)
    assert b"evil.example" not in answer.data.replace(b"http://evil.example", b"")  # the hostile mine's own name
    assert b'href="http://evil' not in answer.data


def test_a_second_fetch_of_what_did_not_change_is_304(client: StrictClient) -> None:
    for path in ("/feeds/all.rss", "/feeds/removals.atom", "/feeds/regions/520000.json", "/feeds/directory.atom"):
        first = client.get(path)
        tag, stamp = first.headers["ETag"], first.headers["Last-Modified"]
        for headers in ({"If-None-Match": tag}, {"If-Modified-Since": stamp},
                        {"If-None-Match": tag, "If-Modified-Since": stamp}):  # fmt: skip
            again = client.get(path, status=304, headers=headers)
            assert again.response.data == b"" and again.headers["Cache-Control"] == "public, no-cache"
        assert client.get(path, headers={"If-None-Match": '"other"'}).response.data == first.response.data
        assert client.get(path, headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}).status == 200


def test_what_did_not_change_is_not_even_built(whole: tuple[Flask, Register]) -> None:
    client = StrictClient(whole[0])
    services: Services = whole[0].extensions["greenmine"]
    tag = client.get("/feeds/all.atom").headers["ETag"]
    with statements(services.database.engine) as sent:
        client.get("/feeds/all.atom", status=304, headers={"If-None-Match": tag})
    assert len(sent) == 1, sent
    other = client.get("/feeds/all.rss", headers={"If-None-Match": tag})
    assert other.status == 200, "the tag of another document"


def test_the_holder_of_a_mine_is_told_of_no_credit_entry_but_its_own(client: StrictClient, register: Register) -> None:
    items = told(client, f"/feeds/mines/{register.mines['xiuyan']}.*")
    assert [item.title for item in items if "credit/" in item.id] == [f"{HOLDER}列入严重失信主体"] or any(
        item.title.startswith(HOLDER) for item in items
    )
    assert not [name for name in names(told(client, f"/feeds/mines/{register.mines['zhijin']}.*")) if "credit" in name]
