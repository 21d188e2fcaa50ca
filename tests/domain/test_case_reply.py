"""Wordings of messages: there for every step that tells the person something, and never sent with a blank in them."""

import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.case import STEPS, CaseKind, Step
from greenmine.domain.case_reply import Reply, replies, require_filled
from greenmine.domain.complaint import LONGEST_TEXT
from greenmine.domain.errors import BadInput

WORDED = (Step.ACCEPT, Step.DECLINE, Step.ASK, Step.HAND_OVER, Step.EXTEND, Step.ANSWER)
ALL = tuple({reply for kind in CaseKind for step in Step for reply in replies(kind, step)})


@pytest.mark.parametrize("kind", list(CaseKind))
def test_every_step_that_tells_the_person_something_has_a_wording(kind: CaseKind) -> None:
    for step in STEPS[kind]:
        assert bool(replies(kind, step)) is (step in WORDED), (kind, step)


def test_codes_are_unique_within_a_step() -> None:
    for kind in CaseKind:
        for step in Step:
            codes = [reply.code for reply in replies(kind, step)]
            assert len(codes) == len(set(codes)) and all(re.fullmatch("[a-z_]+", code) for code in codes)


@pytest.mark.parametrize("reply", ALL, ids=lambda reply: reply.code)
def test_a_wording_takes_body_and_day_only_and_leaves_room(reply: Reply) -> None:
    filled = reply.text % {"body": "贵州省毕节市织金县生态环境主管部门", "due": "2026年5月1日"}
    assert "%" not in filled and len(filled) < LONGEST_TEXT / 5
    assert not [name for _, name, _, _ in Formatter().parse(reply.text) if name]
    assert not re.search(r"[,;:?!()]", filled), "full-width punctuation"


def test_xinfang_34_an_answer_tells_of_the_review_within_30_days() -> None:
    assert all("30日内" in reply.text and "复查" in reply.text for reply in replies(CaseKind.COMPLAINT, Step.ANSWER))


def test_xinfang_22_a_refusal_names_its_ground_and_who_is_competent() -> None:
    assert all("【" in reply.text for reply in replies(CaseKind.COMPLAINT, Step.DECLINE))


@given(st.text(st.characters(exclude_characters="【】")), st.text(st.characters(exclude_characters="【】")))
def test_a_blank_is_found_wherever_it_stands(before: str, after: str) -> None:
    require_filled(before + after)
    require_filled(f"{before}【{after}")
    with pytest.raises(BadInput) as refused:
        require_filled(f"{before}【事项】{after}")
    assert (refused.value.code, refused.value.field) == ("case.blank_left", "text")
    assert refused.value.params["blank"] == "【事项】"
