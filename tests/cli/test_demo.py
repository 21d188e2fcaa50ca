"""The demonstration register: deterministic, invented, whole, and never production (issue 2, item 9)."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select
from tests.demo_site import NOW, demo_copy
from tests.one_app import services_for

from greenmine.cli.demo.cases import DEMO_CODE, DEMO_NUMBER, demo_case_line
from greenmine.cli.prepare import prepare
from greenmine.cli.ready import require_ready
from greenmine.config import Mode, Settings
from greenmine.domain.act import KINDS
from greenmine.domain.act.log import LOG_KINDS
from greenmine.domain.book_text import provisions_in
from greenmine.domain.case_number import read_code, read_number, show_code
from greenmine.domain.credit_code import is_valid_credit_code
from greenmine.domain.errors import Conflict, Unready
from greenmine.domain.instant import utc_text
from greenmine.services import Services
from greenmine.store.act import entries
from greenmine.store.database import open_database
from greenmine.store.migrate import upgrade
from greenmine.store.rebuild import differences, replay_all
from greenmine.store.tables import act, credit_entry, document, membership, mine, notice, removal
from greenmine.store.tables_case import case_task
from greenmine.usecases.case_code import find_case_by_code


def _prepared(checkout: Path, folder: Path, *, empty: bool = False, at: datetime = NOW) -> Services:
    settings = Settings.from_environment(
        {"GREENMINE_DATA_DIR": str(folder), "GREENMINE_CONTENT_DIR": str(checkout / "content")}, base=folder
    )
    services = services_for(settings, clock=lambda: at)
    prepare(services, empty=empty)
    return services


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = demo_copy(tmp_path_factory, tmp_path_factory.mktemp("demo") / "data")
    yield services
    services.database.close()


def test_replaying_its_acts_into_an_empty_database_gives_the_same_public_rows(demo: Services, tmp_path: Path) -> None:
    twin = open_database(f"sqlite:///{tmp_path / 'twin.sqlite'}")
    upgrade(twin)
    with demo.database.read() as tx:
        list(replay_all(twin, entries(tx)))
    with demo.database.read() as here, twin.read() as there:
        assert differences(here, there) == []
    twin.close()


def test_it_holds_300_mines_in_four_provinces_with_full_histories(demo: Services) -> None:
    with demo.database.read() as tx:
        provinces = {row[0]: row[1] for row in tx.execute(
            select(func.substr(mine.c.region, 1, 2), func.count()).group_by(func.substr(mine.c.region, 1, 2))
        )}  # fmt: skip
        statuses = set(tx.execute(select(mine.c.status).distinct()).scalars())
        libraries = set(tx.execute(select(membership.c.library).distinct()).scalars())
        kinds = set(tx.execute(select(act.c.kind).distinct()).scalars())
    assert provinces == {"52": 75, "21": 75, "33": 75, "51": 75}
    assert statuses == {"registered", "in_library", "noticed", "listed", "removed"}
    assert {"creation", "project", "provincial", "national"} <= libraries
    later = {"notice.recounted", *(kind.name for kind in LOG_KINDS)}
    assert kinds == KINDS.keys() - later, "only a calendar that comes later recounts; the log speaks of itself by day"


RESTS_ON: Final = {
    "notice.published": {"notice", "objection"},
    "notice.closed": {"notice", "objection"},
    "directory.listed": {"notice", "objection"},
    "removal.proposed": {"ground"},
    "removal.decided": {"ground"},
    "credit.added": {"credit"},
    "credit.ended": {"credit"},
}
"""Kind → tables of the provisions that decide it; no book decides the others."""


def test_every_act_names_the_provisions_that_decided_it_and_the_book_that_holds_them(
    demo: Services, checkout: Path
) -> None:
    """The files are read by themselves: a ground that a province inherits stands in the national book."""
    folder = checkout / "content" / "rules"
    held = {
        f"{path.parent.name}/{path.stem}#{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}": provisions_in(
            path.read_bytes()
        )
        for path in folder.glob("*/*-*.toml")
    }
    named = Counter[tuple[str, str]]()
    with demo.database.read() as tx:
        for envelope in (json.loads(each.entry) for each in entries(tx)):
            tables = {each["provision"].partition("/")[0] for each in envelope["basis"]}
            assert tables == RESTS_ON.get(envelope["kind"], set()) or (
                envelope["kind"] == "directory.listed" and not tables and "notice" not in envelope
            ), envelope
            for each in envelope["basis"]:
                assert each["provision"] in held[each["book"]], each
                named[each["provision"].partition("/")[0], each["book"][:2]] += 1
            if envelope["kind"].startswith("removal."):
                assert envelope["basis"][0]["provision"] == f"ground/{envelope['ground']}"
    assert named["ground", "00"] and sum(n for (table, book), n in named.items() if table == "ground" and book != "00")


def test_notices_run_wait_and_are_provisional_on_the_day_of_the_demonstration(demo: Services) -> None:
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    with demo.database.read() as tx:
        open_ones = tx.execute(select(notice).where(notice.c.state == "published", notice.c.ends_at.is_not(None))).all()
    assert sum(row.ends_at >= now for row in open_ones) >= 8
    assert sum(row.ends_at < now for row in open_ones) >= 4
    assert sum(row.provisional for row in open_ones) == 4
    assert any(row.region == "520524" and row.ends_at < now for row in open_ones), "the county officer finds work"


@pytest.mark.parametrize("day", ["2026-12-20T04:00", "2028-02-29T04:00"])
def test_it_is_made_on_any_day_also_beyond_the_published_calendar(checkout: Path, tmp_path: Path, day: str) -> None:
    """An old checkout still starts: what the calendar does not settle is 暂定 and stays open, nothing fails."""
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    services = _prepared(checkout, tmp_path, at=now)
    with services.database.read() as tx:
        running = select(notice.c.region, notice.c.kind).where(
            notice.c.state == "published", notice.c.ends_at > utc_text(now)
        )
        waiting = select(notice.c.region).where(notice.c.state == "published", notice.c.ends_at <= utc_text(now))
        rows, over = tx.execute(running).all(), set(tx.execute(waiting).scalars())
        statuses = set(tx.execute(select(mine.c.status)).scalars())
    services.database.close()
    kinds = Counter((row.region[:2], row.kind) for row in rows)
    assert kinds == Counter(
        {(code, kind): number for code in ("52", "21", "33", "51")
         for kind, number in (("county_check", 3), ("province_list", 1), ("city_list", 1))}
    )  # fmt: skip
    assert "520524" in {row.region for row in rows} & over, "the county officer finds one to close and one that runs"
    assert statuses == {"registered", "in_library", "noticed", "listed", "removed"}


def test_a_removal_may_be_neutral_and_a_neutral_one_is_never_followed_by_an_entry(demo: Services) -> None:
    with demo.database.read() as tx:
        neutral = set(tx.execute(select(removal.c.mine).where(removal.c.adverse.is_(False))).scalars())
        named = set(tx.execute(select(credit_entry.c.mine).where(credit_entry.c.mine.is_not(None))).scalars())
        running = tx.execute(select(func.count()).where(credit_entry.c.name.is_not(None))).scalar_one()
        ended = tx.execute(select(credit_entry).where(credit_entry.c.ended_on.is_not(None))).all()
        gone = tx.execute(select(func.count()).where(document.c.removed_by.is_not(None))).scalar_one()
    assert neutral
    assert not neutral & named
    assert running >= 4
    assert ended
    assert all(row.name is None for row in ended)
    assert gone == len(ended)


def test_every_firm_is_recognisably_invented(demo: Services) -> None:
    """No real company or person: every holder says 示例 and every credit code lies in region 999999."""
    with demo.database.read() as tx:
        rows = tx.execute(select(mine.c.holder, mine.c.credit_code, mine.c.permit_no)).all()
        subjects = tx.execute(select(credit_entry.c.name).where(credit_entry.c.name.is_not(None))).scalars().all()
    assert all("示例" in row.holder and row.credit_code[2:8] == "999999" for row in rows)
    assert all(is_valid_credit_code(row.credit_code) and row.permit_no.startswith("C999999") for row in rows)
    assert all("示例" in name for name in subjects)


def test_preparing_twice_changes_nothing(demo: Services) -> None:
    with demo.database.read() as tx:
        before = list(entries(tx))
    assert prepare(demo).made_demo is False
    with demo.database.read() as tx:
        assert list(entries(tx)) == before


def test_a_demonstration_can_never_become_production(demo: Services) -> None:
    settings = replace(
        demo.settings,
        mode=Mode.PRODUCTION,
        site_url="https://example.invalid",
        sponsor="示例厅",
        contact="0000-00000000",
    )
    production = replace(demo, settings=settings)
    for start in (prepare, require_ready):
        with pytest.raises(Conflict) as refused:
            start(production)
        assert refused.value.code == "site.other_mode"


def test_init_empty_gives_a_site_without_mines_and_stays_so(checkout: Path, tmp_path: Path) -> None:
    services = _prepared(checkout, tmp_path, empty=True)
    assert prepare(services).made_demo is False
    with services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(mine)).scalar_one() == 0
        assert tx.execute(select(func.count()).where(act.c.kind == "content.published")).scalar_one() > 10
    services.database.close()


def test_a_demonstration_cut_short_is_made_anew_and_the_same_day_gives_the_same_acts(
    demo: Services, checkout: Path, tmp_path: Path
) -> None:
    settings = Settings.from_environment(
        {"GREENMINE_DATA_DIR": str(tmp_path), "GREENMINE_CONTENT_DIR": str(checkout / "content")}, base=tmp_path
    )
    services = services_for(settings, clock=lambda: NOW)

    def cut_short(at: datetime) -> None:
        if at.year == 2019:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(services, progress=cut_short)
    assert prepare(services).made_demo is True
    with services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(mine)).scalar_one() == 300
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    with demo.database.read() as one, services.database.read() as two:
        assert list(entries(one)) == list(entries(two)), "byte for byte"
    services.database.close()


def test_serving_before_preparing_is_refused_with_what_to_do(checkout: Path, tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"GREENMINE_DATA_DIR": str(tmp_path), "GREENMINE_CONTENT_DIR": str(checkout / "content")}, base=tmp_path
    )
    services = services_for(settings, clock=lambda: NOW)
    with pytest.raises(Unready, match="greenmine init"):
        require_ready(services)
    services.database.close()


def test_a_lost_master_key_is_noticed_at_the_next_start(checkout: Path, tmp_path: Path) -> None:
    """design.md "Private data": master keys are backed up apart; a silent new key would lock every sealed case."""
    services = _prepared(checkout, tmp_path, empty=True)
    key = tmp_path / "keys" / "case-master.key"
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(Unready) as lost:
        services_for(services.settings, clock=lambda: NOW)
    assert lost.value.code == "key.missing" and not key.exists()
    key.write_bytes(bytes(len(kept)))
    key.chmod(0o600)
    other = services_for(services.settings, clock=lambda: NOW)
    for start in (prepare, require_ready):
        with pytest.raises(Unready) as refused:
            start(other)
        assert refused.value.code == "site.other_key"
    key.write_bytes(kept)
    again = services_for(services.settings, clock=lambda: NOW)
    require_ready(again)
    again.database.close()
    services.database.close()
    other.database.close()


def test_the_desk_of_the_demonstration_finds_cases_at_every_stage_one_of_them_late(demo: Services) -> None:
    today = NOW.date()
    seats = {"county": "520524", "city": "520500", "province": "520000"}
    with demo.database.read() as tx:
        rows = tx.execute(select(case_task)).all()
    assert {row.stage for row in rows} == {"received", "accepted", "declined", "answered", "closed"}
    assert {row.kind for row in rows} == {"complaint", "report"}
    for region in seats.values():
        assert [row for row in rows if row.body_region == region and row.closed_at is None], region
    assert [row for row in rows if row.closed_at is None and row.due and row.due < today.isoformat()]


def test_words_of_the_invented_cases_are_sealed_like_real_ones(demo: Services) -> None:
    assert isinstance(demo.database.engine.url.database, str)
    folder = Path(demo.database.engine.url.database).parent
    raw = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    for word in ("示例居民甲", "shili-jumin", "示例河沟", "牲口不肯喝", DEMO_CODE):
        assert word.encode() not in raw, word


def test_one_case_of_the_demonstration_can_be_followed_by_everybody(demo: Services) -> None:
    number, code = DEMO_NUMBER, DEMO_CODE
    assert read_number(number) == number and read_code(code) == code
    assert find_case_by_code(demo.database, number=number, code=code, at=NOW, master=demo.master) is not None
    with demo.database.read() as tx:
        assert show_code(code) in demo_case_line(tx)


def test_a_site_without_the_demonstration_names_no_case_and_has_none(checkout: Path, tmp_path: Path) -> None:
    empty = _prepared(checkout, tmp_path, empty=True)
    with empty.database.read() as tx:
        assert demo_case_line(tx) == ""
        assert tx.execute(select(func.count()).select_from(case_task)).scalar_one() == 0
    empty.database.close()
