"""Kinds of acts on notices (公示, 公告)."""

from typing import Final

from greenmine.domain import noun
from greenmine.domain.act.kind import Field, Kind, Thread
from greenmine.domain.act.mine import SOURCE
from greenmine.domain.act.terms import (
    BOOLEAN,
    COUNT,
    DATE,
    HASHES,
    INSTANT,
    LONG,
    MINE,
    MINES,
    OBJECT,
    OPTIONAL,
    REGION,
    SHA256,
    TEXT,
    choice,
    document,
    listing,
    pattern,
    texts,
)
from greenmine.domain.mine import Level, Library
from greenmine.domain.noun import object_pattern
from greenmine.domain.text import N_

_NOTICE: Final = object_pattern(noun.NOTICE)
_ITEM: Final = document({"cells": texts(), "name": TEXT, "mine": MINE, "note": OPTIONAL}, "cells", "name")
_ATTACHMENT: Final = document(
    {"sha256": SHA256, "name": TEXT, "media_type": TEXT, "size": COUNT}, "sha256", "name", "media_type", "size"
)
_ENDS: Final = (
    Field("last_day", DATE, "last legal day of the period"),
    Field("ends_at", INSTANT, "last second of the period, UTC"),
    Field("provisional", BOOLEAN, "the end lies beyond the published calendar and may still move (暂定)"),
)
_RULE: Final = (
    Field("unit", pattern(r"^(workday|natural_day|dates)$"), "what the period is counted in"),
    Field("days", COUNT, "how many of them"),
    Field("first_day_counted", BOOLEAN, "whether the first day counts"),
    Field("rolls_over", BOOLEAN, "whether an end on a day off moves to the next working day"),
    Field("cutoff", pattern(r"^[0-2][0-9]:[0-5][0-9]$"), "hour at which the last day ends, if not midnight"),
)
_MINES: Final = Field("mines", MINES, "registered mines of the list", needed=True, names="mine")
_ATTACHMENTS: Final = Field("attachments", HASHES, "SHA-256 of the attachments", needed=True)

NOTICE_KINDS: Final = (
    Kind(
        name="notice.published",
        title=N_("发布公示公告"),
        object=_NOTICE,
        facts=(
            Field("notice_kind", pattern(r"^[a-z_]{3,40}$"), "kind of notice", needed=True),
            Field("level", choice(Level), "level of the issuer's list", needed=True),
            Field("region", REGION, "the issuer's region", needed=True),
            Field("first_day", DATE, "first legal day of the period"),
            *_ENDS,
            *_RULE,
            Field("enters", choice(Library), "library the mines enter when nobody objects"),
            _MINES,
            _ATTACHMENTS,
            SOURCE,
        ),
        body=(
            Field("title", TEXT, "title", needed=True),
            Field("number", OPTIONAL, "document number as printed"),
            Field("issuer", TEXT, "organ that issues it", needed=True),
            Field("text", LONG, "text", needed=True),
            Field("columns", texts(), "headings of the list as printed", needed=True),
            Field("items", listing(_ITEM), "lines of the list as printed", needed=True),
            Field("attachments", listing(_ATTACHMENT), "files"),
            Field("objection", OBJECT, "what an objection must hold"),
            Field("contact", OPTIONAL, "where to ask"),
            Field("source", OPTIONAL, "where it was read"),
        ),
        opens=True,
        thread=Thread.OBJECT,
        tells_text=True,
        told_by_rows=True,
        moves_mine=True,
        found=True,
        files=("attachments",),
    ),
    Kind(
        name="notice.corrected",
        title=N_("更正公示公告"),
        object=_NOTICE,
        facts=(_MINES,),
        body=(
            Field("title", TEXT, "title as it is now", needed=True),
            Field("text", LONG, "text as it is now", needed=True),
            Field("contact", OPTIONAL, "where to ask, as it is now"),
            Field("reason", TEXT, "why, in public", needed=True),
        ),
        thread=Thread.OBJECT,
        tells_text=True,
        corrects=True,
        found=True,
    ),
    Kind(
        name="notice.recounted",
        title=N_("重新计算公示期"),
        object=_NOTICE,
        facts=tuple(Field(field.name, field.schema, field.meaning, needed=True) for field in _ENDS),
        thread=Thread.OBJECT,
        corrects=True,
        found=True,
    ),
    Kind(
        name="notice.closed",
        title=N_("公示办结"),
        object=_NOTICE,
        facts=(
            Field("listed", MINES, "mines that are taken", needed=True, names="mine"),
            Field("dropped", MINES, "mines that are not", needed=True, names="mine"),
        ),
        body=(
            Field("result", TEXT, "result in words", needed=True),
            Field("reasons", {"type": "object", "additionalProperties": TEXT}, "mine that is not taken → why"),
        ),
        thread=Thread.OBJECT,
        moves_mine=True,
        found=True,
    ),
    Kind(
        name="notice.withdrawn",
        title=N_("撤回公示公告"),
        object=_NOTICE,
        facts=(_MINES,),
        body=(Field("reason", TEXT, "why, in public", needed=True),),
        thread=Thread.OBJECT,
        moves_mine=True,
        corrects=True,
        found=True,
    ),
)
