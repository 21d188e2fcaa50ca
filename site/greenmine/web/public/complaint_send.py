"""``/complaints/new/check``: everything once more, who will answer and by when; then it is sent.

Number, code and the files' digests are made before the transaction; in it the draft is read once more, the complaint
lodged and the receipt put in the draft's place, so that twenty posts at once and a kill in between make one case.
Source: trust.md 20, kill -9; 信访工作条例 22, 34.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.body import RISK_LABELS, Body, competent_body
from greenmine.domain.case import CaseKind
from greenmine.domain.complaint import (
    ABOUT_LABELS,
    COMPLAINANT_LABELS,
    About,
    Complaint,
    accept_due,
    decide_due,
)
from greenmine.domain.errors import Conflict, Gone, GreenmineError, NotFound
from greenmine.domain.instant import from_utc_text, legal_day
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.apply import require_clock
from greenmine.store.case_access import Access, case_of_form, find_access
from greenmine.store.cluster import cluster_of
from greenmine.store.database import Tx
from greenmine.store.form_draft import Draft, load
from greenmine.usecases.case_code import new_access, new_case_number, new_code
from greenmine.usecases.lodge import KeptFile, NewCase, lodge_complaint
from greenmine.web.abuse import Guarded, form_marks
from greenmine.web.case_words import body_name, due_shown
from greenmine.web.context import current_services, current_settings
from greenmine.web.errors import status_of
from greenmine.web.forms.complaint import CheckSheet, matter_words
from greenmine.web.forms.evidence import require_disk
from greenmine.web.forms.public_draft import HeldDraft, keep
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.places import place_name
from greenmine.web.public.case_receipt import put_receipt
from greenmine.web.public.complaint_answers import (
    BEGUN,
    FORM_KEY,
    ORDER,
    RECEIPT,
    FormStep,
    answers_of,
    complaint_of,
    digest,
    first_open,
)
from greenmine.web.public.complaint_draft import (
    PATH,
    RECEIPT_PATH,
    TRACK_PATH,
    forward,
    home,
    lost_page,
    open_stored,
)
from greenmine.web.public.complaint_target import mine_words, region_of, require_county

FRESH: Final = timedelta(hours=1)
"""A draft begun yesterday is nothing strange: the page's mark is never older than this."""


@dataclass(frozen=True)
class Line:
    """One answer, and where it is changed."""

    label: str
    words: str
    href: str
    is_long: bool = False


def check_page(held: HeldDraft) -> ResponseReturnValue:
    """The answers shown, or sent. Raises BadInput beside the mine whose record names no county."""
    settings, services = current_settings(), current_services()
    answers = answers_of(held.draft)
    first = first_open(answers, settings=settings)
    if first is not FormStep.CHECK:
        return redirect(f"{PATH}/{first}", 303)
    try:
        with services.database.read() as tx:
            region = region_of(tx, mine=answers.mine, chosen=answers.of(FormStep.TARGET).get("region", ""))
    except NotFound:
        return redirect(f"{PATH}/{FormStep.TARGET}", 303)
    require_county(region, services.reference.regions)
    complaint = complaint_of(answers, region=region, settings=settings)
    form = CheckSheet()
    if request.method != "POST":
        return _shown(held, complaint, CheckSheet(formdata=None))
    if not form.validate():
        return _shown(held, complaint, form)
    return _sent(held, complaint, form)


def sent_before() -> Response | None:
    """The page of a form whose draft is gone because it was sent and its code was typed again; None if it was not."""
    key = request.form.get(FORM_KEY, "")
    with current_services().database.read() as tx:
        if not key or case_of_form(tx, key) is None:
            return None
    page = Page(title=_("这份投诉已经提交"), noindex=True, crumbs=(home(),))
    return make_response(render("complaint/sent_before.html", page, track=TRACK_PATH), 409)


def _sent(held: HeldDraft, complaint: Complaint, form: CheckSheet) -> ResponseReturnValue:
    """Lodge it, once, whatever comes in between."""
    try:
        _require_reviewed(held.draft)
        require_disk()
        files = _kept_files(held.draft)
        code = new_code()
        access = _fresh_access(code)
        with current_services().database.write() as tx:
            require_clock(tx, at=current_services().clock())
            stored = load(tx, held.key, at=current_services().clock())
            if stored is not None and RECEIPT in stored.data:
                return forward(held, RECEIPT_PATH)
            _lodge(tx, replace(held, draft=open_stored(tx, held)), complaint, files=files, access=access, code=code)
    except Gone:
        return sent_before() or lost_page()
    except GreenmineError as error:
        form.refuse(error)
        return _shown(held, complaint, form, status=status_of(error))
    return forward(held, RECEIPT_PATH)


