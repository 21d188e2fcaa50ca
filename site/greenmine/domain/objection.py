"""An objection to a notice (公示异议), judged by the rules that the notice itself was published with.

What can be typed is taken here; what exists on paper only (signature, fingerprint, seal, proof of identity) is named
to the sender and follows by post. Numbers of identity papers are not asked for (个人信息保护法 6, 28).
Source: ZJ-11, ZJ-13 (公示无异议后方可归档、入库); rules.md "Notices as they are really written".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeVar

from greenmine.domain.errors import BadInput, RuleBroken
from greenmine.domain.fault import fault_of
from greenmine.domain.mail_address import require_mail_address
from greenmine.domain.notice import NoticeState
from greenmine.domain.notice_rule import ObjectionForm, ObjectionPart, Refusal
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen

LONGEST_TEXT: Final = 5000
"""Characters of the facts."""

LONGEST_LINE: Final = 200
"""Characters of any other answer."""

ON_PAPER: Final = frozenset(
    {
        ObjectionPart.IDENTITY,
        ObjectionPart.SIGNATURE,
        ObjectionPart.FINGERPRINT,
        ObjectionPart.REPRESENTATIVE_SIGNATURE,
        ObjectionPart.SEAL,
    }
)
"""Parts that cannot be typed. 身份信息 too: a number typed into a form proves nobody's identity."""

TAKES_THIS_FORM: Final = frozenset({ObjectionForm.ONLINE, ObjectionForm.WRITTEN, ObjectionForm.EMAIL})
"""Ways in that the site's own form counts as: what is typed here is written, and is kept and printed as such."""

Word = TypeVar("Word", bound=StrEnum)


class ObjectionOutcome(StrEnum):
    """What the answer says of an objection."""

    UPHELD = "upheld"  # 成立
    PARTLY = "partly"  # 部分成立
    NOT_UPHELD = "not_upheld"  # 不成立
    INADMISSIBLE = "inadmissible"  # 不予受理


OBJECTION_OUTCOME_LABELS: Final[Mapping[ObjectionOutcome, str]] = {
    ObjectionOutcome.UPHELD: N_("异议成立"),
    ObjectionOutcome.PARTLY: N_("异议部分成立"),
    ObjectionOutcome.NOT_UPHELD: N_("异议不成立"),
    ObjectionOutcome.INADMISSIBLE: N_("不予受理"),
}


@dataclass(frozen=True)
class ObjectionTerms:
    """The rules a notice published with itself.

    :param accepted: False for an announcement, which takes none
    :param forms: ways in; empty when the notice does not say
    """

    accepted: bool
    real_name: bool
    forms: tuple[ObjectionForm, ...]
    person_parts: tuple[ObjectionPart, ...]
    unit_parts: tuple[ObjectionPart, ...]
    refused: tuple[Refusal, ...]

    @property
    def takes_this_form(self) -> bool:
        """Whether the site's form is one of the ways in: it is, unless the notice names ways and all are others."""
        return not self.forms or not TAKES_THIS_FORM.isdisjoint(self.forms)

    def parts(self, *, by_unit: bool) -> tuple[ObjectionPart, ...]:
        """What the objection of a unit or of a person must hold, in the notice's order."""
        return self.unit_parts if by_unit else self.person_parts

    def paper(self, *, by_unit: bool) -> tuple[ObjectionPart, ...]:
        """What must still be sent on paper."""
        return tuple(part for part in self.parts(by_unit=by_unit) if part in ON_PAPER)

    def needs_name(self, *, by_unit: bool) -> bool:
        """Whether it must bear a name. That of a unit always does: without it, it is not a unit's."""
        if by_unit or self.real_name or Refusal.ANONYMOUS in self.refused:
            return True
        own = frozenset(self.parts(by_unit=False))
        return ObjectionPart.REAL_NAME in own or not own.isdisjoint(ON_PAPER)


def terms_of(said: Mapping[str, Any], *, has_period: bool) -> ObjectionTerms:
    """The terms as a notice's body says them (``domain.notice.objection_terms``); codes of later days are left out.

    :param has_period: a notice that says nothing takes objections exactly when it has a period
    """
    return ObjectionTerms(
        accepted=bool(said.get("accepted", has_period)),
        real_name=bool(said.get("real_name", False)),
        forms=_known(said, "forms", ObjectionForm),
        person_parts=_known(said, "person_parts", ObjectionPart),
        unit_parts=_known(said, "unit_parts", ObjectionPart),
        refused=_known(said, "refused", Refusal),
    )


