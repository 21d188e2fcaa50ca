"""What law takes away: the words go from every row, and a replay that never had them makes the same rows.

Source: 个人信息保护法 47; log-spec.md 6.
"""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.desk import NOON, Desk, article, instant, mine_act
from tests.story import Story
from tests.usecases.test_article import PICTURE, change, publish, withdraw

from greenmine.domain.act import Act
from greenmine.domain.act.document import matters_of
from greenmine.domain.document_removal import RemovalGround
from greenmine.domain.errors import Gone, GreenmineError, NotFound, RuleBroken
from greenmine.domain.instant import legal_day
from greenmine.domain.seat import SYSTEM
from greenmine.store.act import entries, get_document, removals_of
from greenmine.store.apply import apply
from greenmine.store.audit import Audit
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.notice import attachments_of, get_notice, items_of
from greenmine.store.rebuild import differences, replay_all
from greenmine.store.tables import act, document
from greenmine.usecases.document import remove_document

LATER = date(2035, 3, 3)


def body_of(database: Database, n: int) -> str:
    with database.read() as tx:
        return str(tx.execute(select(act.c.body).where(act.c.n == n)).scalar_one())


def take_down(database: Database, sha256: str) -> None:
    with database.write() as tx:
        remove_document(tx, sha256, ground=RemovalGround.PERSONAL, at=instant(LATER))


@pytest.mark.parametrize("seed", [3, 20, 34])
def test_any_body_taken_down_leaves_the_rows_that_a_replay_without_it_makes(
    database: Database, twin: Database, seed: int
) -> None:
    """Every body of a varied history that may go, one after the other."""
    Story(database, seed=seed).live(36)
    with database.read() as tx:
        bodies = tx.execute(select(act.c.body).where(act.c.body.is_not(None)).order_by(act.c.n)).scalars().all()
    gone = 0
    for sha256 in dict.fromkeys(bodies[seed % 3 :: 1 + seed % 2]):
        try:
            take_down(database, sha256)
            gone += 1
        except GreenmineError:
            continue
    assert gone > 5
    with database.read() as tx:
        list(replay_all(twin, entries(tx)))
    with database.read() as one, twin.read() as other:
        assert differences(one, other) == []


def test_a_notice_taken_down_keeps_number_dates_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    mine = desk.register()
    number = desk.publish(mine)
    with desk.database.read() as tx:
        sha256 = body_of(desk.database, get_notice(tx, number).first_act)
    take_down(desk.database, sha256)
    with desk.database.read() as tx:
        row = get_notice(tx, number)
        assert (row.title, row.text, row.issuer, row.id) == (number, "", "", number)
        assert items_of(tx, number) == [] and not attachments_of(tx, number)
        assert removals_of(tx, [sha256])[sha256].ground == "含有个人信息"
        with pytest.raises(Gone, match="含有个人信息"):
            get_document(tx, sha256, today=legal_day(NOON))
    audit = Audit(desk.database, None, tmp_path / "none", tmp_path / "scratch", NOON)
    assert [str(fault) for fault in audit.faults()] == []
    with pytest.raises(Gone):
        take_down(desk.database, sha256)


def test_removed_words_do_not_come_back(desk: Desk) -> None:
    """Neither typed again nor by the content folder."""
    mine = desk.register()
    with desk.database.read() as tx:
        n = tx.execute(select(act.c.n).where(act.c.object == f"mine/{mine}")).scalar_one()
    take_down(desk.database, body_of(desk.database, n))
    assert desk.mine(mine).facts.name == mine, "a mine without its name is called by its number"
    with pytest.raises(RuleBroken, match="不能再次发布"):
        desk.at(LATER).register()


def test_a_picture_goes_with_the_last_text_that_shows_it(desk: Desk) -> None:
    """A corrected article keeps its picture when the old words are taken down; both gone, it goes too."""

    def kept() -> bool:
        with desk.database.read() as tx:
            return PICTURE.sha256 not in removals_of(tx, [PICTURE.sha256])

    publish(desk, article(media=(PICTURE,)))
    change(desk, summary="隐去一个号码")
    with desk.database.read() as tx:
        bodies = tx.execute(select(act.c.body).where(act.c.object == "content/news/first").order_by(act.c.n)).scalars()
        first, second = bodies.all()
    take_down(desk.database, first)
    assert kept()
    withdraw(desk.at(LATER))
    take_down(desk.database, second)
    assert not kept()


def test_what_is_not_there_or_must_stay_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        take_down(desk.database, "ab" * 32)
    story = Story(replace(desk.database), seed=34)
    story.begin()
    with desk.database.read() as tx:
        calendar = tx.execute(select(act.c.body).where(act.c.kind == "calendar.published")).scalars().first()
        book_file = tx.execute(select(document.c.sha256).where(document.c.media_type == "application/toml")).scalar()
    assert calendar is not None and book_file is not None
    for needed in (calendar, book_file):
        with pytest.raises(RuleBroken, match="不能停止公开"):
            take_down(desk.database, needed)


def test_a_list_of_matters_must_stay(desk: Desk) -> None:
    """Numbers only: nobody is named, and replay finds the acts of a matter by it."""
    many = tuple(f"listing-2025-{n:06}" for n in range(4000))
    with desk.database.write() as tx:
        listed = matters_of(json.loads(apply(tx, mine_act(1, matters=many), at=NOON).entry))
    assert listed is not None
    with pytest.raises(RuleBroken, match="不能停止公开"):
        take_down(desk.database, listed)


def test_the_removal_of_what_must_stay_is_named_by_an_audit(desk: Desk, tmp_path: Path) -> None:
    """Recorded past the app, by whoever holds the server."""
    Story(desk.database, seed=34).begin()
    with desk.database.write() as tx:
        file = str(tx.execute(select(document.c.sha256).where(document.c.media_type == "application/toml")).scalar())
        facts = {"document": file, "ground": "mistake"}
        n = apply(tx, Act("document.removed", f"document/{file}", SYSTEM, LATER, facts=facts), at=instant(LATER)).n
    run = Audit(desk.database, None, tmp_path / "log-head", tmp_path / "scratch", instant(LATER))
    assert [fault.key for fault in run.faults() if fault.table == "act"] == [str(n)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    database = open_database(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(database)
    return Desk(database, now=NOON)
