"""A complaint as a person brings it, what it must hold, and by when it must be answered.

Source: GO-18; 矿产资源法 61 (anyone may report); 信访工作条例 22, 34; 个人信息保护法 6 (no more than needed).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from greenmine.domain.body import RiskClass
from greenmine.domain.clock import DueDay
from greenmine.domain.errors import BadInput
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_

LONGEST_TEXT: Final = 5000
"""Characters of what happened."""

LONGEST_LINE: Final = 200
"""Characters of any other answer."""


class ComplaintKind(StrEnum):
    """What a complaint is about."""

    DUST = "dust"  # 扬尘、废气
    WATER = "water"  # 水污染
    NOISE = "noise"  # 噪声、振动
    WASTE = "waste"  # 废石、尾矿、固体废物堆放
    RESTORATION = "restoration"  # 植被破坏、复绿不到位
    ILLNESS = "illness"  # 疾病、职业健康
    DRINKING_WATER = "drinking_water"  # 饮用水
    SLOPE = "slope"  # 边坡、滑坡、塌陷
    BLASTING = "blasting"  # 爆破
    TRANSPORT = "transport"  # 运输、道路
    TAILINGS = "tailings"  # 尾矿库
    LAND = "land"  # 占地、界线
    COMPENSATION = "compensation"  # 补偿、赔偿
    DISPUTE = "dispute"  # 与当地居民的纠纷
    FRAUD = "fraud"  # 弄虚作假、名不副实
    OTHER = "other"  # 其他


class About(StrEnum):
    """Whom a complaint is about."""

    MINE = "mine"  # 矿山企业
    AUTHORITY = "authority"  # 当地主管部门


class Complainant(StrEnum):
    """Who complains (GO-18)."""

    RESIDENT = "resident"  # 当地居民
    ORGANISATION = "organisation"  # 社会团体
    OTHER = "other"  # 其他利益相关者


class Outcome(StrEnum):
    """What an answer says of the matter."""

    CONFIRMED = "confirmed"  # 情况属实
    PARTLY = "partly"  # 部分属实
    UNFOUNDED = "unfounded"  # 未查证属实
    ELSEWHERE = "elsewhere"  # 另行处理


COMPLAINT_KIND_LABELS: Final[Mapping[ComplaintKind, str]] = {
    ComplaintKind.DUST: N_("扬尘、废气"),
    ComplaintKind.WATER: N_("水污染"),
    ComplaintKind.NOISE: N_("噪声、振动"),
    ComplaintKind.WASTE: N_("废石、尾矿、固体废物堆放"),
    ComplaintKind.RESTORATION: N_("植被破坏、复绿不到位"),
    ComplaintKind.ILLNESS: N_("疾病、职业健康"),
    ComplaintKind.DRINKING_WATER: N_("饮用水"),
    ComplaintKind.SLOPE: N_("边坡、滑坡、塌陷"),
    ComplaintKind.BLASTING: N_("爆破"),
    ComplaintKind.TRANSPORT: N_("运输、道路"),
    ComplaintKind.TAILINGS: N_("尾矿库"),
    ComplaintKind.LAND: N_("占地、界线"),
    ComplaintKind.COMPENSATION: N_("补偿、赔偿"),
    ComplaintKind.DISPUTE: N_("与当地居民的纠纷"),
    ComplaintKind.FRAUD: N_("弄虚作假、名不副实"),
    ComplaintKind.OTHER: N_("其他"),
}
ABOUT_LABELS: Final[Mapping[About, str]] = {
    About.MINE: N_("矿山企业"),
    About.AUTHORITY: N_("当地主管部门办理不当"),
}
COMPLAINANT_LABELS: Final[Mapping[Complainant, str]] = {
    Complainant.RESIDENT: N_("当地居民"),
    Complainant.ORGANISATION: N_("社会团体"),
    Complainant.OTHER: N_("其他利益相关者"),
}
OUTCOME_LABELS: Final[Mapping[Outcome, str]] = {
    Outcome.CONFIRMED: N_("情况属实"),
    Outcome.PARTLY: N_("部分属实"),
    Outcome.UNFOUNDED: N_("未查证属实"),
    Outcome.ELSEWHERE: N_("另行处理"),
}

KINDS_OF: Final[Mapping[RiskClass, tuple[ComplaintKind, ...]]] = {
    RiskClass.ENVIRONMENT: (
        ComplaintKind.DUST,
        ComplaintKind.WATER,
        ComplaintKind.NOISE,
        ComplaintKind.WASTE,
        ComplaintKind.RESTORATION,
        ComplaintKind.OTHER,
    ),
    RiskClass.HEALTH: (ComplaintKind.ILLNESS, ComplaintKind.DRINKING_WATER, ComplaintKind.OTHER),
    RiskClass.SAFETY: (
        ComplaintKind.SLOPE,
        ComplaintKind.BLASTING,
        ComplaintKind.TRANSPORT,
        ComplaintKind.TAILINGS,
        ComplaintKind.OTHER,
    ),
    RiskClass.SOCIAL: (
        ComplaintKind.LAND,
        ComplaintKind.COMPENSATION,
        ComplaintKind.DISPUTE,
        ComplaintKind.FRAUD,
        ComplaintKind.OTHER,
    ),
}


@dataclass(frozen=True)
class Contact:
    """Who complains by name; every field may be empty but the name and one way to reach the person."""

    name: str
    phone: str = ""
    mail: str = ""
    address: str = ""


@dataclass(frozen=True)
class Complaint:
    """What the form holds when it is sent.

    :param region: code of the county where it happened
    :param mine: public number of the mine, None for a place
    :param place: where, in words; needed when no mine is named
    :param when: when, in words
    :param contact: None for an anonymous complaint
    """

    region: str
    mine: str | None
    place: str
    risk: RiskClass
    kind: ComplaintKind
    about: About
    text: str
    when: str
    complainant: Complainant
    contact: Contact | None


def check_complaint(complaint: Complaint) -> None:
    """Raise BadInput beside the first field that does not hold what it must."""
    if complaint.kind not in KINDS_OF[complaint.risk]:
        raise BadInput("complaint.kind", N_("请选择投诉的具体问题。"), field="kind")
    if not complaint.mine and not complaint.place.strip():
        raise BadInput("complaint.place_missing", N_("请写明事情发生的地点。"), field="place")
    if not complaint.text.strip():
        raise BadInput("complaint.text_missing", N_("请写明发生了什么。"), field="text")
    if len(complaint.text) > LONGEST_TEXT:
        raise BadInput("complaint.text_long", N_("请控制在%(most)s字以内。"), field="text", most=LONGEST_TEXT)
    for field, value in _lines(complaint):
        if len(value) > LONGEST_LINE:
            raise BadInput("complaint.line_long", N_("请控制在%(most)s字以内。"), field=field, most=LONGEST_LINE)
    if complaint.contact is not None:
        _check_contact(complaint.contact)


def _check_contact(contact: Contact) -> None:
    if not contact.name.strip():
        raise BadInput("complaint.name_missing", N_("实名投诉请填写姓名；不愿留名可选择匿名。"), field="name")
    if not (contact.phone.strip() or contact.mail.strip() or contact.address.strip()):
        raise BadInput("complaint.contact_missing", N_("请至少填写一种联系方式。"), field="phone")


def _lines(complaint: Complaint) -> tuple[tuple[str, str], ...]:
    lines = (("place", complaint.place), ("when", complaint.when))
    contact = complaint.contact
    if contact is None:
        return lines
    return (
        *lines,
        ("name", contact.name),
        ("phone", contact.phone),
        ("mail", contact.mail),
        ("address", contact.address),
    )


def matter_of(complaint: Complaint) -> dict[str, Any]:
    """What happened, as plain values: the part that whoever handles the case reads."""
    return {
        "region": complaint.region,
        "mine": complaint.mine or "",
        "place": complaint.place.strip(),
        "risk": str(complaint.risk),
        "kind": str(complaint.kind),
        "about": str(complaint.about),
        "text": complaint.text.strip(),
        "when": complaint.when.strip(),
        "complainant": str(complaint.complainant),
        "anonymous": complaint.contact is None,
    }


def identity_of(complaint: Complaint) -> dict[str, str]:
    """Who complains: sealed apart, opened only with a reason. Empty for an anonymous complaint."""
    contact = complaint.contact
    if contact is None:
        return {}
    return {
        "name": contact.name.strip(),
        "phone": contact.phone.strip(),
        "mail": contact.mail.strip(),
        "address": contact.address.strip(),
    }


def private_record(
    *, number: str, received_at: str, matter: Mapping[str, Any], identity: Mapping[str, str], files: Sequence[str]
) -> dict[str, Any]:
    """What the commitment binds: the whole complaint as received (log-spec.md 6).

    :param files: SHA-256 in hex of each file as it was kept, in order
    """
    return {
        "v": 1,
        "number": number,
        "received_at": received_at,
        "matter": dict(matter),
        "identity": dict(identity),
        "files": list(files),
    }


ACCEPTANCE: Final = "petition_acceptance"
DECISION: Final = "petition_decision"


def accept_due(reference: Reference, *, region: str, received: date) -> DueDay:
    """By when the person is told whether the complaint is taken: 15 days (信访工作条例 22)."""
    return reference.books.clock(region, ACCEPTANCE, received).due(received, calendar=reference.calendar)


def decide_due(reference: Reference, *, region: str, accepted: date, extended: bool = False) -> DueDay:
    """By when it is answered: 60 days from acceptance, once 30 more with notice (信访工作条例 34)."""
    clock = reference.books.clock(region, DECISION, accepted)
    return clock.due(accepted, calendar=reference.calendar, extended=extended)
