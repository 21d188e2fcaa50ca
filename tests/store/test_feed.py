"""What feeds tell, on both databases: the newest threads, whatever the scope, are those that a plain reading gives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.both_databases import BOTH, opened
from tests.desk import NOON, mine_act
from tests.statements import statements
from tests.story import Story

from greenmine.domain.instant import day_starts, from_utc_text
from greenmine.store.act import ActRow, acts_after
from greenmine.store.apply import apply
from greenmine.store.article import ArticleFilter, list_articles
from greenmine.store.database import Database
from greenmine.store.deadline import deadlines
from greenmine.store.feed import (
    CHUNK,
    FEED_KINDS,
    SECTION_SCOPES,
    FeedScope,
    FeedSection,
    acts_told,
    count_begun,
    newest_begun,
    newest_threads,
    numbers_between,
    oldest_begun,
    scope_of_mine,
    threads_begun,
)
from greenmine.store.mine import regions_of
from greenmine.store.notice import NoticeFilter, list_notices

NOUNS = {"notices": "notice", "removals": "removal", "credit": "credit", "mines": "mine"}


@pytest.fixture(scope="module", params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One of each kind for all tests that read only."""
    yield from opened(request, tmp_path_factory.mktemp("feed"), kind=request.param)


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A test's own."""
    yield from opened(request, tmp_path, kind=request.param)


@pytest.fixture(scope="module")
def story(database: Database) -> Story:
    return Story(database, seed=1).live(60)


def told(database: Database) -> list[ActRow]:
    """Every act that feeds tell, newest first."""
    with database.read() as tx:
        return [act for act in acts_after(tx, 0, limit=10_000) if act.kind in FEED_KINDS][::-1]


def name_of(act: ActRow) -> str:
    return f"{act.object}/{act.envelope['seq']}" if act.object.startswith("mine/") else act.object


def plain(acts: list[ActRow]) -> list[str]:
    return list(dict.fromkeys(name_of(act) for act in acts))


def names(database: Database, scope: FeedScope, *, limit: int = 1000) -> list[str]:
    with database.read() as tx:
        return [thread.name for thread in newest_threads(tx, scope, limit=limit)]


def test_everything_is_what_a_plain_reading_gives(story: Story, database: Database) -> None:
    acts = told(database)
    assert names(database, FeedScope()) == plain(acts)
    assert names(database, FeedScope(), limit=5) == plain(acts)[:5]


def test_a_section_is_what_a_plain_reading_gives(story: Story, database: Database) -> None:
    for section in FeedSection:
        start = f"{NOUNS[section]}/" if section in NOUNS else f"content/{section}/"
        expected = plain([act for act in told(database) if act.object.startswith(start)])
        assert expected, section
        assert names(database, SECTION_SCOPES[section]) == expected


def test_more_threads_than_one_page_holds_are_read_on(empty: Database) -> None:
    with empty.write() as tx:
        for number in range(1, CHUNK + 31):
            apply(tx, mine_act(number), at=NOON)
        for number in range(CHUNK + 20):
            apply(tx, mine_act(1, kind="mine.changed", facts={"set": {}}, body={"changes": {}, "reason": f"{number}"}),
                  at=NOON)  # fmt: skip
    assert names(empty, FeedScope()) == plain(told(empty))
    assert len(names(empty, FeedScope(), limit=CHUNK + 50)) == CHUNK + 50


def test_a_mine_is_told_by_every_act_that_concerns_it(story: Story, database: Database) -> None:
    for mine in story.mines:
        with database.read() as tx:
            scope = scope_of_mine(tx, mine, today=story.today)
        concerning = []
        for act in told(database):
            lists = (act.fact("mines"), act.fact("listed"), act.fact("dropped"))
            named = {act.fact("mine"), *(number for each in lists for number in each or ())}
            if mine in named or act.object == f"mine/{mine}":
                concerning.append(act)
        assert names(database, scope) == plain(concerning)


