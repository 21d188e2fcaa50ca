"""A step of a case: begun from a wording, looked at as the person will read it, sent; refused when the case moved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.body import Body, HandOverReason
from greenmine.domain.case import CaseKind, Step, may_step, stage_after
from greenmine.domain.case_reply import replies, require_filled
from greenmine.domain.clock import DueDay
from greenmine.domain.complaint import About, decide_due
from greenmine.domain.department import Department
from greenmine.domain.errors import Conflict, GreenmineError, NotFound
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.complaint import get_complaint
from greenmine.store.database import Tx
from greenmine.usecases.case_desk import accept_case, ask_person, close_case, decline_case, extend_case, hand_over
from greenmine.usecases.case_step import Desk
from greenmine.web.context import current_officer, current_services
from greenmine.web.errors import status_of
from greenmine.web.formats import day
from greenmine.web.forms.case import AnswerSheet, AskSheet, HandOverSheet, SeenSheet, WordsSheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import render
from greenmine.web.parts import Way

from .case_desk import desk_of
from .case_kind import PARTS
from .case_view import PATH, STEP_PATHS, CaseView, case_page, read_own
from .refusal import shown, shown_refused

TEMPLATE: Final = "desk/case_step.html"


@dataclass(frozen=True)
class StepPage:
    """A step with a page of its own.

    :param lead: what it means; :param button: what sends it
    :param do: takes the form's values and works the step; never called with a blank left in the words
    """

    step: Step
    lead: str
    button: str
    sheet: Callable[[CaseView], type[SeenSheet]]
    do: Callable[[Tx, CaseView, Any, Desk], None]


def accept_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/accept``: the clock of the decision begins."""
    return _worked(number, _ACCEPT)


def decline_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/decline``: not taken on, with the reason."""
    return _worked(number, _DECLINE)


def ask_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/ask``: the person is asked for more."""
    return _worked(number, _ASK)


def hand_over_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/hand-over``: to another body of the province."""
    return _worked(number, _HAND_OVER)


def extend_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/extend``: once, with the reason."""
    return _worked(number, _EXTEND)


def answer_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/answer``: by the kind's own form."""
    return _worked(number, _ANSWER)


