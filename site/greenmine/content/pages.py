"""Policies, news and the site's own pages: ``content/<section>/*.md`` as frozen, typed files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

from greenmine.content.documents import (
    DisclosureClass,
    KeyFigure,
    NewsMeta,
    NewsType,
    PageMeta,
    Picture,
    PolicyMeta,
    PolicyStatus,
    Section,
    Video,
)
from greenmine.content.fields import Fields
from greenmine.content.files import (
    Loaded,
    Problem,
    SourceFile,
    digest_of,
    list_files,
    read_bytes,
    read_front_matter,
    read_text,
)
from greenmine.content.markdown import is_safe_link, summary
from greenmine.content.media import look_at_film, look_at_picture
from greenmine.domain.act.terms import LONG, TEXT
from greenmine.domain.text import N_

M = TypeVar("M", PolicyMeta, NewsMeta, PageMeta)

MAX_TITLE: Final = 200
MAX_SLUG: Final = 80
MAX_SUMMARY: Final[int] = TEXT["maxLength"]
MAX_BODY: Final[int] = LONG["maxLength"]
"""What an act can hold."""

_SLUG: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_REGION: Final = r"[0-9]{6}"
_TO_BE_SEEN: Final = "待核实"
_NEVER: Final = date.min
_NO_INSTANT: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ContentFile(Generic[M]):
    """One Markdown file under ``content/``.

    :param slug: its name in addresses, unique in its section; the file's name unless the head gives another
    :param body_markdown: render with :func:`greenmine.content.markdown.render`
    :param digest: SHA-256 of the file's bytes, hex
    :param path: from the content folder
    """

    section: Section
    slug: str
    title: str
    body_markdown: str
    meta: M
    digest: str
    path: str


PolicyFile = ContentFile[PolicyMeta]
NewsFile = ContentFile[NewsMeta]
PageFile = ContentFile[PageMeta]

_MetaReader = Callable[[Fields, str, Path], M]


def load_policies(root: Path) -> Loaded[PolicyFile]:
    """``content/policies/*.md`` under the content folder ``root``, in the order of their file names."""
    return _load(root, section=Section.POLICY, read_meta=_policy_meta)


def load_news(root: Path) -> Loaded[NewsFile]:
    """``content/news/*.md`` under ``root``, newest first."""
    loaded = _load(root, section=Section.NEWS, read_meta=_news_meta)
    newest_first = sorted(loaded.items, key=lambda item: (item.meta.published, item.slug), reverse=True)
    return Loaded(tuple(newest_first), loaded.problems, loaded.digest)


def load_pages(root: Path) -> Loaded[PageFile]:
    """``content/pages/*.md`` under ``root``, in the order their heads give."""
    loaded = _load(root, section=Section.PAGE, read_meta=_page_meta)
    ordered = sorted(loaded.items, key=lambda item: (item.meta.order, item.slug))
    return Loaded(tuple(ordered), loaded.problems, loaded.digest)


def _load(root: Path, *, section: Section, read_meta: _MetaReader[M]) -> Loaded[ContentFile[M]]:
    """Read every file of a section. Of two files with one slug the first in order of file names is served."""
    items: dict[str, ContentFile[M]] = {}
    problems: list[Problem] = []
    sources: list[SourceFile] = []
    for path in list_files(root, folder=section.value, suffix=".md"):
        source = read_bytes(root, path)
        if isinstance(source, Problem):
            problems.append(source)
            continue
        sources.append(source)
        read = _read_file(source, root=root, section=section, read_meta=read_meta)
        if not isinstance(read, ContentFile):
            problems.extend(read)
        elif read.slug in items:
            reason = N_("地址 %(slug)s 与 %(other)s 重复") % {"slug": read.slug, "other": items[read.slug].path}
            problems.append(Problem(source.path, 1, reason))
        else:
            items[read.slug] = read
    return Loaded(tuple(items.values()), tuple(problems), digest_of(sources))


def _read_file(
    source: SourceFile, *, root: Path, section: Section, read_meta: _MetaReader[M]
) -> ContentFile[M] | list[Problem]:
    """One file, or all that is wrong with it."""
    text = read_text(source)
    if isinstance(text, Problem):
        return [text]
    front = read_front_matter(text, path=source.path)
    if isinstance(front, Problem):
        return [front]
    fields = Fields.of(front, path=source.path)
    title = fields.text("title")
    if len(title) > MAX_TITLE or "\n" in title:
        fields.report("title", N_("字段 %(name)s 应为一行，不超过 200 字"))
    slug = fields.text("slug", required=False) or Path(source.path).stem
    if re.fullmatch(_SLUG, slug) is None:
        fields.report("slug", N_("地址名只能用小写字母、数字和连字符"))
    if len(slug) > MAX_SLUG:
        fields.report("slug", N_("地址名不超过 80 个字符"))
    if not front.body.strip():
        fields.problems.append(Problem(source.path, front.body_line, N_("正文为空")))
    if len(front.body) > MAX_BODY:
        fields.problems.append(Problem(source.path, front.body_line, N_("正文不超过 50 万字")))
    meta = read_meta(fields, front.body, root)
    fields.refuse_unknown()
    if fields.problems:
        return fields.problems
    return ContentFile(section, slug, title, front.body, meta, source.digest, source.path)


def _summary(fields: Fields, body: str) -> str:
    """What the head says, else the beginning of the body; one line."""
    told = " ".join(fields.text("summary", required=False).split())
    if len(told) > MAX_SUMMARY:
        fields.report("summary", N_("字段 %(name)s 不超过 2000 字"))
    return told or summary(body)


def _policy_meta(fields: Fields, body: str, _root: Path) -> PolicyMeta:
    meta = PolicyMeta(
        summary=_summary(fields, body),
        number=fields.text("number", required=False),
        issuers=fields.texts("issuers"),
        issued=fields.partial_date("issued"),
        region=fields.text("region", pattern=_REGION),
        effective_from=fields.day("effective_from", required=False),
        effective_until=fields.day("effective_until", required=False),
        status=fields.choice("status", PolicyStatus),
        status_note=fields.text("status_note", required=False),
        disclosure=fields.choice("disclosure", DisclosureClass),
        disclosure_basis=fields.text("disclosure_basis"),
        key_figures=tuple(_key_figure(figure) for figure in fields.records("key_figures", required=False)),
        citizen=fields.texts("citizen"),
        replaces=fields.texts("replaces", required=False),
        repealed_by=fields.text("repealed_by", required=False),
        source=fields.text("source"),
        verified=fields.flag("verified"),
        to_verify=fields.texts("to_verify", required=False),
        keywords=fields.texts("keywords", required=False),
    )
    _check_policy(fields, meta, body)
    return meta


def _key_figure(fields: Fields) -> KeyFigure:
    figure = KeyFigure(
        label=fields.text("label"),
        value=fields.text("value"),
        unit=fields.text("unit", required=False),
        clause=fields.text("clause"),
    )
    fields.refuse_unknown()
    return figure


def _check_policy(fields: Fields, meta: PolicyMeta, body: str) -> None:
    """What holds between the fields: an ended or unseen text must say so to the reader."""
    if meta.effective_from and meta.effective_until and meta.effective_until < meta.effective_from:
        fields.report("effective_until", N_("字段 %(name)s 早于生效日期"))
    if meta.repealed_by and meta.status is not PolicyStatus.EXPIRED:
        fields.report("status", N_("已被替代或废止的文件，字段 %(name)s 应为 expired"))
    if not meta.verified and not meta.to_verify:
        fields.report("verified", N_("未核实的文件应在字段 to_verify 列出待核实事项"))
    if meta.to_verify and _TO_BE_SEEN not in body:
        fields.report("to_verify", N_("有待核实事项的文件，正文应写明“待核实”"))


def _news_meta(fields: Fields, body: str, root: Path) -> NewsMeta:
    kind = fields.choice("type", NewsType)
    return NewsMeta(
        summary=_summary(fields, body),
        type=kind,
        published=fields.instant("published") or _NO_INSTANT,
        author=fields.text("author"),
        source=fields.text("source"),
        region=fields.text("region", pattern=_REGION),
        pictures=tuple(_picture(picture, root) for picture in fields.records("pictures", required=False)),
        video=_video(fields, root=root, required=kind is NewsType.VIDEO),
        keywords=fields.texts("keywords", required=False),
        demo=fields.flag("demo", default=False),
    )


def _picture(fields: Fields, root: Path) -> Picture:
    file, alt = fields.text("file"), fields.text("alt")
    caption = fields.text("caption", required=False)
    fields.refuse_unknown()
    size = look_at_picture(root, file) if file else (0, 0)
    if isinstance(size, str):
        fields.report("file", size)
        size = (0, 0)
    return Picture(file, alt, caption, size[0], size[1])


def _video(fields: Fields, *, root: Path, required: bool) -> Video | None:
    part = fields.record("video", required=required)
    if part is None:
        return None
    file, link = part.text("file", required=False), part.text("link", required=False)
    transcript = part.text("transcript")
    part.refuse_unknown()
    if bool(file) == bool(link):
        part.report("file", N_("视频应有文件 file 或链接 link 之一"))
    if link and not (link.startswith("https://") and is_safe_link(link)):
        part.report("link", N_("字段 %(name)s 应为 https 地址"))
    refusal = look_at_film(root, file) if file else None
    if refusal is not None:
        part.report("file", refusal)
    return Video(file, link, transcript)


def _page_meta(fields: Fields, body: str, _root: Path) -> PageMeta:
    return PageMeta(
        summary=_summary(fields, body),
        updated=fields.day("updated") or _NEVER,
        order=fields.whole("order", default=100),
        keywords=fields.texts("keywords", required=False),
    )
