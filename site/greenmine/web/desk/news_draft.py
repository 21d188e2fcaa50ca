"""A draft of a news item: words, pictures and film, preview; then it is published or thrown away."""

from dataclasses import replace
from typing import Any, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from greenmine.content.documents import DisclosureClass, NewsType
from greenmine.content.upload import FILMS, MAX_BYTES, MOST_FILES, PICTURES
from greenmine.domain.article import Article, ArticleMedia
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, NotFound, RuleBroken
from greenmine.domain.instant import utc_text
from greenmine.domain.noun import DOCUMENT, NEWS, NEWS_DRAFT
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.draft import DraftKind, DraftRow
from greenmine.usecases.draft import DraftMoved, DraftUsed
from greenmine.usecases.publish_draft import publish_news_draft
from greenmine.web.context import current_officer, current_services
from greenmine.web.errors import status_of
from greenmine.web.forms.fields import formdata, typed
from greenmine.web.forms.news import NewsSheet, PictureSheet
from greenmine.web.forms.sheet import said
from greenmine.web.forms.upload import kept, taken
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.parts import Way
from greenmine.web.public.news import news_shown

from . import drafting
from .frame import home
from .news import PATH
from .news_meanwhile import meanwhile

KIND: Final = DraftKind.NEWS
WORDS: Final = "desk/news_words.html"
FILES: Final = "desk/news_files.html"
MOST_FILM: Final = 30 * 1024 * 1024


def words_page(number: int) -> ResponseReturnValue:
    """``/desk/news/drafts/<n>``: kept as typed, whether or not it can be published."""
    draft = drafting.draft_of(current_services(), number, kind=KIND)
    if request.method == "GET":
        return _shown(WORDS, draft, NewsSheet(formdata(draft.data)))
    form = NewsSheet()
    values = typed(form)
    if draft.object:
        values["slug"] = draft.data["slug"]
        if request.form.get("step") == "take" and (newer := meanwhile(draft, current_services(), values)) is not None:
            values = dict(newer.values)
    saved = drafting.save(draft, values, title=values["title"].strip() or draft.title)
    if saved.moved is not None:
        return drafting.shown_moved(
            WORDS, _page(saved.draft), form=form, saved=saved, typed=values, ways=_ways(saved.draft),
            meanwhile=(),
        )  # fmt: skip
    if request.form.get("step") == "take":
        return redirect(_path(draft), 303)
    if draft.object:
        form.slug.data = draft.data["slug"]
    if not form.validate():
        return _shown(WORDS, saved.draft, form)
    return redirect(f"{_path(draft)}/pictures", 303)


def files_page(number: int) -> ResponseReturnValue:
    """``/desk/news/drafts/<n>/pictures``: one file at a time, a picture with its description."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    form = PictureSheet()
    if request.method == "GET":
        return _shown(FILES, draft, form)
    files = list(draft.data.get("files", ()))
    try:
        (new,) = _sent(form, room=MOST_FILES - len(files), services=services)
    except GreenmineError as error:
        form.refuse(error)
        return _shown(FILES, draft, form)
    others = [file for file in files if file["sha256"] != new["sha256"]]
    saved = drafting.save(draft, {"files": [*others, _named_apart(new, others)]})
    if saved.moved is not None:
        form.refuse(Conflict("draft.moved", drafting.MEANWHILE))
        return _shown(FILES, saved.draft, form, status=409)
    return redirect(f"{_path(draft)}/pictures", 303)


def _sent(form: PictureSheet, *, room: int, services: Services) -> list[dict[str, Any]]:
    """The file with its words. Raises BadInput: a picture without a description, or what no one may upload."""
    sent = request.files.getlist("file")[:1]
    is_film = any((storage.filename or "").lower().endswith(".mp4") for storage in sent)
    files = taken(sent, kinds=PICTURES | FILMS, room=room, most=MOST_FILM if is_film else MAX_BYTES)
    alt = (form.alt.data or "").strip()
    if not form.validate():
        raise BadInput("news.words", N_("请缩短文字说明。"))
    if files[0].width and not alt:
        raise BadInput("news.alt_missing", N_("请填写图片文字说明。"), field="alt")
    told = {"alt": alt, "caption": (form.caption.data or "").strip()}
    return [file | told for file in kept(files, services.files)]


def _named_apart(new: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """The file under a plain name of its own, by which the text can place it: ``picture-2.jpg``."""
    ending = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4"}[new["media_type"]]
    stem = "film" if ending == "mp4" else "picture"
    names = {file["name"] for file in others}
    number = 1
    while f"{stem}-{number}.{ending}" in names:
        number += 1
    return {**new, "name": f"{stem}-{number}.{ending}"}


def drop_file(number: int, sha256: str) -> ResponseReturnValue:
    """Take a picture or film out of the draft."""
    draft = drafting.draft_of(current_services(), number, kind=KIND)
    files = [file for file in draft.data.get("files", ()) if file["sha256"] != sha256]
    saved = drafting.save(draft, {"files": files})
    if saved.moved is not None:
        raise saved.moved
    return redirect(f"{_path(draft)}/pictures", 303)


def draft_file(number: int, sha256: str) -> ResponseReturnValue:
    """A picture or film of the draft, for those who may work on it."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    file = next((file for file in draft.data.get("files", ()) if file["sha256"] == sha256), None)
    if file is None:
        raise NotFound("draft.file", N_("草稿中没有这份文件。"))
    return drafting.file_answer(services.files.get(sha256), media_type=file["media_type"], name=file["name"])


