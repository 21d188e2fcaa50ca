"""Reported errors: about what, who answers, by when (rules.md: within 3 working days)."""

from datetime import date
from typing import Any

import pytest
from tests.cases import report_on
from tests.desk import known_until
from tests.reference_data import reference

from greenmine.domain.body import Body
from greenmine.domain.department import Department
from greenmine.domain.error_report import (
    RECORD_LABELS,
    REPORT_OUTCOME_LABELS,
    RecordKind,
    ReportOutcome,
    answer_due,
    answering_body,
    check_report,
    identity_of,
    matter_of,
    split_record,
)
from greenmine.domain.errors import BadInput, NotFound


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mine/GM-520524-0001", (RecordKind.MINE, "GM-520524-0001")),
        ("notice/2026-0001", (RecordKind.NOTICE, "2026-0001")),
        ("content/news/first", (RecordKind.NEWS, "first")),
        ("content/policies/gz-2018", (RecordKind.POLICY, "gz-2018")),
    ],
)
def test_a_record_is_named_as_its_acts_name_it(name: str, found: tuple[RecordKind, str]) -> None:
    assert split_record(name) == found


@pytest.mark.parametrize(
    "name", ["", "mine/", "mine", "complaint/T1", "content/pages/about", "../mine/x", "calendar/2026"]
)
def test_what_is_no_public_record_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        split_record(name)


@pytest.mark.parametrize(
    ("kind", "region", "body"),
    [
        (RecordKind.MINE, "520524", "520524"),
        (RecordKind.NOTICE, "520500", "520500"),
        (RecordKind.REMOVAL, "520524", "520000"),
        (RecordKind.CREDIT, "520524", "520000"),
        (RecordKind.NEWS, "330523", "330000"),
        (RecordKind.POLICY, "210000", "210000"),
    ],
)
def test_who_answers_can_also_mend_it(kind: RecordKind, region: str, body: str) -> None:
    found = answering_body(kind, region=region, province="", regions=reference().regions)
    assert found == Body(body, Department.NATURAL_RESOURCES)


def test_a_record_of_the_whole_country_goes_to_the_province_its_reader_names() -> None:
    regions = reference().regions
    found = answering_body(RecordKind.POLICY, region="000000", province="520000", regions=regions)
    assert found.region == "520000"
    for province in ("", "520524", "999999", "000000"):
        with pytest.raises(BadInput) as refused:
            answering_body(RecordKind.POLICY, region="000000", province=province, regions=regions)
        assert refused.value.field == "province"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 18), date(2026, 11, 23)),  # Wednesday: Thursday, Friday, Monday
        (date(2026, 11, 21), date(2026, 11, 25)),  # Saturday: Monday, Tuesday, Wednesday
        (date(2026, 9, 30), date(2026, 10, 10)),  # 国庆节 1-7; 10 October is a Saturday that is worked
    ],
)
def test_three_working_days_the_first_not_counted(received: date, due: date) -> None:
    found = answer_due(reference(), region="520524", received=received)
    assert (found.day, found.provisional) == (due, False)


def test_beyond_the_calendar_it_is_provisional() -> None:
    """trust.md 23."""
    found = answer_due(known_until(date(2026, 11, 23)), region="520524", received=date(2026, 11, 23))
    assert found.provisional and found.day == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"wrong": " "}, "wrong"),
        ({"right": ""}, "right"),
        ({"wrong": "长" * 2001}, "wrong"),
        ({"source": "长" * 201}, "source"),
        ({"mail": "x"}, "mail"),
        ({"name": "\u2066张"}, "name"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_report(report_on("mine/GM-520524-0001", **values))
    assert refused.value.field == field


def test_contact_is_optional_and_sealed_apart() -> None:
    nameless = report_on("mine/GM-520524-0001")
    check_report(nameless)
    assert identity_of(nameless) == {} and matter_of(nameless)["anonymous"] is True
    named = report_on("mine/GM-520524-0001", name="演示李某", mail="li@example.cn")
    assert identity_of(named)["mail"] == "li@example.cn"
    assert "演示李某" not in repr(matter_of(named)) and matter_of(named)["anonymous"] is False


def test_every_code_has_its_word() -> None:
    assert set(RECORD_LABELS) == set(RecordKind) and set(REPORT_OUTCOME_LABELS) == set(ReportOutcome)
