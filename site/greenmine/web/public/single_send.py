"""Sending a one-page form: read over, lodged once, the receipt put in the draft's place in the same transaction.

Number, code and digests are made before the transaction (scrypt and disk take their time). Twenty posts at once and a
kill in between make one case: whoever comes second finds the receipt. Source: trust.md 20, fault "kill -9".
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flask import Response, make_response, redirect, request

from greenmine.content.evidence import ACCEPT, MOST_FILES
from greenmine.domain.case import CaseKind
from greenmine.domain.errors import Conflict, Gone
from greenmine.domain.receipt import Receipt
from greenmine.domain.text import N_
from greenmine.store.apply import require_clock
from greenmine.store.case_access import Access, case_of_form, find_access
from greenmine.store.database import Tx
from greenmine.store.form_draft import Draft, load
from greenmine.usecases.case_code import new_access, new_case_number, new_code
from greenmine.usecases.lodge import KeptFile, NewCase
from greenmine.web.context import current_services
from greenmine.web.forms.evidence import require_disk
from greenmine.web.forms.public_draft import HeldDraft
from greenmine.web.page import Page, render
from greenmine.web.public.case_receipt import RECEIPT, put_receipt
from greenmine.web.public.single_form import FORM_KEY, SEEN, SUBJECT, TYPED, Single, digest, marks_of, onward

Lodge = Callable[[Tx, NewCase], Receipt]
"""Lodges the case in the transaction and returns its receipt."""

GONE: Final = 410
CONFLICT: Final = 409


@dataclass(frozen=True)
class Line:
    """One answer as it is read over; ``is_long`` ones keep their paragraphs."""

    label: str
    words: str
    is_long: bool = False


def send(single: Single, held: HeldDraft, lodge: Lodge, *, at: datetime) -> Response:
    """Lodge it once and lead to the receipt. Raises what ``lodge`` refuses, Conflict (changed meanwhile), Unready.

    :param held: the draft as it was when the request came; ``lodge`` must have been made from it
    """
    require_disk()
    services, code = current_services(), new_code()
    files, access = _kept_files(held.draft), _fresh_access(single.kind, code)
    with services.database.write() as tx:
        require_clock(tx, at=at)
        stored = load(tx, held.key, at=at)
        if stored is None:
            raise Gone("single.draft_over", N_("这份表单已经提交、清除或超过72小时，请重新填写。"))
        if RECEIPT in stored.data:
            return onward(held, single.receipt_path)
        _require_same(stored, held.draft)
        form_key = stored.data[FORM_KEY]
        receipt = lodge(tx, NewCase(single.kind, access, form_key=form_key, files=files))
        keep_of = {SUBJECT: single.subject, FORM_KEY: form_key}
        put_receipt(tx, HeldDraft(held.key, stored), receipt, code=code, keep_of=keep_of, at=at)
    return onward(held, single.receipt_path)


def check_values(single: Single, held: HeldDraft) -> dict[str, Any]:
    """What the template of every page that is read over needs."""
    step = marks_of(single, None)
    return {
        "marks": marks_of(single, held),
        "file_marks": replace(step, trap=f"{step.trap}-files"),
        "clear_marks": replace(step, trap=f"{step.trap}-clear"),
        "files": held.draft.files,
        "is_full": len(held.draft.files) >= MOST_FILES,
        "most_files": MOST_FILES,
        "accept": ACCEPT,
        "seen": reviewed(held.draft),
        "form_key": held.draft.data[FORM_KEY],
        "action": single.check_path,
        "back": single.path,
    }


def reviewed(draft: Draft) -> str:
    """Tells whether the draft is still the one that was read over."""
    return digest({"typed": dict(draft.data.get(TYPED, {})), "files": [file.file for file in draft.files]})


def without_draft(single: Single) -> Response:
    """There is no draft to send: because it was sent and its code typed again, or because it is gone."""
    key = request.form.get(FORM_KEY, "")
    with current_services().database.read() as tx:
        was_sent = bool(key) and case_of_form(tx, key) is not None
    template, status = ("single/sent_before.html", CONFLICT) if was_sent else ("single/lost.html", GONE)
    page = Page(title=single.title, noindex=True, crumbs=single.crumbs)
    return make_response(render(template, page, start=single.path, track="/complaints/track"), status)


def to_receipt(single: Single) -> Response:
    """It was sent already: the receipt is there."""
    return make_response(redirect(single.receipt_path, 303))


def _require_same(stored: Draft, read: Draft) -> None:
    seen = request.form.get(SEEN, "")
    if reviewed(stored) != seen or reviewed(read) != seen:
        raise Conflict("single.changed_since", N_("您在另一个窗口里改动过内容，还没有提交。请重新核对后再提交。"))


def _fresh_access(kind: CaseKind, code: str) -> Access:
    """A number nobody has yet, with the code hashed."""
    with current_services().database.read() as tx:
        number = new_case_number(kind)
        while find_access(tx, number) is not None:
            number = new_case_number(kind)
    return new_access(number, code)


def _kept_files(draft: Draft) -> tuple[KeptFile, ...]:
    """The draft's files, read back from the disk: no receipt names a file that is not there."""
    store = current_services().sealed_files
    return tuple(
        KeptFile(file.sealed, file.name, file.media_type, hashlib.sha256(store.get(file.file, file.key)).hexdigest())
        for file in draft.files
    )
