"""Mines at the desk: found, registered, corrected. What another officer changed meanwhile is shown field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import Conflict, GreenmineError
from greenmine.domain.import_preview import KnownMine
from greenmine.domain.mine_facts import MineFacts, changed
from greenmine.domain.mine_likeness import likely_same, ready_name
from greenmine.domain.noun import MINE
from greenmine.domain.officer import Deed, Officer
from greenmine.domain.permit import permit_warning
from greenmine.domain.region import RegionLevel, Regions
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.mine import MineRow, get_mine
from greenmine.store.mine_past import facts_as_seen
from greenmine.usecases.mine import correct_mine, register_mine
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.fields import formdata, typed
from greenmine.web.forms.mine import MineCorrectSheet, MineSheet, facts_of, typed_facts
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.parts import Change
from greenmine.web.places import place_name
from greenmine.web.public.mine_words import FACT_LABELS, fact_words

from .frame import home
from .mine_search import found_mines
from .own import known_in, require_here
from .refusal import shown, shown_refused
from .seen import seen_act

PATH: Final = MINE.desk_list
NEW: Final = "desk/mine_new.html"
CORRECT: Final = "desk/mine_correct.html"
CHANGED: Final = N_("您打开后，这座矿山的信息已有变化，请核对后再提交。")
_KNOWN: Final = "known"


def list_page() -> ResponseReturnValue:
    """``/desk/mines``: find a mine of the officer's regions."""
    services, officer = current_services(), current_officer()
    query = request.args.get("q", "").strip()[:128]
    found = found_mines(services, query, regions=[officer.seat.region], most=100)
    page = Page(title=_("矿山"), noindex=True, crumbs=(home(),))
    rows = [(row, place_name(services.reference.regions, row.region)) for row in found]
    return render("desk/mines.html", page, query=query, rows=rows)


def new_page() -> ResponseReturnValue:
    """``/desk/mines/new``: checked against the register first; a namesake is registered only knowingly.

    The numbers of the namesakes shown are sent along: a second click meets the mine of the first (trust.md 20).
    """
    services, officer, form = current_services(), current_officer(), MineSheet()
    form.offer(_places(officer, services.reference.regions))
    page = Page(title=_("登记矿山"), noindex=True, crumbs=(home(), Crumb(_("矿山"), PATH)))
    values: dict[str, Any] = {"facts": (), "likely": (), "warning": "", "previewed": False}
    if not form.validate_on_submit():
        return shown(NEW, page, form=form, **values)
    facts = facts_of(form, services.reference.minerals)
    publish = request.form.get("step") == "publish"
    acknowledged = set(request.form.get(_KNOWN, "").split(","))
    try:
        with services.database.write() if publish else services.database.rehearse() as tx:
            likely = _likely(tx, facts, services.reference.regions)
            number = register_mine(tx, facts, reference=services.reference, officer=officer, at=services.clock())
            if publish and not {mine.id for mine in likely} <= acknowledged:
                raise Conflict("mine.namesake", N_("名录中已有相似的矿山，请先核对，确认不是同一座再登记。"))
    except Conflict as error:
        form.refuse(error)
        with services.database.read() as tx:
            values |= _shown_facts(facts, _likely(tx, facts, services.reference.regions), services.reference.regions)
        return make_response(render(NEW, page, form=form, **values), 409)
    except GreenmineError as error:
        return shown_refused(NEW, page, form=form, error=error, **values)
    if publish:
        return redirect(MINE.desk_page(number), 303)
    return shown(NEW, page, form=form, **{**values, **_shown_facts(facts, likely, services.reference.regions)})


def _shown_facts(facts: MineFacts, likely: list[KnownMine], regions: Regions) -> dict[str, Any]:
    """The facts in words, and registered mines that this may be."""
    told = [(label, words) for name, label in FACT_LABELS.items()
            if (words := fact_words(name, getattr(facts, name, None), regions))]  # fmt: skip
    warning = permit_warning(facts.permit_no)
    return {"facts": told, "likely": likely, "warning": _(warning) if warning else "", "previewed": True}


def _likely(tx: Tx, facts: MineFacts, regions: Regions) -> list[KnownMine]:
    """Registered mines of the same place that may be this one."""
    name = ready_name(facts.name, holder=facts.holder)
    return [
        mine
        for mine in known_in(tx, facts.region, regions)
        if likely_same(name, ready_name(mine.name, holder=mine.holder), same_region=True) is not None
    ]


@dataclass(frozen=True)
class Merged:
    """What to show after another officer changed the mine: the form's values anew, and a line per changed field.

    :param typed: fields this officer did not touch take the new values; the others stay as typed
    """

    typed: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...]