def require_open(terms: ObjectionTerms, state: NoticeState) -> None:
    """Raise RuleBroken unless the notice takes an objection through this site now.

    A late one is never taken here, whatever the notice says of late ones: after the end it may be closed at any time.
    """
    if not terms.accepted or state is NoticeState.STANDING:
        raise RuleBroken("objection.not_taken", N_("本件不征集异议。"))
    if state is NoticeState.UPCOMING:
        raise RuleBroken("objection.not_begun", N_("公示还没有开始，开始之后才能提出异议。"))
    if state is NoticeState.WITHDRAWN:
        raise RuleBroken("objection.withdrawn", N_("本件已撤回，不再受理异议。"))
    if state is not NoticeState.RUNNING:
        raise RuleBroken("objection.late", N_("异议期已过，不能再提出异议。"))
    if not terms.takes_this_form:
        raise RuleBroken("objection.other_ways", N_("本件没有写明可以在网上或者书面提出异议，请按公示写明的方式提出。"))


@dataclass(frozen=True)
class Objection:
    """What the form holds when it is sent.

    :param notice: number of the notice
    :param about: which line of the list it is about, in words; empty: the whole notice
    :param name: of the person or the unit; empty when none was given
    """

    notice: str
    by_unit: bool
    about: str
    text: str
    name: str
    employer: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    mail: str = ""


_NEEDED: Final[Mapping[ObjectionPart, tuple[str, str]]] = {
    ObjectionPart.EMPLOYER: ("employer", N_("本件要求写明工作单位。")),
    ObjectionPart.ADDRESS: ("address", N_("本件要求写明联系地址。")),
    ObjectionPart.POSTCODE: ("postcode", N_("本件要求写明邮政编码。")),
}
_LINES: Final = ("about", "name", "employer", "address", "postcode", "phone", "mail")
_POSTCODE_DIGITS: Final = 6


def check_objection(objection: Objection, terms: ObjectionTerms) -> None:
    """Raise BadInput beside the first field that does not hold what the notice asks for."""
    for fault in objection_faults(objection, terms):
        raise fault


def objection_faults(objection: Objection, terms: ObjectionTerms) -> Iterator[BadInput]:
    """Everything in the form that must be mended, field by field."""
    yield from _long_or_unseen(objection)
    if not objection.text.strip():
        yield BadInput("objection.text_missing", N_("请写明异议的事实和理由。"), field="text")
    if terms.needs_name(by_unit=objection.by_unit) and not objection.name.strip():
        sentence = N_("请填写单位名称。") if objection.by_unit else N_("本件只受理实名异议，请填写真实姓名。")
        yield BadInput("objection.name_missing", sentence, field="name")
    parts = terms.parts(by_unit=objection.by_unit)
    for part in parts:
        field, sentence = _NEEDED.get(part, ("", ""))
        if field and not str(getattr(objection, field)).strip():
            yield BadInput("objection.part_missing", sentence, field=field)
    if ObjectionPart.CONTACT in parts and not (objection.phone.strip() or objection.mail.strip()):
        yield BadInput("objection.contact_missing", N_("本件要求写明联系方式，请填写电话或电子邮箱。"), field="phone")
    if objection.mail.strip():
        yield from fault_of(partial(require_mail_address, objection.mail, field="mail"))
    code = objection.postcode.strip()
    if code and not (code.isascii() and code.isdigit() and len(code) == _POSTCODE_DIGITS):
        yield BadInput("objection.postcode", N_("邮政编码应为6位数字。"), field="postcode")


def _long_or_unseen(objection: Objection) -> Iterator[BadInput]:
    for field in ("text", *_LINES):
        value, most = str(getattr(objection, field)), LONGEST_TEXT if field == "text" else LONGEST_LINE
        if len(value) > most:
            yield BadInput("objection.long", N_("请控制在%(most)s字以内。"), field=field, most=most)
        yield from fault_of(partial(require_seen, value, field=field))


def matter_of(objection: Objection, terms: ObjectionTerms) -> dict[str, Any]:
    """What is objected, as plain values, without who objects; ``paper``: codes of what must follow on paper."""
    return {
        "notice": objection.notice,
        "by_unit": objection.by_unit,
        "about": objection.about.strip(),
        "text": objection.text.strip(),
        "anonymous": not identity_of(objection),
        "paper": [str(part) for part in terms.paper(by_unit=objection.by_unit)],
    }


def identity_of(objection: Objection) -> dict[str, str]:
    """Who objects: sealed apart, opened only with a reason. Empty when nothing was said."""
    mail = require_mail_address(objection.mail, field="mail") if objection.mail.strip() else ""
    named = {
        "name": objection.name.strip(),
        "employer": objection.employer.strip(),
        "address": objection.address.strip(),
        "postcode": objection.postcode.strip(),
        "phone": objection.phone.strip(),
        "mail": mail,
    }
    return named if any(named.values()) else {}


def require_answered(waiting: int) -> None:
    """A notice is not closed while an objection waits for its answer. Source: ZJ-11, ZJ-13."""
    if waiting:
        raise RuleBroken(
            "notice.objections_waiting",
            N_("还有%(n)s件异议没有答复。公示须在异议全部答复后才能办结。"),
            n=waiting,
        )


def _known(said: Mapping[str, Any], name: str, kind: type[Word]) -> tuple[Word, ...]:
    codes = frozenset(kind)
    return tuple(kind(code) for code in said.get(name, ()) if code in codes)
