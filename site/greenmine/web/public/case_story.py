"""``/complaints/track/case``: a case as its own person sees it: stage, dates, messages both ways, writing more.

Only the body is named, never who of its staff. Words and files have a form each, so that a file that is refused or
too large takes no words along. Source: 信访工作条例 22, 34; features.md "two-way thread with an anonymous reporter".
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.content.evidence import ACCEPT, require_case_room, require_room
from greenmine.domain.case import CASE_KIND_LABELS, STAGE_LABELS, CaseKind, MessageKind, Stage, may_step
from greenmine.domain.case import Step as CaseStep
from greenmine.domain.case_number import show_number
from greenmine.domain.clock import DueDay
from greenmine.domain.complaint import OUTCOME_LABELS
from greenmine.domain.error_report import REPORT_OUTCOME_LABELS
from greenmine.domain.errors import BadInput, GreenmineError, NotAllowed
from greenmine.domain.instant import legal_day
from greenmine.domain.objection import OBJECTION_OUTCOME_LABELS
from greenmine.domain.text import N_
from greenmine.store.case_access import case_of_form, take_form
from greenmine.store.case_attachment import held_by
from greenmine.store.complaint import ComplaintRow, get_complaint
from greenmine.store.database import Tx
from greenmine.store.error_report import get_report
from greenmine.store.evidence_day import take_day_room
from greenmine.store.log_batch import batch_listing, first_batch_day
from greenmine.store.objection import get_objection
from greenmine.usecases.case_visit import CaseStory, read_story, visited_case, write_more
from greenmine.usecases.lodge import KeptFile
from greenmine.web.abuse import Guarded, check_form, form_marks
from greenmine.web.case_words import body_name, due_shown
from greenmine.web.context import current_services
from greenmine.web.errors import status_of
from greenmine.web.formats import Tone
from greenmine.web.forms.complaint import MessageSheet, MoreFilesSheet, TrackSheet, cleaned
from greenmine.web.forms.evidence import require_disk, seal_upload
from greenmine.web.forms.fields import formdata
from greenmine.web.forms.sheet import said
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.parts import Step
from greenmine.web.public.case_track import CASE_PATH, login, visit_token, without_visit
from greenmine.web.public.complaint_draft import PATH, TRACK_PATH, home, typed_texts
from greenmine.web.routing import GET_POST, Limit, Route

FILES_PATH: Final = f"{CASE_PATH}/files"
WAYS: Final = {
    MessageKind.FROM_PERSON: N_("您写的"),
    MessageKind.QUESTION: N_("办理机关请您补充"),
    MessageKind.NOTICE: N_("办理机关告知"),
    MessageKind.ANSWER: N_("办理机关答复"),
}
OWN_WORDS: Final = {
    CaseKind.COMPLAINT: (("text", N_("情况")), ("place", N_("地点")), ("when", N_("时间"))),
    CaseKind.OBJECTION: (("about", N_("针对")), ("text", N_("事实和理由"))),
    CaseKind.REPORT: (("wrong", N_("有误之处")), ("right", N_("应为")), ("source", N_("依据"))),
}
TONES: Final = {Stage.DECLINED: Tone.BAD, Stage.ANSWERED: Tone.OK, Stage.CLOSED: Tone.PLAIN}


@dataclass(frozen=True)
class Letter:
    """One message: whose, when, its words and the names of the files that came with it."""

    way: str
    is_own: bool
    is_answer: bool
    at: datetime
    text: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """The case and, for a complaint, its own row.

    :param outcome: what the answer says, in a word
    :param commitment: of a complaint, in hex, when a daily list holds or will hold it; else empty (log-spec.md 6)
    :param listing: number of the public entry that lists it, None before
    """

    case: str
    story: CaseStory
    complaint: ComplaintRow | None
    outcome: str
    commitment: str
    listing: int | None

    @property
    def may_write(self) -> bool:
        """Whether more can be written where the case stands."""
        return may_step(self.story.task.kind, CaseStep.WRITE, self.story.task.stage)


def case_page() -> ResponseReturnValue:
    """The case; words sent from it are kept in it."""
    try:
        told = _told()
    except NotAllowed as over:
        return _visit_over(over)
    if request.method != "POST":
        return _shown(told)
    verdict = check_form(Guarded.MESSAGE)
    if verdict.challenge is not None:
        return verdict.challenge
    form = MessageSheet(formdata=formdata({"text": cleaned(request.form.get("text", ""))}))
    if not form.validate():
        return _shown(told, form=form)
    return _written(told, form, key=verdict.key, text=form.text.data, files=())


def files_page() -> ResponseReturnValue:
    """``POST …/files``: one more file, with a line of ours beside it."""
    try:
        told = _told()
    except NotAllowed as over:
        return _visit_over(over)
    if request.method != "POST":
        return redirect(CASE_PATH, 303)
    verdict = check_form(Guarded.MESSAGE)
    if verdict.challenge is not None:
        return verdict.challenge
    form = MoreFilesSheet(formdata=None)
    sent = [storage for storage in request.files.getlist("file") if storage.filename]
    try:
        if not sent:
            raise BadInput("evidence.none", N_("请选择文件。"), field="file")
        files = _sealed(sent)
    except GreenmineError as error:
        form.refuse(error)
        return _shown(told, files_form=form, status=status_of(error))
    return _written(told, form, key=verdict.key, text=_("补交材料%(n)s件。", n=len(files)), files=files)


def shown_again(sentence: str) -> Response:
    """The case with the words typed just now and a sentence above them; those words alone when the visit is over."""
    try:
        told = _told()
    except NotAllowed as over:
        return _visit_over(over)
    form = MessageSheet(formdata=formdata({"text": cleaned(request.form.get("text", ""))}))
    form.form_errors.append(sentence)
    return _shown(told, form=form)


def _told() -> Told:
    services = current_services()
    with services.database.read() as tx:
        case = visited_case(tx, visit_token(), at=services.clock())
        story = read_story(tx, case, master=services.master)
        row = get_complaint(tx, case) if story.task.kind is CaseKind.COMPLAINT else None
        outcome = _outcome_words(tx, story, row)
        since, begun = legal_day(story.task.received_at), first_batch_day(tx)
        commitment = row.commitment.hex() if row is not None and begun is not None and since >= begun else ""
        listing = batch_listing(tx, commitment, after=since) if commitment else None
    return Told(case, story, row, outcome, commitment, listing)


def _outcome_words(tx: Tx, story: CaseStory, row: ComplaintRow | None) -> str:
    """How the case was answered, empty until it was."""
    match story.task.kind:
        case CaseKind.OBJECTION:
            outcome = get_objection(tx, story.task.case).outcome
            return _(OBJECTION_OUTCOME_LABELS[outcome]) if outcome else ""
        case CaseKind.REPORT:
            report = get_report(tx, story.task.case)
            words = _(REPORT_OUTCOME_LABELS[report.outcome]) if report.outcome else ""
            return _("%(words)s（第%(n)s号记录）", words=words, n=report.act) if report.act is not None else words
    return _(OUTCOME_LABELS[row.outcome]) if row is not None and row.outcome else ""


def _visit_over(over: NotAllowed) -> Response:
    """Number and code once more; what was typed meanwhile is shown to be copied."""
    return without_visit(
        login(TrackSheet(formdata=None), sentence=said(over), status=status_of(over), fields=typed_texts())
    )


def _written(told: Told, form: Any, *, key: str, text: str, files: Sequence[KeptFile]) -> ResponseReturnValue:
    """Keep words and files in the case, once for a form; what is refused is told beside the field.

    Other words in the same form, after the back button, are another message: nothing typed is dropped (trust.md 20).
    """
    services = current_services()
    at, size = services.clock(), sum(file.sealed.size for file in files)
    try:
        require_disk()
        with services.database.write() as tx:
            visited_case(tx, visit_token(), at=at)
            if case_of_form(tx, sent := _sent_form(key, text, files)) is not None:
                _forget(files)
                return redirect(f"{CASE_PATH}#letters", 303)
            take_form(tx, sent, case=told.case, at=at)
            if files:
                require_case_room(*held_by(tx, told.case), new=len(files), added=size)
                take_day_room(tx, size, day=legal_day(at), most=services.settings.daily_evidence_bytes)
            write_more(tx, told.case, text=text, files=files, at=at, master=services.master)
    except NotAllowed as over:
        _forget(files)
        return _visit_over(over)
    except GreenmineError as error:
        _forget(files)
        form.refuse(error)
        given = {"form": form} if isinstance(form, MessageSheet) else {"files_form": form}
        return _shown(told, **given, status=status_of(error))
    return redirect(f"{CASE_PATH}#letters", 303)


def _sent_form(key: str, text: str, files: Sequence[KeptFile]) -> str:
    """What a double click repeats: the form's own key, with just these words and files."""
    held = hashlib.sha256("\n".join((text, *(file.sha256 for file in files))).encode())
    return f"{key} {held.hexdigest()}"


