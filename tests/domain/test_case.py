"""Stages and steps of cases (GO-18; 信访工作条例 22, 23, 34): the whole table, once."""

from itertools import product

import pytest

from greenmine.domain.case import (
    CASE_KIND_LABELS,
    IDENTITY_REASON_LABELS,
    MESSAGE_LABELS,
    OVER,
    STAGE_LABELS,
    STEPS,
    CaseKind,
    IdentityReason,
    MessageKind,
    Stage,
    Step,
    may_step,
    stage_after,
)
from greenmine.domain.errors import RuleBroken

LEADS = {
    Step.ACCEPT: Stage.ACCEPTED,
    Step.DECLINE: Stage.DECLINED,
    Step.ANSWER: Stage.ANSWERED,
    Step.CLOSE: Stage.CLOSED,
}
R, A, ANSWERED = Stage.RECEIVED, Stage.ACCEPTED, Stage.ANSWERED
OPEN_TO = {
    (CaseKind.COMPLAINT, Step.TAKE): {R, A, ANSWERED},
    (CaseKind.COMPLAINT, Step.ACCEPT): {R},
    (CaseKind.COMPLAINT, Step.DECLINE): {R},
    (CaseKind.COMPLAINT, Step.ASK): {R, A, ANSWERED},
    (CaseKind.COMPLAINT, Step.WRITE): {R, A, ANSWERED},
    (CaseKind.COMPLAINT, Step.HAND_OVER): {R, A},
    (CaseKind.COMPLAINT, Step.EXTEND): {A},
    (CaseKind.COMPLAINT, Step.ANSWER): {A, ANSWERED},
    (CaseKind.COMPLAINT, Step.CLOSE): {ANSWERED},
    (CaseKind.OBJECTION, Step.TAKE): {R, ANSWERED},
    (CaseKind.OBJECTION, Step.ASK): {R, ANSWERED},
    (CaseKind.OBJECTION, Step.WRITE): {R, ANSWERED},
    (CaseKind.OBJECTION, Step.ANSWER): {R, ANSWERED},
    (CaseKind.OBJECTION, Step.CLOSE): {ANSWERED},
    (CaseKind.REPORT, Step.TAKE): {R, ANSWERED},
    (CaseKind.REPORT, Step.ASK): {R, ANSWERED},
    (CaseKind.REPORT, Step.WRITE): {R, ANSWERED},
    (CaseKind.REPORT, Step.HAND_OVER): {R},
    (CaseKind.REPORT, Step.ANSWER): {R, ANSWERED},
    (CaseKind.REPORT, Step.CLOSE): {ANSWERED},
}


@pytest.mark.parametrize(("kind", "step", "stage"), list(product(CaseKind, Step, Stage)))
def test_each_step_is_open_at_its_stages_and_at_no_other(kind: CaseKind, step: Step, stage: Stage) -> None:
    if stage in OPEN_TO.get((kind, step), set()):
        assert may_step(kind, step, stage)
        assert stage_after(kind, step, stage) is LEADS.get(step, stage)
        return
    assert not may_step(kind, step, stage)
    with pytest.raises(RuleBroken) as refused:
        stage_after(kind, step, stage)
    assert refused.value.code == "case.step_refused"


def test_xinfang_22_only_a_complaint_is_accepted_or_declined() -> None:
    assert {kind for kind in CaseKind if Step.ACCEPT in STEPS[kind]} == {CaseKind.COMPLAINT}
    assert {kind for kind in CaseKind if Step.DECLINE in STEPS[kind]} == {CaseKind.COMPLAINT}


def test_an_objection_stays_with_the_body_that_published_the_notice() -> None:
    assert not any(may_step(CaseKind.OBJECTION, Step.HAND_OVER, stage) for stage in Stage)


def test_a_question_and_a_hand_over_move_no_stage_so_the_clock_goes_on() -> None:
    for step in (Step.TAKE, Step.ASK, Step.WRITE, Step.HAND_OVER, Step.EXTEND):
        for stage in STEPS[CaseKind.COMPLAINT][step]:
            assert stage_after(CaseKind.COMPLAINT, step, stage) is stage


def test_when_a_case_is_over_no_step_is_left() -> None:
    assert {Stage.DECLINED, Stage.CLOSED} == OVER
    assert not any(may_step(kind, step, stage) for kind in CaseKind for step in Step for stage in OVER)


def test_every_member_has_its_chinese_word() -> None:
    assert set(CASE_KIND_LABELS) == set(CaseKind) and set(STAGE_LABELS) == set(Stage)
    assert set(MESSAGE_LABELS) == set(MessageKind) and set(IDENTITY_REASON_LABELS) == set(IdentityReason)
