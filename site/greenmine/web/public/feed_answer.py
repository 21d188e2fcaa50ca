"""A feed as an answer: built only when something may have changed since the reader asked last.

An entity tag has two halves: what the document holds, and what it was built from (how many acts there were, the legal
day, the settings). A tag whose second half still holds is answered 304 without building anything; one whose first half
holds still, after building. Nobody keeps a feed without asking again: an ended credit entry must be nameless the same
day (rules.md). Sources: RFC 9110 8.8.3, 13.1; trust.md 5, 19.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Response, request

from greenmine.domain.instant import legal_day
from greenmine.services import Services
from greenmine.store.act import size
from greenmine.store.database import Tx
from greenmine.web.context import current_services

KEPT: Final = "public, no-cache"
WORDING: Final = "3"
"""Raised when the same acts are told in other words, so that readers fetch them again."""


@dataclass(frozen=True)
class Document:
    """What was built: its bytes, media type and the instant of its newest change (None: it has none)."""

    content: bytes
    media_type: str
    changed: datetime | None


Builder = Callable[[Tx, Services], Document]


def answer_document(build: Builder, *, steady: bool = True) -> Response:
    """The document, or 304 when the reader has it.

    :param steady: it depends on acts, the day and the settings alone; a search also on its index
    """
    services = current_services()
    with services.database.read() as tx:
        made_from = _made_from(services, acts=size(tx))
        known = next((tag for tag in _tags() if tag.endswith(f".{made_from}")), None) if steady else None
        if known is not None:
            unchanged = Response(status=304)
            unchanged.set_etag(known)
            unchanged.headers["Cache-Control"] = KEPT
            return unchanged
        made = build(tx, services)
    held = hashlib.sha256(made.content).hexdigest()[:24]
    same = next((tag for tag in _tags() if tag.startswith(f"{held}.")), None)
    response = Response(made.content, mimetype=made.media_type)
    response.headers["Content-Type"] = f"{made.media_type}; charset=utf-8"
    response.headers["Cache-Control"] = KEPT
    response.set_etag(same or f"{held}.{made_from}")  # the same bytes under the name the reader knows them by
    response.last_modified = made.changed
    response.make_conditional(request)
    return response


def _tags() -> frozenset[str]:
    return frozenset(request.if_none_match.as_set(include_weak=True))


def _made_from(services: Services, *, acts: int) -> str:
    """Everything a document is built from, for this address."""
    settings = services.settings
    whole = (WORDING, settings.site_url, settings.site_name, settings.sponsor, request.full_path)
    told = "\n".join((*whole, legal_day(services.clock()).isoformat(), str(acts)))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]