def _sealed(sent: Sequence[Any]) -> tuple[KeptFile, ...]:
    """The files judged and sealed on the disk, before any row names them; all or none."""
    kept: list[KeptFile] = []
    try:
        for storage in sent:
            sizes = [file.sealed.size for file in kept]
            new = seal_upload(storage, fits=partial(_require_room, sizes))
            kept.append(KeptFile(new.sealed, new.name, new.media_type, new.sha256))
    except GreenmineError:
        _forget(kept)
        raise
    return tuple(kept)


def _require_room(sizes: list[int], size: int) -> None:
    require_room(sizes, added=size)


def _forget(files: Sequence[KeptFile]) -> None:
    for file in files:
        current_services().sealed_files.remove(file.sealed.file)


def _shown(
    told: Told,
    *,
    form: MessageSheet | None = None,
    files_form: MoreFilesSheet | None = None,
    status: int = 0,
) -> Response:
    services, task = current_services(), told.story.task
    today = legal_day(services.clock())
    faulty = form if form is not None and form.errors else files_form
    body = render(
        "complaint/case.html",
        Page(
            title=_("%(kind)s %(number)s", kind=_(CASE_KIND_LABELS[task.kind]), number=show_number(task.number)),
            section=PATH,
            noindex=True,
            crumbs=(home(),),
        ),
        form=faulty if faulty is not None and faulty.errors else None,
        message=form if form is not None else MessageSheet(formdata=None),
        more=files_form if files_form is not None else MoreFilesSheet(formdata=None),
        stage=_(STAGE_LABELS[task.stage]),
        tone=TONES.get(task.stage, Tone.OPEN),
        body=body_name(task.body, services.reference.regions),
        steps=_steps(told),
        told=told,
        next_words=_next(told, today),
        is_late=task.is_overdue(today) and task.kind is not CaseKind.OBJECTION,
        is_asked=told.story.is_asked,
        may_write=told.may_write,
        is_closed=task.stage is Stage.CLOSED,
        accept=ACCEPT,
        **_words(told.story),
        marks=form_marks(Guarded.MESSAGE),
        more_marks=replace(form_marks(Guarded.MESSAGE), trap="website-files"),
        case_path=CASE_PATH,
        files_path=FILES_PATH,
        leave=f"{TRACK_PATH}/leave",
    )
    return make_response(body, status or (400 if faulty is not None and faulty.errors else 200))


