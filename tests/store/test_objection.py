"""Counts of objections and codes of reports, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event
from tests.cases import CaseDesk
from tests.desk import COUNTY_OFFICER, NOON, PROVINCE_OFFICER, Desk

from greenmine.domain.error_report import RecordKind, ReportOutcome
from greenmine.domain.errors import NotFound
from greenmine.domain.mine import Library
from greenmine.domain.objection import ObjectionOutcome
from greenmine.store.database import Database
from greenmine.store.error_report import find_record, get_report
from greenmine.store.objection import ObjectionCount, count_objections, get_objection, objections_to, waiting_numbers
from greenmine.usecases.erasure import erase_case

MONDAY = date(2025, 3, 3)


@pytest.fixture
def cases(database: Database) -> CaseDesk:
    return CaseDesk(database, now=NOON)


def test_counts_of_many_notices_in_one_query(cases: CaseDesk) -> None:
    """style.md 8: no N+1 on the list of notices."""
    busy, quiet, silent = (cases.publish(first_day=MONDAY) for _ in range(3))
    numbers = [cases.object(busy).number for _ in range(3)]
    cases.object(quiet, by_unit=True)
    cases.answer_objection(numbers[0], ObjectionOutcome.UPHELD)
    cases.answer_objection(numbers[1], ObjectionOutcome.UPHELD)
    asked: list[str] = []
    with cases.database.read() as tx:
        event.listen(tx, "before_cursor_execute", lambda *args: asked.append(args[2]))
        counts = count_objections(tx, [busy, quiet, silent, "2025-9999"])
    assert len(asked) == 1
    assert counts == {
        busy: ObjectionCount(3, {ObjectionOutcome.UPHELD: 2}),
        quiet: ObjectionCount(1, {}),
    }
    assert (counts[busy].answered, counts[busy].waiting) == (2, 1)


def test_counts_of_those_received_before_an_instant(cases: CaseDesk) -> None:
    """What the public is told of a notice that is not closed, also of an objection erased since (web/public)."""
    notice = cases.publish(first_day=MONDAY)
    number = cases.object(notice).number
    cases.answer_objection(number, ObjectionOutcome.UPHELD)
    with cases.database.write() as tx:
        erase_case(tx, number, ground="demand", at=NOON)
    with cases.database.read() as tx:
        assert count_objections(tx, [notice], before=NOON) == {}
        later = count_objections(tx, [notice], before=NOON + timedelta(seconds=1))
    assert later == {notice: ObjectionCount(1, {ObjectionOutcome.UPHELD: 1})}


def test_nothing_asked_nothing_queried(cases: CaseDesk) -> None:
    with cases.database.read() as tx:
        assert count_objections(tx, []) == {}
        assert objections_to(tx, "2025-9999") == ObjectionCount(0, {})


def test_an_objections_codes(cases: CaseDesk) -> None:
    number = cases.publish(first_day=MONDAY)
    by_unit = cases.object(number, by_unit=True).number
    case = cases.task(by_unit, PROVINCE_OFFICER).case
    with cases.database.read() as tx:
        row = get_objection(tx, case)
        assert (row.notice, row.by_unit, row.outcome) == (number, True, None)
        assert waiting_numbers(tx, number, PROVINCE_OFFICER) == (by_unit,)
        with pytest.raises(NotFound):
            get_objection(tx, "none")


def test_a_report_keeps_record_outcome_and_act(cases: CaseDesk) -> None:
    desk = Desk(cases.database, now=NOON)
    mine = desk.register()
    number = cases.report(f"mine/{mine}").number
    case = cases.task(number, COUNTY_OFFICER).case
    desk.correct(mine, place="演示新路")
    act = desk.acts()[-1].n
    cases.answer_report(number, ReportOutcome.CORRECTED, officer=COUNTY_OFFICER, act=act)
    with cases.database.read() as tx:
        row = get_report(tx, case)
        with pytest.raises(NotFound):
            get_report(tx, "none")
    assert (row.record, row.outcome, row.act) == (f"mine/{mine}", ReportOutcome.CORRECTED, act)


def test_records_are_found_by_the_name_their_acts_bear(cases: CaseDesk) -> None:
    desk = Desk(cases.database, now=NOON)
    mine = desk.register()
    desk.enlist(mine, Library.PROVINCIAL, since=date(2025, 1, 2))
    notice, removal = desk.publish(), desk.propose(mine)
    with cases.database.read() as tx:
        found = [find_record(tx, name) for name in (f"mine/{mine}", f"notice/{notice}", f"removal/{removal}")]
    assert [(row.kind, row.number, row.region) for row in found] == [
        (RecordKind.MINE, mine, "520524"),
        (RecordKind.NOTICE, notice, "520000"),
        (RecordKind.REMOVAL, removal, "520524"),
    ]
    assert found[0].title == "演示织金县青山磷矿"
