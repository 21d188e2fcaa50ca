"""``/complaints/new/<step>``: one question a page. What was typed is kept at every POST, whatever it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import Field

from greenmine.domain.body import RISK_LABELS
from greenmine.domain.case import CaseKind
from greenmine.domain.errors import BadInput, Gone, GreenmineError, NotFound
from greenmine.domain.text import N_
from greenmine.store.form_draft import Draft
from greenmine.web.abuse import FormMarks, Guarded, Verdict, check_form, form_marks
from greenmine.web.context import current_services, current_settings
from greenmine.web.errors import status_of
from greenmine.web.forms.complaint import CountySheet, MineSheet, matters
from greenmine.web.forms.public_draft import HeldDraft, current_draft, keep
from greenmine.web.forms.sheet import Sheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.public.complaint_answers import (
    BY_PLACE,
    FORM_KEY,
    ORDER,
    RECEIPT,
    Answers,
    FormStep,
    Typed,
    answers_of,
    digest,
    first_open,
    is_answered,
    next_step,
    sheet_of,
    typed_of,
)
from greenmine.web.public.complaint_draft import (
    PATH,
    RECEIPT_PATH,
    StepMoved,
    forward,
    home,
    lost_page,
    save_page,
    typed_texts,
)
from greenmine.web.public.complaint_files import change_files, file_values
from greenmine.web.public.complaint_send import check_page, sent_before
from greenmine.web.public.complaint_target import (
    FIND,
    LIST,
    fill_counties,
    fill_mines,
    region_of,
    require_county,
    target_values,
)

TITLES: Final[Mapping[FormStep, str]] = {
    FormStep.TARGET: N_("投诉哪座矿山"),
    FormStep.KIND: N_("是什么问题"),
    FormStep.STORY: N_("发生了什么"),
    FormStep.FILES: N_("照片和材料"),
    FormStep.PLACE: N_("在哪里，什么时候"),
    FormStep.CONTACT: N_("您是谁"),
}
_HERE: Final = frozenset({FIND, LIST, "mine", "place"})
"""Buttons of the first page that lead back to it."""


@dataclass(frozen=True)
class Stood:
    """A value another window saved: its label and words."""

    label: str
    words: str


def step_page(step: str) -> ResponseReturnValue:
    """A page of the form: shown, or taken and led on."""
    wanted, held = _known(step), current_draft(CaseKind.COMPLAINT)
    if request.method == "POST":
        verdict = _verdict(wanted, held)
        if verdict.challenge is not None:
            return verdict.challenge
    if held is None:
        return (sent_before() if wanted is FormStep.CHECK else None) or lost_page()
    if RECEIPT in held.draft.data:
        return redirect(RECEIPT_PATH, 303)
    if wanted is FormStep.CHECK:
        return _checked(held)
    return _taken(held, wanted) if request.method == "POST" else _opened(held, wanted)


def _verdict(wanted: FormStep, held: HeldDraft | None) -> Verdict:
    """Whether the page may be taken; the last one is the whole form, known by its draft's own key."""
    if wanted is not FormStep.CHECK:
        return check_form(Guarded.STEP)
    return check_form(Guarded.COMPLAINT, key=held.draft.data[FORM_KEY] if held else "")


def _checked(held: HeldDraft) -> ResponseReturnValue:
    """The last page, or the first one when nobody could answer for the mine that was chosen there."""
    try:
        return check_page(held)
    except BadInput as error:
        return shown(held, FormStep.TARGET, error=error)


def _opened(held: HeldDraft, wanted: FormStep) -> ResponseReturnValue:
    """The page, or the first one before it that is not answered."""
    first = first_open(answers_of(held.draft), settings=current_settings())
    if ORDER.index(wanted) > ORDER.index(first):
        return redirect(f"{PATH}/{first}", 303)
    return shown(held, wanted)


