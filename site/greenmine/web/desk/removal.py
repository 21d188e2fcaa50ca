"""Removals at the desk: one officer proposes, another decides; both steps are acts, and the record says so."""

from collections.abc import Mapping
from typing import Any, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from greenmine.domain.errors import Conflict, GreenmineError
from greenmine.domain.ground import BLACKLIST_EFFECT_LABELS, GROUND_KIND_LABELS
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import DIRECTORIES, LEVEL_LABELS, Level
from greenmine.domain.noun import REMOVAL
from greenmine.domain.officer import Deed, Officer
from greenmine.domain.reference import Reference
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.journal import person_of_act
from greenmine.store.mine import MineRow, get_mine, memberships_of
from greenmine.store.removal import RemovalFilter, RemovalRow, get_removal, list_removals
from greenmine.usecases.removal import RemovalDecision, RemovalProposal, decide_removal, propose_removal
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.removal import RemovalDecisionSheet, RemovalProposalSheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.removal import ground_of, removal_shown

from .frame import home
from .mine_search import found_mines
from .own import own_removals, paged, require_here
from .refusal import shown, shown_refused

PATH: Final = REMOVAL.desk_list
NEW: Final = "desk/removal_new.html"
DECIDE: Final = "desk/removal_decide.html"


def list_page() -> ResponseReturnValue:
    """``/desk/removals``: what awaits a decision first, then what was decided."""
    services, officer = current_services(), current_officer()
    with services.database.read() as tx:
        proposed = own_removals(tx, officer, state="proposed")
        waiting = [waiting_line(tx, row, officer, services.reference) for row in proposed]
        wanted = RemovalFilter(state=None, decided=True, within=(officer.seat.region,))
        rows, pager = paged(PATH, lambda most, start: list_removals(tx, wanted, limit=most, offset=start))
    decided = [(row, _ground(row, services.reference)) for row in rows]
    page = Page(title=_("移出"), noindex=True, crumbs=(home(),))
    return render("desk/removals.html", page, waiting=waiting, decided=decided, pager=pager)


def waiting_line(tx: Tx, row: RemovalRow, officer: Officer, reference: Reference) -> Mapping[str, Any]:
    """A proposal that awaits its decision, and why this officer may or may not decide it."""
    is_mine = person_of_act(tx, row.first_act) == officer.id
    return {
        "row": row,
        "href": REMOVAL.desk_page(row.id),
        "ground": _ground(row, reference),
        "is_mine": is_mine,
        "may_decide": Deed.DECIDE_REMOVAL in officer.deeds and not is_mine,
    }


def new_page() -> ResponseReturnValue:
    """``/desk/removals/new``: find the mine, then level, ground and reason; previewed as the public will see it."""
    services, officer = current_services(), current_officer()
    number = request.values.get("mine", "")
    page = Page(title=_("提出移出"), noindex=True, crumbs=(home(), Crumb(_("移出"), PATH)))
    if not number:
        query = request.args.get("q", "").strip()[:128]
        found = found_mines(services, query, regions=[officer.seat.region]) if query else ()
        return render("desk/removal_find.html", page, query=query, found=found)
    with services.database.read() as tx:
        mine = get_mine(tx, number)
        levels = _held(tx, number)
    require_here(officer, Deed.PROPOSE_REMOVAL, region=mine.facts.region, regions=services.reference.regions)
    form = _proposal_form(mine, levels, services)
    values: dict[str, Any] = {"mine": mine, "levels": levels}
    if not form.validate_on_submit():
        return shown(NEW, page, form=form, **values)
    try:
        if request.form.get("step") != "publish":
            _public, told = _rehearsed_proposal(mine, form, services, officer)
            return shown("desk/removal_new_preview.html", page, form=form, mine=mine, **told)
        with services.database.write() as tx:
            proposed = _propose(tx, mine, form, services, officer)
    except GreenmineError as error:
        return shown_refused(NEW, page, form=form, error=error, **values)
    return redirect(REMOVAL.desk_page(proposed), 303)


def _held(tx: Tx, number: str) -> list[Level]:
    held = {m.library for m in memberships_of(tx, number) if m.until is None}
    return [level for library, level in DIRECTORIES.items() if library in held]


def _proposal_form(mine: MineRow, levels: list[Level], services: Services) -> RemovalProposalSheet:
    form = RemovalProposalSheet()
    form.level.choices = [SelectChoice(str(level), _(LEVEL_LABELS[level])) for level in levels]
    grounds = services.reference.books.grounds(mine.facts.region, legal_day(services.clock()))
    form.ground.choices = [
        SelectChoice("", _("请选择")),
        *(
            SelectChoice(
                ground.code,
                _("%(name)s（%(kind)s，%(effect)s）", name=ground.name, kind=_(GROUND_KIND_LABELS[ground.kind]),
                  effect=_(BLACKLIST_EFFECT_LABELS[ground.blacklist])),
            )
            for ground in grounds
        ),
    ]  # fmt: skip
    return form


