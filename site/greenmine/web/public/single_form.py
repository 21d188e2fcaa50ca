"""A public form of one page, about one thing: kept in a sealed draft at every POST, checked, sent once.

::

    draft.data = { subject, typed: { field: text }, form_key, begun }     while it is filled in
    draft.data = { subject, form_key, receipt, code }                     once it was sent (case_receipt.py)

One browser holds one draft of each kind; a draft about another thing is never overwritten, its page offers both ways.
Nothing typed is ever lost: what cannot be kept is shown again (ui.md 5; design.md "Private data").
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Response, make_response, redirect, request

from greenmine.domain.case import CaseKind
from greenmine.domain.errors import Conflict, Gone
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.text import N_
from greenmine.store.form_draft import Draft, clear, load, save, start
from greenmine.web.abuse import FormMarks, Guarded, form_marks, new_key
from greenmine.web.context import current_services
from greenmine.web.forms.complaint import cleaned
from greenmine.web.forms.evidence import add_evidence, drop_evidence, require_disk
from greenmine.web.forms.fields import typed
from greenmine.web.forms.public_draft import HeldDraft, current_draft, current_key, forget, keep
from greenmine.web.forms.sheet import Sheet
from greenmine.web.page import Crumb
from greenmine.web.public.case_receipt import RECEIPT

SUBJECT: Final = "subject"
TYPED: Final = "typed"
FORM_KEY: Final = "form_key"
BEGUN: Final = "begun"
SEEN: Final = "seen"
STEP: Final = "do"
DROP: Final = "drop"
ADD: Final = "add"
CLEAR: Final = "clear"
REPLACE: Final = "replace"
REPLACE_SENT: Final = "replace-sent"
"""Instead of one that was sent: its number and code are written down."""
FRESH: Final = timedelta(hours=1)
"""A draft begun yesterday is nothing strange: a page's mark is never older than this."""

Typed = Mapping[str, str]


@dataclass(frozen=True)
class Single:
    """One such form.

    :param subject: what it is about (number of a notice, name of a record); :param title: the same in words
    :param path, check_path, receipt_path: own addresses, with their queries
    """

    kind: CaseKind
    guard: Guarded
    subject: str
    title: str
    path: str
    check_path: str
    receipt_path: str
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True)
class Standing:
    """What this browser holds for the form.

    :param held: the draft, None when there is none
    :param other: subject of a draft about another thing; empty when the draft is this form's
    :param sent: the draft was sent and holds its receipt
    """

    held: HeldDraft | None
    other: str = ""
    sent: bool = False

    @property
    def own(self) -> HeldDraft | None:
        """The draft while it is this form's and not sent."""
        return None if self.other or self.sent else self.held

    @property
    def form_key(self) -> str:
        """What this form is, or was, lodged under; empty without a draft of it."""
        return "" if self.held is None or self.other else str(self.held.draft.data[FORM_KEY])

    @property
    def typed(self) -> Typed:
        """What is kept of this form."""
        return {} if self.own is None else dict(self.own.draft.data.get(TYPED, {}))


class Moved(Conflict):
    """Another window of the browser saved other words meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "single.moved",
            N_("这份表单刚在另一个窗口里保存过不同的内容。您刚才填写的仍在下方，请核对后再保存。"),
        )


def standing_of(single: Single) -> Standing:
    """The browser's draft, seen from this form."""
    held = current_draft(single.kind)
    if held is None:
        return Standing(None)
    subject = str(held.draft.data.get(SUBJECT, ""))
    return Standing(held, other="" if subject == single.subject else subject, sent=RECEIPT in held.draft.data)


def typed_now(form: Sheet) -> dict[str, str]:
    """What came with this request in the form's own fields, without marks that nobody sees."""
    return {name: cleaned(str(value)) for name, value in typed(form).items()}


