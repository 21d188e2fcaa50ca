"""Archives (RFC 5005): whoever follows the links has everything there ever was, and an archive never changes."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.desk import Desk, instant
from tests.feeds import ENDINGS, is_archive, links, names, read
from tests.web.clock_site import Site, open_site

PER_PART = 50


def filled(folder: Path, *, last: int = 130, this: int = 70) -> Site:
    """Mines registered last year and this year."""
    site = open_site(folder)
    for year, count in ((2025, last), (2026, this)):
        desk = Desk(site.services.database, now=instant(date(year, 3, 2)))
        for number in range(count):
            Desk(site.services.database, now=desk.now + timedelta(hours=number)).register(f"演示{year}年第{number}矿")
    return site


def followed(site: Site, path: str, ending: str) -> tuple[list[str], list[str]]:
    """Addresses of the documents from the newest to the oldest, and the names of all their items."""
    seen, found = [], []
    while path:
        content = site.client.get(path).response.data
        seen.append(path)
        found += names(read(content, ending))
        before = links(content, ending).get("prev-archive", [])
        path = before[0].removeprefix(site.client.site_url) if before else ""
    return seen, found


@pytest.mark.parametrize("ending", ENDINGS)
def test_following_the_links_gives_every_item_there_ever_was(tmp_path: Path, ending: str) -> None:
    site = filled(tmp_path)
    seen, found = followed(site, f"/feeds/mines.{ending}", ending)
    assert seen == [f"/feeds/mines{part}.{ending}" for part in ("", "/2026/1", "/2025/3", "/2025/2", "/2025/1")]
    mines = [f"mine/GM-520524-{number:04}/0" for number in range(1, 201)]
    assert set(found) == set(mines)


def test_an_archive_says_that_it_is_one_and_where_it_stands(tmp_path: Path) -> None:
    site = filled(tmp_path)
    base = f"{site.client.site_url}/feeds/mines"
    for ending in ("rss", "atom"):
        newest = site.client.get(f"/feeds/mines.{ending}").response.data
        assert not is_archive(newest) and "current" not in links(newest, ending)
        middle = site.client.get(f"/feeds/mines/2025/2.{ending}").response.data
        assert is_archive(middle) and len(read(middle, ending)) == PER_PART
        around = links(middle, ending)
        assert around["self"] == [f"{base}/2025/2.{ending}"]
        assert around["current"] == [f"{base}.{ending}"]
        assert around["prev-archive"] == [f"{base}/2025/1.{ending}"]
        assert around["next-archive"] == [f"{base}/2025/3.{ending}"]
        last_of_year = site.client.get(f"/feeds/mines/2025/3.{ending}").response.data
        assert len(read(last_of_year, ending)) == 30
        assert links(last_of_year, ending)["next-archive"] == [f"{base}/2026/1.{ending}"]
        newest_archive = site.client.get(f"/feeds/mines/2026/1.{ending}").response.data
        assert "next-archive" not in links(newest_archive, ending)


def test_what_happens_later_changes_no_archive(tmp_path: Path) -> None:
    site = filled(tmp_path, last=55, this=55)
    paths = [f"/feeds/{name}/{part}.atom" for name in ("all", "mines") for part in ("2025/1", "2025/2", "2026/1")]
    before = {path: names(read(site.client.get(path).response.data, "atom")) for path in paths}
    site.clock.now = instant(date(2027, 2, 1))
    desk = Desk(site.services.database, now=site.clock.now)
    desk.publish(*(desk.register(f"演示后来第{number}矿") for number in range(60)), first_day=date(2027, 2, 1))
    assert {path: names(read(site.client.get(path).response.data, "atom")) for path in paths} == before
    seen, found = followed(site, "/feeds/mines.atom", "atom")
    assert len(set(found)) == 170
    assert seen[1:] == [f"/feeds/mines/{part}.atom" for part in ("2027/1", "2026/2", "2026/1", "2025/2", "2025/1")]


def test_what_is_not_full_is_no_archive_yet(tmp_path: Path) -> None:
    site = filled(tmp_path, last=0, this=70)
    assert site.client.get("/feeds/mines/2026/1.atom").status == 200
    assert site.client.get("/feeds/mines/2026/2.atom", status=404).status == 404
    assert site.client.get("/feeds/mines/2026/01.atom", status=404).status == 404, "an archive has one address"
    assert len(read(site.client.get("/feeds/mines.atom").response.data, "atom")) == PER_PART
    site.clock.now = instant(date(2027, 1, 1))
    assert len(read(site.client.get("/feeds/mines/2026/2.atom").response.data, "atom")) == 20


def test_old_items_that_change_push_no_new_one_out_of_reach(tmp_path: Path) -> None:
    """Fifty notices of last year are corrected: the ones of this year that no archive holds yet are still told."""
    site = open_site(tmp_path)
    desk = Desk(site.services.database, now=instant(date(2025, 3, 3)))
    mine = desk.register()
    old = [desk.publish(mine, enters=None) for _number in range(55)]
    new = Desk(site.services.database, now=instant(date(2026, 3, 2)))
    fresh = new.publish(mine, enters=None, first_day=date(2026, 3, 2))
    site.clock.now = instant(date(2026, 4, 1))
    later = Desk(site.services.database, now=site.clock.now)
    for number in old:
        later.close(number, mine, decided=False)
    told = names(read(site.client.get("/feeds/notices.atom").response.data, "atom"))
    assert f"notice/{fresh}" in told and len(told) == PER_PART + 1
