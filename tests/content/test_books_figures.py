"""The figures of the shipped rule books: sums, shares and counts, and that they stand in the source texts."""

import re
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from tests.reference_data import TEST_DATA, shipped_regions
from tests.rule_books import shipped_book, shipped_books, shipped_clauses

from greenmine.domain.clause import ClauseContents
from greenmine.domain.entitlement import BenefitKind, NamedList
from greenmine.domain.mine import Level
from greenmine.domain.target import Dimension, Indicator, Statistic, TargetNature, share_of

GUIZHOU, LIAONING = "520000/2018-01-01", "210000/2021-01-01"
ZHEJIANG, SICHUAN = "330000/2018-01-01", "510000/2017-10-27"
NATIONAL = "000000/2013-01-01"

SEEDS = {
    "GA": "000_840634688d3034ab.txt",
    "GO": "001_ebfd3bebefc692ee.txt",
    "LN": "002_196eb6c50d85e46d.txt",
    "ZJ": "003_aa8cb5a3d759d685.txt",
    "SC": "004_1b7af6a09bdec074.txt",
}
DOCUMENT_SIZES = {"GA": 18, "GO": 24, "LN": 19, "ZJ": 17, "SC": 9}


@cache
def source_text(document: str) -> str:
    """A source document without white space."""
    return "".join((TEST_DATA / "seeds" / SEEDS[document]).read_text(encoding="utf-8").split())


def indicator(key: str, code: str) -> Indicator:
    return next(item for item in shipped_book(key).indicators if item.code == code)


def statistic(code: str) -> Statistic:
    return next(item for item in shipped_book(LIAONING).statistics if item.code == code)


def named_list(key: str, code: str) -> NamedList:
    return next(item for item in shipped_book(key).lists if item.code == code)


def counts(stat: Statistic, dimension: Dimension) -> Decimal:
    return sum((figure.count or Decimal(0) for figure in stat.breakdown(dimension)), Decimal(0))


# ── clauses ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("document", "size"), DOCUMENT_SIZES.items())
def test_every_clause_id_of_the_five_documents_is_on_file(document: str, size: int) -> None:
    codes = [clause.code for clause in shipped_clauses().of_document(document)]
    assert codes == [f"{document}-{number:02d}" for number in range(1, size + 1)]
    assert all(shipped_clauses().get(code).verified for code in codes)


def test_every_source_used_in_a_book_is_a_clause() -> None:
    used = {code for book in shipped_books().all() for origin in book.origins() for code in origin.sources}
    assert {code for code in used if code not in shipped_clauses()} == set()


def test_every_clause_is_used_by_a_book_or_marked_as_holding_no_number_list_or_table() -> None:
    used = {code for book in shipped_books().all() for origin in book.origins() for code in origin.sources}
    for clause in shipped_clauses().all():
        assert (clause.code in used) is (clause.contents is ClauseContents.DATA), clause.code


def test_a_summary_is_one_sentence() -> None:
    for clause in shipped_clauses().all():
        assert clause.summary.endswith("。"), clause.code
        assert clause.summary.count("。") == 1, clause.code


def test_a_value_is_verified_only_when_every_clause_it_names_was_read() -> None:
    for book in shipped_books().all():
        for origin in book.origins():
            if origin.verified:
                assert shipped_clauses().verified(origin.sources), origin.sources


def test_an_unverified_value_says_why_or_names_an_unread_clause() -> None:
    for book in shipped_books().all():
        for origin in book.origins():
            if not origin.verified:
                assert origin.note or not shipped_clauses().verified(origin.sources), origin.sources


# ── Guizhou ───────────────────────────────────────────────────────────────


def test_go_03_ten_units_share_eight_hundred_mines() -> None:
    (table,) = shipped_book(GUIZHOU).target_tables
    assert len(table.rows) == 10
    assert table.column_sum("mines") == 800 == table.columns[0].stated_total
    assert (table.value("520500", "mines"), table.value("520090", "mines")) == (185, 5)
    assert table.value("330100", "mines") is None


def test_ga_03_the_ten_assessed_units_are_those_of_the_target_table() -> None:
    book = shipped_book(GUIZHOU)
    assert set(book.scorecards[0].units) == {row.region for row in book.target_tables[0].rows}


