"""The policies of content/: complete, honest about what was not seen, and written by us."""

import re
from datetime import date

import pytest
from tests.reference_data import CONTENT, TEST_DATA

from greenmine.content.documents import DisclosureClass, PolicyStatus
from greenmine.content.markdown import plain_text, render
from greenmine.content.pages import PolicyFile, load_policies

SEEDS = TEST_DATA / "seeds"
LOADED = load_policies(CONTENT)
POLICIES = {policy.slug: policy for policy in LOADED.items}
LONGEST_COMMON_RUN = 30

# Clauses of clauses.md: the last number of each document.
LAST_CLAUSE = {"GA": 18, "GO": 24, "LN": 19, "ZJ": 17, "SC": 9}
SEED_OF = {
    "guizhou-assessment-measures": ("000_840634688d3034ab.txt", "GA"),
    "guizhou-implementation-opinions": ("001_ebfd3bebefc692ee.txt", "GO"),
    "liaoning-special-plan-2021-2025": ("002_196eb6c50d85e46d.txt", "LN"),
    "zhejiang-three-year-action-2018": ("003_aa8cb5a3d759d685.txt", "ZJ"),
    "sichuan-demonstration-zones-2017": ("004_1b7af6a09bdec074.txt", "SC"),
}
NATIONAL = {
    "national-notice-2024-1": "自然资规〔2024〕1号",
    "national-removal-2025": "",
    "national-selection-2025": "",
    "gbt-44823-2024": "GB/T 44823-2024",
    "mineral-resources-law-2024": "中华人民共和国主席令第三十六号",
    "mining-right-information-2024": "自然资源部令第13号",
    "petition-regulations-2022": "",
    "credit-repair-2026": "国家发展和改革委员会令第36号",
    "personal-information-protection-law": "中华人民共和国主席令第九十一号",
    "open-government-information-regulations": "国务院令第711号",
}


def han_only(text: str) -> str:
    """The Chinese letters alone, so that a changed comma or line break hides no copied sentence."""
    return "".join(re.findall(r"[\u4e00-\u9fff]", text))


def runs_of(text: str) -> set[str]:
    letters = han_only(text)
    return {letters[i : i + LONGEST_COMMON_RUN] for i in range(len(letters) - LONGEST_COMMON_RUN + 1)}


def figures(policy: PolicyFile) -> dict[str, str]:
    return {figure.label: figure.value for figure in policy.meta.key_figures}


def test_every_policy_file_is_served_without_a_problem() -> None:
    assert LOADED.problems == ()
    assert POLICIES.keys() == SEED_OF.keys() | NATIONAL.keys()


@pytest.mark.parametrize("slug", sorted(POLICIES))
def test_no_thirty_characters_in_a_row_are_copied_from_a_source_document(slug: str) -> None:
    page = runs_of((CONTENT / POLICIES[slug].path).read_text("utf-8"))
    for seed in sorted(SEEDS.glob("*.txt")):
        assert sorted(page & runs_of(seed.read_text("utf-8"))) == [], seed.name


def test_the_copying_test_sees_a_copied_sentence_through_changed_punctuation() -> None:
    seed = (SEEDS / "004_1b7af6a09bdec074.txt").read_text("utf-8")
    start = seed.index("县级人民政府是示范区建设实施的主体")
    copied = seed[start : start + 60].replace("。", "\n").replace("，", "**、**")
    assert runs_of(copied) & runs_of(seed)


@pytest.mark.parametrize("slug", sorted(POLICIES))
def test_a_policy_tells_a_citizen_what_it_means_and_where_its_figures_stand(slug: str) -> None:
    meta = POLICIES[slug].meta
    assert meta.citizen
    assert meta.issuers
    assert meta.source
    assert meta.disclosure_basis
    assert meta.key_figures
    assert 20 <= len(meta.summary) <= 120


