"""The page of photos and papers: added one by one, so that a refused or oversized one takes nothing along."""

from typing import Any, Final

from flask import request

from greenmine.content.evidence import ACCEPT, MIB, MOST_BYTES, MOST_FILES
from greenmine.store.form_draft import Draft
from greenmine.web.forms.evidence import add_evidence, drop_evidence
from greenmine.web.forms.public_draft import HeldDraft
from greenmine.web.i18n import gettext as _
from greenmine.web.public.complaint_answers import ANSWERS, FormStep
from greenmine.web.public.complaint_draft import change_draft

ADD: Final = "add"
REMOVE: Final = "remove"


def change_files(held: HeldDraft) -> tuple[Draft, bool]:
    """Add the file that came, remove the one named, or go on; the draft, and whether the page is done with.

    Raises BadInput, TooMany, Unready (field ``file``), NotFound, Gone.
    """
    dropped = request.form.get(REMOVE, "")
    if dropped:
        return drop_evidence(held, dropped).draft, False
    sent = [storage for storage in request.files.getlist("file") if storage.filename]
    if sent or request.form.get("do") == ADD:
        return add_evidence(held, sent).draft, False
    return change_draft(held, _visited), True


def file_values(draft: Draft) -> dict[str, Any]:
    """What the page shows of the files."""
    return {
        "files": draft.files,
        "accept": ACCEPT,
        "is_full": len(draft.files) >= MOST_FILES,
        "limits": _("最多%(most)s个文件，合计不超过%(size)s MB。", most=MOST_FILES, size=MOST_BYTES // MIB),
    }


def _visited(stored: Draft) -> dict[str, Any]:
    """The page has no field of its own: that it was seen is its answer."""
    return {**stored.data, ANSWERS: {**stored.data[ANSWERS], FormStep.FILES.value: {"seen": "y"}}}