def shown_again(step: str, sentence: str) -> Response | None:
    """The page with what was typed and a sentence above it, nothing saved; None when nothing was typed on it.

    All cookies lost, draft and all: the words typed just now, to be copied.
    """
    held, wanted = current_draft(CaseKind.COMPLAINT), _known(step)
    if wanted is FormStep.CHECK:
        return None
    if held is None or RECEIPT in held.draft.data:
        return lost_page() if typed_texts() else None
    values = {**answers_of(held.draft).of(wanted), **_typed(wanted, held.draft)}
    return shown(held, wanted, values=values, whole=sentence)


def _known(step: str) -> FormStep:
    if step not in tuple(FormStep):
        raise NotFound("complaint.step_unknown", N_("投诉表单没有这一页。"))
    return FormStep(step)


def _typed(step: FormStep, draft: Draft) -> dict[str, str]:
    """The page's own fields as they came."""
    answers, by = answers_of(draft), {"by": request.form.get("by", "")}
    typed = typed_of(sheet_of(step, by, answers, settings=current_settings()), request.form)
    return target_values(request.form, typed, current_services()) if step is FormStep.TARGET else typed


def _taken(held: HeldDraft, step: FormStep) -> ResponseReturnValue:
    """Keep what was typed, then lead on, back here, or say what must be mended."""
    if step is FormStep.FILES:
        return _files_taken(held)
    typed = _typed(step, held.draft)
    try:
        held = replace(held, draft=save_page(held, step, typed))
    except StepMoved as moved:
        return shown(
            replace(held, draft=moved.stored), step, values={**answers_of(moved.stored).of(step), **typed}, error=moved
        )
    except Gone:
        return lost_page()
    except GreenmineError as error:
        return shown(held, step, values={**answers_of(held.draft).of(step), **typed}, error=error)
    return _led_on(held, step)


def _led_on(held: HeldDraft, step: FormStep) -> ResponseReturnValue:
    answers, settings = answers_of(held.draft), current_settings()
    move = request.form.get("do", "")
    is_search = step is FormStep.TARGET and move in _HERE
    if is_search and (move != FIND or _is_asked(answers.of(step))):
        return forward(held, f"{PATH}/{step}{_from_check('?')}")
    if is_search or not is_answered(step, answers, settings=settings):
        return shown(held, step, validate=True)
    refusal = _place_unknown(answers) if step is FormStep.TARGET else None
    if refusal is not None:
        return shown(held, step, error=refusal)
    following = next_step(step, answers, settings=settings, to_check=bool(_from_check("")))
    return forward(held, f"{PATH}/{following}")


def _place_unknown(answers: Answers) -> BadInput | None:
    """Why the chosen mine cannot be complained of by its name, if so."""
    services = current_services()
    try:
        if answers.mine:
            with services.database.read() as tx:
                require_county(region_of(tx, mine=answers.mine, chosen=""), services.reference.regions)
    except BadInput as error:
        return error
    return None


def _files_taken(held: HeldDraft) -> ResponseReturnValue:
    """Add or remove a file, or go on; a refused file is told beside its field and changes nothing."""
    try:
        draft, is_done = change_files(held)
    except Gone:
        return lost_page()
    except GreenmineError as error:
        return shown(held, FormStep.FILES, error=error)
    held = replace(held, draft=draft)
    if not is_done:
        return forward(held, f"{PATH}/{FormStep.FILES}{_from_check('?')}")
    return _led_on(held, FormStep.FILES)


def _is_asked(values: Typed) -> bool:
    """Whether there is anything to look for."""
    return bool(values.get("county" if values.get("by") == BY_PLACE else "query", "").strip())


def _from_check(mark: str) -> str:
    """``from=check`` of the address, kept from page to page of one change."""
    return f"{mark}from=check" if request.args.get("from") == FormStep.CHECK else ""


