"""What law erased after the backup is erased again when the log is replayed (个人信息保护法 47; log-spec.md 6)."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.complaints import lodge
from tests.public_log import public_log

from greenmine.cli.log import finish_erasure, keep_log
from greenmine.cli.log_replay import replay_from
from greenmine.cli.log_source import Site
from greenmine.domain.errors import NotFound
from greenmine.store.case_task import task_by_number
from greenmine.store.complaint import case_committed
from greenmine.store.database import open_database
from greenmine.usecases.erasure import erase_case


def test_a_case_erased_after_the_backup_does_not_come_back_with_it(tmp_path: Path) -> None:
    with public_log(tmp_path / "site") as log:
        services, clock = log.site.services, log.site.clock
        gone, stays = (lodge(services.database, master=services.master, at=clock.now) for _ in range(2))
        services.database.checkpoint()
        shutil.copy(services.settings.data_dir / "greenmine.sqlite", tmp_path / "saved.sqlite")
        with services.database.write() as tx:
            erased = erase_case(tx, gone.number, ground="demand", at=clock.now)
        finish_erasure(services, erased)
        keep_log(services)
        database = open_database(f"sqlite:///{tmp_path / 'saved.sqlite'}")
        old = replace(services, database=replace(database, seal=services.database.seal))
        with old.database.read() as tx:
            assert case_committed(tx, bytes.fromhex(gone.commitment)), "the backup brought it back"
        assert replay_from(old, Site(log.url)) == 1
        with old.database.read() as tx:
            assert case_committed(tx, bytes.fromhex(gone.commitment)) is None
            assert case_committed(tx, bytes.fromhex(stays.commitment)) is not None
            with pytest.raises(NotFound):
                task_by_number(tx, gone.number)
            assert task_by_number(tx, stays.number)
        old.database.close()
