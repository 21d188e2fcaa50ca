"""A draft of a notice, page by page: words and period, list, files, preview; then it is published or thrown away."""

from dataclasses import replace
from typing import Any, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.content.upload import ATTACHMENTS, LISTS, MOST_FILES
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, NotFound, RuleBroken
from greenmine.domain.notice import NoticeDraft, NoticeItem
from greenmine.domain.noun import NOTICE, NOTICE_DRAFT
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.draft import DraftKind, DraftRow
from greenmine.store.mine import known_aliases
from greenmine.usecases.draft import DraftMoved
from greenmine.usecases.notice import publish_notice
from greenmine.usecases.publish_draft import publish_notice_draft
from greenmine.web.context import current_officer, current_services
from greenmine.web.csv_file import csv_file
from greenmine.web.errors import status_of
from greenmine.web.forms.fields import formdata, typed
from greenmine.web.forms.notice import NoticeFilesSheet, NoticeListSheet, NoticeSheet
from greenmine.web.forms.sheet import said
from greenmine.web.forms.upload import kept, taken
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.parts import Way
from greenmine.web.public.notice import notice_shown
from greenmine.web.public.notice_words import kind_word

from . import drafting
from .frame import home
from .mine_check import Registered, names_by_key, registered
from .mine_lines import BAR, from_file, numbered, read_columns, read_lines, write_lines
from .mine_search import found_mines, mine_line
from .notice import PATH
from .notice_values import notice_of
from .own import known_in

KIND: Final = DraftKind.NOTICE
WORDS: Final = "desk/notice_words.html"
LIST: Final = "desk/notice_list.html"
FILES: Final = "desk/notice_files.html"
SAME: Final = "same_mines"
UNCONFIRMED: Final = N_("名单中有名称与登记名称不同的矿山，请核对编号；确认是同一座矿山的，请勾选后再发布。")


def words_page(number: int) -> ResponseReturnValue:
    """``/desk/notices/drafts/<n>``: title to objection terms; kept as typed, whether or not it can be published."""
    draft = drafting.draft_of(current_services(), number, kind=KIND)
    if request.method == "GET":
        return _shown(WORDS, draft, NoticeSheet(formdata(draft.data)))
    form = NoticeSheet()
    values = typed(form)
    saved = drafting.save(draft, values, title=values["title"].strip() or kind_word(draft.data["kind"]))
    if saved.moved is not None:
        return drafting.shown_moved(
            WORDS, _page(saved.draft), form=form, saved=saved, typed=values, ways=_ways(saved.draft), here=WORDS
        )
    if not form.validate():
        return _shown(WORDS, saved.draft, form)
    try:
        _rehearse(saved.draft, services=current_services(), whole=False)
    except GreenmineError as error:
        _refuse(form, error)
    return _shown(WORDS, saved.draft, form) if form.errors else redirect(f"{_path(draft)}/list", 303)


def list_page(number: int) -> ResponseReturnValue:
    """``/desk/notices/drafts/<n>/list``: the list as typed, pasted, uploaded or picked."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    if request.method == "GET":
        return _list_shown(draft, NoticeListSheet(formdata(draft.data)))
    form = NoticeListSheet()
    values = typed(form)
    try:
        columns, items = _listed(draft, values, services)
    except GreenmineError as error:
        saved = drafting.save(draft, values)
        _refuse(form, error)
        if saved.moved is not None:
            return _list_moved(form, saved, values)
        return _list_shown(saved.draft, form)
    values = {"columns": BAR.join(columns), "lines": write_lines(items)}
    saved = drafting.save(draft, values)
    if saved.moved is not None:
        return _list_moved(form, saved, values)
    stay = request.form.get("step") != "next"
    return redirect(f"{_path(draft)}/list" if stay else f"{_path(draft)}/files", 303)


def _list_moved(form: NoticeListSheet, saved: drafting.Saved, values: dict[str, Any]) -> ResponseReturnValue:
    return drafting.shown_moved(
        LIST, _page(saved.draft), form=form, saved=saved, typed=values, **_list_values(saved.draft)
    )


def _listed(
    draft: DraftRow, values: dict[str, Any], services: Services
) -> tuple[tuple[str, ...], tuple[NoticeItem, ...]]:
    """Columns and items after this click: an uploaded file replaces the list, a picked mine is added to it."""
    reference = services.reference
    with services.database.read() as tx:
        known = known_in(tx, draft.region, reference.regions)
        names = names_by_key(known, known_aliases(tx))
    sent = request.files.get("table")
    if sent is not None and sent.filename:
        (file,) = taken([sent], kinds=LISTS, room=1)
        columns, items = from_file(file.content, region=draft.region, known=known, reference=reference)
        return columns, numbered(read_lines(columns, write_lines(items)), names)
    columns = read_columns(values["columns"])
    return columns, numbered(read_lines(columns, values["lines"]), names)


def add_mine(number: int) -> ResponseReturnValue:
    """Add a registered mine to the list as it is kept."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    try:
        lines = _with_mine(draft, request.form.get("mine", ""), services)
    except GreenmineError as error:
        return _list_refused(draft, error)
    saved = drafting.save(draft, {"lines": lines})
    if saved.moved is not None:
        raise saved.moved
    return redirect(f"{_path(draft)}/list", 303)


