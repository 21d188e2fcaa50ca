"""Feeds as bytes: the same items in every format, repaired where feedgen is wrong, and never killed by one of them."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.feeds import ATOM, ENDINGS, is_archive, links, read

from greenmine.projections.feed import (
    Enclosure,
    Feed,
    Format,
    Item,
    Paging,
    authority_of,
    identity,
    plain_title,
    printable,
    settle_authority,
)
from greenmine.projections.feed_write import write_feed
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.site_fact import get_fact

SITE = "https://mines.example.gov.cn"
AT = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
FILES = (
    Enclosure(href=f"{SITE}/documents/{'ab' * 32}", media_type="application/pdf", size=1024, title="附件一.pdf"),
    Enclosure(href=f"{SITE}/documents/{'cd' * 32}", media_type="image/png", size=77, title="图.png"),
)


def item(number: int = 1, **values: Any) -> Item:
    told = {
        "id": f"tag:mines.example.gov.cn,2026-11-21:notice/2026-{number:04}",
        "href": f"{SITE}/notices/2026-{number:04}",
        "title": f"第{number}号公示",
        "html": "<p>现予公示。</p>",
        "summary": "现予公示。",
        "published": AT,
        "updated": AT.replace(hour=9),
        "author": "示例省自然资源厅",
        "tags": ("省级名录公示",),
    }
    return Item(**{**told, **values})


def feed(*items: Item, **values: Any) -> Feed:
    told = {
        "id": "tag:mines.example.gov.cn,2026-11-21:feed/notices", "title": "公示公告", "subtitle": "全文",
        "home": f"{SITE}/notices", "address": f"{SITE}/feeds/notices", "author": "示例厅", "updated": AT,
        "items": items,
    }  # fmt: skip
    return Feed(**{**told, **values})


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_tells_the_same_of_an_item(ending: str) -> None:
    (told,) = read(write_feed(feed(item(enclosures=FILES)), Format(ending)), ending)
    assert (told.id, told.title, told.href) == (item().id, "第1号公示", item().href)
    assert (told.html, told.author) == ("<p>现予公示。</p>", "示例省自然资源厅")
    assert (told.published, told.updated) == ("2026-11-04T08:00:00Z", "2026-11-04T09:00:00Z")
    assert told.files[0] == (FILES[0].href, "application/pdf", 1024)


def test_every_file_is_told_with_its_type_and_length() -> None:
    """Stock feedgen: RSS knows one enclosure, an Atom link may lose type and length."""
    for ending in ENDINGS:
        (told,) = read(write_feed(feed(item(enclosures=FILES)), Format(ending)), ending)
        assert told.files == tuple((each.href, each.media_type, each.size) for each in FILES), ending
    entry = etree.fromstring(write_feed(feed(item(enclosures=FILES)), Format.ATOM)).find(f"{ATOM}entry")
    assert entry is not None
    assert [dict(link.attrib) for link in entry.findall(f"{ATOM}link")] == [
        {"rel": "alternate", "type": "text/html", "href": item().href},
        *(
            {"rel": "enclosure", "type": each.media_type, "length": str(each.size), "href": each.href,
             "title": each.title}
            for each in FILES
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["rss", "atom"])
def test_the_feed_names_its_page_itself_and_its_archives(ending: str) -> None:
    """Stock feedgen: the channel's link is the last one added, and no relation of RFC 5005 is taken."""
    base = f"{SITE}/feeds/notices"
    paging = Paging(current=base, previous=f"{base}/2025/2", following=f"{base}/2026/1", is_archive=True)
    written = write_feed(feed(item(), address=f"{base}/2025/3", paging=paging), Format(ending))
    found = links(written, ending)
    assert found["self"] == [f"{base}/2025/3.{ending}"]
    assert found["current"] == [f"{base}.{ending}"]
    assert found["prev-archive"] == [f"{base}/2025/2.{ending}"]
    assert found["next-archive"] == [f"{base}/2026/1.{ending}"]
    assert is_archive(written)
    assert not is_archive(write_feed(feed(item()), Format(ending)))
    if ending == "rss":
        assert etree.fromstring(written)[0].findtext("link") == f"{SITE}/notices"


def test_a_query_stays_in_the_address_of_a_feed() -> None:
    written = write_feed(feed(item(), query="?q=%E7%A3%B7&region=520000"), Format.ATOM)
    assert links(written, "atom")["self"] == [f"{SITE}/feeds/notices.atom?q=%E7%A3%B7&region=520000"]