def test_a_region_is_told_with_all_below_it(story: Story, database: Database) -> None:
    with database.read() as tx:
        held = regions_of(tx, story.mines)
    for code, prefix in (("520000", "52"), ("520500", "5205"), ("520524", "520524"), ("330000", "33")):
        found = names(database, FeedScope(region=code))
        mines = {name.split("/")[1] for name in found if name.startswith("mine/")}
        assert mines == {number for number, region in held.items() if region.startswith(prefix)}
    assert names(database, FeedScope(region="000000")) == names(database, FeedScope())


def test_chosen_objects_are_told_by_their_own_acts(story: Story, database: Database) -> None:
    notice = f"notice/{story.notices[0]}"
    found = names(database, FeedScope(objects=(notice, f"mine/{story.mines[0]}")))
    assert set(found) == {name for name in plain(told(database)) if name == notice or story.mines[0] in name}
    assert names(database, FeedScope(objects=())) == [] and names(database, FeedScope(about=())) == []


def test_one_query_for_a_page_and_two_for_its_acts(story: Story, database: Database) -> None:
    with database.read() as tx, statements(database.engine) as sent:
        threads = newest_threads(tx, FeedScope(), limit=50)
        acts = acts_told(tx, threads)
    assert len(sent) <= 4
    assert all(acts[thread.name] for thread in threads)
    for thread in threads:
        numbers = [each.act.n for each in acts[thread.name]]
        assert numbers == sorted(numbers) and numbers[-1] == thread.n


def test_archives_are_cut_by_what_began_and_when(story: Story, database: Database) -> None:
    acts = told(database)[::-1]
    begun = list(dict.fromkeys(name_of(act) for act in acts))
    with database.read() as tx:
        year = numbers_between(tx, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
        whole = range(year.stop + 1000)
        assert count_begun(tx, FeedScope(), whole) == len(begun)
        assert [each.name for each in threads_begun(tx, FeedScope(), whole, limit=1000)] == begun
        assert [each.name for each in threads_begun(tx, FeedScope(), whole, limit=3, offset=2)] == begun[2:5]
        assert newest_begun(tx, FeedScope(), before=acts[0].n) is None
        assert oldest_begun(tx, FeedScope(), since=0) == acts[0].n
        assert newest_begun(tx, FeedScope(), before=acts[0].n + 1) == acts[0].n


def test_numbers_follow_time_to_the_second(story: Story, database: Database) -> None:
    for act in told(database)[::9]:
        at = from_utc_text(act.at)
        with database.read() as tx:
            until = numbers_between(tx, datetime(2000, 1, 1, tzinfo=UTC), at)
            after = numbers_between(tx, at, datetime(2100, 1, 1, tzinfo=UTC))
        assert until.start == 0 and until.stop == after.start <= act.n < after.stop


def test_deadlines_know_how_often_they_changed(story: Story, database: Database) -> None:
    with database.read() as tx:
        rows = deadlines(tx, since=day_starts(date(2026, 1, 1)), limit=1000)
        notices, _total = list_notices(tx, NoticeFilter(), now=story.now, limit=1000)
        few = deadlines(tx, since=day_starts(date(2026, 1, 1)), limit=2)
    ended = {row.id: row for row in notices if row.ends_at is not None}
    chains = {act.object: int(act.envelope["seq"]) for act in told(database)[::-1]}
    assert {row.number for row in rows} == set(ended)
    assert [row.ends_at for row in rows] == sorted((row.ends_at for row in rows), reverse=True)
    assert list(few) == list(rows)[:2]
    for row in rows:
        assert row.changes == chains[f"notice/{row.number}"]
        assert row.withdrawn == (ended[row.number].recorded == "withdrawn")
        assert row.ends_at == ended[row.number].ends_at


def test_an_article_that_comes_back_is_the_same_thread(story: Story, database: Database) -> None:
    with database.read() as tx:
        rows, total = list_articles(tx, ArticleFilter("policies", withdrawn=None), limit=100)
    begun = [name for name in plain(told(database)) if name.startswith("content/policies/")]
    assert len(begun) == total == len(rows)
