"""An error that a reader reports in a public record (纠错): about what, who answers it, by when.

Source: rules.md "What a Chinese government site must carry" (corrections asked for are answered within 3 working
days: clock ``site_correction`` of the national rule book).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, Final

from greenmine.domain.body import Body
from greenmine.domain.clock import DueDay
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.fault import fault_of
from greenmine.domain.mail_address import require_mail_address
from greenmine.domain.noun import noun_named
from greenmine.domain.reference import Reference
from greenmine.domain.region import COUNTRY, RegionLevel, Regions
from greenmine.domain.rulebook import province_of
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen

LONGEST_TEXT: Final = 2000
LONGEST_LINE: Final = 200
CLOCK: Final = "site_correction"


class RecordKind(StrEnum):
    """Kinds of public record; the value begins its object's name (``mine/GM-520524-0001``)."""

    MINE = "mine"  # 矿山
    NOTICE = "notice"  # 公示公告
    REMOVAL = "removal"  # 移出
    CREDIT = "credit"  # 失信信息
    NEWS = "content/news"  # 新闻
    POLICY = "content/policies"  # 政策


class ReportOutcome(StrEnum):
    """What the answer says of a reported error."""

    CORRECTED = "corrected"  # 已更正
    NO_ERROR = "no_error"  # 经核实无误


RECORD_LABELS: Final[Mapping[RecordKind, str]] = {kind: noun_named(kind).word for kind in RecordKind}
REPORT_OUTCOME_LABELS: Final[Mapping[ReportOutcome, str]] = {
    ReportOutcome.CORRECTED: N_("已更正"),
    ReportOutcome.NO_ERROR: N_("经核实无误"),
}

_OWN_BODY: Final = frozenset({RecordKind.MINE, RecordKind.NOTICE})
"""Kept by the region they belong to. The others are decided or edited by the province: no county can mend them."""


@dataclass(frozen=True)
class ErrorReport:
    """What the form holds when it is sent.

    :param record: object's name of the record
    :param province: code; only for a record of the whole country, which no province calls its own
    """

    record: str
    wrong: str
    right: str
    source: str
    name: str = ""
    phone: str = ""
    mail: str = ""
    province: str = ""


def split_record(name: str) -> tuple[RecordKind, str]:
    """Kind and number of an object's name. Raises NotFound for what is none of the public records."""
    noun, _slash, number = name.rpartition("/")
    if noun not in frozenset(RecordKind) or not number:
        raise NotFound("report.record_unknown", N_("没有这条公开记录。"))
    return RecordKind(noun), number


def answering_body(kind: RecordKind, *, region: str, province: str, regions: Regions) -> Body:
    """Who must answer: the record's own county or publisher, or the province that decides or edits it.

    :param region: code the record bears; :param province: chosen by the sender for a record of the whole country
    Raises BadInput ``report.province_missing``.
    """
    if region == COUNTRY:
        found = regions.find(province)
        if found is None or found.level is not RegionLevel.PROVINCE:
            raise BadInput("report.province_missing", N_("请选择由哪个省的主管部门核实。"), field="province")
        return Body(province, Department.NATURAL_RESOURCES)
    own = region if kind in _OWN_BODY else province_of(region)
    return Body(own, Department.NATURAL_RESOURCES)


def answer_due(reference: Reference, *, region: str, received: date) -> DueDay:
    """By when it is answered: 3 working days, the day of receipt not counted; 暂定 beyond the calendar."""
    return reference.books.clock(region, CLOCK, received).due(received, calendar=reference.calendar)


def check_report(report: ErrorReport) -> None:
    """Raise BadInput beside the first field that does not hold what it must."""
    for fault in report_faults(report):
        raise fault


def report_faults(report: ErrorReport) -> Iterator[BadInput]:
    """Everything in the form that must be mended, field by field."""
    for field in ("wrong", "right", "source", "name", "phone", "mail"):
        value = str(getattr(report, field))
        most = LONGEST_TEXT if field in ("wrong", "right") else LONGEST_LINE
        if len(value) > most:
            yield BadInput("report.long", N_("请控制在%(most)s字以内。"), field=field, most=most)
        yield from fault_of(partial(require_seen, value, field=field))
    if not report.wrong.strip():
        yield BadInput("report.wrong_missing", N_("请写明哪里有误。"), field="wrong")
    if not report.right.strip():
        yield BadInput("report.right_missing", N_("请写明正确的内容；不清楚的，请写“不清楚”。"), field="right")
    if report.mail.strip():
        yield from fault_of(partial(require_mail_address, report.mail, field="mail"))


def matter_of(report: ErrorReport) -> dict[str, Any]:
    """What is said to be wrong, as plain values, without who says so."""
    return {
        "record": report.record,
        "wrong": report.wrong.strip(),
        "right": report.right.strip(),
        "source": report.source.strip(),
        "anonymous": not identity_of(report),
    }


def identity_of(report: ErrorReport) -> dict[str, str]:
    """Who reports: sealed apart. Empty when nothing was said."""
    mail = require_mail_address(report.mail, field="mail") if report.mail.strip() else ""
    named = {"name": report.name.strip(), "phone": report.phone.strip(), "mail": mail}
    return named if any(named.values()) else {}