def preview_page(number: int) -> ResponseReturnValue:
    """``/desk/news/drafts/<n>/preview``: the public page, made by publishing it and taking it back."""
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    try:
        article = article_of(draft, services)
        with services.database.rehearse() as tx:
            _publish(tx, draft, article, draft.version, services)
            page, values = news_shown(tx, article.slug, services=services)
    except GreenmineError as error:
        return _unready(draft, error)
    page = replace(page, crumbs=_page(draft).crumbs, noindex=True, canonical="", section="")
    return render("desk/news_preview.html", page, draft=draft, ways=_ways(draft), **_within(values, draft))


def _unready(draft: DraftRow, error: GreenmineError, *, status: int = 400) -> ResponseReturnValue:
    """What stands in the way of publishing, and the field or page where it can be mended."""
    ways = _ways(draft)
    mend = replace(ways[0], href=f"{ways[0].href}#{error.field}") if error.field in NewsSheet() else ways[0]
    told = {"sentence": said(error), "mend": mend}
    return make_response(render("desk/news_unready.html", _page(draft), draft=draft, ways=ways, **told), status)


def _within(values: dict[str, Any], draft: DraftRow) -> dict[str, Any]:
    """The values with pictures and film led to the draft's own, which the public cannot fetch yet."""
    text, pictures, film = values["text"], values["pictures"], values["film"]
    assert isinstance(text, Markup)
    for file in draft.data.get("files", ()):
        public, own = DOCUMENT.page(file["sha256"]), f"{_path(draft)}/pictures/{file['sha256']}"
        text = text.replace(public, own)
        film = film.replace(public, own)
        pictures = tuple(replace(each, href=each.href.replace(public, own)) for each in pictures)
    return {**values, "text": text, "pictures": pictures, "film": film, "older": None, "newer": None}


def publish(number: int) -> ResponseReturnValue:
    """Publish what was previewed; a second click is told what the first has done.

    A newer published state, or an address taken meanwhile, leads back to the draft.
    """
    services = current_services()
    draft = drafting.draft_of(services, number, kind=KIND)
    try:
        article = article_of(draft, services)
        with services.database.write() as tx:
            _publish(tx, draft, article, drafting.seen_version(), services)
    except (DraftMoved, DraftUsed):
        raise
    except (BadInput, RuleBroken, Conflict) as error:
        return _unready(draft, error, status=status_of(error))
    return redirect(NEWS.page(article.slug), 303)


def discard(number: int) -> ResponseReturnValue:
    """Throw the draft away."""
    return drafting.discard(number, kind=KIND, back=PATH)


def article_of(draft: DraftRow, services: Services) -> Article:
    """The article that a draft says. Raises BadInput for what it lacks."""
    form = NewsSheet(formdata(draft.data))
    if not form.validate():
        label, sentences = next((form[name].label.text, errors) for name, errors in form.errors.items() if name)
        raise BadInput("news.not_whole", N_("“%(label)s”还需修改：%(why)s"), label=str(label), why=str(sentences[0]))
    media = tuple(ArticleMedia(**file) for file in draft.data.get("files", ()))
    video = _video(form, media)
    words = {name: (form[name].data or "").strip() for name in ("title", "summary", "author", "source", "note")}
    meta: dict[str, Any] = {
        "author": words["author"],
        "source": words["source"],
        "keywords": [],
        "published": draft.data.get("published_at") or utc_text(services.clock()),
        **({"video": video} if video else {}),
    }
    return Article(
        section="news",
        slug=draft.data["slug"] if draft.object else form.slug.data,
        origin="desk",
        title=words["title"],
        summary=words["summary"],
        markdown=form.markdown.data.replace("\r\n", "\n").strip(),
        published=form.published.data,
        region=draft.region,
        type=form.type.data,
        disclosure=str(DisclosureClass.PROACTIVE),
        meta=meta,
        media=media,
        note=words["note"] if draft.object else "",
    )


def _video(form: NewsSheet, media: tuple[ArticleMedia, ...]) -> dict[str, str] | None:
    """The film with all that is said in it; a video item without either is not whole (WCAG 1.2)."""
    film = next((item.name for item in media if item.media_type.startswith("video/")), "")
    link, transcript = (form.link.data or "").strip(), (form.transcript.data or "").strip()
    if not (film or link):
        if form.type.data == NewsType.VIDEO:
            raise BadInput("news.video_missing", N_("请上传视频文件或填写视频网址。"), field="link")
        return None
    if not transcript:
        raise BadInput("news.transcript_missing", N_("请填写视频文字稿。"), field="transcript")
    return {"file": film, "link": "" if film else link, "transcript": transcript}


def _publish(tx: Any, draft: DraftRow, article: Article, version: int, services: Services) -> None:
    publish_news_draft(
        tx, draft.id, article, seen_version=version, reference=services.reference, officer=current_officer(),
        at=services.clock(),
    )  # fmt: skip


def _shown(template: str, draft: DraftRow, form: Any, *, status: int = 400) -> ResponseReturnValue:
    newer = meanwhile(draft, current_services()) if template == WORDS else None
    told = newer.lines if newer is not None else ()
    body = render(template, _page(draft), form=form, draft=draft, differences=(), ways=_ways(draft), meanwhile=told)
    return make_response(body, status if form.errors else 200)


def _page(draft: DraftRow) -> Page:
    title = _("更正：%(title)s", title=draft.title) if draft.object else _("写新闻：%(title)s", title=draft.title)
    return Page(title=title, noindex=True, crumbs=(home(), Crumb(_("新闻"), PATH)))


def _ways(draft: DraftRow) -> tuple[Way, ...]:
    path = _path(draft)
    return (
        Way(label=_("1 文字"), href=path),
        Way(label=_("2 图片和视频"), href=f"{path}/pictures"),
        Way(label=_("3 预览和发布"), href=f"{path}/preview"),
    )


def _path(draft: DraftRow) -> str:
    return NEWS_DRAFT.desk_page(draft.id)
