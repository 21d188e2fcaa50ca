"""Objections are judged by the notice's own rules (ZJ-11, ZJ-13; rules.md "Notices as they are really written")."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases import TERMS, objection_to
from tests.rule_books import shipped_books
from tests.web.real_notices import BOOK_DAY

from greenmine.domain.errors import BadInput, RuleBroken
from greenmine.domain.notice import NoticeState, objection_terms
from greenmine.domain.notice_rule import ObjectionForm, ObjectionPart, Refusal
from greenmine.domain.objection import (
    OBJECTION_OUTCOME_LABELS,
    ObjectionOutcome,
    ObjectionTerms,
    check_objection,
    identity_of,
    matter_of,
    require_answered,
    require_open,
    terms_of,
)


def terms(code: str) -> ObjectionTerms:
    """The terms of a notice whose issuer follows this rule of the shipped books."""
    rule = shipped_books().objection_rule("000000", code, BOOK_DAY)
    return terms_of(objection_terms(rule), has_period=True)


def faulty_field(rules: ObjectionTerms, **values: Any) -> str | None:
    """The field at which a refused objection must be mended; None when it is taken."""
    try:
        check_objection(objection_to("2026-0001", **values), rules)
    except BadInput as refused:
        return refused.field
    return None


def test_shanxi_asks_for_what_exists_on_paper_only() -> None:
    """山西: a person's identity, signature and fingerprint, a unit's representative and seal."""
    rules = terms("shanxi_signed")
    assert rules.paper(by_unit=False) == (
        ObjectionPart.IDENTITY,
        ObjectionPart.SIGNATURE,
        ObjectionPart.FINGERPRINT,
    )
    assert rules.paper(by_unit=True) == (ObjectionPart.REPRESENTATIVE_SIGNATURE, ObjectionPart.SEAL)
    assert faulty_field(rules) is None
    assert faulty_field(rules, name="") == "name"
    assert matter_of(objection_to("2026-0001"), rules)["paper"] == ["identity", "signature", "fingerprint"]


def test_jingdezhen_asks_for_employer_address_and_postcode() -> None:
    rules = terms("jingdezhen_real_name")
    whole = {"employer": "演示公司", "address": "演示路1号", "postcode": "333000"}
    assert faulty_field(rules, **whole) is None
    for part in whole:
        assert faulty_field(rules, **{**whole, part: " "}) == part
    assert faulty_field(rules, **whole, phone="") == "phone"
    assert faulty_field(rules, **whole, phone="", mail="a@example.cn") is None
    assert faulty_field(rules, **{**whole, "postcode": "33300"}) == "postcode"
    assert faulty_field(rules, **{**whole, "employer": ""}, by_unit=True) is None  # of a unit none is asked


@pytest.mark.parametrize("code", ["zhejiang_real_name", "jingdezhen_real_name", "xinjiang_real_name", "real_name"])
def test_an_anonymous_objection_is_refused_where_the_notice_wants_a_name(code: str) -> None:
    assert terms(code).needs_name(by_unit=False)
    assert faulty_field(terms(code), employer="演示公司", address="演示路", postcode="333000", name=" ") == "name"


@pytest.mark.parametrize("code", ["written_only", "unstated"])
def test_it_may_be_anonymous_where_the_notice_does_not_ask(code: str) -> None:
    rules = terms(code)
    assert not rules.needs_name(by_unit=False) and rules.needs_name(by_unit=True)
    assert faulty_field(rules, name="", phone="") is None
    assert faulty_field(rules, name="", phone="", by_unit=True) == "name"
    anonymous = objection_to("2026-0001", name="", phone="")
    assert identity_of(anonymous) == {} and matter_of(anonymous, rules)["anonymous"] is True
    reachable = replace(anonymous, phone="13800000000")
    assert identity_of(reachable)["phone"] and matter_of(reachable, rules)["anonymous"] is False


def test_facts_are_always_needed() -> None:
    assert faulty_field(terms("unstated"), text=" \n") == "text"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "长" * 5001}, "text"),
        ({"about": "长" * 201}, "about"),
        ({"name": "张\u202e三"}, "name"),
        ({"mail": "nobody@"}, "mail"),
        ({"postcode": "１２３４５６"}, "postcode"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(values: dict[str, str], field: str) -> None:
    assert faulty_field(terms("real_name"), **values) == field


def test_no_identity_in_the_matter() -> None:
    """Whoever handles the case reads the matter; who objects is opened with a reason only (信访工作条例 18)."""
    sent = objection_to("2026-0001", employer="演示公司", address="演示路", mail="a@example.cn", postcode="333000")
    told = repr(matter_of(sent, terms("real_name")))
    assert not any(value in told for value in identity_of(sent).values())
    assert identity_of(sent)["mail"] == "a@example.cn"


@pytest.mark.parametrize(
    ("forms", "taken"),
    [
        ((), True),
        ((ObjectionForm.WRITTEN, ObjectionForm.POST), True),
        ((ObjectionForm.EMAIL,), True),
        ((ObjectionForm.ONLINE,), True),
        ((ObjectionForm.POST, ObjectionForm.IN_PERSON), False),
        ((ObjectionForm.TELEPHONE, ObjectionForm.FAX), False),
    ],
)
def test_the_sites_form_is_a_written_one(forms: tuple[ObjectionForm, ...], taken: bool) -> None:
    rules = replace(terms("real_name"), forms=forms)
    assert rules.takes_this_form is taken
    if not taken:
        with pytest.raises(RuleBroken, match="按公示写明的方式"):
            require_open(rules, NoticeState.RUNNING)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (NoticeState.STANDING, "objection.not_taken"),
        (NoticeState.UPCOMING, "objection.not_begun"),
        (NoticeState.ENDED, "objection.late"),
        (NoticeState.CLOSED, "objection.late"),
        (NoticeState.WITHDRAWN, "objection.withdrawn"),
    ],
)
def test_it_is_taken_while_the_notice_runs_only(state: NoticeState, code: str) -> None:
    """Late ones are refused here even where the notice does not say so: it may be closed at any time then."""
    for rules in (terms("real_name"), terms("unstated")):
        require_open(rules, NoticeState.RUNNING)
        with pytest.raises(RuleBroken) as refused:
            require_open(rules, state)
        assert refused.value.code == code


def test_an_announcement_takes_none() -> None:
    rules = terms_of(objection_terms(shipped_books().objection_rule("000000", "none", BOOK_DAY)), has_period=True)
    with pytest.raises(RuleBroken, match="不征集异议"):
        require_open(rules, NoticeState.RUNNING)


def test_a_notice_that_says_nothing_takes_objections_exactly_when_it_has_a_period() -> None:
    assert terms_of({}, has_period=True).accepted and not terms_of({}, has_period=False).accepted


def test_codes_of_later_days_are_left_out() -> None:
    read = terms_of({**TERMS, "person_parts": ["facts", "retina"], "forms": ["drum"]}, has_period=True)
    assert read.person_parts == (ObjectionPart.FACTS,) and read.forms == ()


def test_a_notice_is_not_closed_while_objections_wait() -> None:
    """ZJ-13 公示无异议后入库."""
    require_answered(0)
    with pytest.raises(RuleBroken, match="还有2件异议没有答复"):
        require_answered(2)


def test_every_outcome_has_its_word() -> None:
    assert set(OBJECTION_OUTCOME_LABELS) == set(ObjectionOutcome)


parts = st.lists(st.sampled_from(ObjectionPart), unique=True).map(tuple)


@given(
    person=parts, unit=parts, real_name=st.booleans(), refused=st.lists(st.sampled_from(Refusal)), by_unit=st.booleans()
)
def test_an_objection_that_holds_everything_is_taken_by_every_rule(
    person: tuple[ObjectionPart, ...],
    unit: tuple[ObjectionPart, ...],
    real_name: bool,
    refused: list[Refusal],
    by_unit: bool,
) -> None:
    rules = ObjectionTerms(True, real_name, (), person, unit, tuple(refused))
    whole = {"employer": "演示公司", "address": "演示路", "postcode": "333000", "mail": "a@example.cn"}
    assert faulty_field(rules, by_unit=by_unit, **whole) is None