def keep_typed(single: Single, values: Typed, *, at: datetime) -> HeldDraft:
    """Keep what was typed, beginning a draft when there is none. Raises Moved, Unready (disk full), BadInput."""
    services, key = current_services(), current_key(single.kind)
    require_disk()
    with services.database.write() as tx:
        stored = load(tx, key, at=at) if key is not None else None
        if key is None or stored is None:
            data = {SUBJECT: single.subject, TYPED: dict(values), FORM_KEY: new_key(), BEGUN: utc_text(at)}
            fresh = start(tx, kind=single.kind, at=at, data=data)
            return HeldDraft(fresh, Draft(data, 1, (), at))
        if stored.data.get(SUBJECT) != single.subject or RECEIPT in stored.data:
            raise Moved
        there = stored.data[TYPED]
        if digest(there) != request.form.get(SEEN, digest({})) and dict(values) != dict(there):
            raise Moved
        draft = save(tx, key, {**stored.data, TYPED: dict(values)}, version=stored.version, at=at)
    return HeldDraft(key, draft)


def change_files(held: HeldDraft) -> HeldDraft:
    """Add the chosen files, or take one out, as the pressed button says. Raises BadInput (``file``), Gone, Unready."""
    if request.form.get(DROP):
        return drop_evidence(held, request.form[DROP])
    return add_evidence(held, request.files.getlist("file"))


def is_about_files() -> bool:
    """Whether the pressed button adds a file or takes one out."""
    return bool(request.form.get(DROP)) or request.form.get(STEP) == ADD


def throw_away_draft(single: Single, *, with_receipt: bool = False) -> bool:
    """Forget the draft of this kind, whatever it is about. Returns whether there is none any more.

    The files of what was sent belong to its case and stay.

    :param with_receipt: also when it was sent; else its receipt stays: the code is shown nowhere else
    """
    services, key = current_services(), current_key(single.kind)
    if key is None:
        return True
    with services.database.write() as tx:
        stored = load(tx, key, at=services.clock())
        if stored is not None and RECEIPT in stored.data and not with_receipt:
            return False
        files = clear(tx, key)
    for file in files:
        services.sealed_files.remove(file)
    return True


def cleared(single: Single) -> Response:
    """Forget the draft, and lead to the empty form; from an old window, after sending, to the receipt."""
    if not throw_away_draft(single):
        return make_response(redirect(single.receipt_path, 303))
    return forget(make_response(redirect(single.path, 303)), single.kind)


def marks_of(single: Single, held: HeldDraft | None) -> FormMarks:
    """The marks of a page: of a step, or of the form that is sent, with the draft's own key and beginning."""
    if held is None:
        return form_marks(Guarded.STEP)
    begun = max(from_utc_text(held.draft.data[BEGUN]), current_services().clock() - FRESH)
    return form_marks(single.guard, key=held.draft.data[FORM_KEY], begun=begun)


def form_values(single: Single, held: HeldDraft | None) -> dict[str, Any]:
    """What the template of every such form needs."""
    marks = marks_of(single, None)
    return {
        "marks": marks,
        "clear_marks": replace(marks, trap=f"{marks.trap}-clear"),
        "seen": digest(held.draft.data[TYPED] if held else {}),
        "has_draft": held is not None,
        "action": single.path,
    }


def require_filled(standing: Standing) -> HeldDraft:
    """The draft of this form, to be read over and sent. Raises Gone."""
    if standing.own is None:
        raise Gone("single.draft_over", N_("这份表单已经提交、清除或超过72小时，请重新填写。"))
    return standing.own


def kept_with(held: HeldDraft | None, response: Response) -> Response:
    """The answer, with the cookie for another 72 hours."""
    return response if held is None else keep(response, held.key)


def onward(held: HeldDraft, path: str) -> Response:
    """Lead to another page of the form."""
    return keep(make_response(redirect(path, 303)), held.key)


def digest(values: Mapping[str, Any]) -> str:
    """Tells whether a page was made of these values."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:24]