def mine_page(number: str) -> ResponseReturnValue:
    """``/desk/mines/<number>``: correct the facts; before and after are shown first, then recorded with the reason."""
    services, officer = current_services(), current_officer()
    regions = services.reference.regions
    with services.database.read() as tx:
        mine = get_mine(tx, number)
    require_here(officer, Deed.CORRECT_MINE, region=mine.facts.region, regions=regions)
    values: dict[str, Any] = {"mine": mine, "differences": (), "meanwhile": (), "warning": ""}
    if request.method == "GET":
        return shown(CORRECT, _page(mine), form=_form(officer, regions, typed_facts(mine.facts)), **values)
    form = _form(officer, regions, None)
    if seen_act() != mine.last_act:
        return _moved(mine, form, services, officer)
    if not form.validate():
        return shown(CORRECT, _page(mine), form=form, **values)
    facts = facts_of(form, services.reference.minerals)
    values["differences"] = differences(mine.facts, facts, regions)
    values["warning"] = _(warning) if (warning := permit_warning(facts.permit_no)) else ""
    publish = request.form.get("step") == "publish"
    try:
        with services.database.write() if publish else services.database.rehearse() as tx:
            correct_mine(
                tx, number, facts, reason=form.reason.data, seen_act=seen_act(), reference=services.reference,
                officer=officer, at=services.clock(),
            )  # fmt: skip
    except Conflict:
        with services.database.read() as tx:
            return _moved(get_mine(tx, number), form, services, officer)
    except GreenmineError as error:
        return shown_refused(CORRECT, _page(mine), form=form, error=error, **values)
    return redirect(MINE.page(number), 303) if publish else shown(CORRECT, _page(mine), form=form, **values)


def differences(before: MineFacts, after: MineFacts, regions: Regions) -> tuple[Change, ...]:
    """What a correction would change, in words."""
    return tuple(
        Change(label=_(FACT_LABELS[name]), before=fact_words(name, old, regions), after=fact_words(name, new, regions))
        for name, (old, new) in changed(before, after).items()
    )


def _moved(mine: MineRow, form: MineCorrectSheet, services: Services, officer: Officer) -> ResponseReturnValue:
    """Another officer was faster: what they changed, and the form with what this officer typed."""
    regions = services.reference.regions
    with services.database.read() as tx:
        seen = facts_as_seen(tx, mine.id, act=seen_act()) or mine.facts
    merged = merge(typed_facts(seen), typed_facts(mine.facts), typed(form), form)
    anew = _form(officer, regions, merged.typed)
    anew.refuse(Conflict("mine.changed_meanwhile", CHANGED))
    body = render(CORRECT, _page(mine), form=anew, mine=mine, differences=(), meanwhile=merged.lines, warning="")
    return make_response(body, 409)


def merge(seen: Mapping[str, str], now: Mapping[str, str], mine: Mapping[str, Any], form: MineCorrectSheet) -> Merged:
    """Three states of the facts laid beside each other: as opened, as they stand now, as typed."""
    kept = {**mine}
    lines: list[Mapping[str, str]] = []
    for name, value in now.items():
        if value == seen[name]:
            continue
        untouched = str(mine.get(name, "")).strip() == seen[name]
        kept[name] = value if untouched else mine[name]
        told = _("已采用对方的内容") if untouched else _("保留您填写的：%(text)s", text=mine[name] or _("（空）"))
        lines.append({
            "label": str(form[name].label.text), "seen": _choice(form, name, seen[name]),
            "now": _choice(form, name, value), "told": told,
        })  # fmt: skip
    return Merged(kept, tuple(lines))


def _choice(form: MineCorrectSheet, name: str, value: str) -> str:
    """The word of a chosen code."""
    words = {str(choice.value): str(choice.label) for choice in getattr(form[name], "choices", None) or ()}
    return words.get(value, value)


def _form(officer: Officer, regions: Regions, values: Mapping[str, Any] | None) -> MineCorrectSheet:
    form = MineCorrectSheet() if values is None else MineCorrectSheet(formdata(values))
    form.offer(_places(officer, regions))
    return form


def _places(officer: Officer, regions: Regions) -> list[tuple[str, str]]:
    """Counties of the officer's regions, and places above them that have no counties; by code."""
    found = {
        region.code: place_name(regions, region.code)
        for region in regions.within(officer.seat.region)
        if region.level is not RegionLevel.COUNTRY
    }
    return sorted(found.items())


def _page(mine: MineRow) -> Page:
    return Page(title=_("更正：%(name)s", name=mine.facts.name), noindex=True, crumbs=(home(), Crumb(_("矿山"), PATH)))