def test_ga_14_nineteen_items_make_one_hundred_points() -> None:
    card = shipped_books().scorecard("520100", date(2019, 12, 1))
    assert [head.points for head in card.heads] == [10, 10, 45, 15, 10, 10]
    assert [head.item_points for head in card.heads] == [10, 10, 45, 15, 10, 10]
    assert [item.number for item in card.items] == list(range(1, 20))
    assert (card.item_points, card.total, card.adds_up()) == (100, 100, True)
    assert (card.first_year, card.last_year) == (2018, 2025)  # GA-04
    assert [item.points for item in card.heads[-1].items] == [3, 3, 4]  # GA-18


def test_ga_14_points_stand_in_the_source_beside_the_item() -> None:
    text = source_text("GA")
    found = [item for item in shipped_book(GUIZHOU).scorecards[0].items if f"{item.name}{item.points}" in text]
    assert len(found) == 18  # the first item's name is shortened
    assert "实施意见》情况5" in text


def test_go_01_targets_for_2020_and_2025() -> None:
    assert indicator(GUIZHOU, "green_mines_2020").minimum == 800
    zones = indicator(GUIZHOU, "provincial_zones_2020")
    assert (zones.minimum, zones.maximum) == (6, 8)
    assert (zones.met_by(Decimal(5)), zones.met_by(Decimal(6)), zones.met_by(Decimal(9))) == (False, True, False)
    national = indicator(GUIZHOU, "national_zones_2020")
    assert (national.minimum, national.maximum) == (2, 3)
    assert indicator(GUIZHOU, "large_medium_share_2020").minimum == 70
    assert indicator(GUIZHOU, "three_rates_2020").minimum == 85
    assert indicator(GUIZHOU, "all_mines_2025").due == date(2025, 12, 31)  # GA-01
    for plain in ("800个以上", "6—8个", "2—3个", "70%以上", "85%以上"):
        assert plain in source_text("GO")


def test_go_15_four_kinds_of_support_and_the_rate_of_fifteen_percent() -> None:
    benefits = shipped_book(GUIZHOU).benefits
    assert {benefit.kind for benefit in benefits} == set(BenefitKind) - {BenefitKind.HONOUR}
    assert [b.rate for b in benefits if b.rate is not None] == [15]
    assert "15％" in source_text("GO")


@pytest.mark.parametrize(
    ("key", "code", "size"),
    [
        (GUIZHOU, "assessment_heads", 6),  # GA-05
        (GUIZHOU, "assessment_indicators", 6),  # GA-15
        (GUIZHOU, "result_uses", 5),  # GA-10
        (GUIZHOU, "standard_industries", 5),  # GO-05
        (GUIZHOU, "standard_aspects", 4),  # GO-05
        (GUIZHOU, "acceptance_contents", 9),  # GO-14
        (GUIZHOU, "appeal_risks", 4),  # GO-18
        (GUIZHOU, "appeal_parties", 3),  # GO-18
        (LIAONING, "annexes", 5),  # LN-02
        (LIAONING, "exemplar_aspects", 6),  # LN-08
        (LIAONING, "construction_contents", 7),  # LN-19
        (LIAONING, "exit_grounds", 5),  # LN-12
        (ZHEJIANG, "traced_parties", 3),  # ZJ-15
        (NATIONAL, "industry_standards", 9),  # N-DZT-01
        (NATIONAL, "hotline_loop", 7),  # N-HL-01
    ],
)
def test_lists_have_as_many_items_as_the_clause_says(key: str, code: str, size: int) -> None:
    found = named_list(key, code)
    assert len(found.items) == size == found.stated_count


def test_go_21_matrix_names_every_department_of_the_text() -> None:
    duties = {duty.department.value for duty in shipped_book(GUIZHOU).duties}
    assert duties == {"natural_resources", "development", "ecology", "industry", "water", "other"}


def test_zj_16_six_departments() -> None:
    duties = {duty.department.value for duty in shipped_book(ZHEJIANG).duties}
    assert duties == {"natural_resources", "finance", "ecology", "market", "banking", "securities"}


# ── Zhejiang ──────────────────────────────────────────────────────────────


def test_zj_03_eleven_cities_526_producing_92_building_180_listed() -> None:
    (table,) = shipped_book(ZHEJIANG).target_tables
    assert len(table.rows) == 11
    assert [table.column_sum(code) for code in ("producing", "building", "listed_2018")] == [526, 92, 180]
    assert {row.values[3] for row in table.rows} == {85}
    assert {row.values[4] for row in table.rows} == {100}


