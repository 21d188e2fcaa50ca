"""``/verify``: whatever carries a proof of this site is checked step by step, in words, without a script.

What is handed in is read, checked and forgotten: it is not stored, not logged and not shown again, for it may be a
receipt. The proof of a record alone is public and has its own address, ``/verify/entry/<n>``.
Source: issue 4, item 4; log-spec.md 5, 6.
"""

import hashlib
from collections.abc import Mapping
from typing import IO, Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.noun import PROOF
from greenmine.domain.text import N_
from greenmine.store.log_read import entry_row
from greenmine.web.abuse import Guarded, check_form, form_marks
from greenmine.web.context import current_services, current_settings
from greenmine.web.forms.verify import VerifySheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.log_files import require_one_spelling
from greenmine.web.public.verify_given import MOST_TEXT, Document, Given, Number, pasted, uploaded
from greenmine.web.public.verify_proof import Checked, prove
from greenmine.web.public.verify_steps import Outcome, verdict
from greenmine.web.routing import GET_POST, Limit, Route

PATH: Final = "/verify"
_PIECE: Final = 1 << 16


def verify_page() -> ResponseReturnValue:
    """The form; ``?entry=<n>`` leads to the record's proof; a POST answers with the proof itself."""
    if request.method == "GET":
        return _to_entry() or _form_page(VerifySheet())
    verdict_on_form = check_form(Guarded.VERIFY)
    if verdict_on_form.challenge is not None:
        return verdict_on_form.challenge
    form = VerifySheet()
    try:
        checked = _prove(_given())
    except BadInput as refusal:
        form.text.data = ""
        form.refuse(refusal)
        return make_response(_form_page(form), 400)
    return _proof_page(checked)


def entry_proof(number: int) -> ResponseReturnValue:
    """The proof of one record: public, so it may be kept and linked. Raises NotFound for an index there is not."""
    require_one_spelling(PROOF.page(number))
    with current_services().database.read() as tx:
        entry_row(tx, number)
    return _proof_page(_prove(Number(number)), canonical=PROOF.page(number))


def _to_entry() -> Response | None:
    asked = request.args.get("entry", "").strip()
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 10):
        raise NotFound("act.unknown", N_("没有第 %(n)s 号记录。"), n=asked[:20])
    return make_response(redirect(PROOF.page(int(asked)), 302))


def _given() -> Given:
    """What was handed in. Raises BadInput."""
    text, file = request.form.get("text", ""), request.files.get("file")
    has_file = file is not None and bool(file.filename)
    if text.strip() and has_file:
        raise BadInput("verify.both", N_("请只粘贴内容，或者只选择文件，一次核对一项。"), field="text")
    if file is None or not has_file:
        return pasted(text, hosts=current_settings().trusted_hosts)
    return _uploaded(file.stream)


def _uploaded(stream: IO[bytes]) -> Given:
    """A file: read as text when it is small and of a known kind, else only hashed, piece by piece."""
    start = stream.read(MOST_TEXT + 1)
    if not start:
        raise BadInput("verify.file_empty", N_("这个文件是空的。"), field="file")
    if len(start) <= MOST_TEXT:
        found = _known_text(start)
        if found is not None:
            return found
    digest, size = hashlib.sha256(start), len(start)
    while piece := stream.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return Document(digest.hexdigest(), size)


def _known_text(content: bytes) -> Given | None:
    """The kind of a small file. A table of many rows is a document like any other."""
    try:
        return uploaded(content, hosts=current_settings().trusted_hosts)
    except BadInput as refusal:
        if refusal.code in ("verify.rows", "verify.row", "verify.long"):
            return None
        raise BadInput(refusal.code, refusal.message, field="file", **refusal.params) from None


def _prove(given: Given) -> Checked:
    services = current_services()
    with services.database.read() as tx:
        return prove(given, tx=tx, services=services, now=services.clock())


def _form_page(form: VerifySheet) -> str:
    page = Page(title=_("核对记录"), section="/about", crumbs=_crumbs()[:2], canonical=PATH)
    return render("verify/form.html", page, form=form, marks=form_marks(Guarded.VERIFY))


def _proof_page(checked: Checked, *, canonical: str = "") -> str:
    page = Page(
        title=_("核对结果：%(what)s", what=checked.what),
        section="/about",
        crumbs=_crumbs(),
        canonical=canonical,
        noindex=True,
    )
    outcome = verdict(checked.steps)
    return render(
        "verify/proof.html",
        page,
        checked=checked,
        outcome=outcome,
        words=_OUTCOMES,
        site_url=current_settings().site_url,
    )


def _crumbs() -> tuple[Crumb, ...]:
    return (
        Crumb(_("关于本站"), "/about"),
        Crumb(_("公开记录库"), "/log"),
        Crumb(_("核对记录"), PATH),
    )


_OUTCOMES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.PASSED: (N_("通过"), "ok"),
    Outcome.FAILED: (N_("不通过"), "bad"),
    Outcome.WAITING: (N_("尚不能核对"), "open"),
    Outcome.NOTED: (N_("说明"), "plain"),
}
"""How a step ended → word and tone of its tag."""

VERIFY_ROUTES: Final = (
    Route(PATH, "verify.page", verify_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(PROOF.page("<int:number>"), "verify.entry", entry_proof),
)
