"""What all drafts of the desk share: opening, saving, what another officer changed, the end after publishing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import BadInput, NotAllowed, NotFound
from greenmine.domain.noun import desk_address, public_address
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import get_act
from greenmine.store.draft import DraftKind, DraftRow, DraftState
from greenmine.usecases.draft import DraftMoved, DraftUsed, discard_draft, open_draft, save_draft
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.credit import CreditSheet
from greenmine.web.forms.fields import formdata
from greenmine.web.forms.news import NewsSheet
from greenmine.web.forms.notice import NoticeListSheet, NoticeSheet
from greenmine.web.forms.sheet import Sheet, said
from greenmine.web.forms.upload import INLINE
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.parts import Change

from .frame import home

VERSION: Final = "version"
PARTS: Final = "seen_parts"
MEANWHILE: Final = N_("您打开后，另一名经办人员已保存了新的内容，这一步没有办理。")


def init_drafts(app: Flask) -> None:
    """Answer drafts that moved on or were used up, wherever a view meets one; let forms say what they were made of."""
    app.register_error_handler(DraftMoved, _answer_moved)
    app.register_error_handler(DraftUsed, _answer_used)
    app.jinja_env.globals.update(parts_of=parts_of)


def draft_of(services: Services, number: int, *, kind: DraftKind) -> DraftRow:
    """The draft, if this officer may work on it; whoever may not learns nothing of it.

    Raises NotFound, DraftUsed (published or thrown away).
    """
    try:
        with services.database.read() as tx:
            draft = open_draft(tx, number, kind=kind, reference=services.reference, officer=current_officer())
    except NotAllowed as refused:
        raise NotFound("draft.unknown", N_("没有这份草稿。")) from refused
    if draft.state in (DraftState.PUBLISHED, DraftState.DISCARDED):
        raise DraftUsed(draft.act)
    return draft


def seen_version() -> int:
    """The version of the draft that the form was made from. Raises BadInput when the form does not say."""
    text = request.form.get(VERSION, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("draft.version", N_("请从草稿页面重新打开表单。"))
    return int(text)


@dataclass(frozen=True)
class Saved:
    """What became of saving: the draft as it stands now; ``moved`` when another officer had saved first."""

    draft: DraftRow
    moved: DraftMoved | None = None


def save(draft: DraftRow, values: Mapping[str, Any], *, title: str | None = None, region: str | None = None) -> Saved:
    """Keep what was typed in the draft, beside what other pages of it hold; nothing of the typed is judged here."""
    services = current_services()
    data = {**draft.data, **values}
    try:
        with services.database.write() as tx:
            version = save_draft(
                tx,
                draft.id,
                title=draft.title if title is None else title[:300],
                region=region or draft.region,
                data=data,
                seen_version=seen_version(),
                reference=services.reference,
                officer=current_officer(),
                at=services.clock(),
            )
    except DraftMoved as moved:
        return Saved(moved.current, moved)
    return Saved(replace(draft, data=data, version=version, region=region or draft.region))


def changes(before: Mapping[str, Any], after: Mapping[str, Any], form: Sheet) -> tuple[Change, ...]:
    """Fields of the form whose stored value differs from the typed one, in words."""
    return tuple(
        Change(label=str(field.label.text), before=_words(before.get(field.name)), after=_words(after[field.name]))
        for field in form
        if field.name in after and _words(before.get(field.name)) != _words(after[field.name])
    )


def shown_moved(
    template: str, page: Page, *, form: Sheet, saved: Saved, typed: Mapping[str, Any], **values: object
) -> ResponseReturnValue:
    """The form as typed, with what the other officer saved beside it; saving again then takes the typed."""
    assert saved.moved is not None
    form.refuse(saved.moved)
    differences = changes(saved.draft.data, typed, form)
    return make_response(render(template, page, form=form, draft=saved.draft, differences=differences, **values), 409)


def parts_of(draft: DraftRow) -> str:
    """A mark for each value a draft holds, sent along with its forms: tells later which of them another changed."""
    return ",".join(f"{name}:{_mark(value)}" for name, value in sorted(draft.data.items()))


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def changed_parts(draft: DraftRow) -> tuple[tuple[str, str], ...]:
    """Label and present words of what has changed since the form that was sent was made."""
    seen = dict(pair.split(":", 1) for pair in request.form.get(PARTS, "").split(",") if ":" in pair)
    return tuple(
        (label, _words([file["name"] for file in value] if name == "files" else value))
        for name, label in _labels(draft.kind).items()
        if _mark(value := draft.data.get(name, "")) != seen.get(name, _mark(""))
    )


def _labels(kind: DraftKind) -> dict[str, str]:
    forms = [form(formdata({})) for form in _FORMS[kind]]
    labels = {field.name: str(field.label.text) for form in forms for field in form}
    return {**labels, "files": _("附件和图片")}


def _answer_moved(error: DraftMoved) -> ResponseReturnValue:
    """Another officer saved first and there is no form to show again: what they changed, and the way to the draft."""
    draft = error.current
    page = Page(title=_("另一名经办人员先保存了"), noindex=True, crumbs=(home(),))
    back = desk_address(f"draft/{draft.kind}/{draft.id}")
    return make_response(
        render("desk/moved.html", page, sentence=_(MEANWHILE), draft=draft, changed=changed_parts(draft), back=back),
        409,
    )


def _answer_used(error: DraftUsed) -> ResponseReturnValue:
    """The page behind a second click, or behind the browser's way back: what the draft has become.

    410 when it was thrown away; what was typed meanwhile is shown to be copied.
    """
    number = error.params.get("act")
    if not isinstance(number, int):
        page = Page(title=_("草稿已放弃"), noindex=True, crumbs=(home(),))
        return make_response(render("desk/discarded.html", page, sentence=said(error)), 410)
    with current_services().database.read() as tx:
        act = get_act(tx, number)
    page = Page(title=_("已经发布"), noindex=True, crumbs=(home(),))
    return make_response(
        render("desk/used.html", page, sentence=said(error), act=act, href=public_address(act.object)), 409
    )


def file_answer(content: bytes, *, media_type: str, name: str) -> Response:
    """A file of a draft: pictures may be shown in a page, everything else is a download."""
    response = Response(content, mimetype=media_type)
    way = "inline" if media_type in INLINE else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def discard(number: int, *, kind: DraftKind, back: str) -> ResponseReturnValue:
    """Throw a draft away, as it was seen and with the box ticked.

    Raises BadInput without the tick, DraftMoved when another officer has saved meanwhile.
    """
    services = current_services()
    draft_of(services, number, kind=kind)
    if request.form.get("confirmed") != "y":
        raise BadInput("draft.discard_unconfirmed", N_("草稿没有放弃。确要放弃的，请返回并勾选“确认放弃”。"))
    with services.database.write() as tx:
        discard_draft(
            tx, number, seen_version=seen_version(), reference=services.reference, officer=current_officer(),
            at=services.clock(),
        )  # fmt: skip
    return redirect(back, 303)


_FORMS: Final[Mapping[DraftKind, tuple[type[Sheet], ...]]] = {
    DraftKind.NOTICE: (NoticeSheet, NoticeListSheet),
    DraftKind.NEWS: (NewsSheet,),
    DraftKind.CREDIT: (CreditSheet,),
}


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
