"""The draft behind the complaint form: saving a page of it, and what is said when it is gone.

Two windows of one browser share a draft. Each page says what it was made of (``seen``); what another window saved
meanwhile on the same page is shown beside what was typed here, other pages are no conflict.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, make_response, redirect, request

from greenmine.domain.errors import Conflict, Gone
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.form_draft import Draft, load, save
from greenmine.web.context import current_services
from greenmine.web.forms.complaint import (
    ContactSheet,
    CountySheet,
    KindSheet,
    MessageSheet,
    MineSheet,
    PlaceSheet,
    StorySheet,
)
from greenmine.web.forms.public_draft import HeldDraft, keep
from greenmine.web.forms.sheet import Sheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.complaint_answers import ANSWERS, RECEIPT, FormStep, answers_of, digest

PATH: Final = "/complaints/new"
RECEIPT_PATH: Final = "/complaints/receipt"
TRACK_PATH: Final = "/complaints/track"
SEEN: Final = "seen"
GONE: Final = 410

_TYPED_SHEETS: Final[tuple[type[Sheet], ...]] = (
    MineSheet, CountySheet, KindSheet, StorySheet, PlaceSheet, ContactSheet, MessageSheet,
)  # fmt: skip
_WORDED: Final = ("StringField", "TextAreaField")


class StepMoved(Conflict):
    """Another window saved this page first; ``stored`` is the draft as it stands now."""

    def __init__(self, stored: Draft) -> None:
        super().__init__(
            "complaint.moved",
            N_("这一页刚在另一个窗口里保存过不同的内容。您刚才填写的仍在下方，请核对后再保存。"),
        )
        self.stored = stored


@dataclass(frozen=True)
class TypedText:
    """A text to be copied: its label and the words."""

    label: str
    text: str


def save_page(held: HeldDraft, step: FormStep, typed: Mapping[str, str]) -> Draft:
    """Keep what was typed on a page, whatever it holds. Raises StepMoved, Gone, BadInput (far too long)."""

    def change(stored: Draft) -> Mapping[str, Any]:
        there = answers_of(stored).of(step)
        merged = {**there, **typed}
        if digest(there) != request.form.get(SEEN, digest({})) and merged != there:
            raise StepMoved(stored)
        return {**stored.data, ANSWERS: {**stored.data.get(ANSWERS, {}), step.value: merged}}

    return change_draft(held, change)


def change_draft(held: HeldDraft, change: Callable[[Draft], Mapping[str, Any]]) -> Draft:
    """The draft with other data, in a transaction of its own. Raises Gone: cleared, sent or run out meanwhile."""
    services = current_services()
    with services.database.write() as tx:
        stored = open_stored(tx, held)
        return save(tx, held.key, change(stored), version=stored.version, at=services.clock())


def open_stored(tx: Tx, held: HeldDraft) -> Draft:
    """The draft as it stands in this transaction. Raises Gone."""
    stored = load(tx, held.key, at=current_services().clock())
    if stored is None or RECEIPT in stored.data:
        raise Gone("complaint.draft_over", N_("这份表单已经提交、清除或超过72小时。"))
    return stored


def forward(held: HeldDraft, path: str) -> Response:
    """To another page of the form; the cookie lasts another 72 hours."""
    return keep(make_response(redirect(path, 303)), held.key)


def lost_page() -> Response:
    """There is no draft (any more): said so, with whatever was typed just now to be copied."""
    page = Page(title=_("没有找到您填写的内容"), section=PATH, noindex=True, crumbs=(home(),))
    return make_response(render("complaint/lost.html", page, fields=typed_texts(), start=PATH, track=TRACK_PATH), GONE)


def typed_texts() -> tuple[TypedText, ...]:
    """The words that came with this request, under the labels of our forms."""
    labels = {name: label for sheet in _TYPED_SHEETS for name, label in _labels(sheet)}
    found = ((labels[name], text) for name, text in request.form.items() if name in labels)
    return tuple(TypedText(label, text) for label, text in found if text.strip())


def home() -> Crumb:
    """The page above those of the form."""
    return Crumb(_("投诉举报"), PATH)


def _labels(sheet: type[Sheet]) -> list[tuple[str, str]]:
    fields = [(name, getattr(sheet, name)) for name in dir(sheet)]
    return [
        (name, str(field.args[0]))
        for name, field in fields
        if getattr(getattr(field, "field_class", None), "__name__", "") in _WORDED and field.args
    ]
