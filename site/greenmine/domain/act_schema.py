"""Every kind of act, with the JSON Schema of its envelope fields and of its body.

The envelope holds no free text and no names: each string in it is bound by a pattern or an enumeration
(a test of the house checks that). A changed schema needs a new version (docs/acts.md, tested).
Source: ZJ-15 全流程监管、全过程留痕; log-spec.md 1.
"""

from collections.abc import Mapping
from typing import Final

from greenmine.domain.act_schema_kind import Kind
from greenmine.domain.act_schema_log import LOG_KINDS
from greenmine.domain.act_schema_terms import (
    BOOLEAN,
    COUNT,
    DATE,
    INSTANT,
    LONG,
    MINE,
    MINES,
    NOTICE,
    REGION,
    SHA256,
    TEXT,
    choice,
    document,
    listing,
    optional_text,
    pattern,
    texts,
)
from greenmine.domain.mine import Activity, Level, Library, Method, Ownership, Scale
from greenmine.domain.text import N_

_MINE_CODES: Final = {
    "region": REGION,
    "scale": choice(Scale),
    "method": choice(Method),
    "ownership": choice(Ownership),
    "activity": choice(Activity),
    "production_date": DATE,
    "permit_from": DATE,
    "permit_until": DATE,
}
_MINE_TEXTS: Final = {
    "name": TEXT,
    "aliases": texts(),
    "holder": optional_text(),
    "credit_code": optional_text(),
    "mineral": optional_text(),
    "mineral_class": optional_text(),
    "capacity": optional_text(),
    "standard": optional_text(),
    "permit_no": optional_text(),
    "certificate_no": optional_text(),
    "place": optional_text(),
    "source": optional_text(),
}
_ITEM: Final = document({"cells": texts(), "name": TEXT, "mine": MINE, "note": optional_text()}, "cells", "name")
_ATTACHMENT: Final = document(
    {"sha256": SHA256, "name": TEXT, "media_type": TEXT, "size": COUNT},
    "sha256",
    "name",
    "media_type",
    "size",
)
_PERIOD: Final = {"first_day": DATE, "last_day": DATE, "ends_at": INSTANT, "provisional": BOOLEAN}
_GROUND: Final = pattern(r"^[a-z][a-z_]{2,40}$")
_SECTION: Final = pattern(r"^(policies|news|pages)$")
_CONTENT: Final = document(
    {
        "title": TEXT,
        "summary": optional_text(),
        "markdown": LONG,
        "meta": {"type": "object"},
        "media": listing(
            document(
                {
                    "sha256": SHA256,
                    "media_type": TEXT,
                    "alt": optional_text(),
                    "caption": optional_text(),
                    "name": TEXT,
                    "size": COUNT,
                },
                "sha256",
                "media_type",
                "alt",
                "name",
                "size",
            )
        ),
        "note": optional_text(),
    },
    "title",
    "markdown",
)
_CONTENT_FACTS: Final = {
    "section": _SECTION,
    "type": pattern(r"^(activity|case|exposure|video)$"),
    "region": REGION,
    "published": DATE,
    "disclosure": pattern(r"^(proactive|on_request|withheld)$"),
    "origin": pattern(r"^(file|desk)$"),
    "media": listing(SHA256),
}

