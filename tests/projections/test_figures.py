"""Figures beside the targets (GO-03, ZJ-03): equal to a plain count, however the acts came."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from sqlalchemy import select
from tests.desk import (
    NAYONG,
    PROVINCE_OFFICER,
    ZHIJIN,
    Desk,
)
from tests.projections.histories import GUIAN, Dying, play
from tests.reference_data import reference

from greenmine.domain.mine import Library
from greenmine.domain.region import COUNTRY
from greenmine.projections.figures import Figures
from greenmine.projections.runner import catch_up, rebuild
from greenmine.store.database import Database
from greenmine.store.figure import figures_of, figures_of_children, listed_by_region, region_prefix
from greenmine.store.tables import mine
from greenmine.store.tables_private import figure
from greenmine.usecases.notice import withdraw_notice
from greenmine.usecases.reference import announce_calendar


def take(database: Database) -> int:
    return catch_up(database, [Figures()], reference=reference())


def shown(database: Database) -> dict[str, dict[str, int]]:
    with database.read() as tx:
        return {code: dict(figures_of(tx, code)) for code in tx.execute(select(figure.c.region).distinct()).scalars()}


def plain_count(database: Database) -> dict[str, dict[str, int]]:
    """Mine by mine, region by region up the tree, in Python."""
    counted: dict[str, Counter[str]] = {}
    with database.read() as tx:
        rows = tx.execute(select(mine.c.region, mine.c.status, mine.c.level)).all()
    for row in rows:
        above = [region.code for region in reference().regions.ancestors(row.region)]
        for code in (row.region, *above):
            names = ["mines", f"status.{row.status}", *([f"level.{row.level}"] if row.level else [])]
            counted.setdefault(code, Counter()).update(names)
    return {code: dict(counter) for code, counter in counted.items()}


def test_the_code_prefix_of_a_region_holds_exactly_the_regions_inside() -> None:
    """The SQL counts by code prefix; special areas and counties under a province must fit it."""
    regions = reference().regions
    provinces: dict[str, list[str]] = {}
    for region in regions:
        provinces.setdefault(region.code[:2], []).append(region.code)
    wrong = [
        (above, code)
        for codes in provinces.values()
        for code in codes
        for above in (*codes, COUNTRY)
        if code.startswith(region_prefix(above)) != regions.contains(above, code)
    ]
    assert wrong == [] and len(provinces) > 30


def test_a_mine_counts_in_its_region_and_in_all_above(desk: Desk) -> None:
    number = desk.register(region=ZHIJIN)
    desk.enlist(number, Library.PROVINCIAL)
    desk.register("演示贵安矿", region=GUIAN, officer=None)
    take(desk.database)
    both = {"mines": 2, "status.listed": 1, "status.registered": 1, "level.provincial": 1}
    one = {"mines": 1, "status.listed": 1, "level.provincial": 1}
    assert shown(desk.database) == {
        ZHIJIN: one, "520500": one, "520000": both, COUNTRY: both, GUIAN: {"mines": 1, "status.registered": 1},
    }  # fmt: skip


def test_a_mine_that_moves_leaves_nothing_behind(desk: Desk) -> None:
    """Also when the move is taken long after the mine was counted in the old place."""
    number = desk.register(region=NAYONG, officer=None)
    take(desk.database)
    desk.correct(number, region=GUIAN, officer=PROVINCE_OFFICER)
    take(desk.database)
    one = {"mines": 1, "status.registered": 1}
    assert shown(desk.database) == {GUIAN: one, "520000": one, COUNTRY: one}


def test_a_withdrawn_notice_gives_its_mines_back_their_standing(desk: Desk) -> None:
    """The act of withdrawal names the notice only."""
    notice = desk.publish(desk.register())
    take(desk.database)
    assert shown(desk.database)[ZHIJIN]["status.noticed"] == 1
    with desk.database.write() as tx:
        withdraw_notice(tx, notice, reason="有误", reference=reference(), officer=PROVINCE_OFFICER, at=desk.now)
    take(desk.database)
    assert shown(desk.database)[ZHIJIN] == {"mines": 1, "status.registered": 1}


def test_acts_that_concern_no_mine_change_no_figure(desk: Desk) -> None:
    desk.register()
    take(desk.database)
    before = shown(desk.database)
    with desk.database.write() as tx:
        announce_calendar(tx, reference().calendar, at=desk.now)
    assert take(desk.database) == 1
    assert shown(desk.database) == before


def test_figures_of_several_regions_come_in_one_answer(desk: Desk) -> None:
    desk.register(region=GUIAN, officer=None)
    desk.register("演示纳雍矿", region=NAYONG, officer=None)
    take(desk.database)
    children = [region.code for region in reference().regions.children("520000")]
    with desk.database.read() as tx:
        assert figures_of_children(tx, children, measure="mines") == {GUIAN: 1, "520500": 1}


def test_listed_on_a_day_counts_a_mine_once_from_its_first_day_to_the_one_before_its_removal(desk: Desk) -> None:
    number = desk.register()
    desk.enlist(number, Library.CITY)
    desk.at(date(2025, 4, 1)).enlist(number, Library.PROVINCIAL)
    later = desk.at(date(2025, 6, 2))
    later.decide(later.propose(number))
    with desk.database.read() as tx:
        days = {
            day: dict(listed_by_region(tx, on=day, prefix="52"))
            for day in ("2025-03-02", "2025-03-03", "2025-04-01", "2025-06-01", "2025-06-02")
        }
    one: dict[str, int] = {ZHIJIN: 1}
    assert days.pop("2025-03-02") == {}
    assert days.pop("2025-06-02").get(ZHIJIN, 0) <= 1
    assert list(days.values()) == [one] * 3


def take_or_die(desk: Desk, rng: Random) -> None:
    """All of it, or killed between rows and cursor."""
    projection = rng.choice([Figures(), Dying(Figures())])
    catch_up(desk.database, [projection], reference=reference())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_equal_a_plain_count_after_any_history_taken_in_any_pieces(desk: Desk, seed: int) -> None:
    play(desk, Random(seed), steps=150, aside=take_or_die)
    take(desk.database)
    incremental = shown(desk.database)
    assert incremental == plain_count(desk.database)
    rebuild(desk.database, [Figures()], reference=reference())
    assert shown(desk.database) == incremental
    kinds = {act.kind for act in desk.acts()}
    assert {"mine.changed", "notice.closed", "notice.withdrawn", "directory.listed", "removal.decided"} <= kinds
