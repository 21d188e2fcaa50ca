"""Credit entries at the desk: written as a draft, handed over, decided or given back by another officer."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, NotFound, Unready
from greenmine.domain.ground import CREDIT_LEVEL_LABELS, CreditLevel
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import CREDIT, CREDIT_DRAFT
from greenmine.domain.officer import Deed, Officer, require
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import acts_of
from greenmine.store.credit import CreditFilter, get_credit, running_credits
from greenmine.store.database import Tx
from greenmine.store.draft import DraftKind, DraftRow, DraftState, WrittenDraft, list_drafts, with_writers
from greenmine.usecases.credit import check_credit_draft
from greenmine.usecases.draft import DraftMoved, DraftUsed, propose_draft, return_draft, start_draft
from greenmine.usecases.publish_draft import decide_credit_draft
from greenmine.web.context import current_officer, current_services
from greenmine.web.errors import status_of
from greenmine.web.forms.credit import CreditSheet, CreditStartSheet
from greenmine.web.forms.fields import Typed, formdata, typed
from greenmine.web.forms.notice import ReasonSheet
from greenmine.web.forms.sheet import said
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.places import place_name
from greenmine.web.public.credit import credit_shown

from . import drafting
from .frame import home
from .own import paged
from .refusal import shown, shown_refused

KIND: Final = DraftKind.CREDIT
PATH: Final = CREDIT.desk_list
FORM: Final = "desk/credit_draft.html"
DECIDE: Final = "desk/credit_decide.html"
WAITING: Final = "desk/credit_waiting.html"


def list_page() -> ResponseReturnValue:
    """``/desk/credits``: what awaits a decision, drafts, and the entries that run."""
    services, officer = current_services(), current_officer()
    today = legal_day(services.clock())
    with services.database.read() as tx:
        drafts = own_drafts(tx, officer)
        wanted = CreditFilter(within=(officer.seat.region,))
        rows, pager = paged(
            PATH, lambda most, start: running_credits(tx, wanted, today=today, limit=most, offset=start)
        )
    waiting = [waiting_line(each, officer, services.reference) for each in drafts if each.state is DraftState.PROPOSED]
    page = Page(title=_("失信信息"), noindex=True, crumbs=(home(),))
    opened = [draft for draft in drafts if draft.state is DraftState.OPEN]
    return render("desk/credits.html", page, waiting=waiting, drafts=opened, running=rows, pager=pager, path=PATH)


def own_drafts(tx: Tx, officer: Officer) -> list[WrittenDraft]:
    """Open and proposed entries of the officer's regions."""
    states = [DraftState.OPEN, DraftState.PROPOSED]
    return with_writers(tx, list_drafts(tx, regions=[officer.seat.region], kinds=[KIND], states=states))


def waiting_line(draft: WrittenDraft, officer: Officer, reference: Reference) -> Mapping[str, Any]:
    """A proposed entry, and why this officer may or may not decide it."""
    is_mine = officer.id in draft.writers
    return {
        "draft": draft,
        "href": CREDIT_DRAFT.desk_page(draft.id),
        "place": place_name(reference.regions, draft.region),
        "is_mine": is_mine,
        "may_decide": Deed.DECIDE_CREDIT in officer.deeds and not is_mine,
    }


def new_page() -> ResponseReturnValue:
    """``/desk/credits/new``: the entry belongs to the region of the seat; a draft is open."""
    services, officer, form = current_services(), current_officer(), CreditStartSheet()
    region = officer.seat.region
    page = Page(title=_("起草失信信息"), noindex=True, crumbs=_crumbs())
    if not form.validate_on_submit():
        place = place_name(services.reference.regions, region)
        return shown("desk/credit_new.html", page, form=form, place=place)
    with services.database.write() as tx:
        number = start_draft(
            tx, KIND, region=region, title=_("未填写对象"), data={}, reference=services.reference,
            officer=officer, at=services.clock(),
        )  # fmt: skip
    return redirect(CREDIT_DRAFT.desk_page(number), 303)