def _lodge(
    tx: Tx, held: HeldDraft, complaint: Complaint, *, files: tuple[KeptFile, ...], access: Access, code: str
) -> None:
    """In the transaction: what was read over is what is sent, and the receipt takes the draft's place."""
    services, data = current_services(), held.draft.data
    _require_reviewed(held.draft)
    at = services.clock()
    receipt = lodge_complaint(
        tx,
        complaint,
        new=NewCase(CaseKind.COMPLAINT, access, form_key=data[FORM_KEY], files=files),
        cluster=cluster_of(complaint.text, master=services.master),
        reference=services.reference,
        at=at,
        master=services.master,
        keys=services.log_keys,
    )
    put_receipt(tx, held, receipt, code=code, keep_of={FORM_KEY: data[FORM_KEY]}, at=at)


def _fresh_access(code: str) -> Access:
    """A number nobody has yet, with the code hashed (scrypt: never inside a transaction)."""
    with current_services().database.read() as tx:
        number = new_case_number(CaseKind.COMPLAINT)
        while find_access(tx, number) is not None:
            number = new_case_number(CaseKind.COMPLAINT)
    return new_access(number, code)


def _kept_files(draft: Draft) -> tuple[KeptFile, ...]:
    """The draft's files with their digests, read back from the disk: no receipt names a file that is not there."""
    store = current_services().sealed_files
    return tuple(
        KeptFile(file.sealed, file.name, file.media_type, hashlib.sha256(store.get(file.file, file.key)).hexdigest())
        for file in draft.files
    )


def _shown(held: HeldDraft, complaint: Complaint, form: CheckSheet, *, status: int = 0) -> Response:
    services, draft = current_services(), held.draft
    today = legal_day(services.clock())
    body = _body(complaint, services)
    accept = accept_due(services.reference, region=complaint.region, received=today)
    decide = decide_due(services.reference, region=complaint.region, accepted=accept.day)
    html = render(
        "complaint/check.html",
        Page(title=_("提交前请核对"), section=PATH, noindex=True, crumbs=(home(),)),
        form=form,
        lines=_lines(complaint, draft),
        number=len(ORDER),
        total=len(ORDER),
        back=f"{PATH}/{ORDER[-2]}",
        body=body_name(body, services.reference.regions),
        accept=due_shown(accept),
        decide=due_shown(decide),
        is_up=complaint.about is About.AUTHORITY,
        seen=_reviewed(draft),
        form_key=draft.data[FORM_KEY],
        marks=_marks(draft),
        action=f"{PATH}/{FormStep.CHECK}",
        path=PATH,
    )
    return keep(make_response(html, status or (400 if form.errors else 200)), held.key)


def _marks(draft: Draft) -> object:
    begun = max(from_utc_text(draft.data[BEGUN]), current_services().clock() - FRESH)
    return form_marks(Guarded.COMPLAINT, key=draft.data[FORM_KEY], begun=begun)


def _require_reviewed(draft: Draft) -> None:
    """Raise Conflict unless the draft is the one that was read over."""
    if _reviewed(draft) != request.form.get("seen", ""):
        raise Conflict("complaint.changed_since", N_("您在另一个窗口里改动过内容，还没有提交。请重新核对后再提交。"))


def _reviewed(draft: Draft) -> str:
    """Tells whether the draft is still the one that was read over."""
    return digest({"answers": dict(answers_of(draft).pages), "files": [file.file for file in draft.files]})


def _body(complaint: Complaint, services: Services) -> Body:
    conflict = complaint.about is About.AUTHORITY
    regions = services.reference.regions
    return competent_body(complaint.risk, region=complaint.region, conflict=conflict, regions=regions)


def _lines(complaint: Complaint, draft: Draft) -> tuple[Line, ...]:
    """The answers in the order of the pages."""
    services = current_services()
    place = place_name(services.reference.regions, complaint.region)
    mine = mine_words(services, complaint.mine) if complaint.mine else None
    risk = _("%(risk)s：%(kind)s", risk=_(RISK_LABELS[complaint.risk]), kind=matter_words(complaint.kind))
    names = [file.name for file in draft.files]
    files = _("%(n)s个：%(names)s", n=len(names), names=_("、").join(names)) if names else _("没有添加")
    lines = (
        (_("被投诉矿山") if mine else _("事情发生在"), mine or place, FormStep.TARGET),
        (_("问题"), risk, FormStep.KIND),
        (_("投诉对象"), _(ABOUT_LABELS[complaint.about]), FormStep.KIND),
        (_("情况"), complaint.text.strip(), FormStep.STORY),
        (_("照片和材料"), files, FormStep.FILES),
        (_("地点"), complaint.place or _("没有填写"), FormStep.PLACE),
        (_("时间"), complaint.when or _("没有填写"), FormStep.PLACE),
        (_("您的身份"), _(COMPLAINANT_LABELS[complaint.complainant]), FormStep.CONTACT),
        (_("姓名和联系方式"), _contact_words(complaint), FormStep.CONTACT),
    )
    return tuple(Line(a, b, f"{PATH}/{step}?from=check", step is FormStep.STORY) for a, b, step in lines)


def _contact_words(complaint: Complaint) -> str:
    contact = complaint.contact
    if contact is None:
        return _("匿名，不提交姓名和联系方式")
    return _("，").join(each for each in (contact.name, contact.phone, contact.mail, contact.address) if each)
