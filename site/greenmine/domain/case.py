"""Cases people bring (complaints, objections, error reports): their kinds, stages and steps.

A question to the person moves no stage: the clock goes on. 办结 (closed) and 解决 (solved) are two things.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from greenmine.domain.errors import RuleBroken
from greenmine.domain.text import N_


class CaseKind(StrEnum):
    """Through which door a case came (rules.md: three doors, three rule sets)."""

    COMPLAINT = "complaint"  # 投诉
    OBJECTION = "objection"  # 公示异议
    REPORT = "report"  # 纠错


class Stage(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"  # 已收到
    ACCEPTED = "accepted"  # 已受理
    DECLINED = "declined"  # 不予受理
    ANSWERED = "answered"  # 已答复
    CLOSED = "closed"  # 已办结


class Step(StrEnum):
    """What can be done to a case."""

    TAKE = "take"  # 承办
    ACCEPT = "accept"  # 受理
    DECLINE = "decline"  # 不予受理
    ASK = "ask"  # 要求补充
    WRITE = "write"  # 补充
    HAND_OVER = "hand_over"  # 转办
    EXTEND = "extend"  # 延长
    ANSWER = "answer"  # 答复
    CLOSE = "close"  # 办结


class MessageKind(StrEnum):
    """What a message of a case is."""

    FROM_PERSON = "from_person"  # 来信
    QUESTION = "question"  # 补充要求
    NOTICE = "notice"  # 告知
    ANSWER = "answer"  # 答复


class IdentityReason(StrEnum):
    """Why an officer looks at who brought a case."""

    CONTACT = "contact"  # 与当事人联系
    VERIFY = "verify"  # 核实情况需要
    LAW = "law"  # 依法调取
    SAFETY = "safety"  # 保护当事人


CASE_KIND_LABELS: Final[Mapping[CaseKind, str]] = {
    CaseKind.COMPLAINT: N_("投诉"),
    CaseKind.OBJECTION: N_("公示异议"),
    CaseKind.REPORT: N_("纠错"),
}
STAGE_LABELS: Final[Mapping[Stage, str]] = {
    Stage.RECEIVED: N_("已收到"),
    Stage.ACCEPTED: N_("已受理"),
    Stage.DECLINED: N_("不予受理"),
    Stage.ANSWERED: N_("已答复"),
    Stage.CLOSED: N_("已办结"),
}
MESSAGE_LABELS: Final[Mapping[MessageKind, str]] = {
    MessageKind.FROM_PERSON: N_("来信"),
    MessageKind.QUESTION: N_("补充要求"),
    MessageKind.NOTICE: N_("告知"),
    MessageKind.ANSWER: N_("答复"),
}
IDENTITY_REASON_LABELS: Final[Mapping[IdentityReason, str]] = {
    IdentityReason.CONTACT: N_("与当事人联系"),
    IdentityReason.VERIFY: N_("核实情况需要"),
    IdentityReason.LAW: N_("依法调取"),
    IdentityReason.SAFETY: N_("保护当事人"),
}

OVER: Final = frozenset({Stage.DECLINED, Stage.CLOSED})
"""Stages at which nothing is due any more."""

_OPEN: Final = frozenset({Stage.RECEIVED, Stage.ACCEPTED})
_ANSWERABLE: Final = frozenset({Stage.RECEIVED, Stage.ACCEPTED, Stage.ANSWERED})

_COMPLAINT: Final[Mapping[Step, frozenset[Stage]]] = {
    Step.TAKE: _ANSWERABLE,
    Step.ACCEPT: frozenset({Stage.RECEIVED}),
    Step.DECLINE: frozenset({Stage.RECEIVED}),
    Step.ASK: _ANSWERABLE,
    Step.WRITE: _ANSWERABLE,
    Step.HAND_OVER: _OPEN,
    Step.EXTEND: frozenset({Stage.ACCEPTED}),
    Step.ANSWER: frozenset({Stage.ACCEPTED, Stage.ANSWERED}),
    Step.CLOSE: frozenset({Stage.ANSWERED}),
}
_SHORT: Final[Mapping[Step, frozenset[Stage]]] = {
    Step.TAKE: frozenset({Stage.RECEIVED, Stage.ANSWERED}),
    Step.ASK: frozenset({Stage.RECEIVED, Stage.ANSWERED}),
    Step.WRITE: frozenset({Stage.RECEIVED, Stage.ANSWERED}),
    Step.ANSWER: frozenset({Stage.RECEIVED, Stage.ANSWERED}),
    Step.CLOSE: frozenset({Stage.ANSWERED}),
}
STEPS: Final[Mapping[CaseKind, Mapping[Step, frozenset[Stage]]]] = {
    CaseKind.COMPLAINT: _COMPLAINT,
    CaseKind.OBJECTION: _SHORT,
    CaseKind.REPORT: {**_SHORT, Step.HAND_OVER: frozenset({Stage.RECEIVED})},
}
"""At which stages each step may be taken. An objection stays with the body that published the notice."""

_LEADS_TO: Final[Mapping[Step, Stage]] = {
    Step.ACCEPT: Stage.ACCEPTED,
    Step.DECLINE: Stage.DECLINED,
    Step.ANSWER: Stage.ANSWERED,
    Step.CLOSE: Stage.CLOSED,
}


def may_step(kind: CaseKind, step: Step, stage: Stage) -> bool:
    """Whether a case of this kind can take the step where it stands."""
    return stage in STEPS[kind].get(step, frozenset())


def stage_after(kind: CaseKind, step: Step, stage: Stage) -> Stage:
    """Where the case stands after the step. Raises RuleBroken when the step is not open to it."""
    if not may_step(kind, step, stage):
        raise RuleBroken("case.step_refused", N_("案件当前的阶段不能办理这一步，请刷新后核对。"))
    return _LEADS_TO.get(step, stage)
