"""What all drafts of the desk share: opening, saving, what another officer changed, the end after publishing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import BadInput, Conflict, Gone, NotAllowed, NotFound
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import get_act
from greenmine.store.draft import DraftKind, DraftRow, DraftState
from greenmine.usecases.draft import DraftMoved, discard_draft, open_draft, save_draft
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.sheet import Sheet, said
from greenmine.web.forms.upload import INLINE
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.parts import Change

from .frame import home

VERSION: Final = "version"


def draft_of(services: Services, number: int, *, kind: DraftKind) -> DraftRow:
    """The draft, if this officer may work on it; whoever may not learns nothing of it.

    Raises NotFound, Conflict ``draft.used`` (published: ``params`` name the act), Gone (thrown away).
    """
    try:
        with services.database.read() as tx:
            draft = open_draft(tx, number, kind=kind, reference=services.reference, officer=current_officer())
    except NotAllowed as refused:
        raise NotFound("draft.unknown", N_("没有这份草稿。")) from refused
    if draft.state is DraftState.PUBLISHED:
        raise Conflict("draft.used", N_("这份草稿已经发布。"), act=draft.act)
    if draft.state is DraftState.DISCARDED:
        raise Gone("draft.discarded", N_("这份草稿已经放弃，内容没有保留。"))
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


def used_up(error: Conflict) -> ResponseReturnValue:
    """The page behind a second click: what the draft has become, with the way there."""
    number = error.params.get("act")
    if not isinstance(number, int):
        raise error
    with current_services().database.read() as tx:
        act = get_act(tx, number)
    page = Page(title=_("已经发布"), noindex=True, crumbs=(home(),))
    return make_response(
        render("desk/used.html", page, sentence=said(error), act=act, href=public_path(act.object)), 409
    )


def file_answer(content: bytes, *, media_type: str, name: str) -> Response:
    """A file of a draft: pictures may be shown in a page, everything else is a download."""
    response = Response(content, mimetype=media_type)
    way = "inline" if media_type in INLINE else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def public_path(name: str) -> str:
    """Where the public finds an object of the record (``notice/2026-0001``)."""
    noun, _slash, rest = name.partition("/")
    if noun == "content":
        section, _slash, slug = rest.partition("/")
        return f"/{section}/{slug}"
    return f"/{_PAGES[noun]}/{rest}"


def discard(number: int, *, kind: DraftKind, back: str) -> ResponseReturnValue:
    """Throw a draft away."""
    services = current_services()
    draft_of(services, number, kind=kind)
    with services.database.write() as tx:
        discard_draft(tx, number, reference=services.reference, officer=current_officer(), at=services.clock())
    return redirect(back, 303)


_PAGES: Final[Mapping[str, str]] = {
    "notice": "notices",
    "mine": "mines",
    "removal": "removals",
    "credit": "blacklist",
}


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