def draft_page(number: int) -> ResponseReturnValue:
    """``/desk/credits/drafts/<n>``: kept as typed; then handed over for another officer's decision."""
    services, officer = current_services(), current_officer()
    draft = drafting.draft_of(services, number, kind=KIND)
    if draft.state is DraftState.PROPOSED:
        return _handed_over(draft, services, officer)
    if request.method == "GET":
        return _form_shown(draft, CreditSheet(formdata(draft.data)), services)
    return _saved(draft, services, officer)


def _handed_over(draft: DraftRow, services: Services, officer: Officer) -> ResponseReturnValue:
    """The proposed entry in words; 409 to a form that says something else than what was handed over."""
    if request.method == "GET":
        return _waiting(draft, _line(draft, services, officer))
    if {**draft.data, **typed(CreditSheet())} == draft.data:
        return redirect(CREDIT_DRAFT.desk_page(draft.id), 303)
    return _waiting(draft, _line(draft, services, officer), status=409)


def _saved(draft: DraftRow, services: Services, officer: Officer) -> ResponseReturnValue:
    """Keep what was typed; hand it over when the officer says so and it is whole."""
    form = CreditSheet()
    values = typed(form)
    saved = drafting.save(draft, values, title=values["name"].strip() or draft.title)
    if saved.moved is not None:
        terms = terms_shown(services.reference, draft, values)
        return drafting.shown_moved(FORM, _page(saved.draft), form=form, saved=saved, typed=values, terms=terms)
    if request.form.get("step") != "propose":
        return redirect(CREDIT_DRAFT.desk_page(draft.id), 303)
    if not form.validate():
        return _form_shown(saved.draft, form, services)
    try:
        with services.database.write() as tx:
            _check(tx, saved.draft, services, officer, Deed.PROPOSE_CREDIT)
            propose_draft(
                tx, draft.id, seen_version=saved.draft.version, reference=services.reference, officer=officer,
                at=services.clock(),
            )  # fmt: skip
    except GreenmineError as error:
        form.refuse(error)
        return _form_shown(saved.draft, form, services)
    return redirect(CREDIT_DRAFT.desk_page(draft.id), 303)


def decide_page(number: int) -> ResponseReturnValue:
    """``/desk/credits/drafts/<n>/decide``: the public page as it will be; publish it or give the draft back."""
    services, officer = current_services(), current_officer()
    draft = drafting.draft_of(services, number, kind=KIND)
    if draft.state is not DraftState.PROPOSED:
        raise Conflict("draft.not_proposed", N_("这份草稿尚未提交决定，或已退回起草人。"))
    line = _line(draft, services, officer)
    if line["is_mine"]:
        return _waiting(draft, line, status=403)
    try:
        return (_decided if request.method == "POST" else _preview)(draft, services, officer)
    except (DraftMoved, DraftUsed, Unready):
        raise
    except GreenmineError as error:
        return _waiting(draft, line, status=status_of(error), refused=said(error))


def _line(draft: DraftRow, services: Services, officer: Officer) -> Mapping[str, Any]:
    with services.database.read() as tx:
        (written,) = with_writers(tx, [draft])
    return waiting_line(written, officer, services.reference)


def _waiting(draft: DraftRow, line: Mapping[str, Any], *, status: int = 200, refused: str = "") -> ResponseReturnValue:
    """A proposed entry in words; ``refused`` says why it cannot be published as it is."""
    return make_response(render(WAITING, _page(draft), line=line, facts_shown=_told(draft), refused=refused), status)


def _preview(draft: DraftRow, services: Services, officer: Officer) -> ResponseReturnValue:
    with services.database.rehearse() as tx:
        entry = _add(tx, draft, draft.version, services, officer)
        row, acts = get_credit(tx, entry, today=legal_day(services.clock())), acts_of(tx, CREDIT.object(entry))
    values = credit_shown(row, acts, services=services)
    return render(DECIDE, _page(draft), draft=draft, **values)


def _decided(draft: DraftRow, services: Services, officer: Officer) -> ResponseReturnValue:
    with services.database.write() as tx:
        entry = _add(tx, draft, drafting.seen_version(), services, officer)
    return redirect(CREDIT.page(entry), 303)