BROKEN = ("\x0b", "\x00", "\x1f", "\ufffe", "\uffff", "\ud800", "\udfff")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("character", BROKEN, ids=[f"U+{ord(each):04X}" for each in BROKEN])
def test_a_character_that_xml_cannot_hold_breaks_nothing(character: str, ending: str) -> None:
    """trust.md 16: one title with U+000B made feedgen raise, and the whole feed answered 500."""
    poison = f"第2号{character}公示"
    bad = item(2, title=poison, html=f"<p>{poison}</p>", summary=poison, author=poison, tags=(poison,), enclosures=(
        replace(FILES[0], title=poison),
    ))  # fmt: skip
    written = write_feed(feed(item(1), bad, item(3), title=poison, subtitle=poison, author=poison), Format(ending))
    told = read(written, ending)
    assert [each.title for each in told] == ["第1号公示", "第2号公示", "第3号公示"]
    assert character not in written.decode("utf-8")


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_item_that_cannot_be_written_is_left_out_and_told_to_the_log_without_its_words(
    ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    naive = item(2, title="不可泄露的标题", published=AT.replace(tzinfo=None))
    with caplog.at_level(logging.ERROR, logger="greenmine.feed"):
        written = write_feed(feed(item(1), naive, item(3)), Format(ending))
    assert [each.title for each in read(written, ending)] == ["第1号公示", "第3号公示"]
    assert "notice/2026-0002" in caplog.text
    assert "不可泄露" not in caplog.text


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_title_is_never_markup(ending: str) -> None:
    """RSS does not say whether a title is text or HTML; a reader that takes it for HTML must find no tag."""
    (told,) = read(write_feed(feed(item(title="<script>alert(1)</script>&amp;矿")), Format(ending)), ending)
    assert told.title.startswith("＜script＞alert(1)＜/script＞&")


def test_a_title_of_nothing_still_names_its_item() -> None:
    for ending in ENDINGS:
        (told,) = read(write_feed(feed(item(title="\x0b \n")), Format(ending)), ending)
        assert told.title == item().id


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60))
def test_whatever_a_text_holds_the_feed_parses(text: str) -> None:
    told = {
        ending: read(write_feed(feed(item(1, title=text, html=text, summary=text), item(2)), Format(ending)), ending)
        for ending in ENDINGS
    }
    assert {tuple(each.id for each in items) for items in told.values()} == {(item(1).id, item(2).id)}


def test_an_empty_feed_is_a_feed() -> None:
    for ending in ENDINGS:
        assert read(write_feed(feed(), Format(ending)), ending) == []


def test_what_xml_can_hold_is_kept() -> None:
    assert printable("甲\t乙\n丙\x0b丁\ufffd\U00020000") == "甲\t乙\n丙丁\ufffd\U00020000"
    assert plain_title(" 甲\n  乙\x0b<b> ") == "甲 乙＜b＞"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'site.sqlite'}")
    upgrade(made)
    yield made
    made.close()


DAY = date(2026, 11, 21)


def test_an_identity_outlives_the_address_of_the_site(database: Database) -> None:
    """docs/decisions/0011: readers must not see everything anew when the site moves."""
    with database.write() as tx:
        settled = settle_authority(tx, site_url="https://old.example.gov.cn", today=DAY)
        before = identity(authority_of(tx, site_url="https://old.example.gov.cn", today=DAY), "notice/2026-0142")
    with database.write() as tx:
        assert settle_authority(tx, site_url="https://new.example.cn", today=date(2030, 1, 1)) == settled
        after = identity(
            authority_of(tx, site_url="https://new.example.cn", today=date(2030, 1, 1)), "notice/2026-0142"
        )
        assert get_fact(tx, "feed_authority") == "old.example.gov.cn,2026-11-21"
    assert before == after == "tag:old.example.gov.cn,2026-11-21:notice/2026-0142"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost", "http://10.0.0.7"]
)
def test_a_site_without_a_name_takes_the_demonstrations(database: Database, address: str) -> None:
    """An authority of a tag URI is a name, never a number or a port (RFC 4151, 2.1)."""
    with database.read() as tx:
        assert authority_of(tx, site_url=address, today=DAY) == "demo.greenmine.invalid,2026-11-21"
