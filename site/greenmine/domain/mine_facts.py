"""The facts of a mine as they are registered and corrected, and the split between codes and texts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from greenmine.domain.credit_code import is_valid_credit_code
from greenmine.domain.errors import BadInput
from greenmine.domain.mine import Activity, Method, Ownership, Scale
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen

CODES: Final = (
    "region",
    "scale",
    "method",
    "ownership",
    "activity",
    "production_date",
    "permit_from",
    "permit_until",
)
"""What may stand in an envelope: codes and dates. Everything else is text and belongs in the body."""


@dataclass(frozen=True)
class MineFacts:
    """What is known of a mine. Empty text and None mean "not known", never "no".

    :param region: 6-digit code, normally of a county
    :param capacity: as printed, with its unit (``30 万吨/年``)
    :param permit_no: 采矿许可证号; since 2025-07-01 the 矿业权证书 number is another thing (rules.md)
    :param credit_code: unified social credit code of the holder (GB 32100)
    """

    name: str
    region: str
    aliases: tuple[str, ...] = ()
    holder: str = ""
    credit_code: str = ""
    mineral: str = ""
    mineral_class: str = ""
    capacity: str = ""
    standard: str = ""
    permit_no: str = ""
    certificate_no: str = ""
    place: str = ""
    source: str = ""
    scale: Scale | None = None
    method: Method | None = None
    ownership: Ownership | None = None
    activity: Activity | None = None
    production_date: date | None = None
    permit_from: date | None = None
    permit_until: date | None = None


EARLIEST_DATE: Final = date(1900, 1, 1)
YEARS_AHEAD: Final = 60
"""A mining permit runs for 30 years at most (国务院令第241号第七条); twice that is a slip of the pen."""


def check_facts(facts: MineFacts, reference: Reference, *, today: date) -> None:
    """Raise BadInput, beside its field, for facts that cannot stand in a public register.

    :param today: legal day
    """
    _check_dates(facts, latest=date(today.year + YEARS_AHEAD, 12, 31))
    if not facts.name.strip():
        raise BadInput("mine.name_missing", N_("请填写矿山名称。"), field="name")
    for field, value in texts_of(facts).items():
        for text in [value] if isinstance(value, str) else value:
            require_seen(text, field=field)
    if reference.regions.find(facts.region) is None:
        raise BadInput(
            "mine.region_unknown", N_("没有代码为 %(region)s 的行政区。"), field="region", region=facts.region
        )
    if facts.credit_code and not is_valid_credit_code(facts.credit_code):
        raise BadInput("mine.credit_code", N_("统一社会信用代码校验不符，请核对18位代码。"), field="credit_code")
    if facts.permit_from and facts.permit_until and facts.permit_until < facts.permit_from:
        raise BadInput("mine.permit_term", N_("许可证的截止日期早于起始日期。"), field="permit_until")


def _check_dates(facts: MineFacts, *, latest: date) -> None:
    for name in ("production_date", "permit_from", "permit_until"):
        day = getattr(facts, name)
        if day is not None and not EARLIEST_DATE <= day <= latest:
            raise BadInput(
                "mine.date_range",
                N_("日期应在 %(first)s 至 %(last)s 之间，请核对年份。"),
                field=name,
                first=EARLIEST_DATE.isoformat(),
                last=latest.isoformat(),
            )


def codes_of(facts: MineFacts) -> dict[str, str]:
    """The facts an envelope may hold; unknown ones are absent."""
    return {name: _plain(getattr(facts, name)) for name in CODES if getattr(facts, name) is not None}


def texts_of(facts: MineFacts) -> dict[str, Any]:
    """The facts that belong in the body; empty ones are absent."""
    texts = {f.name: getattr(facts, f.name) for f in fields(facts) if f.name not in CODES}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in texts.items() if value}


def changed(before: MineFacts, after: MineFacts) -> Mapping[str, tuple[Any, Any]]:
    """What differs, field by field: (before, after)."""
    pairs = {f.name: (getattr(before, f.name), getattr(after, f.name)) for f in fields(before)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
