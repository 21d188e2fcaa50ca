"""How a notice is published and what an objection to it must hold.

Issuers differ (rules.md, "Notices as they are really written"), so both are data: a rule per kind of
notice in a rule book, and presets that write down one issuer's practice as it was printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.mine import Level
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.period import PeriodRule
from greenmine.domain.provision import Actor, Origin
from greenmine.domain.text import N_


class ObjectionForm(StrEnum):
    """How an objection may come in."""

    WRITTEN = "written"  # 书面
    POST = "post"  # 邮寄
    IN_PERSON = "in_person"  # 送达
    EMAIL = "email"  # 电子邮件
    FAX = "fax"  # 传真
    TELEPHONE = "telephone"  # 电话
    ONLINE = "online"  # 网上提交


class ObjectionPart(StrEnum):
    """What an objection must hold."""

    FACTS = "facts"  # 事实依据
    REAL_NAME = "real_name"  # 真实姓名
    EMPLOYER = "employer"  # 工作单位
    ADDRESS = "address"  # 联系地址
    POSTCODE = "postcode"  # 邮政编码
    CONTACT = "contact"  # 联系方式
    IDENTITY = "identity"  # 身份信息
    SIGNATURE = "signature"  # 本人签名
    FINGERPRINT = "fingerprint"  # 手印
    REPRESENTATIVE_SIGNATURE = "representative_signature"  # 法定代表人签字
    SEAL = "seal"  # 单位公章


class Refusal(StrEnum):
    """Why an objection is refused."""

    ANONYMOUS = "anonymous"  # 匿名
    LATE = "late"  # 超过期限
    INCOMPLETE = "incomplete"  # 未按要求填写


OBJECTION_FORM_LABELS: Final[Mapping[ObjectionForm, str]] = {
    ObjectionForm.WRITTEN: N_("书面"),
    ObjectionForm.POST: N_("邮寄"),
    ObjectionForm.IN_PERSON: N_("当面送达"),
    ObjectionForm.EMAIL: N_("电子邮件"),
    ObjectionForm.FAX: N_("传真"),
    ObjectionForm.TELEPHONE: N_("电话"),
    ObjectionForm.ONLINE: N_("网上提交"),
}
OBJECTION_PART_LABELS: Final[Mapping[ObjectionPart, str]] = {
    ObjectionPart.FACTS: N_("事实依据"),
    ObjectionPart.REAL_NAME: N_("真实姓名"),
    ObjectionPart.EMPLOYER: N_("工作单位"),
    ObjectionPart.ADDRESS: N_("联系地址"),
    ObjectionPart.POSTCODE: N_("邮政编码"),
    ObjectionPart.CONTACT: N_("联系方式"),
    ObjectionPart.IDENTITY: N_("身份信息"),
    ObjectionPart.SIGNATURE: N_("本人签名"),
    ObjectionPart.FINGERPRINT: N_("手印"),
    ObjectionPart.REPRESENTATIVE_SIGNATURE: N_("法定代表人签字"),
    ObjectionPart.SEAL: N_("单位公章"),
}
REFUSAL_LABELS: Final[Mapping[Refusal, str]] = {
    Refusal.ANONYMOUS: N_("匿名异议不予受理"),
    Refusal.LATE: N_("超过期限的异议不予受理"),
    Refusal.INCOMPLETE: N_("未按要求填写的异议不予受理"),
}


@dataclass(frozen=True)
class ObjectionRule:
    """A set of rules for objections.

    :param accepted: False for an announcement that takes none
    :param real_name: the objector must give a real name
    :param forms: ways in; empty when the notice does not say
    :param person_parts: what a person's objection must hold
    :param unit_parts: what a unit's objection must hold
    :param refused: what is refused; empty when the notice does not say
    """

    code: str
    name: str
    accepted: bool
    real_name: bool
    forms: tuple[ObjectionForm, ...]
    person_parts: tuple[ObjectionPart, ...]
    unit_parts: tuple[ObjectionPart, ...]
    refused: tuple[Refusal, ...]
    origin: Origin

    def missing(self, held: frozenset[ObjectionPart], *, by_unit: bool) -> tuple[ObjectionPart, ...]:
        """What an objection still lacks, in the order the rule names it."""
        wanted = self.unit_parts if by_unit else self.person_parts
        return tuple(part for part in wanted if part not in held)

    def refusal(self, held: frozenset[ObjectionPart], *, by_unit: bool, anonymous: bool, late: bool) -> Refusal | None:
        """The ground on which this rule refuses an objection, or None when it must be taken."""
        if anonymous and Refusal.ANONYMOUS in self.refused:
            return Refusal.ANONYMOUS
        if late and Refusal.LATE in self.refused:
            return Refusal.LATE
        if Refusal.INCOMPLETE in self.refused and self.missing(held, by_unit=by_unit):
            return Refusal.INCOMPLETE
        return None


@dataclass(frozen=True)
class NoticeRule:
    """How one kind of notice is published in one province.

    :param period: None for an announcement without a period
    :param objection: code of the objection rule
    :param publisher: who publishes it
    :param place: where, in words
    :param waits: what must not happen before it ends, in words; empty when nothing waits for it
    """

    kind: NoticeKind
    publisher: Actor
    place: str
    period: PeriodRule | None
    objection: str
    waits: str
    origin: Origin

    @property
    def code(self) -> str:
        """The kind names the rule."""
        return self.kind.value


@dataclass(frozen=True)
class NoticePreset:
    """One issuer's practice as printed in a real notice, ready to be chosen at the desk.

    :param region: code of the issuer's region
    :param columns: headings of the list as printed; empty when it was an attachment that was not seen
    :param examples: row numbers of notices_real.csv this preset writes down (``N01``)
    """

    code: str
    name: str
    issuer: str
    region: str
    level: Level
    kind: NoticeKind
    period: PeriodRule | None
    objection: str
    columns: tuple[str, ...]
    examples: tuple[str, ...]
    origin: Origin
