"""The cookie that opens the draft of a public form: one per kind of form, so that several go side by side.

The draft itself stands sealed on the server (store/form_draft.py); a page that shows one is ``personal``, so that no
cache keeps it. Sources: OWASP ASVS 5.0 3.3 (cookies), 14.2.2; design.md "Private data".
"""

import logging
from dataclasses import dataclass
from typing import Final

from flask import Response, request

from greenmine.config import Settings
from greenmine.domain.case import CaseKind
from greenmine.domain.errors import Unready
from greenmine.store.form_draft import LIFETIME, Draft, DraftKey, load, parse_token
from greenmine.web.context import current_services, current_settings

LOG: Final = logging.getLogger("greenmine.web.draft")


@dataclass(frozen=True)
class HeldDraft:
    """A draft with the key this browser holds to it."""

    key: DraftKey
    draft: Draft


def draft_cookie(settings: Settings, kind: CaseKind) -> str:
    """The cookie's name: ``__Host-`` binds it to this host and to https; one per kind of form."""
    name = f"gm-draft-{kind}"
    return f"__Host-{name}" if settings.cookie_secure else name


def current_key(kind: CaseKind) -> DraftKey | None:
    """The key this browser sent, whether or not there still is a draft to it."""
    return parse_token(request.cookies.get(draft_cookie(current_settings(), kind), ""), kind=kind)


def current_draft(kind: CaseKind) -> HeldDraft | None:
    """The draft of this browser; None when there is none, it was sent, it has run out, or the key does not open it."""
    key, services = current_key(kind), current_services()
    if key is None:
        return None
    try:
        with services.database.read() as tx:
            draft = load(tx, key, at=services.clock())
    except Unready:
        LOG.warning("a form draft does not open with the key that names it")
        return None
    return None if draft is None else HeldDraft(key, draft)


def keep(response: Response, key: DraftKey) -> Response:
    """Put the key into this browser for as long as the draft is kept; to be done at every save."""
    settings = current_settings()
    response.set_cookie(
        draft_cookie(settings, key.kind),
        key.token,
        max_age=int(LIFETIME.total_seconds()),
        secure=settings.cookie_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget(response: Response, kind: CaseKind) -> Response:
    """Take the key out of this browser: the draft was sent or cleared."""
    settings = current_settings()
    response.delete_cookie(
        draft_cookie(settings, kind), path="/", secure=settings.cookie_secure, httponly=True, samesite="Lax"
    )
    return response