def _words(story: CaseStory) -> dict[str, object]:
    """What was written, by whom, and the files that came with the case itself."""
    first = [file.name for file in story.files if file.message is None]
    return {"letters": _letters(story), "own_words": _own_words(story), "first_files": first}


def _own_words(story: CaseStory) -> tuple[tuple[str, str], ...]:
    """What the person wrote when the case was brought, under the labels of its form; who they are stays sealed."""
    found = ((_(label), str(story.matter.get(name, ""))) for name, label in OWN_WORDS[story.task.kind])
    return tuple((label, words) for label, words in found if words)


def _letters(story: CaseStory) -> tuple[Letter, ...]:
    """The messages, oldest first."""
    return tuple(
        Letter(
            way=_(WAYS[each.kind]),
            is_own=each.kind is MessageKind.FROM_PERSON,
            is_answer=each.kind is MessageKind.ANSWER,
            at=each.at,
            text=each.text,
            files=tuple(file.name for file in story.files if file.message == each.position),
        )
        for each in story.messages
    )


def _steps(told: Told) -> tuple[Step, ...]:
    """What was done and what is due, by date."""
    task, row = told.story.task, told.complaint
    steps = [Step(day=legal_day(task.received_at), title=_("已收到"))]
    if row is not None and row.accepted_at is not None:
        steps.append(Step(day=legal_day(row.accepted_at), title=_("已受理")))
    answered = _answered_on(told)
    if answered is not None:
        steps.append(Step(day=answered, title=_("已答复"), text=told.outcome, tone=Tone.OK))
    if task.closed_at is not None:
        is_declined = task.stage is Stage.DECLINED
        steps.append(
            Step(
                day=legal_day(task.closed_at),
                title=_(STAGE_LABELS[task.stage]),
                tone=Tone.BAD if is_declined else Tone.PLAIN,
            )
        )
    if task.due is not None and task.closed_at is None:
        is_objection = task.kind is CaseKind.OBJECTION
        steps.append(Step(day=task.due, title=_("公示期满") if is_objection else _next_title(told), due=True))
    return tuple(steps)


def _answered_on(told: Told) -> date | None:
    """The day of the first answer."""
    if told.complaint is not None:
        return legal_day(told.complaint.answered_at) if told.complaint.answered_at else None
    found = [each.at for each in told.story.messages if each.kind is MessageKind.ANSWER]
    return legal_day(found[0]) if found else None


def _next_title(told: Told) -> str:
    is_complaint = told.story.task.kind is CaseKind.COMPLAINT
    return _("告知是否受理") if is_complaint and told.story.task.stage is Stage.RECEIVED else _("答复")


def _next(told: Told, today: date) -> str:
    """What comes next, and by when."""
    task = told.story.task
    if task.closed_at is not None or task.due is None:
        return ""
    due = due_shown(DueDay(task.due, task.due_provisional)).words
    if task.kind is CaseKind.OBJECTION:
        return _("公示期至%(due)s。异议在公示办结之前答复，没有全部答复的，公示不能办结。", due=due)
    if task.is_overdue(today):
        late = (today - task.due).days
        return _("应在%(due)s前%(what)s，已超过%(late)s天。", due=due, what=_next_title(told), late=late)
    return _("最迟%(due)s%(what)s。", due=due, what=_next_title(told))


STORY_ROUTES: Final = (
    Route(CASE_PATH, "case.story", case_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(FILES_PATH, "case.files", files_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
)
