"""What is given when a case was lodged: number and code, deadlines, proof; shown until the code was typed again.

Every kind of case uses these pages (:class:`ReceiptPlace`): the receipt stands in the sender's sealed draft, put there
in the transaction that lodges the case, so that whoever sends twice, or comes back after a crash, finds it.
Source: features.md "a receipt that proves lodging", "lost codes"; trust.md 14, 20; ASVS 14.2.1.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import segno
from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import read_code, show_code, show_number
from greenmine.domain.errors import GreenmineError
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.receipt import Receipt
from greenmine.store.database import Tx
from greenmine.store.form_draft import Draft, clear, remove_file, save
from greenmine.web.case_words import NOUNS, DueShown, body_name, read_body, read_due
from greenmine.web.context import current_services
from greenmine.web.forms.complaint import CodeSheet
from greenmine.web.forms.public_draft import HeldDraft, current_draft, forget, keep
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.complaint_draft import PATH, RECEIPT_PATH, TRACK_PATH, home
from greenmine.web.routing import GET_POST, Limit, Route

RECEIPT: Final = "receipt"
CODE: Final = "code"
GONE: Final = 410


@dataclass(frozen=True)
class ReceiptPlace:
    """Where the receipt of a kind of case stands.

    :param path: of the page; ``<path>/done`` and ``<path>/file`` belong to it
    :param start: where a form of this kind is begun
    """

    kind: CaseKind
    path: str
    start: str
    crumbs: tuple[Crumb, ...]


@dataclass(frozen=True)
class ReceiptShown:
    """A receipt as its page shows it."""

    number: str
    code: str
    received_at: datetime
    body: str
    accept: DueShown
    decide: DueShown | None
    log_due: datetime | None
    commitment: str


def put_receipt(
    tx: Tx, held: HeldDraft, receipt: Receipt, *, code: str, keep_of: Mapping[str, Any], at: datetime
) -> None:
    """Turn the draft into the receipt, in the transaction that lodges the case; call it with the draft as stored.

    What was typed and the names of the files leave the draft: they are the case's now, and no button of the draft can
    take a file away any more.

    :param keep_of: what of the draft's data stays (the form's key)
    """
    draft: Draft = held.draft
    for file in draft.files:
        draft = remove_file(tx, held.key, file.file, at=at)
    told = {
        "file": receipt.file(),
        "accept": receipt.accept_due.day.isoformat(),
        "accept_provisional": receipt.accept_due.provisional,
        "decide": receipt.decide_due.day.isoformat() if receipt.decide_due else None,
        "decide_provisional": bool(receipt.decide_due and receipt.decide_due.provisional),
        "log_due": utc_text(receipt.log_due) if receipt.log_due else None,
    }
    save(tx, held.key, {**keep_of, RECEIPT: told, CODE: code}, version=draft.version, at=at)


def receipt_page(place: ReceiptPlace) -> ResponseReturnValue:
    """The receipt with its code; the code typed again ends it."""
    held = _held(place)
    if held is None:
        return _over(place)
    form = CodeSheet()
    if request.method == "POST" and form.validate():
        try:
            if hmac.compare_digest(read_code(form.code.data), str(held.draft.data[CODE])):
                return _finish(place, held)
            form.code.errors = [_("与回执上的查询码不一致，请对照上方逐位核对。")]
        except GreenmineError as error:
            form.refuse(error)
    shown = receipt_shown(held.draft.data)
    body = render(
        "complaint/receipt.html",
        Page(title=_("%(noun)s已提交", noun=_(NOUNS[place.kind])), section=PATH, noindex=True, crumbs=place.crumbs),
        form=form,
        place=place,
        kind=place.kind.value,
        noun=_(NOUNS[place.kind]),
        receipt=shown,
        number=show_number(shown.number),
        code=show_code(shown.code),
        qr=qr_of(shown.number, shown.code),
        track=TRACK_PATH,
    )
    return keep(make_response(body, 400 if form.errors else 200), held.key)


def receipt_file(place: ReceiptPlace) -> ResponseReturnValue:
    """The receipt file (log-spec.md 6): everything but the code."""
    held = _held(place)
    if held is None:
        return _over(place)
    told = held.draft.data[RECEIPT]["file"]
    response = Response(json.dumps(told, ensure_ascii=False, indent=1) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{told["number"]}.json"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def done_page(place: ReceiptPlace) -> ResponseReturnValue:
    """After the code was typed again: how to follow the case."""
    page = Page(title=_("查询码已核对"), section=PATH, noindex=True, crumbs=place.crumbs)
    return render("complaint/done.html", page, noun=_(NOUNS[place.kind]), track=TRACK_PATH)


def receipt_shown(data: Mapping[str, Any]) -> ReceiptShown:
    """The receipt a draft holds."""
    told, file = data[RECEIPT], data[RECEIPT]["file"]
    accept = read_due(told, "accept")
    if accept is None:
        raise ValueError("a receipt says by when")
    return ReceiptShown(
        number=file["number"],
        code=data[CODE],
        received_at=from_utc_text(file["received_at"]),
        body=body_name(read_body(file["body"]), current_services().reference.regions),
        accept=accept,
        decide=read_due(told, "decide"),
        log_due=from_utc_text(told["log_due"]) if told.get("log_due") else None,
        commitment=file["commitment"],
    )


@dataclass(frozen=True)
class QrShown:
    """A QR code to be drawn: its side in modules, quiet zone included, and the path of its dark modules."""

    side: int
    path: str


def qr_of(number: str, code: str) -> QrShown:
    """Number and code as text, never an address: whoever scans it reads them and opens nothing (ui.md 6)."""
    text = _("编号 %(number)s 查询码 %(code)s", number=number, code=show_code(code))
    rows: Sequence[Sequence[int]] = segno.make_qr(text, error="m").matrix
    dark = (f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(rows) for x, bit in enumerate(row) if bit)
    return QrShown(side=len(rows) + 8, path="".join(dark))


def _held(place: ReceiptPlace) -> HeldDraft | None:
    held = current_draft(place.kind)
    return held if held is not None and RECEIPT in held.draft.data else None


def _finish(place: ReceiptPlace, held: HeldDraft) -> Response:
    services = current_services()
    with services.database.write() as tx:
        clear(tx, held.key)  # its files are the case's: they stay
    return forget(make_response(redirect(f"{place.path}/done", 303)), place.kind)


def _over(place: ReceiptPlace) -> Response:
    page = Page(title=_("没有待核对的回执"), section=PATH, noindex=True, crumbs=place.crumbs)
    body = render("complaint/receipt_over.html", page, noun=_(NOUNS[place.kind]), track=TRACK_PATH, start=place.start)
    return make_response(body, GONE)


def _complaint() -> ReceiptPlace:
    return ReceiptPlace(CaseKind.COMPLAINT, RECEIPT_PATH, PATH, (home(),))


def complaint_receipt() -> ResponseReturnValue:
    """``/complaints/receipt``."""
    return receipt_page(_complaint())


def complaint_receipt_file() -> ResponseReturnValue:
    """``/complaints/receipt/file``."""
    return receipt_file(_complaint())


def complaint_done() -> ResponseReturnValue:
    """``/complaints/receipt/done``."""
    return done_page(_complaint())


RECEIPT_ROUTES: Final = (
    Route(RECEIPT_PATH, "complaint.receipt", complaint_receipt, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(f"{RECEIPT_PATH}/file", "complaint.receipt_file", complaint_receipt_file, personal=True),
    Route(f"{RECEIPT_PATH}/done", "complaint.done", complaint_done),
)
