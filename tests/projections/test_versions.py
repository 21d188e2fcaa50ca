"""Lists of the past (design.md "Versions and time"): the public rows as they stood after every act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from tests.desk import NOON, PROVINCE_OFFICER, ZHIJIN, Desk, instant, withdrawal_act
from tests.projections.histories import GUIAN, Dying, play
from tests.reference_data import reference

from greenmine.domain.document_removal import RemovalGround
from greenmine.domain.errors import Unready
from greenmine.domain.mine import Library, MineStatus
from greenmine.domain.mine_history import Moment
from greenmine.projections.runner import catch_up, rebuild
from greenmine.projections.versions import Versions, require_derived
from greenmine.store.act import size
from greenmine.store.apply import apply
from greenmine.store.database import Database
from greenmine.store.directory import DirectoryFilter, Sort, Word, count_mines, export_mines, list_mines
from greenmine.store.mine_past import known_by, mine_on
from greenmine.store.tables import act
from greenmine.store.tables_past import PAST_TABLES
from greenmine.usecases.document import remove_document
from greenmine.usecases.notice import withdraw_notice
from greenmine.usecases.reference import announce_calendar

TODAY = NOON.date()


def take(database: Database) -> int:
    return catch_up(database, [Versions()], reference=reference())


def whole(database: Database, moment: Moment | None = None) -> list[tuple[Any, ...]]:
    """Every mine with every column, its other names and the libraries it is in."""
    with database.read() as tx:
        rows = export_mines(tx, DirectoryFilter(moment=moment), sort=Sort.REGION, limit=1000)
        return [(dict(row.values), row.aliases, row.libraries) for row in rows]


def kept(database: Database) -> Mapping[str, Sequence[Any]]:
    """Every row of the three tables."""
    with database.read() as tx:
        return {table.name: sorted(map(repr, tx.execute(select(table)).all())) for table in PAST_TABLES}


def statuses(database: Database, moment: Moment) -> list[MineStatus]:
    with database.read() as tx:
        return [row.status for row in list_mines(tx, DirectoryFilter(moment=moment), limit=100)]


def test_a_day_shows_what_held_at_its_end(desk: Desk) -> None:
    number = desk.register()
    desk.at(date(2025, 4, 1)).enlist(number, Library.PROVINCIAL)
    desk.at(date(2025, 6, 2)).decide(desk.at(date(2025, 6, 2)).propose(number))
    take(desk.database)
    seen = {
        day: statuses(desk.database, Moment(date.fromisoformat(day)))
        for day in ("2025-03-02", "2025-03-03", "2025-03-31", "2025-04-01", "2025-06-01", "2025-06-02")
    }
    assert seen == {
        "2025-03-02": [],
        "2025-03-03": [MineStatus.REGISTERED],
        "2025-03-31": [MineStatus.REGISTERED],
        "2025-04-01": [MineStatus.LISTED],
        "2025-06-01": [MineStatus.LISTED],
        "2025-06-02": [MineStatus.REMOVED],
    }


def test_what_was_recorded_late_is_not_known_before(desk: Desk) -> None:
    """ "as the site said it then": the old list was recorded in May."""
    number = desk.register()
    desk.at(date(2025, 5, 6)).enlist(number, Library.CITY, since=date(2025, 4, 1))
    take(desk.database)
    with desk.database.read() as tx:
        acts = {day: known_by(tx, date.fromisoformat(day)) for day in ("2025-03-02", "2025-05-05", "2025-05-06")}
        assert acts == {"2025-03-02": 0, "2025-05-05": 1, "2025-05-06": 2}
    on = date(2025, 4, 10)
    assert statuses(desk.database, Moment(on)) == [MineStatus.LISTED]
    assert statuses(desk.database, Moment(on, acts["2025-05-06"])) == [MineStatus.LISTED]
    assert statuses(desk.database, Moment(on, acts["2025-05-05"])) == [MineStatus.REGISTERED]
    assert statuses(desk.database, Moment(on, acts["2025-03-02"])) == []


def test_the_instant_of_the_last_second_counts(desk: Desk) -> None:
    desk.register()
    with desk.database.read() as tx:
        assert (known_by(tx, TODAY - timedelta(days=1)), known_by(tx, TODAY), known_by(tx, date.max)) == (0, 1, 1)


def test_names_of_then_are_found_and_those_of_now_are_not(desk: Desk) -> None:
    number = desk.register("演示旧名矿", aliases=("演示别名",))
    desk.at(date(2025, 6, 2)).correct(number, name="演示新名矿", aliases=())
    take(desk.database)

    def found(moment: Moment | None) -> list[int]:
        asked = [DirectoryFilter(words=(Word(text, text),), moment=moment) for text in ("旧名", "别名", "新名")]
        with desk.database.read() as tx:
            return [count_mines(tx, each) for each in asked]

    assert found(Moment(date(2025, 6, 1))) == [1, 1, 0]
    assert found(Moment(date(2025, 6, 2))) == found(None) == [0, 0, 1]


def test_a_withdrawal_that_names_no_mine_ends_the_notice_of_its_mines(desk: Desk) -> None:
    notice = desk.publish(desk.register())
    later = desk.at(TODAY + timedelta(days=2))
    with desk.database.write() as tx:
        withdraw_notice(tx, notice, reason="有误", reference=reference(), officer=PROVINCE_OFFICER, at=later.now)
    take(desk.database)
    assert statuses(desk.database, Moment(TODAY + timedelta(days=1))) == [MineStatus.NOTICED]
    assert statuses(desk.database, Moment(TODAY + timedelta(days=2))) == [MineStatus.REGISTERED]


def test_the_past_waits_for_every_act(desk: Desk) -> None:
    desk.register()
    with desk.database.read() as tx, pytest.raises(Unready, match="正在整理"):
        require_derived(tx)
    take(desk.database)
    with desk.database.read() as tx:
        require_derived(tx)
    with desk.database.write() as tx:
        announce_calendar(tx, reference().calendar, at=desk.now)
    with desk.database.read() as tx:
        require_derived(tx)  # it says nothing of mines
    desk.register("演示第二矿")
    with desk.database.read() as tx, pytest.raises(Unready):
        require_derived(tx)


def test_words_that_law_took_away_are_in_no_list_of_the_past(desk: Desk) -> None:
    """ "an erased name is shown in no view, past ones included"."""
    number = desk.register("演示王某某矿")
    other = desk.register("演示别矿")
    desk.at(date(2025, 6, 2)).correct(number, name="演示改名矿")
    take(desk.database)
    assert "王某某" in str(kept(desk.database))
    with desk.database.write() as tx:
        sha256 = tx.execute(select(act.c.body).where(act.c.n == 0)).scalar_one()
        remove_document(tx, sha256, ground=RemovalGround.PERSONAL, at=instant(date(2025, 7, 1)))
    assert "王某某" not in str(kept(desk.database)), "at once, with the act"
    take(desk.database)
    assert "王某某" not in str(kept(desk.database))
    names = {moment: {row[0]["name"] for row in whole(desk.database, moment)}
             for moment in (Moment(TODAY), Moment(date(2025, 6, 2)), Moment(TODAY, 2))}  # fmt: skip
    assert list(names.values()) == [{number, "演示别矿"}, {"演示改名矿", "演示别矿"}, {number, "演示别矿"}]
    assert other in str(kept(desk.database))
    with desk.database.read() as tx:
        past = mine_on(tx, number, [], moment=Moment(TODAY))
        assert past is not None and past.facts.name == number
    incremental = kept(desk.database)
    rebuild(desk.database, [Versions()], reference=reference())
    assert kept(desk.database) == incremental


def remove_body(desk: Desk, n: int) -> None:
    """Law takes the words of an act away."""
    with desk.database.write() as tx:
        sha256 = tx.execute(select(act.c.body).where(act.c.n == n)).scalar_one()
        remove_document(tx, sha256, ground=RemovalGround.PERSONAL, at=desk.now)


@pytest.mark.parametrize("end", ["none", "close", "withdraw"])
@pytest.mark.parametrize("taken_between", [True, False])
def test_a_notice_that_lost_its_words_names_no_mine_any_more(desk: Desk, end: str, taken_between: bool) -> None:
    """Its list went with them: rows, page and lists of the past say the same, now and after its end."""
    number = desk.register()
    notice = desk.publish(number)
    take(desk.database)
    later = desk.at(TODAY + timedelta(days=30))
    remove_body(later, next(act.n for act in desk.acts() if act.kind == "notice.published"))
    if taken_between:
        take(desk.database)
    if end == "close":
        later.close(notice, decided=False)
    elif end == "withdraw":
        with desk.database.write() as tx:
            withdraw_notice(tx, notice, reason="有误", reference=reference(), officer=PROVINCE_OFFICER, at=later.now)
    take(desk.database)
    with desk.database.read() as tx:
        past = mine_on(tx, number, [], moment=Moment(TODAY))
    assert past is not None and past.status is desk.mine(number).status is MineStatus.REGISTERED
    assert whole(desk.database, Moment(date.max)) == whole(desk.database)
    assert statuses(desk.database, Moment(TODAY)) == [MineStatus.REGISTERED]
    incremental = kept(desk.database)
    rebuild(desk.database, [Versions()], reference=reference())
    assert kept(desk.database) == incremental


def test_a_mine_that_lost_its_words_is_under_no_notice_that_was_withdrawn(desk: Desk) -> None:
    """Making the rows of a mine anew must not forget that the notice it stood in was withdrawn."""
    number = desk.register()
    notice = desk.publish(number)
    take(desk.database)
    with desk.database.write() as tx:
        apply(tx, replace(withdrawal_act(notice), facts={"mines": [number]}), at=desk.now)
    take(desk.database)
    assert statuses(desk.database, Moment(TODAY)) == [MineStatus.REGISTERED]
    remove_body(desk.at(TODAY + timedelta(days=1)), 0)
    take(desk.database)
    assert desk.mine(number).status is MineStatus.REGISTERED
    assert whole(desk.database, Moment(date.max)) == whole(desk.database)


@dataclass
class Witness:
    """What the public rows said, written down at odd moments: after how many acts, on which day."""

    seen: list[tuple[int, date, list[tuple[Any, ...]]]] = field(default_factory=list)

    def look(self, desk: Desk, rng: Random) -> None:
        with desk.database.read() as tx:
            acts = size(tx)
        self.seen.append((acts, desk.now.date(), whole(desk.database)))
        catch_up(desk.database, [rng.choice([Versions(), Dying(Versions())])], reference=reference())


@pytest.mark.parametrize("seed", [1, 2])
def test_every_past_is_what_the_public_rows_said(desk: Desk, seed: int) -> None:
    """Whatever the history, in whatever pieces it was taken, killed or not."""
    witness = Witness()
    play(desk, Random(seed), steps=100, aside=witness.look)
    take(desk.database)
    assert len(witness.seen) > 5
    for acts, day, rows in witness.seen:
        assert whole(desk.database, Moment(day, acts)) == rows, acts
    assert whole(desk.database, Moment(date.max)) == whole(desk.database)
    incremental = kept(desk.database)
    rebuild(desk.database, [Versions()], reference=reference())
    assert kept(desk.database) == incremental
    kinds = {each.kind for each in desk.acts()}
    assert {"mine.changed", "notice.closed", "notice.withdrawn", "directory.listed", "removal.decided"} <= kinds


def test_a_mine_page_and_the_list_say_the_same(desk: Desk) -> None:
    play(desk, Random(7), steps=80, aside=lambda _desk, _rng: None)
    take(desk.database)
    with desk.database.read() as tx:
        compared = 0
        for acts in range(1, size(tx) + 1, 2):
            day = TODAY + timedelta(days=4 * acts)
            for row in list_mines(tx, DirectoryFilter(moment=Moment(day, acts)), limit=1000):
                past = mine_on(tx, row.id, [], moment=Moment(day, acts))
                assert past is not None
                assert (past.facts.name, past.status, past.level) == (row.name, row.status, row.level)
                assert past.listed_on == row.listed_on
                compared += 1
    assert compared > 20


def test_regions_of_then_count(desk: Desk) -> None:
    number = desk.register(region=ZHIJIN)
    desk.at(date(2025, 6, 2)).correct(number, region=GUIAN, officer=PROVINCE_OFFICER)
    take(desk.database)
    with desk.database.read() as tx:
        counted = {
            (region, day): count_mines(tx, DirectoryFilter(region=region, moment=Moment(date.fromisoformat(day))))
            for region in (ZHIJIN, GUIAN)
            for day in ("2025-06-01", "2025-06-02")
        }
    assert list(counted.values()) == [1, 0, 0, 1]
