"""A title with U+000B: no door takes one in, and old data that holds one breaks no feed (trust.md 16; issue B)."""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.announced import publish_notice
from tests.desk import COUNTY_OFFICER, Desk, article, draft, facts, instant
from tests.feeds import ENDINGS, SECTIONS, names, read, told
from tests.one_app import services_for
from tests.reference_data import CONTENT, reference
from tests.seats import seated
from tests.web.clock_site import Site, open_site
from tests.web.register import FIRST, TODAY

from greenmine.cli.upkeep import sync_content
from greenmine.config import Settings
from greenmine.domain.errors import BadInput
from greenmine.domain.seat import Role
from greenmine.store import tables
from greenmine.store.act import size
from greenmine.store.article import get_article
from greenmine.store.database import Tx
from greenmine.store.migrate import upgrade
from greenmine.store.mine import get_mine
from greenmine.store.notice import get_notice
from greenmine.usecases.article import change_article, publish_article
from greenmine.usecases.mine import correct_mine, register_mine
from greenmine.usecases.notice import correct_notice

POISON = ("\x0b", "\x1b", "\ufffe", "\ud800")
EDITOR = seated(7, Role.EDITOR, "520000")
AT = instant(TODAY)
NOTICE, MINE = "2026-0001", "GM-520524-0001"


def publish_a_notice(tx: Tx, title: str) -> None:
    publish_notice(tx, draft(title=title, first_day=TODAY), reference=reference(), officer=FIRST, at=AT)


def correct_a_notice(tx: Tx, title: str) -> None:
    row = get_notice(tx, NOTICE)
    correct_notice(tx, NOTICE, title=title, text=row.text, contact="", reason="演示", seen_act=row.last_act,
                   reference=reference(), officer=FIRST, at=AT)  # fmt: skip


def publish_an_article(tx: Tx, title: str) -> None:
    wanted = article("second", title=title, published=TODAY)
    publish_article(tx, wanted, reference=reference(), officer=EDITOR, at=AT)


def change_an_article(tx: Tx, title: str) -> None:
    row = get_article(tx, "news", "first")
    changed = replace(row.article, title=title, note="演示")
    change_article(tx, changed, seen_act=row.last_act, reference=reference(), officer=EDITOR, at=AT)


def register_a_mine(tx: Tx, name: str) -> None:
    register_mine(tx, facts(name), reference=reference(), officer=COUNTY_OFFICER, at=AT)


def correct_a_mine(tx: Tx, name: str) -> None:
    row = get_mine(tx, MINE)
    correct_mine(tx, MINE, replace(row.facts, name=name), reason="演示", seen_act=row.last_act, reference=reference(),
                 officer=COUNTY_OFFICER, at=AT)  # fmt: skip


DOORS: tuple[Callable[[Tx, str], None], ...] = (
    publish_a_notice, correct_a_notice, publish_an_article, change_an_article, register_a_mine, correct_a_mine,
)  # fmt: skip


def filled(folder: Path) -> Site:
    """A notice, a mine, a removal proposed, a firm in the register and an article, all of them well."""
    site = open_site(folder)
    desk = Desk(site.services.database, now=AT)
    desk.publish(desk.register(), first_day=TODAY)
    with site.services.database.write() as tx:
        publish_article(tx, article("first", published=TODAY), reference=reference(), officer=EDITOR, at=AT)
    return site


def test_no_door_takes_in_a_text_that_a_feed_cannot_hold(tmp_path: Path) -> None:
    site = filled(tmp_path)
    before = {ending: site.client.get(f"/feeds/all.{ending}").response.data for ending in ENDINGS}
    for door in DOORS:
        for character in POISON:
            with pytest.raises(BadInput) as refused, site.services.database.write() as tx:
                door(tx, f"演示{character}标题")
            assert refused.value.code in ("act.characters", "text.unseen"), door.__name__
    for ending in ENDINGS:
        assert site.client.get(f"/feeds/all.{ending}").response.data == before[ending]


def test_a_content_file_with_such_a_title_is_told_of_and_the_others_are_published(tmp_path: Path) -> None:
    """YAML can write U+000B as an escape, which no check of the file's bytes sees."""
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    good = next((content / "news").glob("*.md"))
    for name, title in (("raw", "演示\x0b标题"), ("escaped", '"演示\\v标题"')):
        text = good.read_text("utf-8").splitlines()
        text[1] = f"title: {title}"
        (content / "news" / f"2026-01-01-{name}.md").write_text("\n".join(text), "utf-8")
    settings = Settings.from_environment(
        {"GREENMINE_DATA_DIR": str(tmp_path / "data"), "GREENMINE_CONTENT_DIR": str(content)}
    )
    services = services_for(settings, clock=lambda: AT)
    upgrade(services.database)
    summary = sync_content(services)
    told_of = [problem for problem in summary.problems if "2026-01-01-" in problem]
    assert len(told_of) == 2, summary.problems
    with services.database.read() as tx:
        assert size(tx) > 10
    services.database.close()


def poison_old_rows(site: Site) -> None:
    """As a database from before the check might hold them; the ledger's own tables take no change."""
    bad = "坏\x0b标\x1f题\ufffe\uffff"
    with site.services.database.write() as tx:
        tx.execute(update(tables.notice).values(title=bad, text=bad, issuer=bad, contact=bad, number=bad))
        tx.execute(update(tables.notice_item).values(name=bad, cells=json.dumps([bad, bad])))
        tx.execute(update(tables.mine).values(name=bad, holder=bad))
        tx.execute(update(tables.content_item).values(title=bad, markdown=bad, summary=bad))
    desk = Desk(site.services.database, now=AT)
    desk.publish(desk.register("演示另一座矿"), title="演示另一件公示", first_day=TODAY)


@pytest.mark.parametrize("ending", ENDINGS)
def test_old_data_with_such_titles_breaks_no_feed_and_the_others_are_there(tmp_path: Path, ending: str) -> None:
    site = filled(tmp_path)
    whole = names(told(site.client, "/feeds/all.*", ending))
    poison_old_rows(site)
    items = told(site.client, "/feeds/all.*", ending)
    assert set(whole) < set(names(items)), "every item is still there, and the new ones"
    assert "坏标题" in {item.title for item in items}
    assert "演示另一件公示" in {item.title for item in items}
    for name in (*SECTIONS, "regions/520000", f"mines/{MINE}", "directory"):
        content = site.client.get(f"/feeds/{name}.{ending}").response.data
        read(content, ending)
        for character in ("\x0b", "\x1f", "\ufffe", "\uffff"):
            assert character not in content.decode("utf-8")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_row_that_cannot_be_told_at_all_is_left_out_alone(
    tmp_path: Path, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    site = filled(tmp_path)
    whole = names(told(site.client, "/feeds/all.*", ending))
    with site.services.database.write() as tx:
        tx.execute(update(tables.content_item).values(meta=json.dumps({"video": "不可泄露的词"})))
    with caplog.at_level(logging.ERROR, logger="greenmine.feed"):
        items = names(told(site.client, "/feeds/all.*", ending))
    assert set(whole) - set(items) == {"content/news/first"}
    assert "content/news/first" in caplog.text
    assert "不可泄露" not in caplog.text


def test_a_calendar_is_not_broken_by_an_old_title_either(tmp_path: Path) -> None:
    site = filled(tmp_path)
    poison_old_rows(site)
    text = site.client.get("/calendar.ics").text
    assert text.count("BEGIN:VEVENT") == 2
    assert "坏标题" in text.replace("\r\n ", "") and "\x0b" not in text
