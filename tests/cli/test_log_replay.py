"""After a restored backup the log goes on without a gap; on an empty machine the site rises from the log alone."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.desk import ZHIJIN
from tests.public_log import PublicLog, public_log
from tests.tlog_keys import LOG

from greenmine.__main__ import main
from greenmine.app import build_services, create_app
from greenmine.cli.log import keep_log
from greenmine.cli.log_copy import trust
from greenmine.cli.log_replay import replay_from
from greenmine.cli.log_source import Folder, Missing, Site, Source
from greenmine.cli.mirror import MirrorFolder, mirror
from greenmine.cli.rebuild_site import policy_at, rebuild_site
from greenmine.domain.errors import Conflict, GreenmineError, NotFound, Unready
from greenmine.domain.instant import legal_day
from greenmine.projections.feed import Format
from greenmine.services import Services
from greenmine.store.act import entries, size
from greenmine.store.database import open_database
from greenmine.store.log import head_of, newest_head, root_at
from greenmine.store.log_seal import read_head
from greenmine.store.rebuild import differences
from greenmine.store.tables import act
from greenmine.tlog.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from greenmine.tlog.tile import bundle, unbundle
from greenmine.usecases.log import rotate_key

EXPORTS = ("/mines.csv", "/mines.json", "/mines.xlsx", "/notices.csv", "/log/entries", "/mines", "/news")
FEEDS = ("/feeds/all", "/feeds/news", "/feeds/notices", "/feeds/directory", f"/feeds/regions/{ZHIJIN}",
         f"/feeds/mines/GM-{ZHIJIN}-0001")  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PublicLog]:
    with public_log(tmp_path / "site") as made:
        yield made


def backup(log: PublicLog, target: Path) -> None:
    log.site.services.database.checkpoint()
    target.mkdir()
    shutil.copy(log.site.services.settings.data_dir / "greenmine.sqlite", target / "greenmine.sqlite")


def restored(log: PublicLog, saved: Path) -> Services:
    """The site after last night's database was put back, and nothing else: its files and its kept head are today's."""
    return replace(
        log.site.services,
        database=replace(
            open_database(f"sqlite:///{saved / 'greenmine.sqlite'}"), seal=log.site.services.database.seal
        ),
    )


def more_acts(log: PublicLog) -> None:
    """What happened after the backup: acts with bodies, and a file that law took away."""
    log.site.record(*range(50, 60))
    keep_log(log.site.services)


def recorded(services: Services) -> list[str]:
    with services.database.read() as tx:
        return list(tx.execute(select(act.c.kind).order_by(act.c.n)).scalars())


def rows_after(services: Services, start: int) -> list[tuple[bytes, bytes | None]]:
    with services.database.read() as tx:
        return list(entries(tx, start=start))


@pytest.mark.parametrize("where", ["site", "mirror"])
def test_a_restored_backup_takes_back_what_is_missing_and_acts_go_on(
    log: PublicLog, tmp_path: Path, where: str
) -> None:
    backup(log, tmp_path / "saved")
    with log.site.services.database.read() as tx:
        start = size(tx)
    more_acts(log)
    lived = rows_after(log.site.services, 0)
    copy = tmp_path / "copy"
    mirror(Site(log.url), MirrorFolder(copy), trust(log.key, None), today=legal_day(log.site.clock.now))
    services = restored(log, tmp_path / "saved")
    with pytest.raises(Unready, match="落后"), services.database.write() as tx:
        rotate_key(tx, keys=services.log_keys, at=services.clock())
    source: Source = Site(log.url) if where == "site" else Folder(copy)
    assert replay_from(services, source) == 10
    assert rows_after(services, 0)[:-1] == lived  # byte for byte, bodies too
    assert recorded(services)[-1] == "checkpoint.recovered"
    with services.database.read() as tx:
        now = newest_head(tx)
        before = head_of(tx, start + 10)
        assert root_at(tx, start + 10) == before.checkpoint.root
    assert now is not None and now.checkpoint.size == start + 11
    assert before.signatures and now.signatures
    kept = read_head(services.settings.log_head)
    assert kept is not None and parse_checkpoint(kept.text).size == start + 11
    with services.database.write() as tx:
        rotate_key(tx, keys=services.log_keys, at=services.clock())  # acts go on
    assert replay_from(services, source) == 0 or where == "site"
    services.database.close()


def test_a_key_brought_in_after_the_backup_is_taken_back_with_its_act(log: PublicLog, tmp_path: Path) -> None:
    backup(log, tmp_path / "saved")
    with log.site.services.database.write() as tx:
        rotate_key(tx, keys=log.site.services.log_keys, at=log.site.clock.now)
    more_acts(log)
    services = restored(log, tmp_path / "saved")
    assert replay_from(services, Site(log.url)) == 11
    with services.database.read() as tx:
        head = newest_head(tx)
    assert head is not None and len(head.signatures) == 2
    services.database.close()


class Bent:
    """A source that lies at one address."""

    name = "liar"

    def __init__(self, inner: Source, bend: Callable[[str, bytes | Missing], bytes | Missing]) -> None:
        self.inner, self.bend = inner, bend

    def fetch(self, path: str, *, limit: int) -> bytes | Missing:
        return self.bend(path, self.inner.fetch(path, limit=limit))


def _last_entry_bent(path: str, content: bytes | Missing) -> bytes | Missing:
    if "entries" not in path or isinstance(content, Missing):
        return content
    found = unbundle(content)
    return bundle([*found[:-1], found[-1].replace(b'"valid_from":"2', b'"valid_from":"1')])


def _first_entry_bent(path: str, content: bytes | Missing) -> bytes | Missing:
    if "entries" not in path or isinstance(content, Missing):
        return content
    found = unbundle(content)
    return bundle([found[1], *found[1:]])


def _head_of_another(path: str, content: bytes | Missing) -> bytes | Missing:
    if path != "log/checkpoint" or isinstance(content, Missing):
        return content
    size_line = content.decode().split("\n")[1]
    return str(sign_checkpoint(Checkpoint(LOG.name, int(size_line), b"\x01" * 32), [LOG])).encode()


def _bodies_bent(path: str, content: bytes | Missing) -> bytes | Missing:
    return b"{}" if path.startswith("documents/") else content


def _bodies_gone(path: str, content: bytes | Missing) -> bytes | Missing:
    return Missing.REMOVED if path.startswith("documents/") else content


@pytest.mark.parametrize("bend", [_last_entry_bent, _first_entry_bent, _head_of_another, _bodies_bent, _bodies_gone])
def test_what_does_not_lead_to_our_own_signed_head_is_not_taken(
    log: PublicLog, tmp_path: Path, bend: Callable[[str, bytes | Missing], bytes | Missing]
) -> None:
    backup(log, tmp_path / "saved")
    more_acts(log)
    services = restored(log, tmp_path / "saved")
    before = rows_after(services, 0)
    with pytest.raises(GreenmineError):
        replay_from(services, Bent(Site(log.url), bend))
    assert rows_after(services, 0) == before
    assert replay_from(services, Site(log.url)) == 10
    services.database.close()


def test_a_mirror_that_ends_before_our_head_is_refused_and_an_up_to_date_database_left_alone(
    log: PublicLog, tmp_path: Path
) -> None:
    backup(log, tmp_path / "saved")
    log.site.record(40)
    keep_log(log.site.services)
    copy = tmp_path / "copy"
    mirror(Site(log.url), MirrorFolder(copy), trust(log.key, None), today=legal_day(log.site.clock.now))
    more_acts(log)
    services = restored(log, tmp_path / "saved")
    with pytest.raises(NotFound, match="更新的镜像"):
        replay_from(services, Folder(copy))
    services.database.close()
    assert replay_from(log.site.services, Folder(copy)) == 0


def test_an_empty_machine_shows_the_same_and_lists_what_was_removed(log: PublicLog, tmp_path: Path) -> None:
    site = log.site
    settings = replace(site.services.settings, data_dir=tmp_path / "new", search_index=tmp_path / "new-index",
                       database_url=f"sqlite:///{tmp_path / 'new' / 'greenmine.sqlite'}",
                       log_head=tmp_path / "new" / "log-head")  # fmt: skip
    services = replace(build_services(settings, clock=site.clock), reference=site.services.reference)
    source = Site(log.url)
    made = rebuild_site(services, source, policy_at(source))
    assert {item.sha256: item.ground for item in made.removed} == log.removed
    with site.services.database.read() as here, services.database.read() as there:
        assert differences(here, there) == []
        assert size(there) == made.size
        named = [row for row in here.execute(select(act.c.body)).scalars() if row and row not in log.removed]
    one, two = site.app.test_client(), create_app(settings, services=services).test_client()
    documents = [f"/documents/{name}" for name in (*named[:20], *log.removed)]
    for path in (*EXPORTS, *(f"{feed}.{form}" for feed in FEEDS for form in Format), *documents):
        with one.get(path) as before, two.get(path) as after:
            assert (before.status_code, before.data) == (after.status_code, after.data), path
            assert before.status_code == (410 if path.rpartition("/")[2] in log.removed else 200), path
    assert all(one.get(f"/documents/{name}").status_code == 410 for name in log.removed)
    assert rebuild_site(services, source, policy_at(source)) == made  # again: nothing to do
    services.database.close()


def test_a_rebuild_that_broke_off_is_taken_up_and_never_mixes_with_acts_of_its_own(
    log: PublicLog, tmp_path: Path
) -> None:
    settings = replace(log.site.services.settings, data_dir=tmp_path / "new", search_index=tmp_path / "new-index",
                       database_url=f"sqlite:///{tmp_path / 'new' / 'greenmine.sqlite'}",
                       log_head=tmp_path / "new" / "log-head")  # fmt: skip
    services = replace(build_services(settings, clock=log.site.clock), reference=log.site.services.reference)
    left = [8]

    def breaking(path: str, content: bytes | Missing) -> bytes | Missing:
        left[0] -= path.startswith("documents/")
        if left[0] < 0:
            raise Unready("test.broken", "broken")
        return content

    policy = policy_at(Site(log.url))
    with pytest.raises(Unready):
        rebuild_site(services, Bent(Site(log.url), breaking), policy)
    with pytest.raises(Conflict):
        rebuild_site(services, Bent(Site(log.url), _bodies_bent), policy)
    made = rebuild_site(services, Site(log.url), policy)
    with log.site.services.database.read() as here, services.database.read() as there:
        assert differences(here, there) == []
        assert size(there) == made.size
    services.database.close()
    with pytest.raises(Conflict, match="空数据库"):
        rebuild_site(log.site.services, Site(log.url), policy)


def test_the_commands(
    log: PublicLog, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = log.site.services.settings
    monkeypatch.setenv("GREENMINE_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setenv("GREENMINE_SEARCH_INDEX", str(tmp_path / "new-index"))
    monkeypatch.setenv("GREENMINE_CONTENT_DIR", str(settings.content_dir))
    assert main(["replay", log.url]) == 0
    told = capsys.readouterr().out
    assert log.key in told
    assert all(sha256 in told for sha256 in log.removed)
    assert main(["replay", log.url, "--key", log.key, "--compare"]) == 2
    assert main(["log", "replay", log.url]) == 1  # a mirror has no log of its own to go on with
    assert main(["replay", log.url, "--key", LOG.verifier.vkey]) == 1
