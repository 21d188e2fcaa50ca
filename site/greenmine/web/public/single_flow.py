"""The way through a one-page form, the same for every kind: type, be told what to mend, read over, send once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from flask import Response, make_response, request

from greenmine.domain.errors import Gone, GreenmineError, RuleBroken
from greenmine.domain.receipt import Receipt
from greenmine.store.database import Tx
from greenmine.usecases.lodge import NewCase
from greenmine.web.abuse import Guarded, check_form
from greenmine.web.errors import status_of
from greenmine.web.forms.public_draft import HeldDraft
from greenmine.web.forms.sheet import Sheet, said
from greenmine.web.page import Page, render
from greenmine.web.public.complaint_draft import TypedText
from greenmine.web.public.single_form import (
    CLEAR,
    REPLACE,
    REPLACE_SENT,
    STEP,
    Single,
    Standing,
    change_files,
    cleared,
    is_about_files,
    keep_typed,
    kept_with,
    marks_of,
    onward,
    require_filled,
    standing_of,
    throw_away_draft,
    typed_now,
)
from greenmine.web.public.single_send import send, to_receipt, without_draft

CONFLICT: Final = 409
_REPLACES: Final = (REPLACE, REPLACE_SENT)
_WORDED: Final = ("StringField", "TextAreaField")


class SinglePages(Protocol):
    """What a kind of form adds to the way: its sheet, its pages, what refuses it, how it is lodged."""

    @property
    def single(self) -> Single:
        """Which form it is."""

    def sheet(self, values: Mapping[str, str] | None) -> Sheet:
        """The sheet, filled with values; None: blank (a GET), or what came with this POST."""

    def is_whole(self, form: Sheet) -> bool:
        """Whether it can be sent; else every fault stands beside its field."""

    def closed(self, *, at: datetime) -> RuleBroken | None:
        """Why nothing is taken at this instant; None when it is."""

    def form_html(self, form: Sheet, held: HeldDraft | None, closed: RuleBroken | None) -> str:
        """The page with the form."""

    def closed_html(self, closed: RuleBroken) -> str:
        """The page that says why there is none."""

    def check_html(self, form: Sheet, held: HeldDraft, closed: RuleBroken | None) -> str:
        """The page that is read over."""

    def other_address(self, subject: str) -> str:
        """Where a form about another thing is gone on with."""

    def lodge(self, tx: Tx, new: NewCase, form: Sheet, *, at: datetime) -> Receipt:
        """Lodge the case."""


def form_answer(pages: SinglePages, *, at: datetime) -> Response:
    """The form shown, or taken; ``at``: when the request came."""
    if request.method == "POST":
        verdict = check_form(Guarded.STEP)
        return verdict.challenge or _taken(pages, at=at)
    standing = standing_of(pages.single)
    if (elsewhere := _elsewhere(pages, standing, {})) is not None:
        return elsewhere
    closed = pages.closed(at=at)
    if closed is not None and standing.own is None:
        return make_response(pages.closed_html(closed))
    return _shown(pages, pages.sheet(standing.typed or None), standing.own, closed)


def form_again(pages: SinglePages, sentence: str, *, at: datetime) -> Response | None:
    """The form with what came just now and a sentence above it, nothing kept; None when the form is not to be shown."""
    standing = standing_of(pages.single)
    if standing.other or standing.sent:
        return None
    form = pages.sheet(typed_now(pages.sheet(None)))
    form.form_errors.append(sentence)
    return _shown(pages, form, standing.own, pages.closed(at=at))


def check_answer(pages: SinglePages, *, at: datetime) -> Response:
    """The page that is read over, with its files; or the form sent."""
    standing = standing_of(pages.single)
    if request.method == "POST":
        is_step = is_about_files()
        verdict = check_form(Guarded.STEP) if is_step else check_form(pages.single.guard, key=standing.form_key)
        if verdict.challenge is not None:
            return verdict.challenge
    if standing.sent and not standing.other:
        return to_receipt(pages.single)
    try:
        return _checked(pages, standing, require_filled(standing), at=at)
    except Gone:
        return without_draft(pages.single)


def _checked(pages: SinglePages, standing: Standing, held: HeldDraft, *, at: datetime) -> Response:
    form = pages.sheet(standing.typed)
    if not pages.is_whole(form):
        return onward(held, pages.single.path)
    if request.method != "POST":
        return _check_shown(pages, form, held, pages.closed(at=at))
    if is_about_files():
        return _files_changed(pages, form, held, at=at)
    try:
        return send(pages.single, held, lambda tx, new: pages.lodge(tx, new, form, at=at), at=at)
    except Gone:
        raise
    except RuleBroken as closed:
        return _check_shown(pages, form, held, closed, status=CONFLICT)
    except GreenmineError as error:
        form.refuse(error)
        return _check_shown(pages, form, held, None, status=status_of(error))


def _files_changed(pages: SinglePages, form: Sheet, held: HeldDraft, *, at: datetime) -> Response:
    """A file added or taken out. The words stand in the draft already: a file that is refused takes none along."""
    try:
        return onward(change_files(held), f"{pages.single.check_path}#files")
    except Gone:
        raise
    except GreenmineError as error:
        form.refuse(error)
        kept = standing_of(pages.single).own or held
        return _check_shown(pages, form, kept, pages.closed(at=at), status=status_of(error), error=error)


def _taken(pages: SinglePages, *, at: datetime) -> Response:
    """Keep what was typed first, whatever it holds; then lead on, or say what must be mended."""
    step, closed = request.form.get(STEP), pages.closed(at=at)
    if step == CLEAR:
        return cleared(pages.single)
    if closed is not None and (step in _REPLACES or standing_of(pages.single).held is None):
        return _too_late(pages, closed)
    if step in _REPLACES:
        throw_away_draft(pages.single, with_receipt=step == REPLACE_SENT)
    standing, values = standing_of(pages.single), typed_now(pages.sheet(None))
    if (elsewhere := _elsewhere(pages, standing, values)) is not None:
        return elsewhere
    try:
        held = keep_typed(pages.single, values, at=at)
    except GreenmineError as error:
        form = pages.sheet(values)
        form.refuse(error)
        kept = standing_of(pages.single).own or standing.own
        return _shown(pages, form, kept, pages.closed(at=at), status=status_of(error), error=error)
    return _led_on(pages, held, values, at=at)


def _too_late(pages: SinglePages, closed: RuleBroken) -> Response:
    """Nothing was kept here and nothing is begun: what came just now, to be copied."""
    form = pages.sheet(None)
    labels = {field.name: str(field.label.text) for field in form if field.type in _WORDED}
    words = ((name, value) for name, value in typed_now(form).items() if name in labels and value.strip())
    fields = [TypedText(labels[name], value) for name, value in words]
    page = Page(title=pages.single.title, noindex=True, crumbs=pages.single.crumbs)
    return make_response(render("single/late.html", page, closed=said(closed), fields=fields), CONFLICT)


def _led_on(pages: SinglePages, held: HeldDraft, values: Mapping[str, str], *, at: datetime) -> Response:
    if request.form.get(STEP) in _REPLACES:
        return onward(held, pages.single.path)
    form, closed = pages.sheet(values), pages.closed(at=at)
    if closed is not None:
        return _shown(pages, form, held, closed, status=CONFLICT)
    return onward(held, pages.single.check_path) if pages.is_whole(form) else _shown(pages, form, held, None)


def _elsewhere(pages: SinglePages, standing: Standing, values: Mapping[str, str]) -> Response | None:
    """The answer when the browser's draft is not this form's to fill in: nothing is thrown away unasked."""
    single = pages.single
    if standing.sent and not standing.other:
        return to_receipt(single)
    if not standing.other:
        return None
    body = render(
        "single/other.html",
        Page(title=single.title, noindex=True, crumbs=single.crumbs),
        sent=standing.sent,
        other=single.receipt_path if standing.sent else pages.other_address(standing.other),
        hidden=[(name, value) for name, value in values.items() if value],
        marks=marks_of(single, None),
        action=single.path,
    )
    return make_response(body, CONFLICT if values else 200)


def _shown(
    pages: SinglePages,
    form: Sheet,
    held: HeldDraft | None,
    closed: RuleBroken | None,
    *,
    status: int = 0,
    error: GreenmineError | None = None,
) -> Response:
    body = pages.form_html(form, held, closed)
    return _waiting(kept_with(held, make_response(body, status or (400 if form.errors else 200))), error)


def _check_shown(
    pages: SinglePages,
    form: Sheet,
    held: HeldDraft,
    closed: RuleBroken | None,
    *,
    status: int = 0,
    error: GreenmineError | None = None,
) -> Response:
    return _waiting(kept_with(held, make_response(pages.check_html(form, held, closed), status or 200)), error)


def _waiting(response: Response, error: GreenmineError | None) -> Response:
    """The answer, with how long to wait when the refusal says so."""
    wait = error.params.get("retry_after") if error is not None else None
    if isinstance(wait, int):
        response.headers["Retry-After"] = str(wait)
    return response