def test_zj_03_rows_stand_in_the_source() -> None:
    for row in shipped_book(ZHEJIANG).target_tables[0].rows:
        producing, building, listed, first, second = row.values
        assert f"|{row.name}|{producing}|{building}|{listed}|{first}%|{second}%|" in source_text("ZJ")


def test_zj_02_yearly_targets() -> None:
    assert indicator(ZHEJIANG, "listed_2018").minimum == 180
    assert indicator(ZHEJIANG, "listed_share_2019").minimum == 85
    assert indicator(ZHEJIANG, "listed_share_2020").minimum == 100
    assert indicator(ZHEJIANG, "national_zone_2020").scope == "湖州市"


# ── Liaoning ──────────────────────────────────────────────────────────────


def test_ln_01_eighty_four_mines_are_54_national_and_30_provincial() -> None:
    whole, national, provincial = (
        statistic(code) for code in ("green_mines_2020", "national_mines_2020", "provincial_mines_2020")
    )
    assert (whole.total, national.total, provincial.total) == (84, 54, 30)
    assert counts(whole, Dimension.LEVEL) == 84
    assert [figure.count for figure in national.breakdown(Dimension.BATCH)] == [25, 11, 18]
    assert counts(national, Dimension.BATCH) == 54
    assert statistic("creation_library_2020").total == 639


@pytest.mark.parametrize(("code", "total"), [("national_mines_2020", 54), ("provincial_mines_2020", 30)])
def test_ln_03_industries_sum_to_the_whole_and_printed_shares_follow_from_counts(code: str, total: int) -> None:
    stat = statistic(code)
    assert counts(stat, Dimension.INDUSTRY) == total
    checked = 0
    for figure in stat.figures:
        if figure.count is not None and figure.share is not None:
            assert share_of(figure.count, Decimal(total)) == figure.share, figure.label
            checked += 1
    assert checked == 4
    joined = next(f for f in stat.breakdown(Dimension.REGION) if f.count is None)
    assert joined.share == share_of(counts(stat, Dimension.REGION), Decimal(total))


def test_ln_03_shares_of_the_whole_sum_to_one_hundred_and_the_doubtful_one_is_noted() -> None:
    whole = statistic("green_mines_2020")
    for dimension in (Dimension.REGION, Dimension.INDUSTRY):
        assert sum(figure.share or 0 for figure in whole.breakdown(dimension)) == 100
    assert share_of(Decimal(50 + 27), Decimal(84)) == Decimal("91.7")
    assert "91.7%" in whole.origin.note


def test_ln_04_indicators_and_the_formula_that_does_not_agree_with_the_count() -> None:
    share, built = indicator(LIAONING, "built_share"), indicator(LIAONING, "built_count")
    assert (share.minimum, built.minimum) == (75, 420)
    assert (share.numerator, share.denominator) == ("建成数量", "生产矿山数量")
    producing = statistic("producing_mines_2020").total
    assert producing == 596
    assert share_of(Decimal(420), producing) == Decimal("70.5")
    assert Decimal(420) / Decimal("0.75") == 560
    assert "70.5%" in share.origin.note
    assert "560" in share.origin.note
    assert indicator(LIAONING, "new_mines_in_project_library").minimum == 100
    assert built.nature is TargetNature.EXPECTED


def test_ln_17_the_budget_of_3_8_billion_yuan_and_three_levels_of_finance() -> None:
    lines = {line.code: line for line in shipped_book(LIAONING).budget_lines}
    assert lines["operators"].amount == 38
    assert {code for code, line in lines.items() if line.amount is None} == {"province", "city", "county"}
    assert "38亿元" in source_text("LN")


def test_ln_figures_stand_in_the_source() -> None:
    text = source_text("LN")
    for stat in shipped_book(LIAONING).statistics:
        if stat.total is not None:
            assert str(stat.total) in text, stat.code
        for figure in stat.figures:
            assert figure.count is None or f"{figure.count}家" in text, figure.label
            assert figure.share is None or f"{figure.share}%" in text, figure.label


# ── Sichuan ───────────────────────────────────────────────────────────────


def test_sc_01_two_ten_fifty_zones() -> None:
    (zone,) = shipped_book(SICHUAN).zone_rules
    assert [zone.tier(level).minimum for level in (Level.NATIONAL, Level.PROVINCIAL, Level.CITY)] == [2, 10, 50]
    assert "分别达到2、10、50个以上" in source_text("SC")


