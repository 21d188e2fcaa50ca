"""A calendar amended overnight moves the ends of running notices, by an act, and nothing else (trust.md 23).

As in January 2020: 国办发明电〔2020〕1号 of 26 January lengthened 春节 to 2 February and took back the make-up day of
1 February, when notices counted with 国办发明电〔2019〕16号 were running.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from tests.announced import publish_notice
from tests.both_databases import BOTH, opened
from tests.desk import PROVINCE_OFFICER, Desk, draft, instant
from tests.reference_data import reference

from greenmine.domain.notice import NoticeState
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.reference import Reference
from greenmine.store.act import ActRow
from greenmine.store.notice import NoticeRow, get_notice
from greenmine.usecases.notice import due_recounts, recount_notices, withdraw_notice

BEFORE = date(2020, 1, 20)
AMENDED_ON = date(2020, 1, 27)
FIVE = PeriodRule(PeriodUnit.WORKDAY, 5, first_day_counted=False, rolls_over=False, cutoff=None)


def as_of_2019() -> Reference:
    """The calendar before the amendment: 春节 to 30 January, Saturday 1 February worked."""
    amended = reference().calendar
    back = {date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)}
    calendar = replace(
        amended,
        version="201911210016",
        holidays=amended.holidays - back,
        workdays_made_up=amended.workdays_made_up | {date(2020, 2, 1)},
    )
    return replace(reference(), calendar=calendar)


@pytest.fixture(params=BOTH)
def old_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The desk on Monday 20 January 2020, on both databases."""
    for database in opened(request, tmp_path, kind=request.param):
        yield Desk(database, now=instant(BEFORE))


def published(desk: Desk, rule: PeriodRule = FIVE, *, known: Reference, **values: object) -> str:
    wanted = replace(draft(first_day=desk.now.date(), period=rule), **values)  # type: ignore[arg-type]
    with desk.database.write() as tx:
        return publish_notice(tx, wanted, reference=known, officer=PROVINCE_OFFICER, at=desk.now)


def row(desk: Desk, number: str) -> NoticeRow:
    with desk.database.read() as tx:
        return get_notice(tx, number)


def recount(desk: Desk, *, known: Reference, on: date = AMENDED_ON) -> int:
    with desk.database.write() as tx:
        return recount_notices(tx, reference=known, at=desk.at(on).now)


def recounts(desk: Desk) -> list[ActRow]:
    return [act for act in desk.acts() if act.kind == "notice.recounted"]


def test_an_amended_year_moves_the_end_of_a_running_notice_by_one_act(old_desk: Desk) -> None:
    """21, 22, 23, 31 January and 1 February before; 21, 22, 23 January, 3 and 4 February after."""
    number = published(old_desk, known=as_of_2019())
    assert row(old_desk, number).last_day == date(2020, 2, 1)
    assert recount(old_desk, known=reference()) == 1
    after = row(old_desk, number)
    assert (after.last_day, after.provisional) == (date(2020, 2, 4), False)
    assert after.ends_at is not None
    assert after.ends_at.date() == date(2020, 2, 4)
    assert after.calendar == reference().calendar.version
    (act,) = recounts(old_desk)
    assert act.by == "system@000000"
    assert (act.fact("last_day"), act.fact("calendar")) == ("2020-02-04", reference().calendar.version)
    assert act.object == f"notice/{number}"


def test_counting_again_changes_nothing(old_desk: Desk) -> None:
    published(old_desk, known=as_of_2019())
    recount(old_desk, known=reference())
    assert recount(old_desk, known=reference()) == 0
    assert len(recounts(old_desk)) == 1


def test_looking_at_what_is_due_needs_no_write_transaction(old_desk: Desk) -> None:
    number = published(old_desk, known=as_of_2019())
    with old_desk.database.read() as tx:
        due = due_recounts(tx, reference=reference(), at=old_desk.at(AMENDED_ON).now)
    assert [(notice.id, period.last_day) for notice, period in due] == [(number, date(2020, 2, 4))]
    assert recounts(old_desk) == []