def shown(
    held: HeldDraft,
    step: FormStep,
    *,
    values: Typed | None = None,
    validate: bool = False,
    error: GreenmineError | None = None,
    whole: str = "",
) -> Response:
    """The page filled with what is kept, or with ``values`` that could not be kept."""
    answers, settings = answers_of(held.draft), current_settings()
    filled = answers.of(step) if values is None else values
    form = sheet_of(step, filled, answers, settings=settings, blank=not filled)
    more = _more(step, form, filled, held.draft)
    if validate:
        form.validate()
        _soften(step, form, filled)
    if error is not None:
        form.refuse(error)
    if whole:
        form.form_errors.append(whole)
    status = status_of(error) if error is not None else 400 if form.errors else 200
    body = render(
        f"complaint/{step}.html",
        Page(title=_title(step, filled), section=PATH, noindex=True, crumbs=(home(),)),
        form=form,
        number=ORDER.index(step) + 1,
        total=len(ORDER),
        back=_back(step),
        seen=digest(answers.of(step)),
        marks=form_marks(Guarded.STEP),
        action=f"{PATH}/{step}{_from_check('?')}",
        stood=_stood(step, answers) if isinstance(error, StepMoved) else (),
        path=PATH,
        **more,
    )
    response = keep(make_response(body, status), held.key)
    if error is not None and isinstance(wait := error.params.get("retry_after"), int):
        response.headers["Retry-After"] = str(wait)
    return response


def _title(step: FormStep, values: Typed) -> str:
    if step is FormStep.TARGET and values.get("by") == BY_PLACE:
        return _("事情发生在哪个县")
    return _(TITLES[step])


def _more(step: FormStep, form: Sheet, values: Typed, draft: Draft) -> dict[str, Any]:
    """What single pages show besides their fields."""
    services = current_services()
    if isinstance(form, MineSheet):
        return {
            "by_place": False,
            "choice": form.mine,
            "found": fill_mines(form, values, services),
            "more_marks": _marks(),
        }
    if isinstance(form, CountySheet):
        found = fill_counties(form, values, services.reference.regions)
        return {"by_place": True, "choice": form.region, "found": found, "more_marks": _marks()}
    if step is FormStep.KIND:
        options, groups = iter(form.matter), []
        for risk, kinds in matters():
            groups.append((risk, _(RISK_LABELS[risk]), [next(options) for _kind in kinds]))
        return {"groups": groups}
    return file_values(draft) if step is FormStep.FILES else {}


def _soften(step: FormStep, form: Sheet, values: Typed) -> None:
    """Where nothing is listed yet, the sentence belongs to the words to look for."""
    if step is not FormStep.TARGET:
        return
    is_place = isinstance(form, CountySheet)
    choice, words = (form.region, form.county) if is_place else (form.mine, form.query)
    if request.form.get("do") == FIND:
        choice.errors = []
        words.errors = [*words.errors, _("请输入县名再查找。") if is_place else _("请输入矿山名称再查找。")]
    elif not choice.choices:
        words.errors, choice.errors = [*words.errors, *choice.errors], []


def _marks() -> list[FormMarks]:
    """Marks for the further forms of a page: the ids differ."""
    return [replace(form_marks(Guarded.STEP), trap=f"website-step-{n}") for n in range(2, 5)]


def _back(step: FormStep) -> str:
    if _from_check(""):
        return f"{PATH}/{FormStep.CHECK}"
    place = ORDER.index(step)
    return f"{PATH}/{ORDER[place - 1]}" if place else PATH


def _stood(step: FormStep, answers: Answers) -> tuple[Stood, ...]:
    """What another window saved on this page."""
    form = sheet_of(step, answers.of(step), answers, settings=current_settings())
    _more(step, form, answers.of(step), Draft({}, 0, (), current_services().clock()))
    shown_fields = (Stood(str(field.label.text), _words_of(field)) for field in form)
    return tuple(each for each in shown_fields if each.words)


def _words_of(field: Field) -> str:
    if hasattr(field, "choices"):
        return next((str(each.label) for each in field.choices or () if str(each.value) == field.data), "")
    return str(field.data or "") if isinstance(field.data, str) else ""