def _add(tx: Tx, draft: DraftRow, version: int, services: Services, officer: Officer) -> str:
    return decide_credit_draft(
        tx, draft.id, credit_of(draft), seen_version=version, salt=secrets.token_hex(32),
        reference=services.reference, officer=officer, at=services.clock(),
    )  # fmt: skip


def return_page(number: int) -> ResponseReturnValue:
    """``/desk/credits/drafts/<n>/return``: give it back with a note that stays inside the desk."""
    services, officer, form = current_services(), current_officer(), ReasonSheet()
    form.reason.description = _("只在工作台内可见，起草人据此修改。")
    draft = drafting.draft_of(services, number, kind=KIND)
    page = Page(title=_("退回：%(title)s", title=draft.title), noindex=True, crumbs=_crumbs())
    if not form.validate_on_submit():
        return shown("desk/credit_return.html", page, form=form, draft=draft)
    try:
        with services.database.write() as tx:
            return_draft(
                tx, number, note=form.reason.data, deed=Deed.DECIDE_CREDIT, reference=services.reference,
                officer=officer, at=services.clock(),
            )  # fmt: skip
    except GreenmineError as error:
        return shown_refused("desk/credit_return.html", page, form=form, error=error, draft=draft)
    return redirect(PATH, 303)


def discard(number: int) -> ResponseReturnValue:
    """Throw the draft away."""
    return drafting.discard(number, kind=KIND, back=PATH)


def credit_of(draft: DraftRow) -> CreditDraft:
    """The entry that a draft says. Raises BadInput when it is not whole."""
    form = CreditSheet(formdata(draft.data))
    if not form.validate():
        raise BadInput("credit.not_whole", N_("草稿填写不完整，请先补全。"))
    texts = {name: (form[name].data or "").strip() for name in ("name", "conduct", "basis", "decision_no", "organ")}
    return CreditDraft(
        level=CreditLevel(form.level.data),
        subject=Subject(form.subject.data),
        region=draft.region,
        decided=form.decided.data,
        until=form.until.data,
        credit_code=(form.credit_code.data or "").strip().upper(),
        mine=(form.mine.data or "").strip() or None,
        removal=(form.removal.data or "").strip() or None,
        named_in_decision=form.named_in_decision.data,
        **texts,
    )


def terms_shown(reference: Reference, draft: DraftRow, values: Typed) -> list[tuple[str, date, date]]:
    """For each level: first and last day that may be the end of publication, once the day of decision is known."""
    try:
        decided = date.fromisoformat(str(values.get("decided", "")))
    except ValueError:
        return []
    told: list[tuple[str, date, date]] = []
    for level in (CreditLevel.GENERAL, CreditLevel.SERIOUS):
        try:
            term = reference.books.credit_term(draft.region, level, decided)
            told.append((_(CREDIT_LEVEL_LABELS[level]), term.earliest_repair(decided), term.publication_ends(decided)))
        except (NotFound, BadInput):
            continue
    return told


def _check(tx: Tx, draft: DraftRow, services: Services, officer: Officer, deed: Deed) -> None:
    require(officer, deed, region=draft.region, regions=services.reference.regions)
    check_credit_draft(
        tx, credit_of(draft), deed=deed, reference=services.reference, officer=officer, at=services.clock()
    )


def _form_shown(draft: DraftRow, form: CreditSheet, services: Services) -> ResponseReturnValue:
    terms = terms_shown(services.reference, draft, draft.data)
    body = render(FORM, _page(draft), form=form, draft=draft, terms=terms, differences=())
    return make_response(body, 400 if form.errors else 200)


def _told(draft: DraftRow) -> list[tuple[str, str]]:
    """The draft in words."""
    form = CreditSheet(formdata(draft.data))
    words = {"firm": _("企业"), "person": _("个人"), "general": _("一般失信"), "serious": _("严重失信")}
    return [
        (str(field.label.text), words.get(str(draft.data.get(field.name)), str(draft.data.get(field.name) or "")))
        for field in form
        if field.name != "named_in_decision"
    ]


def _page(draft: DraftRow) -> Page:
    return Page(title=_("失信信息：%(title)s", title=draft.title), noindex=True, crumbs=_crumbs())


def _crumbs() -> tuple[Crumb, ...]:
    return (home(), Crumb(_("失信信息"), PATH))