def test_a_notice_the_amendment_does_not_touch_gets_no_act(old_desk: Desk) -> None:
    """It stays under the version it was counted with; also a natural-day period that does not ask the calendar."""
    days = PeriodRule(PeriodUnit.NATURAL_DAY, 14, first_day_counted=True, rolls_over=False, cutoff=None)
    three = replace(FIVE, days=3)
    numbers = [published(old_desk, days, known=as_of_2019())]
    numbers += [published(old_desk, three, known=as_of_2019(), kind="library_entry", enters=None)]
    assert recount(old_desk, known=reference(), on=BEFORE) == 0
    assert {row(old_desk, number).calendar for number in numbers} == {"201911210016"}


def test_natural_days_that_roll_over_move_too(old_desk: Desk) -> None:
    """民法典 203: day 12 is 31 January, a working day before, a day off after."""
    rolling = PeriodRule(PeriodUnit.NATURAL_DAY, 12, first_day_counted=True, rolls_over=True, cutoff=None)
    number = published(old_desk, rolling, known=as_of_2019())
    assert row(old_desk, number).last_day == date(2020, 1, 31)
    assert recount(old_desk, known=reference()) == 1
    assert row(old_desk, number).last_day == date(2020, 2, 3)


def test_printed_dates_are_never_moved(old_desk: Desk) -> None:
    dates = PeriodRule(PeriodUnit.DATES, None, first_day_counted=True, rolls_over=False, cutoff=None)
    number = published(old_desk, dates, known=as_of_2019(), last_day=date(2020, 2, 1))
    assert recount(old_desk, known=reference()) == 0
    assert row(old_desk, number).last_day == date(2020, 2, 1)


@pytest.mark.parametrize("seconds", [0, 1])
def test_an_end_that_has_come_stands(old_desk: Desk, seconds: int) -> None:
    """The end second itself is still running; the next one is not."""
    number = published(old_desk, known=as_of_2019())
    ends = row(old_desk, number).ends_at
    assert ends is not None
    now = ends + timedelta(seconds=seconds)
    with old_desk.database.write() as tx:
        moved = recount_notices(tx, reference=reference(), at=now)
    assert moved == (1 if seconds == 0 else 0)
    assert (row(old_desk, number).last_day == date(2020, 2, 1)) is (seconds == 1)


def test_a_closed_or_withdrawn_notice_stands(old_desk: Desk) -> None:
    number = published(old_desk, known=as_of_2019())
    with old_desk.database.write() as tx:
        withdraw_notice(tx, number, reason="误", reference=reference(), officer=PROVINCE_OFFICER, at=old_desk.now)
    assert recount(old_desk, known=reference()) == 0
    assert row(old_desk, number).state(old_desk.now) is NoticeState.WITHDRAWN


def test_an_end_is_not_moved_into_the_past(old_desk: Desk) -> None:
    """The reverse amendment on 3 February would have ended it on the 1st: what readers were promised stands."""
    number = published(old_desk, known=reference())
    assert row(old_desk, number).last_day == date(2020, 2, 4)
    assert recount(old_desk, known=as_of_2019(), on=date(2020, 2, 3)) == 0
    assert recount(old_desk, known=as_of_2019(), on=date(2020, 1, 31)) == 1


def test_a_calendar_that_lost_a_year_makes_nothing_provisional(old_desk: Desk) -> None:
    """A file taken away by mistake must not unsettle what was settled."""
    published(old_desk, known=reference())
    whole = reference().calendar
    torn = replace(
        reference(),
        calendar=replace(
            whole, version="0123456789ab", last=date(2019, 12, 28),
            holidays=frozenset(day for day in whole.holidays if day.year < 2020),
        ),
    )  # fmt: skip
    assert recount(old_desk, known=torn) == 0


def test_a_cut_off_hour_stays_the_hour_of_the_new_last_day(old_desk: Desk) -> None:
    """山西: 16:00 of the last day."""
    number = published(old_desk, replace(FIVE, cutoff=time(16)), known=as_of_2019())
    recount(old_desk, known=reference())
    ends = row(old_desk, number).ends_at
    assert ends == instant(date(2020, 2, 4), time(16))