def _propose(tx: Tx, mine: MineRow, form: RemovalProposalSheet, services: Services, officer: Officer) -> str:
    proposal = RemovalProposal(
        mine=mine.id,
        level=Level(form.level.data),
        ground=form.ground.data,
        reason=form.reason.data,
        basis=form.basis.data or "",
    )
    return propose_removal(tx, proposal, reference=services.reference, officer=officer, at=services.clock())


def _rehearsed_proposal(
    mine: MineRow, form: RemovalProposalSheet, services: Services, officer: Officer
) -> tuple[Page, dict[str, object]]:
    with services.database.rehearse() as tx:
        return removal_shown(tx, _propose(tx, mine, form, services, officer), services=services)


def removal_page(number: str) -> ResponseReturnValue:
    """``/desk/removals/<number>``: as the public sees it, and whether this officer may decide."""
    services, officer = current_services(), current_officer()
    with services.database.read() as tx:
        row = _own(tx, number, officer, services)
        public, values = removal_shown(tx, number, services=services)
        line = waiting_line(tx, row, officer, services.reference)
    page = Page(title=public.title, noindex=True, crumbs=(home(), Crumb(_("移出"), PATH)))
    return render("desk/removal.html", page, **values, line=line)


def decide_page(number: str) -> ResponseReturnValue:
    """``/desk/removals/<number>/decide``: previewed, then decided; never by who proposed it."""
    services, officer, form = current_services(), current_officer(), RemovalDecisionSheet()
    with services.database.read() as tx:
        row = _own(tx, number, officer, services)
        line = waiting_line(tx, row, officer, services.reference)
    if row.state != "proposed":
        return _decided_meanwhile(row, services)
    page = Page(title=_("决定移出：%(mine)s", mine=row.mine_name), noindex=True,
                crumbs=(home(), Crumb(_("移出"), PATH), Crumb(row.id, REMOVAL.desk_page(row.id))))  # fmt: skip
    values: dict[str, Any] = {"removal": row, "line": line}
    if line["is_mine"] or not form.validate_on_submit():
        return make_response(render(DECIDE, page, form=form, **values), 403 if line["is_mine"] else _status(form))
    try:
        if request.form.get("step") != "publish":
            _public, told = _rehearsed_decision(number, form, services, officer)
            return shown("desk/removal_decide_preview.html", page, form=form, **told)
        with services.database.write() as tx:
            _decide(tx, number, form, services, officer)
    except Conflict:
        with services.database.read() as tx:
            return _decided_meanwhile(get_removal(tx, number), services)
    except GreenmineError as error:
        return shown_refused(DECIDE, page, form=form, error=error, **values)
    return redirect(REMOVAL.desk_page(number), 303)


def _status(form: RemovalDecisionSheet) -> int:
    return 400 if form.errors else 200


def _decide(tx: Tx, number: str, form: RemovalDecisionSheet, services: Services, officer: Officer) -> None:
    decision = RemovalDecision(
        removed=form.outcome.data == "removed",
        organ=form.organ.data,
        reason=form.reason.data,
        basis=form.basis.data,
        since=form.since.data,
        decision_no=form.decision_no.data or "",
        rectify_until=form.rectify_until.data,
        notice=(form.notice.data or "").strip() or None,
    )
    decide_removal(tx, number, decision, reference=services.reference, officer=officer, at=services.clock())


def _rehearsed_decision(
    number: str, form: RemovalDecisionSheet, services: Services, officer: Officer
) -> tuple[Page, dict[str, object]]:
    with services.database.rehearse() as tx:
        _decide(tx, number, form, services, officer)
        return removal_shown(tx, number, services=services)


def _decided_meanwhile(row: RemovalRow, services: Services) -> ResponseReturnValue:
    """What the other officer has decided, instead of a second decision."""
    page = Page(title=_("已经作出决定"), noindex=True, crumbs=(home(), Crumb(_("移出"), PATH)))
    return make_response(
        render("desk/removal_decided.html", page, removal=row, ground=_ground(row, services.reference)), 409
    )


def _own(tx: Tx, number: str, officer: Officer, services: Services) -> RemovalRow:
    """The removal, for officers of its mine's region."""
    row = get_removal(tx, number)
    require_here(officer, Deed.PROPOSE_REMOVAL, region=row.region, regions=services.reference.regions)
    return row


def _ground(row: RemovalRow, reference: Reference) -> str:
    found = ground_of(reference, row.region, row.ground, row.proposed_on)
    return found.name if found else row.ground
