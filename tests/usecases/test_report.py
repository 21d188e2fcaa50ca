"""Reported errors through the use cases: due in 3 working days, mended by an act that is named, or explained."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.cases import MASTER, CaseDesk
from tests.desk import COUNTY_OFFICER, EDITOR, NEIGHBOUR, NOON, PROVINCE_OFFICER, Desk, article, instant, known_until
from tests.desk_people import code_of
from tests.reference_data import reference

from greenmine.domain.case import MessageKind, Stage
from greenmine.domain.error_report import ReportOutcome
from greenmine.domain.errors import NotFound
from greenmine.domain.mine import Library
from greenmine.store.case_message import messages_of
from greenmine.store.database import Database, open_database
from greenmine.store.error_report import get_report
from greenmine.store.migrate import upgrade
from greenmine.usecases.article import publish_article
from greenmine.usecases.case_step import identity_of_case, matter_of_case
from greenmine.usecases.report import corrections_since, recount_reports

MONDAY = date(2025, 3, 3)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty record."""
    made = open_database(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def cases(database: Database) -> CaseDesk:
    return CaseDesk(database, now=NOON)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, now=NOON)


def test_a_mines_record_is_the_countys_task_due_in_three_working_days(cases: CaseDesk, desk: Desk) -> None:
    mine = desk.register()
    receipt = cases.report(f"mine/{mine}")
    assert receipt.number.startswith("G") and receipt.accept_due.day == date(2025, 3, 6)
    task = cases.task(receipt.number, COUNTY_OFFICER)
    assert (task.due, task.stage) == (date(2025, 3, 6), Stage.RECEIVED)
    assert task.is_overdue(date(2025, 3, 7)) and not task.is_overdue(date(2025, 3, 6))
    for officer in (NEIGHBOUR, PROVINCE_OFFICER, EDITOR):
        with pytest.raises(NotFound):
            cases.task(receipt.number, officer)


def test_news_go_to_the_province_that_edits_them(cases: CaseDesk) -> None:
    """Editors handle no cases; who publishes for the province does."""
    with cases.database.write() as tx:
        publish_article(tx, article(), reference=reference(), officer=EDITOR, at=NOON)
    receipt = cases.report("content/news/first")
    assert cases.task(receipt.number, PROVINCE_OFFICER).body.region == "520000"


def test_removals_go_to_the_province_that_decides_them(cases: CaseDesk, desk: Desk) -> None:
    mine = desk.register()
    desk.enlist(mine, Library.PROVINCIAL, since=date(2025, 1, 2))
    number = desk.propose(mine)
    assert cases.report(f"removal/{number}").body.region == "520000"


@pytest.mark.parametrize("record", ["mine/GM-520524-9999", "notice/2025-9999", "removal/2025-9999", "credit/2025-9999"])
def test_a_record_that_is_not_there_takes_no_report(cases: CaseDesk, record: str) -> None:
    with pytest.raises(NotFound):
        cases.report(record)


def test_corrected_names_the_act_that_mended_this_record_after_the_report(cases: CaseDesk, desk: Desk) -> None:
    mine, other = desk.register(), desk.register("演示二矿")
    desk.correct(mine, place="演示旧路")
    early = desk.acts()[-1].n
    cases.now = desk.now + timedelta(hours=1)
    number = cases.report(f"mine/{mine}").number
    later = Desk(cases.database, now=cases.now + timedelta(hours=1))
    later.correct(other, place="演示别处")
    foreign = later.acts()[-1].n
    later.correct(mine, place="演示新路")
    right = later.acts()[-1].n
    cases.now = later.now

    def refusal(act: int | None) -> str:
        corrected = ReportOutcome.CORRECTED
        return code_of(lambda: cases.answer_report(number, corrected, officer=COUNTY_OFFICER, act=act))

    assert [refusal(act) for act in (None, early, foreign, 999)] == [
        "report.act_missing",
        "report.act_foreign",
        "report.act_foreign",
        "report.act_unknown",
    ]
    with cases.database.read() as tx:
        task = cases.task(number, COUNTY_OFFICER)
        assert [act.n for act in corrections_since(tx, f"mine/{mine}", since=task.received_at)] == [right]
    cases.answer_report(number, ReportOutcome.CORRECTED, officer=COUNTY_OFFICER, act=right, text="已更正，谢谢。")
    with cases.database.read() as tx:
        row = get_report(tx, task.case)
        (message,) = messages_of(tx, task.case, master=MASTER)
    assert (row.outcome, row.act) == (ReportOutcome.CORRECTED, right)
    assert (message.kind, message.text) == (MessageKind.ANSWER, "已更正，谢谢。")
    assert cases.task(number, COUNTY_OFFICER).due is None