_KINDS: Final = (
    Kind(
        "mine.registered",
        1,
        N_("登记矿山"),
        r"^mine/GM-[0-9]{6}-[0-9]{4,6}$",
        _MINE_CODES,
        ("region",),
        document(_MINE_TEXTS, "name"),
    ),
    Kind(
        "mine.changed",
        1,
        N_("更正矿山信息"),
        r"^mine/GM-[0-9]{6}-[0-9]{4,6}$",
        {"set": document(_MINE_CODES), "cleared": listing(pattern(r"^[a-z_]{3,20}$"))},
        (),
        document({"changes": document(_MINE_TEXTS), "reason": TEXT}, "changes", "reason"),
    ),
    Kind(
        "directory.listed",
        1,
        N_("纳入"),
        r"^mine/GM-[0-9]{6}-[0-9]{4,6}$",
        {"library": choice(Library), "notice": NOTICE, "mine": MINE, "batch": COUNT},
        ("library",),
        document({"decision_no": optional_text(), "organ": optional_text(), "batch_name": optional_text()}),
    ),
    Kind(
        "notice.published",
        1,
        N_("发布公示公告"),
        r"^notice/[0-9]{4}-[0-9]{4,6}$",
        {
            **_PERIOD,
            "notice_kind": pattern(r"^[a-z_]{3,40}$"),
            "level": choice(Level),
            "region": REGION,
            "unit": pattern(r"^(workday|natural_day|dates)$"),
            "days": COUNT,
            "first_day_counted": BOOLEAN,
            "rolls_over": BOOLEAN,
            "cutoff": pattern(r"^[0-2][0-9]:[0-5][0-9]$"),
            "enters": choice(Library),
            "mines": MINES,
            "attachments": listing(SHA256),
        },
        ("notice_kind", "level", "region"),
        document(
            {
                "title": TEXT,
                "number": optional_text(),
                "issuer": TEXT,
                "text": LONG,
                "columns": texts(),
                "items": listing(_ITEM),
                "attachments": listing(_ATTACHMENT),
                "objection": {"type": "object"},
                "contact": optional_text(),
                "source": optional_text(),
            },
            "title",
            "issuer",
            "text",
            "columns",
            "items",
        ),
    ),
    Kind(
        "notice.corrected",
        2,
        N_("更正公示公告"),
        r"^notice/[0-9]{4}-[0-9]{4,6}$",
        {"attachments": listing(SHA256), "mines": MINES},
        (),
        document(
            {"title": TEXT, "text": LONG, "contact": optional_text(), "reason": TEXT},
            "title",
            "text",
            "reason",
        ),
    ),
    Kind(
        "notice.recounted",
        1,
        N_("重新计算公示期"),
        r"^notice/[0-9]{4}-[0-9]{4,6}$",
        _PERIOD,
        ("last_day", "ends_at", "provisional"),
    ),
    Kind(
        "notice.closed",
        1,
        N_("公示办结"),
        r"^notice/[0-9]{4}-[0-9]{4,6}$",
        {"listed": MINES, "dropped": MINES},
        ("listed", "dropped"),
        document({"result": TEXT, "reasons": {"type": "object", "additionalProperties": TEXT}}, "result"),
    ),
    Kind(
        "notice.withdrawn",
        2,
        N_("撤回公示公告"),
        r"^notice/[0-9]{4}-[0-9]{4,6}$",
        {"mines": MINES},
        (),
        document({"reason": TEXT}, "reason"),
    ),
    Kind(
        "removal.proposed",
        1,
        N_("提出移出"),
        r"^removal/[0-9]{4}-[0-9]{4,6}$",
        {"mine": MINE, "ground": _GROUND, "adverse": BOOLEAN, "level": choice(Level)},
        ("mine", "ground", "adverse", "level"),
        document({"reason": TEXT, "basis": TEXT}, "reason", "basis"),
    ),
    Kind(
        "removal.decided",
        1,
        N_("决定移出"),
        r"^removal/[0-9]{4}-[0-9]{4,6}$",
        {
            "mine": MINE,
            "outcome": pattern(r"^(removed|refused)$"),
            "ground": _GROUND,
            "adverse": BOOLEAN,
            "level": choice(Level),
            "notice": NOTICE,
            "rectify_until": DATE,
        },
        ("mine", "outcome", "ground", "adverse", "level"),
        document(
            {"decision_no": optional_text(), "organ": TEXT, "basis": TEXT, "reason": TEXT},
            "organ",
            "basis",
            "reason",
        ),
    ),
    Kind(
        "credit.added",
        2,
        N_("列入失信信息"),
        r"^credit/[0-9]{4}-[0-9]{4,6}$",
        {
            "register": pattern(r"^(general|serious)$"),
            "subject": pattern(r"^(firm|person)$"),
            "region": REGION,
            "from": DATE,
            "until": DATE,
        },
        ("register", "subject", "region", "from", "until"),
        document(
            {
                "salt": pattern(r"^[0-9a-f]{64}$"),
                "name": TEXT,
                "credit_code": optional_text(),
                "mine": MINE,
                "conduct": TEXT,
                "basis": TEXT,
                "decision_no": TEXT,
                "organ": TEXT,
                "decided": DATE,
                "removal": NOTICE,
            },
            "salt",
            "name",
            "conduct",
            "basis",
            "decision_no",
            "organ",
        ),
    ),
    Kind(
        "credit.ended",
        1,
        N_("失信信息公示期满"),
        r"^credit/[0-9]{4}-[0-9]{4,6}$",
        {"reason": pattern(r"^(term|revoked)$"), "removes": listing(SHA256)},
        ("reason", "removes"),
    ),
    Kind(
        "content.published",
        1,
        N_("发布文章"),
        r"^content/(policies|news|pages)/[a-z0-9][a-z0-9-]{0,79}$",
        _CONTENT_FACTS,
        ("section", "origin", "published"),
        _CONTENT,
    ),
    Kind(
        "content.changed",
        1,
        N_("更正文章"),
        r"^content/(policies|news|pages)/[a-z0-9][a-z0-9-]{0,79}$",
        _CONTENT_FACTS,
        ("section", "origin", "published"),
        _CONTENT,
    ),
    Kind(
        "content.withdrawn",
        1,
        N_("撤下文章"),
        r"^content/(policies|news|pages)/[a-z0-9][a-z0-9-]{0,79}$",
        {"section": _SECTION, "origin": pattern(r"^(file|desk)$")},
        ("section", "origin"),
        document({"reason": TEXT}, "reason"),
    ),
    Kind(
        "calendar.published",
        1,
        N_("公布工作日历"),
        r"^calendar/[0-9a-f]{12}$",
        {"first": DATE, "last": DATE},
        ("first", "last"),
        document({"holidays": listing(DATE), "made_up": listing(DATE)}, "holidays", "made_up"),
    ),
    Kind(
        "book.published",
        1,
        N_("公布规则集"),
        r"^book/[0-9]{6}/[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        {"region": REGION, "from": DATE, "until": DATE, "digest": SHA256, "size": COUNT},
        ("region", "from", "digest", "size"),
        document({"title": TEXT}, "title"),
    ),
    *LOG_KINDS,
)

__all__ = ["KINDS", "Kind"]

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _KINDS}
