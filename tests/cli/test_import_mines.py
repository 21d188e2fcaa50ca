"""``greenmine import mines``: every real list imports, all or nothing, as acts; a preview changes nothing."""

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from tests.announced import propose_removal
from tests.one_app import services_for
from tests.seats import seated

from greenmine.cli.root import greenmine
from greenmine.config import Settings
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, RuleBroken
from greenmine.domain.mine import Level
from greenmine.domain.seat import Role
from greenmine.services import Services
from greenmine.store.act import entries
from greenmine.store.migrate import upgrade
from greenmine.store.site_fact import settle_fact
from greenmine.usecases.removal import RemovalProposal

DATA = Path(__file__).parent.parent / "data"
LISTS = DATA / "lists"
REGIONS = {
    "2020-guangdong-notice.csv": "440000",
    "2020-jiangxi.csv": "360000",
    "2021-yunnan.csv": "云南省",
    "2022-jiangsu.csv": "320000",
    "2023-jingdezhen-notice.csv": "景德镇",
    "2025-xinjiang-notice.csv": "650000",
}
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """An empty prepared site on SQLite."""
    built = services_for(settings, clock=lambda: NOW)
    upgrade(built.database)
    with built.database.write() as tx:
        settle_fact(tx, "mode", str(settings.mode))
    yield built
    built.database.close()


def run(services: Services, *arguments: str, typed: str | None = None) -> Result:
    """The command's result; refusals are raised as the errors that the entry point turns into sentences."""
    result = CliRunner().invoke(greenmine, ["import", "mines", *arguments], obj=lambda: services, input=typed)
    if isinstance(result.exception, GreenmineError):
        raise result.exception
    return result


def counts(services: Services) -> dict[str, int]:
    with services.database.read() as tx:
        rows = tx.execute(text("SELECT kind, count(*) AS number FROM act GROUP BY kind")).all()
    return {row.kind: row.number for row in rows}


def status_of(services: Services, name: str) -> list[tuple[str, str | None]]:
    with services.database.read() as tx:
        rows = tx.execute(text("SELECT status, level FROM mine WHERE name = :name"), {"name": name}).all()
    return [(row.status, row.level) for row in rows]


