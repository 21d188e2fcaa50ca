"""The worker clears away what ran out and what nothing names, and never what somebody was promised (trust.md)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.both_databases import BOTH, opened
from tests.demo_site import demo_copy
from tests.desk import ZHIJIN
from tests.one_app import services_for

from greenmine.cli.log import finish_erasure
from greenmine.cli.sweep import GRACE, Swept, run_sweep
from greenmine.cli.upkeep import LEASE
from greenmine.cli.worker import JOBS
from greenmine.config import Mode, Settings
from greenmine.domain.case import CaseKind
from greenmine.domain.errors import Unready
from greenmine.domain.seat import Role, Seat
from greenmine.services import Services
from greenmine.store.case import erase, open_case
from greenmine.store.case_attachment import attach, remove_files_of
from greenmine.store.database import Database, open_database
from greenmine.store.draft import DraftKind, DraftState, insert_draft, update_draft
from greenmine.store.form_draft import LIFETIME, add_file, load, start
from greenmine.store.lease import take_lease
from greenmine.store.migrate import upgrade
from greenmine.store.sealed_files import SealedFiles
from greenmine.store.tables import document
from greenmine.store.tables_private import lease
from greenmine.usecases.erasure import Erased
from greenmine.usecases.staff import enter_staff

HOUR = timedelta(hours=1)


@dataclass
class Watch:
    """A clock that moves when it is told to. Files are as old as the machine says: it starts now."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch(datetime.now(UTC))


@pytest.fixture(params=BOTH)
def services(request: pytest.FixtureRequest, settings: Settings, watch: Watch, tmp_path: Path) -> Iterator[Services]:
    """A site without anything in it, on each database."""
    for database in opened(request, tmp_path, kind=request.param):
        yield replace(services_for(settings, clock=watch), database=database)


def attached(services: Services, plain: bytes = b"photo", case: str = "c1") -> str:
    sealed = services.sealed_files.put(plain)
    with services.database.write() as tx:
        open_case(tx, case=case, kind="complaint", region=ZHIJIN, at=services.clock(), master=services.master)
        attach(
            tx, case=case, n=1, sealed=sealed, name="a.jpg", media_type="image/jpeg", at=services.clock(),
            master=services.master,
        )  # fmt: skip
    return sealed.file


def test_the_worker_sweeps_every_hour() -> None:
    (job,) = [job for job in JOBS if job.run is run_sweep]
    assert job.every == HOUR


def test_a_nameless_file_goes_after_a_day_and_an_attachment_stays(services: Services, watch: Watch) -> None:
    orphan, kept = services.sealed_files.put(b"left by a kill").file, attached(services)
    watch.now += GRACE - HOUR
    assert run_sweep(services) == Swept()
    watch.now += 2 * HOUR
    assert run_sweep(services) == Swept(sealed_files=1)
    assert not services.sealed_files.has(orphan)
    assert services.sealed_files.has(kept)
    assert run_sweep(services) == Swept()


def test_files_of_an_erased_case_go(services: Services, watch: Watch) -> None:
    file = attached(services)
    with services.database.write() as tx:
        erase(tx, case="c1", at=watch.now)
    watch.now += GRACE + HOUR
    assert run_sweep(services) == Swept(sealed_files=1)
    assert not services.sealed_files.has(file)