def _with_mine(draft: DraftRow, mine: str, services: Services) -> str:
    """The kept list with this mine at its end. Raises BadInput for a faulty line, Conflict for a mine it has."""
    columns, items = _kept_list(draft)
    if any(item.mine == mine for item in items):
        raise Conflict("notice.mine_twice", N_("名单中已有矿山 %(mine)s。"), field="lines", mine=mine)
    return write_lines([*items, mine_line(services, mine, columns=columns, ordinal=len(items) + 1)])


def _kept_list(draft: DraftRow) -> tuple[tuple[str, ...], tuple[NoticeItem, ...]]:
    columns = read_columns(draft.data.get("columns", ""))
    return columns, read_lines(columns, draft.data.get("lines", ""))


def files_page(number: int) -> ResponseReturnValue:
    """``/desk/notices/drafts/<n>/files``: attachments, kept under their hash as soon as they are sent."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    form = NoticeFilesSheet()
    if request.method == "GET":
        return _shown(FILES, draft, form)
    files = list(draft.data.get("files", ()))
    try:
        sent = taken(request.files.getlist("file"), kinds=ATTACHMENTS, room=MOST_FILES - len(files))
    except GreenmineError as error:
        _refuse(form, error)
        return _shown(FILES, draft, form)
    new = [file for file in kept(sent, services.files) if file["sha256"] not in {old["sha256"] for old in files}]
    saved = drafting.save(draft, {"files": [*files, *new]})
    if saved.moved is not None:
        form.refuse(Conflict("draft.moved", drafting.MEANWHILE))
        return _shown(FILES, saved.draft, form, status=409)
    return redirect(f"{_path(draft)}/files", 303)


def drop_file(number: int, sha256: str) -> ResponseReturnValue:
    """Take an attachment out of the draft."""
    draft = drafting.draft_of(current_services(), number, kind=KIND)
    files = [file for file in draft.data.get("files", ()) if file["sha256"] != sha256]
    saved = drafting.save(draft, {"files": files})
    if saved.moved is not None:
        raise saved.moved
    return redirect(f"{_path(draft)}/files", 303)


def draft_file(number: int, sha256: str) -> ResponseReturnValue:
    """A file of the draft, for those who may work on it; always a download."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    file = next((file for file in draft.data.get("files", ()) if file["sha256"] == sha256), None)
    if file is None:
        raise NotFound("draft.file", N_("草稿中没有这份文件。"))
    return drafting.file_answer(services.files.get(sha256), media_type=file["media_type"], name=file["name"])


def draft_list_csv(number: int) -> ResponseReturnValue:
    """The list of the draft as the public page will offer it."""
    draft = drafting.draft_of(current_services(), number, kind=KIND)
    try:
        columns, items = _kept_list(draft)
    except GreenmineError as error:
        return _list_refused(draft, error)
    return csv_file(f"draft-{number}", [*columns, _("矿山编号")], [[*item.cells, item.mine or ""] for item in items])


def preview_page(number: int) -> ResponseReturnValue:
    """``/desk/notices/drafts/<n>/preview``: the public page of the notice, made by publishing it and taking it back."""
    services = current_services()
    return _previewed(drafting.draft_of(services, number, kind=KIND), services)


def _previewed(draft: DraftRow, services: Services, *, refused: str = "") -> ResponseReturnValue:
    try:
        page, values = _rehearse(draft, services=services)
    except GreenmineError as error:
        return _unready(draft, error)
    names = _names(draft, services)
    page = replace(page, crumbs=_page(draft).crumbs, noindex=True, canonical="", section="")
    own = {"names": names, "differing": [each for each in names if not each.fits], "refused": refused}
    body = render("desk/notice_preview.html", page, draft=draft, ways=_ways(draft), **own, **values)
    return make_response(body, 400 if refused else 200)


def _names(draft: DraftRow, services: Services) -> tuple[Registered, ...]:
    """The lines with a number, in the order of the list, with the names registered under these numbers."""
    _columns, items = _kept_list(draft)
    with services.database.read() as tx:
        names = registered(tx, items)
    return tuple(names[item.mine] for item in items if item.mine and item.mine in names)


def _unready(draft: DraftRow, error: GreenmineError) -> ResponseReturnValue:
    """What stands in the way of publishing, and the page where it can be mended."""
    step = 1 if error.field in ("items", "lines", "columns") else 2 if error.field == "file" else 0
    ways = _ways(draft)
    field = {"end": "last_day"}.get(error.field or "", error.field)
    mend = replace(ways[step], href=f"{ways[step].href}#{field}") if field in NoticeSheet() else ways[step]
    told = {"sentence": said(error), "mend": mend}
    body = render("desk/notice_unready.html", _page(draft), draft=draft, ways=ways, **told)
    return make_response(body, 400)


