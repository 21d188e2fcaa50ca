"""Which rules hold where and when; clocks, gates, grounds and terms as the clauses say."""

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference_data import shipped_calendar
from tests.rule_books import shipped_book, shipped_books

from greenmine.domain.act import Basis
from greenmine.domain.book_text import BOOK_TABLES, provisions_in
from greenmine.domain.clock import ReportingWindow, add_months
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.ground import BlacklistEffect, CreditLevel, Ground, GroundKind
from greenmine.domain.mine import Level, Library, Method
from greenmine.domain.notice_kind import NOTICE_KIND_LABELS, OPEN_TO_OBJECTION, NoticeKind
from greenmine.domain.procedure import Process
from greenmine.domain.provision import Actor, Origin
from greenmine.domain.rulebook import NATIONAL, RuleBook, RuleBooks, province_of
from greenmine.domain.target import share_of

ZHEJIANG, LIAONING, GUIZHOU, SICHUAN = "330000", "210000", "520000", "510000"
IN_2019, IN_2023, TODAY = date(2019, 6, 3), date(2023, 6, 1), date(2026, 11, 20)


def book(region: str, since: date, until: date | None = None) -> RuleBook:
    return RuleBook(region, region, since, until, True, "", ("XX",), digest=f"{region}{since}")


# ── which book ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2017, 12, 31), "000000/2013-01-01"),
        (date(2018, 1, 1), "330000/2018-01-01"),
        (date(2020, 12, 31), "330000/2018-01-01"),
        (date(2021, 1, 1), "000000/2013-01-01"),
    ],
)
def test_zj_02_three_year_book_holds_from_its_first_to_its_last_day_then_the_national_one(
    day: date, expected: str
) -> None:
    assert shipped_books().in_force("330523", day).key == expected


def test_before_any_book_the_refusal_says_which_day_and_region() -> None:
    with pytest.raises(NotFound, match="2012-12-31没有施行中的规则册") as caught:
        shipped_books().in_force("330523", date(2012, 12, 31))
    assert caught.value.code == "rulebook.none_in_force"


def test_newest_own_book_is_asked_first_then_the_older_one_still_in_force_then_the_national() -> None:
    chain = shipped_books().chain("520327", date(2026, 1, 5))
    assert [item.key for item in chain] == ["520000/2025-12-01", "520000/2018-01-01", "000000/2013-01-01"]


def test_an_ended_book_stays_on_file_for_history() -> None:
    assert [item.key for item in shipped_books().of_region("330523")] == ["330000/2018-01-01"]


def test_an_inherited_rule_is_traced_to_the_national_book_and_an_own_one_to_its_province() -> None:
    books = shipped_books()
    own = books.ground(ZHEJIANG, "rectification_failed", IN_2019)
    inherited = books.ground(ZHEJIANG, "mine_closed", IN_2019)
    province, country = shipped_book("330000/2018-01-01"), shipped_book("000000/2013-01-01")
    assert books.basis(own, inherited) == (
        Basis(f"330000/2018-01-01#{province.digest[:12]}", "ground/rectification_failed"),
        Basis(country.stamp, "ground/mine_closed"),
    )
    with pytest.raises(NotFound):
        RuleBooks([]).basis(own)


def test_a_book_is_found_by_the_stamp_an_act_recorded() -> None:
    wanted = shipped_book("210000/2021-01-01")
    assert shipped_books().of_stamp(wanted.stamp) is wanted
    assert shipped_books().of_stamp("210000/2021-01-01#000000000000") is None


@pytest.mark.parametrize("key", [each.key for each in shipped_books().all()])
def test_a_published_file_says_by_itself_what_its_book_holds(key: str, checkout: Path) -> None:
    """ZJ-15 全过程留痕: whoever has the file can look up a provision that an act names, without this code."""
    held = shipped_book(key)
    told = provisions_in((checkout / "content" / "rules" / f"{key}.toml").read_bytes())
    assert told == held.provisions() != ()
    assert len(told) == len({(name, each.code) for name, items in held.tables().items() for each in items})


def test_every_list_of_a_book_is_a_table_of_its_file() -> None:
    lists = {each.name for each in fields(RuleBook) if str(each.type).startswith("tuple[")} - {"documents"}
    assert lists | {"zone_tiers"} == {table.attribute for table in BOOK_TABLES.values()}


@pytest.mark.parametrize("content", [b"", b"\xff", b"[[ground]", b"ground = 1", b"[[ground]]\nname = 1"])
def test_bytes_that_are_no_book_hold_nothing(content: bytes) -> None:
    assert provisions_in(content) == ()


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 4000), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_a_book_is_in_force_exactly_on_the_days_from_first_to_last(first: date, length: int, day: date) -> None:
    last = first + timedelta(days=length)
    books = RuleBooks([book(ZHEJIANG, first, last)])
    assert bool(books.chain("330100", day)) is (first <= day <= last)