def test_what_a_read_only_folder_keeps_of_an_erased_case_goes_later(
    services: Services, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys leave the write-ahead log all the same, and whoever erased hears of no failure (trust.md, faults)."""
    file = attached(services)
    emptied: list[bool] = []

    def empty(_self: Database) -> bool:
        emptied.append(True)
        return True

    def refuse(_self: SealedFiles, _file: str) -> None:
        raise PermissionError(30, "read-only file system")

    with services.database.write() as tx:
        erase(tx, case="c1", at=watch.now)
        files = remove_files_of(tx, "c1")
    with monkeypatch.context() as patch:
        patch.setattr(SealedFiles, "remove", refuse)
        patch.setattr(Database, "checkpoint", empty)
        assert finish_erasure(services, Erased(files)) == 0 and emptied == [True]
    assert services.sealed_files.has(file)
    watch.now += GRACE + HOUR
    assert run_sweep(services) == Swept(sealed_files=1)
    assert not services.sealed_files.has(file)


def test_drafts_go_after_72_hours_with_their_files(services: Services, watch: Watch) -> None:
    sealed = services.sealed_files.put(b"photo")
    with services.database.write() as tx:
        key = start(tx, kind=CaseKind.COMPLAINT, at=watch.now)
        add_file(tx, key, sealed, name="a.jpg", media_type="image/jpeg", at=watch.now)
    watch.now += LIFETIME - HOUR
    assert run_sweep(services) == Swept()
    assert services.sealed_files.has(sealed.file)
    watch.now += HOUR
    assert run_sweep(services) == Swept(drafts=1, sealed_files=1)
    with services.database.read() as tx:
        assert load(tx, key, at=watch.now - LIFETIME) is None


def test_trust_21_a_clock_that_leapt_clears_nothing_away(services: Services, watch: Watch) -> None:
    """All drafts would have run out at once, and a file just put would be a day old."""
    file = services.sealed_files.put(b"row not yet committed").file
    with services.database.write() as tx:
        key = start(tx, kind=CaseKind.COMPLAINT, at=watch.now)
        assert take_lease(tx, LEASE, holder="one", now=watch.now, term=HOUR)
        tx.execute(update(lease).values(jumped_from="2026-11-21T00:00:00Z"))
    began = watch.now
    watch.now += timedelta(days=400)
    assert run_sweep(services) == Swept()
    assert services.sealed_files.has(file)
    with services.database.read() as tx:
        assert load(tx, key, at=began) is not None


def desk_draft(services: Services, sha256: str, **values: object) -> int:
    with services.database.write() as tx:
        at = services.clock()
        number = insert_draft(
            tx, kind=DraftKind.NOTICE, region=ZHIJIN, title="", data={"files": [{"sha256": sha256}]}, staff=1, at=at
        )
        if values:
            assert update_draft(tx, number, version=1, staff=1, at=at, **values)
    return number


def enter_somebody(services: Services) -> None:
    with services.database.write() as tx:
        enter_staff(
            tx, login="zhang", name="张三", seats=[Seat(Role.COUNTY, ZHIJIN)],
            regions=services.reference.regions, by=None, at=services.clock(),
        )  # fmt: skip


def test_files_of_open_desk_drafts_stay_and_those_of_thrown_away_ones_go(services: Services, watch: Watch) -> None:
    enter_somebody(services)
    put = services.files.put
    opened, proposed, discarded = put(b"open"), put(b"proposed"), put(b"discarded")
    desk_draft(services, opened)
    desk_draft(services, proposed, state=DraftState.PROPOSED)
    desk_draft(services, discarded, state=DraftState.DISCARDED)
    watch.now += GRACE + HOUR
    assert run_sweep(services) == Swept(documents=1)
    assert [services.files.has(sha256) for sha256 in (opened, proposed, discarded)] == [True, True, False]


def test_published_documents_all_stay(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, watch: Watch) -> None:
    """The whole demonstration site: rule books, articles with their media, lists of notices."""
    services = demo_copy(tmp_path_factory, tmp_path / "demo", clock=watch)
    orphan = services.files.put(b"nameless")
    watch.now += GRACE + HOUR
    assert run_sweep(services).documents == 1
    with services.database.read() as tx:
        standing = (document.c.content.is_(None), document.c.removed_by.is_(None))
        in_files = tx.execute(select(document.c.sha256).where(*standing)).scalars().all()
    assert len(in_files) > 5
    assert all(services.files.has(sha256) for sha256 in in_files)
    assert not services.files.has(orphan)
    services.database.close()


@pytest.fixture
def real(services: Services) -> Services:
    """The same as a real site."""
    settings = replace(
        services.settings, mode=Mode.PRODUCTION, site_url="https://green-mine.example", sponsor="示例厅",
        contact="0000-00000000",
    )  # fmt: skip
    return replace(services, settings=settings)


def test_files_of_another_database_are_left_alone(real: Services, watch: Watch, tmp_path: Path) -> None:
    """A wrong database address must not empty the folders: every file would seem nameless."""
    kept = attached(real)
    assert run_sweep(real) == Swept()
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    watch.now += GRACE + HOUR
    with pytest.raises(Unready, match="另一个数据库"):
        run_sweep(replace(real, database=other))
    other.close()
    assert real.sealed_files.has(kept)
    assert run_sweep(real) == Swept()


def test_folders_that_are_away_are_not_taken_for_new_ones(real: Services, watch: Watch) -> None:
    kept = attached(real)
    assert run_sweep(real) == Swept()
    root = real.sealed_files.root
    root.rename(root.with_name("unmounted"))
    watch.now += GRACE + HOUR
    assert run_sweep(real) == Swept()
    assert not root.exists()
    root.with_name("unmounted").rename(root)
    assert run_sweep(real) == Swept()
    assert real.sealed_files.has(kept)
