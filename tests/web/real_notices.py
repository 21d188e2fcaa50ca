"""The 21 real notices of notices_real.csv, entered through the use case with the presets of the rule books."""

import csv
from datetime import date

from tests.announced import publish_notice
from tests.desk import instant
from tests.reference_data import TEST_DATA, reference
from tests.rule_books import shipped_books
from tests.seats import seated

from greenmine.domain.mine import Level
from greenmine.domain.notice import NoticeDraft, NoticeItem, objection_terms
from greenmine.domain.notice_rule import NoticePreset
from greenmine.domain.period import PeriodUnit
from greenmine.domain.seat import Role
from greenmine.store.database import Database

ROLES = {
    Level.COUNTY: Role.COUNTY,
    Level.CITY: Role.CITY,
    Level.PROVINCIAL: Role.PROVINCE,
    Level.NATIONAL: Role.PROVINCE,
}
BOOK_DAY = date(2026, 11, 18)


def real_notices() -> list[dict[str, str]]:
    """The rows of the file, in its order."""
    with (TEST_DATA / "notices_real.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def golden_cases() -> list[dict[str, str]]:
    """The rows of workday_golden.csv: printed start and end, and the working days between them."""
    with (TEST_DATA / "workday_golden.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def published_on(row: dict[str, str]) -> date:
    """The printed day of publication; the first of what is printed when it is only a month or a year."""
    parts = [int(part) for part in row["published"].split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def preset_of(row: dict[str, str]) -> NoticePreset:
    """The practice of the issuer of this row."""
    presets = shipped_books().notice_presets("000000", BOOK_DAY)
    (found,) = [preset for preset in presets if row["id"] in preset.examples]
    return found


def draft_of(row: dict[str, str]) -> NoticeDraft:
    """What an officer writes for this row."""
    preset = preset_of(row)
    period = preset.period
    start = date.fromisoformat(row["period_start"]) if period and row["period_start"] else published_on(row)
    ends = period is not None and period.unit is PeriodUnit.DATES
    columns = preset.columns or ("序号", "矿山名称")
    cells = tuple("1" if column == "序号" else f"示例{column}" for column in columns)
    return NoticeDraft(
        kind=str(preset.kind),
        level=preset.level,
        region=preset.region,
        title=row["title"],
        issuer=row["issuer"],
        text=f"现将{row['title']}予以公布。",
        contact=row["contact_channels"],
        columns=columns,
        items=(NoticeItem(name=cells[-1], cells=cells, note=""),),
        period=period,
        first_day=start if period else None,
        last_day=date.fromisoformat(row["period_end"]) if ends else None,
        objection=objection_terms(shipped_books().objection_rule(preset.region, preset.objection, BOOK_DAY)),
    )


def enter_all(database: Database) -> dict[str, str]:
    """Publish all of them in the order of their days; number of each by its id (``N01``)."""
    numbers: dict[str, str] = {}
    with database.write() as tx:
        for row in sorted(real_notices(), key=published_on):
            draft = draft_of(row)
            officer = seated(1, ROLES[draft.level], draft.region)
            at = instant(published_on(row))
            numbers[row["id"]] = publish_notice(tx, draft, reference=reference(), officer=officer, at=at)
    return numbers
