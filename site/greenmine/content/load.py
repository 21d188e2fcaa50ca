"""Everything under content/ at once: the reference data of decisions, and the articles to be published."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from greenmine.content.books import FOLDER as BOOKS
from greenmine.content.books import load_books
from greenmine.content.calendars import load_calendar
from greenmine.content.clauses import load_clauses
from greenmine.content.documents import DisclosureClass, NewsMeta, PolicyMeta
from greenmine.content.files import Loaded, Problem
from greenmine.content.media import find_media
from greenmine.content.minerals import load_minerals
from greenmine.content.pages import ContentFile, load_news, load_pages, load_policies
from greenmine.content.regions import load_regions
from greenmine.content.tile_maps import load_tile_maps
from greenmine.domain.article import Article, ArticleMedia
from greenmine.domain.clause import Clauses
from greenmine.domain.instant import utc_text
from greenmine.domain.reference import Reference
from greenmine.domain.region import RegionLevel, Regions
from greenmine.domain.rulebook import NATIONAL, RuleBook, RuleBooks
from greenmine.domain.text import N_


@dataclass(frozen=True)
class LoadedReference:
    """Reference data, the clauses it quotes, and what of it could not be read."""

    reference: Reference
    clauses: Clauses
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class SourcedArticle:
    """An article of a file with the bytes of its pictures and films, which go to the file store first."""

    article: Article
    files: tuple[bytes, ...]
    demo: bool


def load_reference(root: Path) -> LoadedReference:
    """Regions, minerals, calendar, rule books and maps under ``root``; what cannot be read is told, the rest serves."""
    listed, minerals, calendar, written = load_regions(root), load_minerals(root), load_calendar(root), load_books(root)
    regions = Regions(listed.items)
    strays = tuple(_of_no_province(written.items, regions))
    books = RuleBooks(book for book in written.items if _belongs(book, regions))
    maps = load_tile_maps(root, regions=regions, provinces=books.provinces())
    reference = Reference(
        regions=regions,
        minerals=minerals.items[0],
        calendar=calendar.items[0],
        books=books,
        tile_maps={each.province: each for each in maps.items},
    )
    problems = (listed.problems, minerals.problems, calendar.problems, written.problems, strays, maps.problems)
    clauses = load_clauses(root).items[0]  # load_books has reported what is wrong with them
    return LoadedReference(reference, clauses, tuple(problem for part in problems for problem in part))


def _belongs(book: RuleBook, regions: Regions) -> bool:
    """Whether the book is the country's or a known province's: no page could name another's place."""
    region = regions.find(book.region)
    return book.region == NATIONAL or (region is not None and region.level is RegionLevel.PROVINCE)


def _of_no_province(books: Iterable[RuleBook], regions: Regions) -> Iterator[Problem]:
    for book in books:
        if not _belongs(book, regions):
            message = N_("%(region)s不是省级行政区代码，这一规则册未予采用") % {"region": book.region}
            yield Problem(f"{BOOKS}/{book.key}.toml", None, message)


def load_articles(root: Path) -> Loaded[SourcedArticle]:
    """Every policy, news item and page under ``root``, ready to be published."""
    policies, news, pages = load_policies(root), load_news(root), load_pages(root)
    articles = (
        *(_policy(file) for file in policies.items),
        *(_news(file, root) for file in reversed(news.items)),
        *(SourcedArticle(_article(file, published=file.meta.updated), (), False) for file in pages.items),
    )
    problems = (*policies.problems, *news.problems, *pages.problems)
    return Loaded(articles, problems, "".join((policies.digest, news.digest, pages.digest)))


def book_bytes(root: Path, key: str) -> bytes:
    """The bytes of the rule book ``<region>/<from>``, as its digest was taken from."""
    return (root / "rules" / f"{key}.toml").read_bytes()


def _policy(file: ContentFile[PolicyMeta]) -> SourcedArticle:
    meta = file.meta
    published = meta.issued.first_day if meta.issued else meta.effective_from or date(1949, 10, 1)
    article = _article(file, published=published, region=meta.region, disclosure=meta.disclosure)
    return SourcedArticle(article, (), False)


def _news(file: ContentFile[NewsMeta], root: Path) -> SourcedArticle:
    meta = file.meta
    wanted = [(picture.file, picture.alt, picture.caption) for picture in meta.pictures]
    if meta.video is not None and meta.video.file:
        wanted.append((meta.video.file, "", ""))
    media: list[ArticleMedia] = []
    contents: list[bytes] = []
    for name, alt, caption in wanted:
        found = find_media(root, name)
        if found is None:
            continue  # the loader has reported it
        content = found.path.read_bytes()
        contents.append(content)
        media.append(ArticleMedia(sha256(content).hexdigest(), found.media_type, name, len(content), alt, caption))
    article = _article(
        file,
        published=meta.published_day,
        region=meta.region,
        disclosure=DisclosureClass.PROACTIVE,
        kind=str(meta.type),
        media=tuple(media),
    )
    return SourcedArticle(article, tuple(contents), meta.demo)


def _article(
    file: ContentFile[Any],
    *,
    published: date,
    region: str | None = None,
    disclosure: DisclosureClass = DisclosureClass.PROACTIVE,
    kind: str | None = None,
    media: tuple[ArticleMedia, ...] = (),
) -> Article:
    return Article(
        section=str(file.section),
        slug=file.slug,
        origin="file",
        title=file.title,
        summary=file.meta.summary,
        markdown=file.body_markdown,
        published=published,
        region=region,
        type=kind,
        disclosure=str(disclosure),
        meta=_plain(asdict(file.meta)),
        media=media,
    )


def _plain(value: Any) -> Any:
    """The value as JSON holds it: dates and instants as text, enumerations as their code, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)
