"""A real feed reader, Debian's newsboat, subscribed to every feed of a running site (issue B, "Done when")."""

import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests.desk import EDITOR, Desk, article, instant
from tests.feeds import SECTIONS
from tests.journeys.browser import served
from tests.reference_data import reference
from tests.web.clock_site import Site, open_site
from tests.web.register import FIRST, TODAY

from greenmine.domain.mine import Library
from greenmine.store.notice import get_notice
from greenmine.usecases.article import publish_article
from greenmine.usecases.notice import correct_notice, withdraw_notice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("newsboat") is None,
        reason="NO FEED READER: newsboat is missing, so no real reader has subscribed to the feeds "
        "(apt-get install newsboat; .ci/run does).",
    ),
]
MINE = "GM-520524-0001"
PATHS = (*SECTIONS, "regions/520000", "regions/520524", "regions/000000", f"mines/{MINE}", "directory")


@dataclass
class Reader:
    """Newsboat with folders of its own: one for each feed, since it keeps an item once for all the feeds it is in."""

    home: Path
    origin: str

    @property
    def feeds(self) -> list[str]:
        """Every feed in the two formats that newsboat knows."""
        return [f"{self.origin}/feeds/{path}.{ending}" for path in PATHS for ending in ("rss", "atom")]

    def reload(self) -> None:
        """Fetch every feed once, as its reader does by itself."""
        for number, feed in enumerate(self.feeds):
            self.fetch(f"{number:02}", feed)

    def fetch(self, name: str, *feeds: str) -> None:
        """One reader's round; fails when it says that a feed could not be read."""
        home = self.home / name
        home.mkdir(exist_ok=True)
        urls, log = home / "urls", home / "log"
        urls.write_text("".join(f"{feed}\n" for feed in feeds), "utf-8")
        done = subprocess.run(
            [*("newsboat", "-q", "-C", "/dev/null", "-u", urls, "-c", home / "cache"), *("-d", log, "-l", "2"),
             *("-x", "reload")],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", "TERM": "dumb", "LC_ALL": "C.UTF-8"},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        faults = [line for line in log.read_text("utf-8").splitlines() if "rror" in line] if log.exists() else []
        assert not faults, faults

    def items(self) -> list[tuple[str, str, str]]:
        """(feed, identity, title) of everything the readers show, feed by feed."""
        return [item for number in range(len(self.feeds)) for item in self.shown_by(f"{number:02}")]

    def shown_by(self, name: str) -> list[tuple[str, str, str]]:
        """What one reader shows."""
        with closing(sqlite3.connect(self.home / name / "cache")) as connection:
            query = "SELECT feedurl, guid, title FROM rss_item WHERE deleted = 0 ORDER BY feedurl, guid"
            return list(connection.execute(query))

    def titles_of(self, path: str) -> dict[str, str]:
        """Titles by identity, in one feed."""
        number = self.feeds.index(f"{self.origin}/feeds/{path}")
        return {guid: title for _feed, guid, title in self.shown_by(f"{number:02}")}


@dataclass
class Running:
    """A site that answers on loopback, and the reader subscribed to it."""

    site: Site
    reader: Reader


@pytest.fixture
def running(processes: None, tmp_path: Path) -> Iterator[Running]:
    site = open_site(tmp_path / "site")
    fill(site)
    with served(site.client.app) as origin:
        home = tmp_path / "reader"
        home.mkdir()
        yield Running(site, Reader(home, origin))


def desk(site: Site) -> Desk:
    return Desk(site.services.database, now=site.clock.now)


def fill(site: Site) -> None:
    """Something in every feed."""
    work = desk(site)
    first, second = work.register(), work.register("演示另一座矿")
    assert first == MINE
    work.enlist(first, Library.PROVINCIAL)
    work.publish(first, second, first_day=TODAY)
    work.propose(first)
    with site.services.database.write() as tx:
        for slug, section in (("first", "news"), ("rule", "policies")):
            wanted = article(slug, section=section, type="activity" if section == "news" else None, published=TODAY)
            publish_article(tx, wanted, reference=reference(), officer=EDITOR, at=site.clock.now)


def doubled(items: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [place for place, count in Counter((feed, guid) for feed, guid, _title in items).items() if count > 1]


def test_a_reader_shows_what_is_new_once_and_what_is_corrected_in_its_place(running: Running) -> None:
    site, reader = running.site, running.reader
    reader.reload()
    first = reader.items()
    assert {feed for feed, _guid, _title in first} == {feed for feed in reader.feeds if "/feeds/credit." not in feed}, (
        "every feed that has items was read"
    )
    assert not doubled(first)
    by_ending = [sorted(guid for feed, guid, _title in first if feed.endswith(ending)) for ending in ("rss", "atom")]
    assert by_ending[0] == by_ending[1], "one identity in both formats"

    reader.reload()
    assert reader.items() == first, "a second round shows nothing twice"

    (notice,) = reader.titles_of("notices.atom")
    number = notice.rpartition("/")[2]
    site.clock.now = instant(date(2026, 11, 19))
    new = desk(site).publish(MINE, title="演示新的一件公示", first_day=date(2026, 11, 19))
    with site.services.database.write() as tx:
        row = get_notice(tx, number)
        correct_notice(
            tx, number, title="演示更正后的标题", text=row.text, contact="", reason="笔误", seen_act=row.last_act,
            reference=reference(), officer=FIRST, at=site.clock.now,
        )  # fmt: skip
    for _again in range(2):
        reader.reload()
        told = reader.items()
        assert not doubled(told)
        added = {(feed, guid) for feed, guid, _title in told} - {(feed, guid) for feed, guid, _title in first}
        assert {guid for _feed, guid in added} == {notice.replace(number, new)}
        for ending in ("rss", "atom"):
            titles = reader.titles_of(f"notices.{ending}")
            assert titles[notice] == "演示更正后的标题"
            assert titles[notice.replace(number, new)] == "演示新的一件公示"


def test_a_reader_replaces_what_must_vanish(running: Running) -> None:
    site, reader = running.site, running.reader
    reader.reload()
    (notice,) = reader.titles_of("notices.rss")
    with site.services.database.write() as tx:
        withdraw_notice(
            tx, notice.rpartition("/")[2], reason="发布有误", reference=reference(), officer=FIRST, at=site.clock.now
        )
    reader.reload()
    for ending in ("rss", "atom"):
        assert reader.titles_of(f"notices.{ending}")[notice].startswith("【已撤回】")


def test_old_titles_that_no_xml_can_hold_do_not_keep_the_reader_from_the_others(running: Running) -> None:
    site, reader = running.site, running.reader
    with closing(sqlite3.connect(site.services.settings.data_dir / "greenmine.sqlite")) as connection:
        connection.execute("UPDATE notice SET title = '坏' || char(11) || '标题' || char(65534)")
        connection.commit()
    reader.reload()
    assert list(reader.titles_of("notices.rss").values()) == ["坏标题"]
    assert len(reader.titles_of("all.atom")) >= 6


def test_a_reader_of_all_feeds_at_once_shows_each_item_once(running: Running) -> None:
    reader = running.reader
    for _again in range(2):
        reader.fetch("whole", *reader.feeds)
        shown = [guid for _feed, guid, _title in reader.shown_by("whole")]
        assert len(shown) == len(set(shown)) == 7
