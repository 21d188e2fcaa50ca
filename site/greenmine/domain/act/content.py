"""Kinds of acts on articles: policies, news, pages."""

from typing import Final

from greenmine.domain import noun
from greenmine.domain.act.kind import Field, Kind, Thread
from greenmine.domain.act.terms import (
    COUNT,
    DATE,
    HASHES,
    LONG,
    OBJECT,
    OPTIONAL,
    REGION,
    SHA256,
    TEXT,
    document,
    listing,
    pattern,
)
from greenmine.domain.noun import object_pattern
from greenmine.domain.text import N_

_CONTENT: Final = object_pattern(*noun.ARTICLES)
_MEDIUM: Final = document(
    {"sha256": SHA256, "media_type": TEXT, "alt": OPTIONAL, "caption": OPTIONAL, "name": TEXT, "size": COUNT},
    "sha256",
    "media_type",
    "alt",
    "name",
    "size",
)
_WHERE: Final = (
    Field("section", pattern(r"^(policies|news|pages)$"), "section of the site", needed=True),
    Field("origin", pattern(r"^(file|desk)$"), "from a file of content/ or written at the desk", needed=True),
)
_FACTS: Final = (
    *_WHERE,
    Field("type", pattern(r"^(activity|case|exposure|video)$"), "type of news"),
    Field("region", REGION, "region it is about"),
    Field("published", DATE, "day it says it was published", needed=True),
    Field("disclosure", pattern(r"^(proactive|on_request|withheld)$"), "disclosure class"),
    Field("media", HASHES, "SHA-256 of pictures and films"),
)
_BODY: Final = (
    Field("title", TEXT, "title", needed=True),
    Field("summary", OPTIONAL, "summary"),
    Field("markdown", LONG, "text in Markdown", needed=True),
    Field("meta", OBJECT, "head of the file: issuers, number, video …"),
    Field("media", listing(_MEDIUM), "pictures and films"),
    Field("note", OPTIONAL, "why it was changed"),
)

CONTENT_KINDS: Final = (
    Kind(
        name="content.published",
        title=N_("发布文章"),
        object=_CONTENT,
        facts=_FACTS,
        body=_BODY,
        opens=True,
        thread=Thread.OBJECT,
        tells_text=True,
        told_by_rows=True,
        found=True,
        files=("media",),
    ),
    Kind(
        name="content.changed",
        title=N_("更正文章"),
        object=_CONTENT,
        facts=_FACTS,
        body=_BODY,
        thread=Thread.OBJECT,
        tells_text=True,
        corrects=True,
        found=True,
        files=("media",),
    ),
    Kind(
        name="content.withdrawn",
        title=N_("撤下文章"),
        object=_CONTENT,
        facts=_WHERE,
        body=(Field("reason", TEXT, "why, in public", needed=True),),
        thread=Thread.OBJECT,
        corrects=True,
        found=True,
    ),
)