@pytest.mark.parametrize(("region", "province"), [("330523", "330000"), ("520090", "520000"), ("000000", "000000")])
def test_province_of_a_region_code(region: str, province: str) -> None:
    assert province_of(region) == province


# ── what is inherited ─────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("region", [NATIONAL, ZHEJIANG, LIAONING, GUIZHOU, SICHUAN, "650000"])
@pytest.mark.parametrize("day", [IN_2019, TODAY])
def test_every_kind_of_notice_has_a_rule_everywhere_and_a_public_notice_has_a_period(
    kind: NoticeKind, region: str, day: date
) -> None:
    rule = shipped_books().notice_rule(region, kind, day)
    objection = shipped_books().objection_rule_of(region, kind, day)
    if kind in OPEN_TO_OBJECTION:
        assert rule.period is not None
        assert objection.accepted


def test_zj_13_own_rule_hides_the_national_one_and_falls_away_with_its_book() -> None:
    books = shipped_books()
    own = books.notice_rule("330523", NoticeKind.PROVINCE_LIST, IN_2019)
    later = books.notice_rule("330523", NoticeKind.PROVINCE_LIST, TODAY)
    assert (own.period and own.period.days, own.objection) == (7, "zhejiang_real_name")
    assert (later.period and later.period.days, later.objection) == (5, "real_name")


def test_a_value_with_dates_of_its_own_holds_only_between_them() -> None:
    """N-RM25-01 holds from 2025-01-06."""
    books = shipped_books()
    assert books.ground(LIAONING, "indicators_not_met", date(2025, 1, 6)).rectify_months == 6
    with pytest.raises(NotFound) as caught:
        books.ground(LIAONING, "indicators_not_met", date(2025, 1, 5))
    assert caught.value.code == "rulebook.rule_missing"
    assert "移出情形" in str(caught.value)


def test_steps_of_two_books_are_never_mixed() -> None:
    listing = shipped_books().steps("330523", Process.LISTING, IN_2019)
    assert {source[:2] for step in listing for source in step.origin.sources} == {"ZJ"}
    assert [step.order for step in listing] == [1, 2, 3, 4, 5, 6, 7]


def test_presets_of_the_own_province_come_first() -> None:
    presets = shipped_books().notice_presets("140400", IN_2023)
    assert [preset.region for preset in presets[:2]] == ["140000", "140000"]
    assert len(presets) == 21


# ── objections ────────────────────────────────────────────────────────────


def test_shanxi_2020_refuses_what_lacks_the_fingerprint() -> None:
    rule = shipped_books().objection_rule("140000", "shanxi_signed", IN_2023)
    held = frozenset(rule.person_parts[:-1])
    assert [part.value for part in rule.missing(held, by_unit=False)] == ["fingerprint"]
    assert rule.refusal(held, by_unit=False, anonymous=False, late=False) == "incomplete"
    assert rule.refusal(frozenset(rule.person_parts), by_unit=False, anonymous=False, late=False) is None
    assert rule.refusal(frozenset(rule.person_parts), by_unit=False, anonymous=False, late=True) == "late"


def test_zhejiang_2020_refuses_anonymous_and_late_objections() -> None:
    rule = shipped_books().objection_rule(ZHEJIANG, "zhejiang_real_name", IN_2019)
    held = frozenset(rule.person_parts)
    assert rule.refusal(held, by_unit=False, anonymous=True, late=False) == "anonymous"
    assert rule.refusal(held, by_unit=False, anonymous=False, late=True) == "late"
    assert rule.refusal(held, by_unit=False, anonymous=False, late=False) is None


# ── clocks ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("region", "day", "code", "start", "due"),
    [
        (ZHEJIANG, IN_2019, "on_site_verification", date(2019, 1, 31), date(2019, 2, 28)),  # ZJ-09
        (ZHEJIANG, IN_2019, "new_mine_build", date(2019, 3, 15), date(2019, 9, 15)),  # ZJ-07
        (ZHEJIANG, IN_2019, "new_mine_listing", date(2020, 2, 29), date(2021, 2, 28)),  # ZJ-07
        (LIAONING, IN_2023, "new_mine_build", date(2023, 3, 1), date(2024, 3, 1)),  # LN-05
        (NATIONAL, TODAY, "petition_acceptance", date(2026, 1, 1), date(2026, 1, 16)),  # N-XF-22
        (NATIONAL, TODAY, "petition_decision", date(2026, 1, 1), date(2026, 3, 2)),  # N-XF-34
        (NATIONAL, TODAY, "national_rectification", date(2025, 8, 31), date(2026, 2, 28)),  # N-RM25-01
        (NATIONAL, TODAY, "disclosure_answer", date(2026, 9, 30), date(2026, 11, 3)),  # N-GK-33
    ],
)
def test_clock_runs_out_on_the_day_the_clause_gives(region: str, day: date, code: str, start: date, due: date) -> None:
    clock = shipped_books().clock(region, code, day)
    assert clock.due(start, calendar=shipped_calendar()).day == due