def sources() -> list[dict[str, str]]:
    with (LISTS / "SOURCES.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["act"] != "移出"]


@pytest.mark.parametrize("source", sources(), ids=lambda source: source["file"])
def test_every_real_list_imports_as_acts(services: Services, source: dict[str, str]) -> None:
    notice = source["act"] == "公示"
    options = ["--first-day", "2025-11-04", "--last-day", "2025-11-10"] if notice else []
    result = run(
        services,
        str(LISTS / source["file"]),
        *("--act", "试点公示" if source["level"].endswith("试点") else source["act"]),
        *("--level", source["level"].removesuffix("试点")),
        *("--list-name", source["list"], "--date", "2022-02-14", "--organ", "某自然资源主管部门"),
        *("--region", REGIONS.get(source["file"], "000000"), "--allow-unplaced", "--yes", *options),
    )
    assert result.exit_code == 0, result.output
    rows = int(source["rows"])
    expected = {"notice.published": 1} if notice else {"directory.listed": rows}
    assert counts(services) == {"mine.registered": rows, **expected}
    if source["level"].endswith("试点"):
        with services.database.read() as tx:
            notices = tx.execute(text("SELECT kind, enters FROM notice")).all()
        assert notices == [("pilot", None)], "a pilot enters no directory"


@pytest.mark.parametrize("source", sources(), ids=lambda source: source["file"])
def test_what_comes_by_a_list_names_the_list_and_no_rule_book(services: Services, source: dict[str, str]) -> None:
    """No book decided it: whoever has the printed list can tell by its bytes that it is the one that was recorded."""
    file, notice = LISTS / source["file"], source["act"] == "公示"
    options = ["--first-day", "2025-11-04", "--last-day", "2025-11-10"] if notice else []
    region = REGIONS.get(source["file"], "000000")
    run(
        services, str(file), "--act", source["act"], "--level", source["level"].removesuffix("试点"), "--date",
        "2022-02-14", "--organ", "某机关", "--region", region, "--allow-unplaced", "--yes", *options,
    )  # fmt: skip
    with services.database.read() as tx:
        told = [json.loads(each.entry) for each in entries(tx)]
    assert len(told) >= int(source["rows"])
    assert {each["source"] for each in told} == {hashlib.sha256(file.read_bytes()).hexdigest()}
    assert all(each["basis"] == [] for each in told)


def test_the_report_file_is_the_report_that_was_checked(services: Services, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    run(services, str(LISTS / "2021-yunnan.csv"), "--region", "530000", "--dry-run", "--report", str(report))
    checked = DATA / "reports" / "2021-yunnan.csv.md"
    assert report.read_text(encoding="utf-8") == checked.read_text(encoding="utf-8")


def test_a_dry_run_and_a_no_change_nothing(services: Services) -> None:
    file = str(LISTS / "2021-yunnan.csv")
    dry = run(services, file, "--region", "530000", "--dry-run")
    assert dry.exit_code == 0
    assert "没有导入" in dry.output
    refused = run(services, file, "--region", "530000", "--date", "2021-12-01", "--organ", "甲", typed="n\n")
    assert refused.exit_code == 1
    assert counts(services) == {}


PAPER = ("--date", "2025-12-01", "--organ", "某省自然资源厅", "--yes")


def test_a_notice_and_then_its_list_register_each_mine_once(services: Services) -> None:
    file = str(LISTS / "2025-xinjiang-notice.csv")
    period = ("--first-day", "2025-11-04", "--last-day", "2025-11-10")
    run(services, file, "--act", "公示", "--region", "650000", *period, *PAPER)
    listed = run(services, file, "--region", "650000", *PAPER)
    assert "新登记0个，已登记9个" in listed.output
    assert counts(services) == {"mine.registered": 9, "notice.published": 1, "directory.listed": 9}
    again = run(services, file, "--region", "650000", *PAPER)
    assert "纳入0个，原已在册9个" in again.output
    assert counts(services)["directory.listed"] == 9


def test_a_removal_needs_the_mine_in_that_directory(services: Services) -> None:
    """N15: 彭泽县丰岭矿区 leaves the national directory."""
    removal = str(LISTS / "2026-removal.csv")
    options = ("--act", "移出", "--level", "国家级", "--ground", "standard_not_met")
    with pytest.raises(RuleBroken, match="没有登记，不能移出"):
        run(services, removal, *options, *PAPER)
    assert counts(services) == {}
    run(services, removal, "--level", "省级", *PAPER)
    with pytest.raises(RuleBroken, match="不在该级名录中"):
        run(services, removal, *options, *PAPER)
    run(services, removal, "--level", "国家级", *PAPER)
    name = "彭泽县丰岭矿区建筑石料用灰岩矿"
    assert status_of(services, name) == [("listed", "national")]
    result = run(services, removal, *options, *PAPER)
    assert "移出1个" in result.output
    assert status_of(services, name) == [("listed", "provincial")]


def test_a_removal_that_awaits_its_decision_is_not_decided_past_it(services: Services) -> None:
    """ZJ-14: one removal, one decision."""
    removal, level = str(LISTS / "2026-removal.csv"), ("--level", "国家级")
    run(services, removal, *level, *PAPER)
    officer = seated(5, Role.PROVINCE, "360000")
    with services.database.write() as tx:
        number = tx.execute(text("SELECT id FROM mine WHERE name = '彭泽县丰岭矿区建筑石料用灰岩矿'")).scalar_one()
        wanted = RemovalProposal(number, Level.NATIONAL, "standard_not_met", "演示事实", "演示依据")
        proposed = propose_removal(tx, wanted, reference=services.reference, officer=officer, at=NOW)
    before = counts(services)
    with pytest.raises(Conflict, match=f"移出事项{proposed}待决定"):
        run(services, removal, "--act", "移出", *level, "--ground", "standard_not_met", *PAPER)
    assert counts(services) == before


def test_all_or_nothing(services: Services) -> None:
    """Row 11 of the pilots has no region: without leave to register it so, no row is imported."""
    with pytest.raises(BadInput, match="第11行没有找到所在地区"):
        run(services, str(LISTS / "2013-pilots.csv"), "--level", "国家级", *PAPER)
    assert counts(services) == {}


def test_a_register_that_moved_on_after_the_preview_is_a_conflict(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another operator imports the same file while this one reads the preview and is asked to confirm."""
    file = str(LISTS / "2023-jingdezhen-notice.csv")
    options = ("--level", "市级", "--region", "360200", "--date", "2023-11-20", "--organ", "某市自然资源局")

    def confirm_after_the_other(*_: object, **__: object) -> bool:
        monkeypatch.undo()
        assert run(services, file, *options, "--yes").exit_code == 0
        return True

    monkeypatch.setattr("click.confirm", confirm_after_the_other)
    with pytest.raises(Conflict, match="请重新预览"):
        run(services, file, *options)
    assert counts(services) == {"mine.registered": 1, "directory.listed": 1}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), "import.day_missing"),
        (("--date", "2021-12-01"), "import.organ_missing"),
        (("--date", "2027-12-01", "--organ", "甲"), "import.day_ahead"),
        (("--region", "火星"), "import.region_unknown"),
        (("--act", "公示", "--date", "2021-12-01", "--organ", "甲"), "import.period_missing"),
        (("--level", "县级", "--date", "2021-12-01", "--organ", "甲"), "import.no_directory"),
        (("--level", "国家级", "--date", "2021-12-01", "--organ", "甲"), "import.level_differs"),
        (("--sheet", "别的"), "sheet.unknown"),
    ],
)
def test_what_is_missing_is_said(services: Services, options: tuple[str, ...], code: str) -> None:
    with pytest.raises(BadInput) as caught:
        run(services, str(LISTS / "2023-jingdezhen-notice.csv"), *options, "--yes")
    assert caught.value.code == code
    assert counts(services) == {}


def test_an_unknown_layout_fails_with_a_sentence(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "电话.csv"
    file.write_text("姓名,电话\n某人,1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="没有找到表头"):
        run(services, str(file), "--dry-run")
