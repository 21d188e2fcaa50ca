"""What a complaint must hold and by when it is answered (GO-18; 信访工作条例 22, 34; 矿产资源法 61; 个保法 6)."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.complaints import CONTACT, complaint
from tests.desk import ZHIJIN
from tests.reference_data import reference

from greenmine.domain.body import RiskClass
from greenmine.domain.complaint import (
    ABOUT_LABELS,
    COMPLAINANT_LABELS,
    COMPLAINT_KIND_LABELS,
    KINDS_OF,
    LONGEST_LINE,
    LONGEST_TEXT,
    OUTCOME_LABELS,
    About,
    Complainant,
    ComplaintKind,
    Contact,
    Outcome,
    accept_due,
    check_complaint,
    decide_due,
    identity_of,
    matter_of,
    private_record,
)
from greenmine.domain.errors import BadInput


def refusal(**values: Any) -> tuple[str, str | None]:
    with pytest.raises(BadInput) as refused:
        check_complaint(complaint(**values))
    return refused.value.code, refused.value.field


def test_kuangchan_61_anyone_may_complain_without_a_name() -> None:
    check_complaint(complaint(contact=None))
    check_complaint(complaint())
    assert {str(who) for who in Complainant} == {"resident", "organisation", "other"}  # GO-18: three kinds


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"place": "  "}, ("complaint.place_missing", "place")),
        ({"text": " \n "}, ("complaint.text_missing", "text")),
        ({"text": "字" * (LONGEST_TEXT + 1)}, ("complaint.text_long", "text")),
        ({"place": "字" * (LONGEST_LINE + 1)}, ("complaint.line_long", "place")),
        ({"when": "字" * (LONGEST_LINE + 1)}, ("complaint.line_long", "when")),
        ({"kind": ComplaintKind.TAILINGS}, ("complaint.kind", "kind")),
        ({"contact": Contact(name=" ", phone="1")}, ("complaint.name_missing", "name")),
        ({"contact": Contact(name="演示甲")}, ("complaint.contact_missing", "phone")),
        ({"contact": replace(CONTACT, address="字" * 201)}, ("complaint.line_long", "address")),
    ],
)
def test_what_is_missing_or_too_long_is_named_beside_its_field(
    values: dict[str, Any], refused: tuple[str, str]
) -> None:
    assert refusal(**values) == refused


def test_a_mine_stands_for_the_place_and_the_longest_text_is_taken() -> None:
    check_complaint(complaint(mine="GM-520524-0001", place=""))
    check_complaint(complaint(text="字" * LONGEST_TEXT))


@given(st.sampled_from(list(RiskClass)), st.sampled_from(list(ComplaintKind)))
def test_go_18_a_kind_belongs_to_its_class_of_risk(risk: RiskClass, kind: ComplaintKind) -> None:
    if kind in KINDS_OF[risk]:
        check_complaint(complaint(risk=risk, kind=kind))
    else:
        assert refusal(risk=risk, kind=kind) == ("complaint.kind", "kind")


def test_every_class_offers_kinds_and_no_kind_is_left_out() -> None:
    assert set(KINDS_OF) == set(RiskClass)
    assert {kind for kinds in KINDS_OF.values() for kind in kinds} == set(ComplaintKind) == set(COMPLAINT_KIND_LABELS)
    assert all(kinds[-1] is ComplaintKind.OTHER for kinds in KINDS_OF.values())
    assert set(ABOUT_LABELS) == set(About) and set(OUTCOME_LABELS) == set(Outcome)
    assert set(COMPLAINANT_LABELS) == set(Complainant)


def test_xinfang_22_told_within_15_days_of_receipt_the_day_itself_not_counted() -> None:
    due = accept_due(reference(), region=ZHIJIN, received=date(2026, 3, 2))
    assert (due.day, due.provisional) == (date(2026, 3, 17), False)


def test_xinfang_34_answered_within_60_days_of_acceptance_and_90_when_extended() -> None:
    accepted = date(2026, 3, 2)
    assert decide_due(reference(), region=ZHIJIN, accepted=accepted).day == date(2026, 5, 1)
    assert decide_due(reference(), region=ZHIJIN, accepted=accepted, extended=True).day == date(2026, 5, 31)


def test_pipl_6_who_the_person_is_stands_apart_from_what_happened() -> None:
    told = complaint()
    matter, identity = matter_of(told), identity_of(told)
    assert identity == {field.name: getattr(CONTACT, field.name) for field in fields(Contact)}
    assert not set(identity.values()) & set(map(str, matter.values()))
    assert matter["anonymous"] is False and matter_of(complaint(contact=None))["anonymous"] is True
    assert identity_of(complaint(contact=None)) == {}


def test_the_record_binds_number_instant_matter_identity_and_files() -> None:
    record = private_record(
        number="T1", received_at="2026-03-02T02:00:00Z", matter={"text": "甲"}, identity={}, files=["ab" * 32]
    )
    assert record == {
        "v": 1, "number": "T1", "received_at": "2026-03-02T02:00:00Z", "matter": {"text": "甲"}, "identity": {},
        "files": ["ab" * 32],
    }  # fmt: skip