@pytest.mark.parametrize("slug", sorted(POLICIES))
def test_what_was_not_seen_is_marked_to_be_verified(slug: str) -> None:
    policy = POLICIES[slug]
    assert policy.meta.verified or policy.meta.to_verify
    if policy.meta.to_verify:
        assert "待核实" in plain_text(render(policy.body_markdown))


@pytest.mark.parametrize("slug", sorted(POLICIES))
def test_every_clause_id_named_by_a_figure_exists(slug: str) -> None:
    expected = SEED_OF[slug][1] if slug in SEED_OF else None
    for figure in POLICIES[slug].meta.key_figures:
        found = re.fullmatch(r"([A-Z]{2})-(\d{2})", figure.clause)
        if expected is None:
            assert found is None
            continue
        assert found is not None, figure
        assert found[1] == expected
        assert 1 <= int(found[2]) <= LAST_CLAUSE[expected]


@pytest.mark.parametrize("slug", sorted(SEED_OF))
def test_every_whole_number_of_a_provincial_figure_stands_in_the_document(slug: str) -> None:
    letters = re.sub(r"\s", "", (SEEDS / SEED_OF[slug][0]).read_text("utf-8"))
    counted_by_us = {"100", "19", "6", "8", "10", "1"}  # a sum; rows, conditions and cities counted one by one
    for label, value in figures(POLICIES[slug]).items():
        for number in re.findall(r"\d+", value):
            assert number in letters or number in counted_by_us, label


@pytest.mark.parametrize("slug", sorted(NATIONAL))
def test_later_national_rules_carry_their_numbers_and_the_country_code(slug: str) -> None:
    policy = POLICIES[slug]
    assert policy.meta.number == NATIONAL[slug]
    assert policy.meta.region == "000000"


def test_guizhou_task_table_has_ten_units_that_sum_to_800() -> None:
    rows = re.findall(r"^\| \d+ \| \S+ \| (\d+) \|$", POLICIES["guizhou-implementation-opinions"].body_markdown, re.M)
    assert len(rows) == 10  # GO-03
    assert sum(map(int, rows)) == 800


def test_zhejiang_task_table_has_eleven_cities_that_sum_to_526_92_180() -> None:
    body = POLICIES["zhejiang-three-year-action-2018"].body_markdown
    rows = re.findall(r"^\| (?!合计)\S+ \| (\d+) \| (\d+) \| (\d+) \|$", body, re.M)
    assert len(rows) == 11  # ZJ-03
    assert [sum(int(row[i]) for row in rows) for i in range(3)] == [526, 92, 180]


def test_guizhou_scorecard_table_has_19_items_and_100_points() -> None:
    body = POLICIES["guizhou-assessment-measures"].body_markdown
    rows = re.findall(r"^\| (?!合计)\S+ \| (\d+) \| (\d+) \|$", body, re.M)
    assert len(rows) == 6  # GA-14
    assert sum(int(items) for items, _ in rows) == 19
    assert sum(int(points) for _, points in rows) == 100


def test_sichuan_notice_is_disclosed_on_request_as_its_last_line_says() -> None:
    meta = POLICIES["sichuan-demonstration-zones-2017"].meta  # SC-09
    assert meta.disclosure is DisclosureClass.ON_REQUEST
    assert meta.number == "川国资发〔2017〕101号"
    assert meta.issued is not None
    assert meta.issued.chinese == "2017年10月27日"


def test_documents_whose_period_has_passed_are_shown_as_expired() -> None:
    today = date(2026, 11, 21)
    expired = {slug for slug, policy in POLICIES.items() if policy.meta.status_on(today) is PolicyStatus.EXPIRED}
    assert expired == SEED_OF.keys() | {"national-selection-2025"}


def test_links_between_policies_lead_somewhere() -> None:
    for policy in POLICIES.values():
        for slug in re.findall(r"\(/policies/([^)#]+)", policy.body_markdown):
            assert slug in POLICIES, (policy.slug, slug)
