"""Five hundred steps by anybody on anything: what is not one's own never moves, no rule is walked round (trust 13)."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from tests.complaints import CANARIES, ZHIJIN_ECOLOGY, ZHIJIN_HEALTH, journal, lodge, seat, task_of, working
from tests.desk import (
    ADMINISTRATOR,
    BIJIE,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    GUIZHOU,
    NAYONG,
    NEIGHBOUR,
    NOON,
    PROVINCE_OFFICER,
    ZHIJIN,
    Desk,
)
from tests.usecases.test_case_desk import STEPS, WORDS

from greenmine.domain.body import Body, HandOverReason, RiskClass
from greenmine.domain.case import OVER, Stage
from greenmine.domain.complaint import KINDS_OF, About
from greenmine.domain.department import Department
from greenmine.domain.errors import GreenmineError, NotFound
from greenmine.domain.officer import handles
from greenmine.store.case_task import TaskRow
from greenmine.usecases.case_desk import hand_over

OFFICERS: Final = (
    COUNTY_OFFICER, NEIGHBOUR, CITY_OFFICER, PROVINCE_OFFICER, EDITOR, ADMINISTRATOR, ZHIJIN_ECOLOGY, ZHIJIN_HEALTH,
)  # fmt: skip
PLACES: Final = (ZHIJIN, NAYONG, BIJIE, GUIZHOU, "330523", "000000")
ORDER: Final = (Stage.RECEIVED, Stage.ACCEPTED, Stage.ANSWERED, Stage.CLOSED)


@pytest.mark.parametrize("seed", [1, 2])
def test_trust_13_a_random_walk_moves_only_what_is_ones_own(desk: Desk, seed: int) -> None:
    rng, database = Random(seed), desk.database
    seat(database, *OFFICERS)
    cases = {
        lodge(
            database, region=rng.choice((ZHIJIN, NAYONG)), risk=risk, kind=KINDS_OF[risk][0], about=about
        ).number: about
        for risk in RiskClass
        for about in (*About, *About)
    }
    moved = refused = 0
    for turn in range(500):
        number, officer = rng.choice(list(cases)), rng.choice(OFFICERS)
        before, lines = task_of(database, number), len(journal(database))
        told = working(database, number, officer=officer, at=NOON + timedelta(minutes=turn))
        if rng.random() < 0.1:
            told = replace(told, seen=told.seen - 1)
        name = rng.choice((*STEPS, "elsewhere"))
        try:
            with database.write() as tx:
                if name == "elsewhere":
                    to = Body(rng.choice(PLACES), rng.choice(tuple(Department)))
                    hand_over(tx, number, to=to, reason=HandOverReason.OTHER_DUTY, text=WORDS, desk=told)
                else:
                    STEPS[name](tx, number, told, WORDS)
        except GreenmineError as error:
            refused += 1
            assert task_of(database, number) == before and len(journal(database)) == lines
            assert isinstance(error, NotFound) is not handles(officer, before.body)
            continue
        moved += 1
        assert handles(officer, before.body)
        assert journal(database)[-1].staff == officer.id
        _require_lawful(before, task_of(database, number), about=cases[number], opened=name == "open_identity")
    assert moved > 30 and refused > 200
    assert not [word for word in CANARIES if word in repr(journal(database))]


def _require_lawful(before: TaskRow, after: TaskRow, *, about: About, opened: bool) -> None:
    assert before.stage not in OVER or opened
    assert after.version == before.version + (0 if opened else 1)
    assert after.body.region.startswith("52")
    assert about is About.MINE or after.body.region != before.region, "handed to the accused"
    if after.stage is not Stage.DECLINED and not opened:
        assert ORDER.index(after.stage) - ORDER.index(before.stage) in (0, 1)
    assert (after.closed_at is not None) is (after.stage in OVER)