def test_a_publication_is_no_correction(cases: CaseDesk, desk: Desk) -> None:
    """A notice that names the mine, published after the report, mends nothing."""
    mine = desk.register()
    number = cases.report(f"mine/{mine}").number
    desk.publish(mine, first_day=MONDAY)
    act = desk.acts()[-1].n
    refused = code_of(lambda: cases.answer_report(number, ReportOutcome.CORRECTED, officer=COUNTY_OFFICER, act=act))
    assert refused == "report.act_foreign"


def test_no_error_has_its_reason_and_names_no_act(cases: CaseDesk, desk: Desk) -> None:
    mine = desk.register()
    number = cases.report(f"mine/{mine}").number

    def answer(text: str, act: int | None = None) -> None:
        cases.answer_report(number, ReportOutcome.NO_ERROR, officer=COUNTY_OFFICER, text=text, act=act)

    assert code_of(lambda: answer(" ")) == "case.words_missing"
    assert code_of(lambda: answer("与许可证一致。", act=0)) == "report.act_foreign"
    assert code_of(lambda: cases.answer_report(number, ReportOutcome.NO_ERROR, officer=NEIGHBOUR)) == "case.unknown"
    answer("与许可证一致。")
    assert cases.task(number, COUNTY_OFFICER).stage is Stage.ANSWERED


def test_an_objection_is_no_report(cases: CaseDesk) -> None:
    objection = cases.object(cases.publish(first_day=MONDAY)).number
    refused = code_of(lambda: cases.answer_report(objection, ReportOutcome.NO_ERROR, officer=PROVINCE_OFFICER))
    assert refused == "case.unknown"


def test_who_and_what_are_sealed_apart(cases: CaseDesk, desk: Desk) -> None:
    mine = desk.register()
    number = cases.report(f"mine/{mine}", name="演示李某", mail="LI@Example.cn").number
    case = cases.task(number, COUNTY_OFFICER).case
    with cases.database.read() as tx:
        assert identity_of_case(tx, case, master=MASTER)["mail"] == "LI@example.cn"
        assert "演示李某" not in repr(matter_of_case(tx, case, master=MASTER))


def test_a_form_sent_twice_makes_one_task(cases: CaseDesk, desk: Desk) -> None:
    mine = desk.register()
    cases.report(f"mine/{mine}", form_key="one")
    assert code_of(lambda: cases.report(f"mine/{mine}", form_key="one")) == "form.sent_before"


def test_the_deadline_runs_over_a_holiday(cases: CaseDesk, desk: Desk) -> None:
    """清明节 2025: 4 to 6 April are off."""
    mine = desk.register()
    cases.now = instant(date(2025, 4, 2))
    assert cases.report(f"mine/{mine}").accept_due.day == date(2025, 4, 8)


def test_a_provisional_deadline_is_counted_again_once_the_calendar_is_there(cases: CaseDesk, desk: Desk) -> None:
    """trust.md 23: 1 January 2025 is off, which nobody could count with before; what was settled stands."""
    mine = desk.register()
    cases.now = instant(date(2024, 12, 30))
    told = cases.report(f"mine/{mine}", known=known_until(date(2024, 12, 31)))
    assert (told.accept_due.day, told.accept_due.provisional) == (date(2025, 1, 2), True)
    answered = cases.report(f"mine/{mine}", known=known_until(date(2024, 12, 31)))
    cases.answer_report(answered.number, ReportOutcome.NO_ERROR, officer=COUNTY_OFFICER)
    before = cases.task(told.number, COUNTY_OFFICER)
    with cases.database.write() as tx:
        assert recount_reports(tx, reference=known_until(date(2024, 12, 31))) == 0
        assert recount_reports(tx, reference=reference()) == 1
        assert recount_reports(tx, reference=known_until(date(2024, 12, 31))) == 0, "settled for good"
    after = cases.task(told.number, COUNTY_OFFICER)
    assert (after.due, after.due_provisional, after.version) == (date(2025, 1, 3), False, before.version)
    assert cases.task(answered.number, COUNTY_OFFICER).due is None