def test_sc_02_03_04_07_six_conditions_six_tasks_three_partner_departments_eight_candidates() -> None:
    (zone,) = shipped_book(SICHUAN).zone_rules
    assert (len(zone.conditions), len(zone.tasks), len(zone.plan_contents)) == (6, 6, 5)
    assert [department.value for department in zone.review_departments] == ["development", "ecology", "finance"]
    assert len(zone.candidates) == 8
    assert zone.candidates_due == date(2017, 11, 20)
    for word in (*zone.conditions, *zone.candidates, *zone.plan_contents):
        assert word in source_text("SC")


# ── national ──────────────────────────────────────────────────────────────


def test_gm24_the_fourteen_circumstances_are_counted_but_not_invented() -> None:
    circumstances = named_list(NATIONAL, "removal_circumstances")
    assert (circumstances.items, circumstances.stated_count, circumstances.origin.verified) == ((), 14, False)


def test_national_quotas_and_shares() -> None:
    book = shipped_book(NATIONAL)
    quotas = {quota.code: quota.maximum for quota in book.quotas}
    assert (quotas["share_of_provincial_list"], quotas["non_oil_gas"], quotas["oil_gas"]) == (50, 25, 10)
    assert [i.minimum for i in book.indicators] == [90, 80]  # N-GM24-01
    (check,) = book.spot_checks
    assert (check.minimum_share, check.team_minimum, check.team_maximum) == (20, 3, 5)  # N-SP23-01
    assert not check.origin.verified


# ── everything ────────────────────────────────────────────────────────────


def test_every_region_of_a_table_is_a_known_region_under_its_book() -> None:
    for book in shipped_books().all():
        rows = [(row.region, row.name) for table in book.target_tables for row in table.rows]
        for code, name in rows:
            region = shipped_regions().get(code)
            assert region.parent == book.region
            assert name in (region.name, region.short) or region.short.startswith(name.rstrip("州市"))


NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.mark.parametrize("key", [GUIZHOU, LIAONING, ZHEJIANG, SICHUAN])
def test_figures_of_tables_indicators_clocks_and_lists_occur_in_their_source_document(key: str) -> None:
    """Generated: whatever number a value of the book holds stands in one of the documents it names."""
    book, checked = shipped_book(key), 0
    figures: list[tuple[tuple[str, ...], str]] = []
    for table in book.target_tables:
        figures += [(table.origin.sources, f"{v}") for row in table.rows for v in row.values]
    for item in book.indicators:
        bounds = [bound for bound in (item.minimum, item.maximum) if bound is not None]
        # "全部" and "力争达到" are written as 100 %, "制定…" as one piece: no figure stands in the text.
        figures += [(item.origin.sources, f"{bound}") for bound in bounds if bound not in (1, 100)]
    for named in book.lists:
        figures += [(named.origin.sources, number) for text in named.items for number in NUMBER.findall(text)]
    figures += [(line.origin.sources, f"{line.amount}") for line in book.budget_lines if line.amount is not None]
    figures += [(tier.origin.sources, f"{tier.minimum}") for zone in book.zone_rules for tier in zone.tiers]
    for sources, figure in figures:
        documents = {source.split("-")[0] for source in sources} & set(SEEDS)
        assert any(re.search(rf"(?<!\d){re.escape(figure)}(?!\d)", source_text(d)) for d in documents), figure
        checked += 1
    assert checked >= 6


@pytest.mark.parametrize(
    ("words", "key", "code", "amount"),
    [
        ("一个月内", ZHEJIANG, "on_site_verification", 1),
        ("正式生产后六个月内", ZHEJIANG, "new_mine_build", 6),
        ("正式生产满一年", ZHEJIANG, "new_mine_listing", 1),
        ("投产1年内", LIAONING, "new_mine_build", 1),
    ],
)
def test_clocks_say_what_the_words_of_the_source_say(words: str, key: str, code: str, amount: int) -> None:
    clock = next(item for item in shipped_book(key).clocks if item.code == code)
    assert words in source_text(clock.origin.sources[0].split("-")[0])
    assert clock.amount == amount


def test_ga_14_one_or_two_counties_of_a_prefecture_become_zones() -> None:
    (quota,) = shipped_book(GUIZHOU).quotas
    assert quota.maximum == 2
    assert "选择1-2个" in source_text("GA")