def test_xf_34_sixty_days_may_be_extended_by_at_most_thirty() -> None:
    clock = shipped_books().clock(NATIONAL, "petition_decision", TODAY)
    start = date(2026, 1, 1)
    assert clock.due(start, calendar=shipped_calendar(), extended=True).day == start + timedelta(days=90)


def test_a_clock_beyond_the_calendar_is_provisional() -> None:
    clock = shipped_books().clock(NATIONAL, "disclosure_answer", TODAY)
    assert clock.due(date(2026, 12, 28), calendar=shipped_calendar()).provisional


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_adding_months_keeps_the_day_or_takes_the_month_s_last(day: date, amount: int) -> None:
    later = add_months(day, amount)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == amount
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("key", "code", "year", "due"),
    [
        ("330000/2018-01-01", "city_batch_spring", 2019, date(2019, 4, 30)),  # ZJ-12
        ("330000/2018-01-01", "city_batch_autumn", 2019, date(2019, 10, 31)),  # ZJ-12
        ("520000/2018-01-01", "assessment_self_check", 2018, date(2018, 12, 20)),  # GA-06
        ("520000/2018-01-01", "assessment_on_site", 2018, date(2019, 1, 31)),  # GA-07
        ("520000/2018-01-01", "assessment_review", 2018, date(2019, 2, 28)),  # GA-08
        ("520000/2018-01-01", "assessment_review", 2019, date(2020, 2, 29)),  # GA-08, leap year
        ("520000/2018-01-01", "legacy_survey", 2024, date(2018, 7, 31)),  # GO-11, once
        ("510000/2017-10-27", "first_national_zones", 2017, date(2017, 11, 20)),  # SC-07
    ],
)
def test_reporting_window_falls_due(key: str, code: str, year: int, due: date) -> None:
    window = next(item for item in shipped_book(key).windows if item.code == code)
    assert window.due(year) == due


def test_a_window_on_no_day_is_refused() -> None:
    with pytest.raises(BadInput):
        ReportingWindow("x", "x", Actor.CITY, "x", "x", 13, 1, None, 0, Origin(("XX-01",), True))


# ── grounds and credit ────────────────────────────────────────────────────


def test_a_neutral_ground_can_never_lead_to_the_blacklist() -> None:
    origin = Origin(("XX-01",), True)
    with pytest.raises(BadInput, match="中性移出"):
        Ground("x", "x", GroundKind.NEUTRAL, BlacklistEffect.IF_DISHONEST, False, None, False, origin)
    neutral = [g for g in shipped_books().grounds(NATIONAL, TODAY) if g.kind is GroundKind.NEUTRAL]
    assert {g.code for g in neutral} == {"mine_closed", "reserves_exhausted", "voluntary_exit"}
    assert {g.blacklist for g in neutral} == {BlacklistEffect.NEVER}


def test_ln_12_five_exit_grounds_and_only_a_proven_report_cites_the_complaint() -> None:
    grounds = shipped_book("210000/2021-01-01").grounds
    assert [g.code for g in grounds] == [
        "standard_not_met", "long_term_stop", "report_proven", "fraud", "serious_violation",
    ]  # fmt: skip
    assert [g.code for g in grounds if g.cites_complaint] == ["report_proven"]
    assert {g.blacklist for g in grounds} == {BlacklistEffect.IF_DISHONEST}  # LN-13


def test_zj_14_failed_rectification_leads_to_removal_exposure_and_blacklist() -> None:
    ground = shipped_books().ground(ZHEJIANG, "rectification_failed", IN_2019)
    assert (ground.rectify_first, ground.blacklist) == (True, BlacklistEffect.ALWAYS)
    chain = [step.code for step in shipped_books().steps(ZHEJIANG, Process.SUPERVISION, IN_2019)]
    assert chain == ["spot_check", "rectification_order", "re_evaluation", "removal", "exposure", "blacklist"]