def close_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/close``: after the answer."""
    return _worked(number, _CLOSE)


def _worked(number: str, page: StepPage) -> ResponseReturnValue:
    services, officer = current_services(), current_officer()
    view = read_own(number, officer=officer, services=services)
    if request.method == "GET":
        stage_after(view.task.kind, page.step, view.task.stage)
        return _page(view, page, _filled(view, page, services), services)
    form = _form(view, page, services)
    if not form.validate():
        return _page(view, page, form, services)
    try:
        if "text" in form and request.form.get("step") != "send":
            return _previewed(view, page, form, services)
        with services.database.write() as tx:
            _do(tx, view, page, form, services)
    except NotFound:
        raise
    except Conflict as error:
        return _moved(number, page, form, error, services)
    except GreenmineError as error:
        return _refused(view, page, form, error, services)
    path = STEP_PATHS[page.step][0]
    return redirect(f"{PATH if page.step is Step.HAND_OVER else view.href}?done={path}", 303)


def _do(tx: Tx, view: CaseView, page: StepPage, form: SeenSheet, services: Services) -> None:
    if "text" in form:
        require_filled(form["text"].data)
    page.do(tx, view, form, desk_of(services, current_officer(), seen=form.seen()))


def _previewed(view: CaseView, page: StepPage, form: SeenSheet, services: Services) -> ResponseReturnValue:
    """The words as the person will read them; the step is tried and taken back, so that nothing is left to refuse."""
    with services.database.rehearse() as tx:
        _do(tx, view, page, form, services)
    return _page(view, page, form, services, previewed=True)


def _form(view: CaseView, page: StepPage, services: Services, **values: str) -> SeenSheet:
    form = page.sheet(view)(**values)
    if isinstance(form, HandOverSheet):
        form.offer(services.reference.regions, own=view.task.body.region, accused=_accused(view, services))
    if isinstance(form, AnswerSheet):
        with services.database.read() as tx:
            PARTS[view.task.kind].offer(tx, view.task, form, services)
    return form


def _filled(view: CaseView, page: StepPage, services: Services) -> SeenSheet:
    """The form as it is opened, with the words of the wording that the address names."""
    wanted = request.args.get("reply", "")
    text = next((each.text for each in replies(view.task.kind, page.step) if each.code == wanted), "")
    if text:
        text %= {"body": view.body, "due": _due(view, page, services)}
    outcome = {"outcome": wanted} if text and page.step is Step.ANSWER else {}
    return _form(view, page, services, text=text, seen_version=str(view.task.version), **outcome)


def _due(view: CaseView, page: StepPage, services: Services) -> str:
    """The last day that the step would begin, in words."""
    today = legal_day(services.clock())
    due: DueDay | None = None
    if page.step is Step.ACCEPT:
        due = decide_due(services.reference, region=view.task.region, accepted=today)
    elif page.step is Step.EXTEND:
        with services.database.read() as tx:
            accepted = get_complaint(tx, view.task.case).accepted_at
        start = legal_day(accepted) if accepted is not None else today
        due = decide_due(services.reference, region=view.task.region, accepted=start, extended=True)
    return day(due.day) if due is not None else ""


def _accused(view: CaseView, services: Services) -> str | None:
    if view.task.kind is not CaseKind.COMPLAINT:
        return None
    with services.database.read() as tx:
        return view.task.region if get_complaint(tx, view.task.case).about is About.AUTHORITY else None


def _values(view: CaseView, page: StepPage, **more: Any) -> dict[str, Any]:
    path, word = STEP_PATHS[page.step]
    options = tuple(
        Way(label=_(each.title), href=f"{view.href}/{path}?reply={each.code}")
        for each in replies(view.task.kind, page.step)
    )
    is_open = may_step(view.task.kind, page.step, view.task.stage)
    told: Mapping[str, Any] = {"previewed": False, "moved": False, "is_open": is_open, **more}
    return {
        "case": view,
        "lead": _(page.lead),
        "button_word": _(page.button),
        "word": _(word),
        "replies": options,
        **told,
    }


def _page(
    view: CaseView, page: StepPage, form: SeenSheet, services: Services, *, previewed: bool = False
) -> ResponseReturnValue:
    return shown(TEMPLATE, _frame(view, page), form=form, **_values(view, page, previewed=previewed))


def _refused(
    view: CaseView, page: StepPage, form: SeenSheet, error: GreenmineError, services: Services
) -> ResponseReturnValue:
    return shown_refused(TEMPLATE, _frame(view, page), form=form, error=error, **_values(view, page))


def _moved(number: str, page: StepPage, form: SeenSheet, error: Conflict, services: Services) -> Response:
    """Somebody was first: the typed words stay, beside the case as it stands now; sent again, they are meant for that.

    Raises NotFound when the case has left the officer's bodies meanwhile.
    """
    view = read_own(number, officer=current_officer(), services=services)
    form.seen_version.data = str(view.task.version)
    form.refuse(error)
    values = _values(view, page, moved=True)
    return make_response(render(TEMPLATE, _frame(view, page), form=form, **values), status_of(error))


def _frame(view: CaseView, page: StepPage) -> Any:
    return case_page(view, _("%(step)s：%(number)s", step=_(STEP_PATHS[page.step][1]), number=view.task.number))


def _accept(tx: Tx, view: CaseView, form: WordsSheet, desk: Desk) -> None:
    accept_case(tx, view.task.number, text=form.text.data, desk=desk)


def _decline(tx: Tx, view: CaseView, form: WordsSheet, desk: Desk) -> None:
    decline_case(tx, view.task.number, text=form.text.data, desk=desk)


def _ask(tx: Tx, view: CaseView, form: AskSheet, desk: Desk) -> None:
    ask_person(tx, view.task.number, text=form.text.data, desk=desk)


def _hand_over(tx: Tx, view: CaseView, form: HandOverSheet, desk: Desk) -> None:
    to = Body(form.body_region.data, Department(form.department.data))
    reason = HandOverReason(form.reason.data)
    hand_over(tx, view.task.number, to=to, reason=reason, text=form.text.data, desk=desk)


def _extend(tx: Tx, view: CaseView, form: WordsSheet, desk: Desk) -> None:
    extend_case(tx, view.task.number, text=form.text.data, desk=desk)


def _answer(tx: Tx, view: CaseView, form: Any, desk: Desk) -> None:
    PARTS[view.task.kind].answer(tx, view.task.number, form, desk)


def _close(tx: Tx, view: CaseView, _form: SeenSheet, desk: Desk) -> None:
    close_case(tx, view.task.number, desk=desk)


_ACCEPT: Final = StepPage(
    Step.ACCEPT,
    N_("受理后立即起算办理期限，并告知来件人。"),
    N_("受理并告知"),
    lambda _view: WordsSheet,
    _accept,
)
_DECLINE: Final = StepPage(
    Step.DECLINE,
    N_("不予受理须写明理由和依据；告知后此件即告结束，不能撤销。"),
    N_("不予受理并告知"),
    lambda _view: WordsSheet,
    _decline,
)
_ASK: Final = StepPage(
    Step.ASK, N_("向来件人提问，对方凭编号和查询码回答。"), N_("发出补充要求"), lambda _view: AskSheet, _ask
)
_HAND_OVER: Final = StepPage(
    Step.HAND_OVER,
    N_("转办后，您和本机关不再看到此件。不得把投诉转给被投诉的单位和机关。"),
    N_("转办并告知"),
    lambda _view: HandOverSheet,
    _hand_over,
)
_EXTEND: Final = StepPage(
    Step.EXTEND,
    N_("情况复杂的，经批准可以延长一次，最多30日，须告知理由。"),
    N_("延长并告知"),
    lambda _view: WordsSheet,
    _extend,
)
_ANSWER: Final = StepPage(
    Step.ANSWER,
    N_("答复只发给来件人。发出后不能改动，可以再发一次更正的答复。"),
    N_("发出答复"),
    lambda view: PARTS[view.task.kind].sheet,
    _answer,
)
_CLOSE: Final = StepPage(
    Step.CLOSE,
    N_("办结只表示本机关办理完毕，问题是否解决由来件人说。办结后来件人不能再补充。"),
    N_("确认办结"),
    lambda _view: SeenSheet,
    _close,
)
