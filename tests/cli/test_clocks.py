"""What the clocks end and count again, and when an operator must confirm the time first (trust.md 21, 23)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.cases import CaseDesk
from tests.desk import COUNTY_OFFICER, credit_act, known_until
from tests.desk import Desk as PublicDesk
from tests.one_app import services_for

from greenmine.cli.prepare import prepare
from greenmine.cli.upkeep import AT_ONCE, record_due, run_clocks
from greenmine.cli.worker import LEASE, TERM, Holding
from greenmine.config import Settings
from greenmine.domain.errors import Unready
from greenmine.domain.instant import legal_day
from greenmine.services import Services
from greenmine.store.act import size
from greenmine.store.apply import apply
from greenmine.store.credit import get_credit
from greenmine.store.lease import confirm_clock

NOW = datetime(2026, 1, 9, 2, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=1)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """An empty prepared site, in demonstration mode, on the morning of 9 January 2026."""
    built = services_for(settings, clock=lambda: NOW)
    prepare(built, empty=True)
    yield built
    built.database.close()


def _entries_due(services: Services, number: int) -> None:
    with services.database.write() as tx:
        for serial in range(1, number + 1):
            apply(tx, credit_act(serial, salt=f"{serial:064x}", until="2026-01-10"), at=NOW)


def test_a_clock_that_leapt_ahead_ends_nothing_until_an_operator_confirms(services: Services) -> None:
    """trust.md 21: +400 days, no mass closing; the lease and the record are free again once the clock is right."""
    _entries_due(services, 2)
    with services.database.read() as tx:
        recorded = size(tx)
    clock = [NOW]
    away = replace(services, clock=lambda: clock[0])
    assert Holding(away, TERM).keep()
    clock[0] = NOW + timedelta(days=400)
    assert Holding(away, TERM).keep(), "the old lease has run out"
    with pytest.raises(Unready) as refused:
        run_clocks(away)
    assert refused.value.code == "clock.unconfirmed"
    clock[0] = NOW + timedelta(seconds=30)
    assert Holding(away, TERM).keep(), "a lease given by a clock far ahead binds nobody"
    with away.database.read() as tx:
        assert size(tx) == recorded, "nothing was recorded in the future"
    clock[0] = DUE
    with pytest.raises(Unready):
        run_clocks(away)
    with away.database.write() as tx:
        confirm_clock(tx, LEASE, now=clock[0])
    assert run_clocks(away) >= 2


def test_a_calendar_that_is_there_settles_the_deadlines_of_reports(services: Services) -> None:
    """trust.md 23: a deadline beyond the calendar was provisional (暂定); counting again is no act."""
    mine = PublicDesk(services.database, now=NOW).register()
    cases = CaseDesk(services.database, now=NOW)
    told = cases.report(f"mine/{mine}", known=known_until(date(2025, 12, 31)))
    assert told.accept_due.provisional
    before = cases.task(told.number, COUNTY_OFFICER)
    assert run_clocks(services) == 0
    after = cases.task(told.number, COUNTY_OFFICER)
    assert (before.due_provisional, after.due_provisional, after.due) == (True, False, date(2026, 1, 14))


def test_an_unusual_number_of_ends_waits_for_an_operator(services: Services) -> None:
    """trust.md 21: a confirmation above N; each end is still told from its date meanwhile."""
    _entries_due(services, AT_ONCE + 1)
    later = replace(services, clock=lambda: DUE)
    with pytest.raises(Unready, match=str(AT_ONCE + 1)):
        run_clocks(later)
    with later.database.read() as tx:
        assert get_credit(tx, "2025-0001", today=legal_day(DUE)).name is None
    assert record_due(later) >= AT_ONCE + 1