@pytest.mark.parametrize(
    ("level", "earliest", "last"),
    [
        (CreditLevel.GENERAL, date(2026, 8, 15), date(2027, 5, 15)),  # N-CR26-02: 3 to 12 months
        (CreditLevel.SERIOUS, date(2027, 5, 15), date(2029, 5, 15)),  # N-CR26-03: 1 to 3 years
    ],
)
def test_cr26_an_entry_may_be_repaired_after_the_minimum_and_vanishes_at_the_maximum(
    level: CreditLevel, earliest: date, last: date
) -> None:
    term = shipped_books().credit_term(GUIZHOU, level, date(2026, 5, 15))
    assert (term.earliest_repair(date(2026, 5, 15)), term.publication_ends(date(2026, 5, 15))) == (earliest, last)
    assert not term.repair_verified


def test_cr26_terms_do_not_reach_back_before_april_2026() -> None:
    with pytest.raises(NotFound):
        shipped_books().credit_term(GUIZHOU, CreditLevel.GENERAL, date(2026, 3, 31))


# ── checks, gates, exemptions, zones ──────────────────────────────────────


def test_go_19_five_departments_check_at_random() -> None:
    check = shipped_books().spot_checks(GUIZHOU, IN_2019)[0]
    assert check.departments == (
        Department.NATURAL_RESOURCES, Department.FINANCE, Department.ECOLOGY, Department.WATER, Department.EMERGENCY,
    )  # fmt: skip
    assert check.minimum_share is None


def test_gz25_the_newer_guizhou_book_sets_a_tenth_and_is_unverified() -> None:
    check = next(c for c in shipped_books().spot_checks(GUIZHOU, TODAY) if c.code == "double_random")
    assert (check.minimum_share, check.origin.verified) == (Decimal(10), False)


def test_zj_01_short_open_pits_without_a_sand_plant_need_not_build() -> None:
    (rule,) = shipped_books().exemptions(ZHEJIANG, IN_2019)
    pit, year = Method.OPEN_PIT, Decimal(1)
    assert rule.covers(remaining_years=year, method=pit, sand_plant=False)
    assert not rule.covers(remaining_years=Decimal("1.01"), method=pit, sand_plant=False)
    assert not rule.covers(remaining_years=year, method=pit, sand_plant=True)
    assert not rule.covers(remaining_years=year, method=Method.UNDERGROUND, sand_plant=False)
    assert shipped_books().exemptions(GUIZHOU, IN_2019) == ()


def test_go_08_renewal_after_2020_asks_for_everything_greened_and_all_waste_handled() -> None:
    gate = next(g for g in shipped_books().gates(GUIZHOU, IN_2019) if g.code == "renewal")
    assert gate.applies_from == date(2021, 1, 1)
    assert gate.full_shares == ("可绿化面积的绿化覆盖率", "固体废物妥善处置率")


def test_sc_05_the_tier_decides_who_consents_and_on_which_site() -> None:
    zone = shipped_books().zone_rule("510700", IN_2019)
    assert [(t.level, t.consents, t.publisher) for t in zone.tiers] == [
        (Level.NATIONAL, Actor.MINISTRY, Actor.PROVINCE),
        (Level.PROVINCIAL, Actor.PROVINCE, Actor.PROVINCE),
        (Level.CITY, Actor.CITY, Actor.CITY),
    ]
    assert zone.tier(Level.NATIONAL).place == "全国绿色矿业发展服务平台"
    with pytest.raises(NotFound):
        zone.tier(Level.COUNTY)


def test_sc_03_a_plan_without_a_chapter_is_told_which() -> None:
    zone = shipped_books().zone_rule(SICHUAN, IN_2019)
    titles = frozenset(section.title for section in zone.outline) - {"四、保障措施"}
    assert zone.missing_sections(titles) == ("四、保障措施",)
    assert len(zone.outline) == 5  # 前言 and 4 chapters


def test_every_library_has_a_rule_and_provinces_without_an_assessment_say_so() -> None:
    for library in Library:
        assert shipped_books().library(GUIZHOU, library, TODAY).library is library
    with pytest.raises(NotFound, match="考核指标"):
        shipped_books().scorecard(ZHEJIANG, IN_2019)
    with pytest.raises(NotFound, match="示范区规则"):
        shipped_books().zone_rule(ZHEJIANG, IN_2019)


def test_every_kind_of_notice_has_a_chinese_name() -> None:
    assert set(NOTICE_KIND_LABELS) == set(NoticeKind)


def test_shares_are_rounded_half_up_as_documents_print_them() -> None:
    assert share_of(Decimal(1), Decimal(8)) == Decimal("12.5")
    assert share_of(Decimal(1), Decimal(16), places=1) == Decimal("6.3")  # 6.25


@pytest.mark.parametrize(("day", "amount"), [(date(9999, 12, 31), 1), (date(9990, 1, 1), 360), (date.min, -1)])
def test_adding_months_beyond_any_calendar_is_refused(day: date, amount: int) -> None:
    with pytest.raises(BadInput) as refusal:
        add_months(day, amount)
    assert refusal.value.code == "clock.day_range"
