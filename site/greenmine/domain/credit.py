"""Entries of the credit registers (失信信息): what they must hold, how long they are shown, whom they may name."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from greenmine.domain.credit_code import is_valid_credit_code
from greenmine.domain.errors import BadInput, RuleBroken
from greenmine.domain.ground import CreditLevel, CreditTerm
from greenmine.domain.identity_number import require_no_identity_number
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen


class Subject(StrEnum):
    """Whom an entry names."""

    FIRM = "firm"  # 企业
    PERSON = "person"  # 相关负责人


@dataclass(frozen=True)
class CreditDraft:
    """An entry as an officer proposes it.

    :param level: general (一般) or serious (严重)
    :param decided: date of the deciding document; the term is counted from it
    :param until: first legal day on which it is no longer shown
    :param named_in_decision: for a person: whether the decision itself names them
    :param removal: number of the removal it follows, if any
    """

    level: CreditLevel
    subject: Subject
    region: str
    name: str
    conduct: str
    basis: str
    decision_no: str
    organ: str
    decided: date
    until: date
    credit_code: str = ""
    mine: str | None = None
    removal: str | None = None
    named_in_decision: bool = False


def check_credit(draft: CreditDraft, term: CreditTerm, *, today: date) -> None:
    """Raise BadInput or RuleBroken for an entry that may not be published.

    Source: rules.md "Removal is not one thing"; 信用修复管理办法; LN-13 (persons: legal basis, no identity number).
    """
    for name, sentence in _NEEDED:
        if not getattr(draft, name).strip():
            raise BadInput(f"credit.{name}_missing", sentence, field=name)
        require_seen(getattr(draft, name), field=name)
        require_no_identity_number(getattr(draft, name), field=name)
    if draft.subject is Subject.FIRM and not is_valid_credit_code(draft.credit_code):
        raise BadInput("credit.code", N_("企业须填写有效的统一社会信用代码。"), field="credit_code")
    if draft.subject is Subject.PERSON and not draft.named_in_decision:
        raise RuleBroken(
            "credit.person_unnamed", N_("决定书未载明姓名的，不得公开个人姓名。"), field="named_in_decision"
        )
    if draft.decided > today:
        raise BadInput("credit.decided_later", N_("决定日期不能晚于今天。"), field="decided")
    _check_term(draft, term, today=today)


def _check_term(draft: CreditDraft, term: CreditTerm, *, today: date) -> None:
    if not term.published:
        raise RuleBroken("credit.not_published", N_("这一等级的失信信息不予公示。"), field="level")
    if not term.earliest_repair(draft.decided) <= draft.until <= term.publication_ends(draft.decided):
        raise BadInput(
            "credit.term",
            N_("公示截止日应在 %(first)s 至 %(last)s 之间（自决定之日起计算）。"),
            field="until",
            first=term.earliest_repair(draft.decided).isoformat(),
            last=term.publication_ends(draft.decided).isoformat(),
        )
    if draft.until <= today:
        raise RuleBroken("credit.term_over", N_("公示期限已过，不能再公示。"), field="until")


_NEEDED: Final = (
    ("name", N_("请填写名称或姓名。")),
    ("conduct", N_("请写明失信行为。")),
    ("basis", N_("请写明法律依据。")),
    ("decision_no", N_("请填写决定文书号。")),
    ("organ", N_("请填写决定机关。")),
)
