"""``greenmine verify``: what it prints, what it returns, when the worker runs it; complaints owed to the log.

Source: log-spec.md 6, 11.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.complaints import lodge
from tests.log_site import LogSite, log_site

from greenmine.cli.log import keep_log
from greenmine.cli.verify import run_verify, verify_nightly
from greenmine.domain.errors import Unready
from greenmine.store.verified import last_verified
from greenmine.usecases.commitment_batch import list_commitments


def lines_of(site: LogSite, *, private: bool = False) -> list[str]:
    keep_log(site.services)  # as the worker does every second
    return run_verify(site.services, private=private)[1]


def test_a_changed_row_is_a_line_with_table_key_and_column(tmp_path: Path) -> None:
    with log_site(tmp_path) as site:
        site.record(1, 2)
        assert lines_of(site) == []
        with site.services.database.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("UPDATE mine SET holder = '演示' WHERE id = 'GM-520524-0001'")
        assert lines_of(site) == ["mine GM-520524-0001，列 holder：与公开记录重放的结果不符"]
        with site.services.database.read() as tx:
            last = last_verified(tx)
        assert last is not None and (last.size, last.faults) == (2, 1)
        assert not list(tmp_path.glob(".verify-*")), "nothing is left in the data folder"


def test_a_complaint_owed_to_the_log_is_told_by_day_and_number_only(tmp_path: Path) -> None:
    with log_site(tmp_path) as site:
        number = lodge(site.services.database, master=site.services.master, at=site.clock.now).number
        assert lines_of(site) == [], "its deadline is not over"
        begun = site.clock.now
        site.clock.now = begun + timedelta(days=3)
        (line,) = lines_of(site)
        assert "有1件没有登记" in line and number not in line
        assert number in lines_of(site, private=True)[0]
        with site.services.database.write() as tx:
            list_commitments(tx, at=site.clock.now)
        assert lines_of(site) == []


def test_a_deadline_moved_behind_the_app_hides_nothing(tmp_path: Path) -> None:
    """log-spec.md 6: by when the log must hold a commitment follows from the day of receipt alone."""
    with log_site(tmp_path) as site:
        lodge(site.services.database, master=site.services.master, at=site.clock.now)
        with site.services.database.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("UPDATE complaint SET log_due = '2999-01-01T00:00:00Z'")
        site.clock.now += timedelta(days=3)
        moved, owed = lines_of(site)
        assert "log_due" in moved and "有1件没有登记" in owed


def test_a_head_outside_that_is_no_text_is_told_as_such(tmp_path: Path) -> None:
    with log_site(tmp_path) as site:
        site.record(1)
        site.services.settings.log_head.write_bytes(b"\xff\xfe")
        with pytest.raises(Unready) as refused:
            site.record(2)
        assert refused.value.code == "log.head_malformed"


def test_without_the_head_outside_a_restored_backup_cannot_be_told_and_that_is_said(tmp_path: Path) -> None:
    """log-spec.md 8: the head outside the database is what an old backup is told by."""
    with log_site(tmp_path) as site:
        site.record(1)
        assert lines_of(site) == []
        site.services.settings.log_head.unlink()
        verified, (line,) = run_verify(site.services)
        assert verified.faults == 0 and "库外没有保存的记录头" in line


def test_the_worker_verifies_after_the_first_start_and_every_night(tmp_path: Path) -> None:
    with log_site(tmp_path) as site:
        site.record(1)
        first = verify_nightly(site.services)
        assert first is not None and first.faults == 0
        assert verify_nightly(site.services) is None
        site.clock.now += timedelta(days=1)
        assert verify_nightly(site.services) is not None
        assert verify_nightly(site.services) is None
