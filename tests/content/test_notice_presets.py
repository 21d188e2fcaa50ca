"""The 21 real notices of notices_real.csv: each can be entered with a preset that says what it printed."""

import csv
from datetime import date, time

import pytest
from tests.reference_data import TEST_DATA, shipped_calendar, shipped_regions
from tests.rule_books import shipped_book, shipped_books

from greenmine.domain.notice_kind import OPEN_TO_OBJECTION
from greenmine.domain.notice_rule import NoticePreset, ObjectionForm, ObjectionPart, ObjectionRule, Refusal
from greenmine.domain.period import PeriodUnit, count_period

BOOK = "000000/2013-01-01"

PART_WORDS = {
    "事实依据": ObjectionPart.FACTS,
    "真实姓名": ObjectionPart.REAL_NAME,
    "工作单位": ObjectionPart.EMPLOYER,
    "地址": ObjectionPart.ADDRESS,
    "联系方式": ObjectionPart.CONTACT,
    "签名": ObjectionPart.SIGNATURE,
    "手印": ObjectionPart.FINGERPRINT,
    "身份信息": ObjectionPart.IDENTITY,
}

KIND_WORDS = {
    "名录公示": {"province_list", "city_list", "national_list"},
    "推荐公示": {"national_recommendation"},
    "入库公告": {"library_entry"},
    "试点公示": {"pilot"},
    "名录公告": {"listing"},
    "认定公告": {"listing"},
    "移出公告": {"removal"},
    "移出通知": {"removal"},
    "双随机公告": {"spot_check"},
    "抽查方案": {"spot_check"},
    "储备公告": {"reserve"},
    "示范区公告": {"zone"},
    "关闭通告": {"closure"},
}


def real_notices() -> list[dict[str, str]]:
    with (TEST_DATA / "notices_real.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def preset_of(row: dict[str, str]) -> NoticePreset:
    (found,) = [preset for preset in shipped_book(BOOK).notice_presets if row["id"] in preset.examples]
    return found


def objection_of(preset: NoticePreset) -> ObjectionRule:
    return shipped_books().objection_rule(preset.region, preset.objection, date(2026, 1, 1))


def test_there_are_21_notices_and_each_has_exactly_one_preset() -> None:
    rows = real_notices()
    assert [row["id"] for row in rows] == [f"N{number:02d}" for number in range(1, 22)]
    used = [example for preset in shipped_book(BOOK).notice_presets for example in preset.examples]
    assert sorted(used) == [row["id"] for row in rows]


@pytest.mark.parametrize("row", real_notices(), ids=lambda row: row["id"])
def test_preset_has_the_issuer_kind_and_columns_that_were_printed(row: dict[str, str]) -> None:
    preset = preset_of(row)
    assert preset.issuer == row["issuer"]
    assert preset.kind.value in KIND_WORDS[row["kind"]]
    assert shipped_regions().get(preset.region).code == preset.region
    if "|" in row["columns_printed"]:
        assert list(preset.columns) == [name for name in row["columns_printed"].split("|") if name]
    assert (preset.kind not in OPEN_TO_OBJECTION) or preset.period is not None


@pytest.mark.parametrize("row", [row for row in real_notices() if row["stated_period"]], ids=lambda row: row["id"])
def test_preset_counts_to_the_printed_end(row: dict[str, str]) -> None:
    period = preset_of(row).period
    assert period is not None
    if "工作日" in row["stated_period"]:
        assert period.unit is PeriodUnit.WORKDAY
        assert f"{period.days}个工作日" in row["stated_period"]
    else:
        assert period.unit is PeriodUnit.DATES
    if row["period_end"]:
        start, end = (date.fromisoformat(row[name]) for name in ("period_start", "period_end"))
        counted = (
            count_period(period, start=start, end=end, calendar=shipped_calendar()) if start.year >= 2018 else None
        )
        assert counted is None or counted.last_day == end
        if counted is not None and row["workdays_incl_first_day"]:
            assert sum(day.counted for day in counted.days) == int(row["workdays_incl_first_day"])


@pytest.mark.parametrize("row", [row for row in real_notices() if row["objection_must_hold"]], ids=lambda r: r["id"])
def test_objection_set_holds_what_was_printed_and_refuses_what_was_printed(row: dict[str, str]) -> None:
    rule = objection_of(preset_of(row))
    assert ObjectionForm.WRITTEN in rule.forms
    for word, part in PART_WORDS.items():
        if word in row["objection_must_hold"]:
            assert part in rule.person_parts, word
    assert (Refusal.ANONYMOUS in rule.refused) is ("匿名" in row["rejected_if"])
    assert (Refusal.LATE in rule.refused) is ("超期" in row["rejected_if"] or "晚于" in row["rejected_if"])


def test_shanxi_2020_closes_at_four_in_the_afternoon_of_the_fifth_day() -> None:
    preset = next(preset for preset in shipped_book(BOOK).notice_presets if preset.code == "shanxi_signed")
    assert preset.period is not None
    assert preset.period.cutoff == time(16, 0)
    period = count_period(preset.period, start=date(2020, 10, 14), calendar=shipped_calendar())
    assert period.ends_at.isoformat() == "2020-10-20T08:00:00+00:00"
    units = objection_of(preset).unit_parts
    assert units == (ObjectionPart.REPRESENTATIVE_SIGNATURE, ObjectionPart.SEAL)


def test_liaoning_2025_ends_on_a_make_up_sunday() -> None:
    preset = next(preset for preset in shipped_book(BOOK).notice_presets if preset.code == "liaoning_project_library")
    assert preset.period is not None
    period = count_period(preset.period, start=date(2025, 1, 21), calendar=shipped_calendar())
    assert (period.last_day, period.last_day.isoweekday()) == (date(2025, 1, 26), 7)


def test_notices_that_printed_no_end_are_marked_unverified() -> None:
    unverified = {p.code for p in shipped_book(BOOK).notice_presets if not p.origin.verified}
    assert unverified == {"zhejiang_recommendation", "hunan_written", "ministry_removal"}


def test_an_announcement_takes_no_objection() -> None:
    for row in real_notices():
        preset = preset_of(row)
        assert objection_of(preset).accepted is (row["objection_form"] != "" or row["stated_period"] != "")