def publish(number: int) -> ResponseReturnValue:
    """Publish what was previewed; a second click is told what the first has done."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    try:
        notice = notice_of(draft.data, region=draft.region)
        if request.form.get(SAME) != "y" and not all(each.fits for each in _names(draft, services)):
            if drafting.seen_version() != draft.version:
                raise DraftMoved(draft)
            return _previewed(draft, services, refused=_(UNCONFIRMED))
        with services.database.write() as tx:
            published = publish_notice_draft(
                tx, number, notice, seen_version=drafting.seen_version(), reference=services.reference,
                officer=current_officer(), at=services.clock(),
            )  # fmt: skip
    except (BadInput, RuleBroken) as error:
        return _unready(draft, error)
    return redirect(f"{NOTICE.desk_page(published)}?done=published", 303)


def discard(number: int) -> ResponseReturnValue:
    """Throw the draft away."""
    return drafting.discard(number, kind=KIND, back=PATH)


def _rehearse(draft: DraftRow, *, services: Services, whole: bool = True) -> tuple[Page, dict[str, Any]]:
    """Publish the draft in a transaction that leaves nothing behind, and show its public page from there.

    :param whole: also ask for what other pages of the draft hold (a text, a list or a file)
    """
    notice = notice_of(draft.data if whole else {**draft.data, "lines": ""}, region=draft.region)
    if not whole:
        notice = replace(notice, text=notice.text or "—")
    with services.database.rehearse() as tx:
        number = _published(tx, notice, services)
        page, values = notice_shown(tx, number, services=services, wanted=request.args.get("list", ""))
    files = values["files"]
    assert isinstance(files, tuple)
    values["files"] = tuple(replace(file, href=f"{_path(draft)}/files/{file.sha256}") for file in files)
    if values["listed"]:
        values["listed"] = replace(values["listed"], download=f"{_path(draft)}/list.csv", pager=None)  # type: ignore[type-var]
    return page, values


def _published(tx: Any, notice: NoticeDraft, services: Services) -> str:
    return publish_notice(tx, notice, reference=services.reference, officer=current_officer(), at=services.clock())


def _list_shown(draft: DraftRow, form: NoticeListSheet, *, status: int = 400) -> ResponseReturnValue:
    body = render(LIST, _page(draft), form=form, draft=draft, differences=(), **_list_values(draft))
    return make_response(body, status if form.errors else 200)


def _list_refused(draft: DraftRow, error: GreenmineError) -> ResponseReturnValue:
    """The list as it is kept, with the sentence beside the field to be mended."""
    form = NoticeListSheet(formdata(draft.data))
    _refuse(form, error)
    return _list_shown(draft, form, status=status_of(error))


def _list_values(draft: DraftRow) -> dict[str, Any]:
    """The list as it is understood, and what the search for a mine has found."""
    columns = read_columns(draft.data.get("columns", ""))
    try:
        items = read_lines(columns, draft.data.get("lines", ""))
    except BadInput:
        items = ()
    query = request.args.get("q", "").strip()[:128]
    with current_services().database.read() as tx:
        names = registered(tx, items)
    return {
        "names": names,
        "ways": _ways(draft),
        "here": LIST,
        "columns": columns,
        "items": items,
        "unknown": sum(item.mine is None for item in items),
        "query": query,
        "found": found_mines(current_services(), query, regions=(draft.region,)) if query else (),
    }


def _shown(template: str, draft: DraftRow, form: Any, *, status: int = 400) -> ResponseReturnValue:
    body = render(template, _page(draft), form=form, draft=draft, differences=(), ways=_ways(draft), here=template)
    return make_response(body, status if form.errors else 200)


def _refuse(form: Any, error: GreenmineError) -> None:
    """Beside the field; the counting rule calls the printed last day ``end``."""
    error.field = {"end": "last_day", "items": "lines"}.get(error.field or "", error.field)
    if error.field == "file" and "file" not in form:
        error.field = None
    form.refuse(error)


def _page(draft: DraftRow) -> Page:
    title = _("起草：%(title)s", title=draft.title or kind_word(draft.data.get("kind", "")))
    return Page(title=title, noindex=True, crumbs=(home(), Crumb(_("公示公告"), PATH)))


def _ways(draft: DraftRow) -> tuple[Way, ...]:
    """The pages of a draft in their order."""
    path = _path(draft)
    return (
        Way(label=_("1 文字和期限"), href=path),
        Way(label=_("2 名单"), href=f"{path}/list"),
        Way(label=_("3 附件"), href=f"{path}/files"),
        Way(label=_("4 预览和发布"), href=f"{path}/preview"),
    )


def _path(draft: DraftRow) -> str:
    return NOTICE_DRAFT.desk_page(draft.id)
