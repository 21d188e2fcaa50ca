"""Search: the narrow interface that pages and feeds use. How the index is kept is nobody else's business.

``find`` answers a page of results with counts; ``objects_matching`` names the objects of a search for its feed.
Both work while there is no index: the database then answers from titles, names and numbers (``rebuilding``).
Every hit is checked against the database at answer time, and every word shown is read from it, never from the index.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from greenmine.domain.search_query import Clause, Query, SearchKind
from greenmine.projections import search_read
from greenmine.projections.search_document import MARKDOWN
from greenmine.projections.search_fold import distinct, fold, printed_parts, words
from greenmine.projections.search_folder import SearchFolder, Standing
from greenmine.projections.search_index import SearchIndex, folder_of, usable
from greenmine.projections.search_marks import Pieces, marked, marker, snippet
from greenmine.projections.search_plain import lines
from greenmine.projections.search_wish import Wishes, wishes_of
from greenmine.store.act import size
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.search import Findable, Source, names_like, sources_of, touched_since, visible_among

__all__ = ("PER_PAGE", "Found", "Hit", "SearchIndex", "find", "finding_words", "objects_matching", "words_in")

log = logging.getLogger(__name__)

_TRIES: Final = 50
Reading = Callable[[Path, Wishes], list[tuple[int, Findable]]]
"""How a generation of the index is read: everything that matches, or the first."""
PER_PAGE: Final = 25


@dataclass(frozen=True)
class Hit:
    """One result, as read from the database at answer time.

    :param object: its name in the log (``mine/GM-520524-0007``, ``content/news/<slug>``)
    :param region: six digits, empty where it has none
    :param day: ISO text
    :param title: in pieces, what was looked for marked
    :param under: holder, issuer or organ
    :param number: of its other names and numbers the first in which something is marked, else the first
    :param state: as recorded (withdrawn, removed, listed …), empty for articles
    """

    object: str
    kind: SearchKind
    region: str
    day: str
    title: Pieces
    under: str
    number: Pieces
    snippet: Pieces
    state: str


@dataclass(frozen=True)
class Found:
    """A page of results.

    :param counts_by_kind: with the region taken and the kinds left open
    :param counts_by_region: region as recorded (normally counties) → how many, with the kinds taken and the region
        left open; "" counts what has none
    :param rebuilding: there is no usable index now: titles, names and numbers were looked through
    """

    total: int
    hits: tuple[Hit, ...]
    counts_by_kind: Mapping[SearchKind, int]
    counts_by_region: Mapping[str, int]
    rebuilding: bool


def find(
    index: SearchIndex,
    query: Query,
    *,
    kinds: Collection[SearchKind] = (),
    region: str | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Found:
    """Page ``page`` (from 1) of what matches, best first; empty beyond the last page and for an empty query.

    :param query: of ``domain.search_query.parse_query``
    :param kinds: any of these; empty means all
    :param region: code; it and all below it
    """
    matches, rebuilding = _matches(index, query)
    chosen = _narrowed(matches, kinds=kinds, region=region)
    first = (max(1, page) - 1) * per_page
    with index.database.read() as tx:
        hits = _hits(tx, chosen[first : first + per_page], query)
    return Found(
        total=len(chosen),
        hits=hits,
        counts_by_kind=Counter(each.kind for each in _narrowed(matches, kinds=(), region=region)),
        counts_by_region=Counter(each.region for each in _narrowed(matches, kinds=kinds, region=None)),
        rebuilding=rebuilding,
    )


def objects_matching(
    index: SearchIndex,
    query: Query,
    *,
    kinds: Collection[SearchKind] = (),
    region: str | None = None,
    limit: int = 500,
) -> tuple[str, ...]:
    """Names in the log of what matches (``notice/2026-0001``), newest first; what ``find`` counts, in another order."""
    matches, _rebuilding = _matches(index, query)
    newest = sorted(_narrowed(matches, kinds=kinds, region=region), key=lambda each: each.object)
    newest.sort(key=lambda each: each.day, reverse=True)
    return tuple(each.object for each in newest[:limit])


def words_in(query: Query) -> tuple[str, ...]:
    """The single words of what is wanted, as they are looked for: what a reader may try one by one."""
    return tuple(distinct(word for clause in query.wanted for word in words(clause.text)))


def finding_words(index: SearchIndex, query: Query, *, limit: int) -> tuple[str, ...]:
    """Of the first ``limit`` single words of a query those that find anything alone."""
    return tuple(word for word in words_in(query)[:limit] if _finds(index, Query((Clause(word),))))


def _finds(index: SearchIndex, query: Query) -> bool:
    found = _by_index(index, query, read=search_read.first)
    return bool(_matches(index, query)[0] if found is None else found)


def _matches(index: SearchIndex, query: Query) -> tuple[Sequence[Findable], bool]:
    """Everything that matches, best and then newest first, and whether the index was missing."""
    if not query.wanted:
        return (), False
    ranked = _by_index(index, query)
    rebuilding = ranked is None
    if ranked is None:
        with index.database.read() as tx:
            ranked = [(0, each) for each in names_like(tx, _parts(query.wanted), _parts(query.unwanted))]
    ranked.sort(key=lambda pair: pair[1].object)
    ranked.sort(key=lambda pair: (pair[0], pair[1].day), reverse=True)
    return [each for _rank, each in ranked], rebuilding


def _by_index(
    index: SearchIndex, query: Query, *, read: Reading = search_read.ranked
) -> list[tuple[int, Findable]] | None:
    """What the index finds, without what acts it has not taken yet have hidden; None when it cannot be used."""
    with index.database.read() as tx:
        folder = folder_of(tx, index)
    failed: Standing | None = None
    for _again in range(_TRIES):  # a generation replaced and removed while it is read is followed by another
        standing = None if folder is None else folder.standing()
        if folder is None or standing is None or standing == failed:
            return None
        with index.database.read() as tx:
            found = _read(folder, standing, query, read) if usable(tx, folder, standing) else None
            if found is not None:
                return _still_visible(tx, found, since=standing.n)
        failed = standing
    return None


def _read(folder: SearchFolder, standing: Standing, query: Query, read: Reading) -> list[tuple[int, Findable]] | None:
    """What is read from a generation; None when it cannot be, whatever a torn file makes Whoosh raise."""
    try:
        return read(folder.folder_of(standing), wishes_of(query))
    except Exception as error:
        log.info("search index %s cannot be read: %s", standing.generation, type(error).__name__)
        return None


def _still_visible(tx: Tx, found: list[tuple[int, Findable]], *, since: int) -> list[tuple[int, Findable]]:
    if since == size(tx):
        return found
    touched = touched_since(tx, since) & {each.object for _rank, each in found}
    hidden = touched - visible_among(tx, touched)
    return [pair for pair in found if pair[1].object not in hidden]


def _parts(clauses: Iterable[Clause]) -> list[str]:
    return [part for each in clauses for part in ([fold(each.text)] if each.exact else printed_parts(each.text))]


def _narrowed(matches: Iterable[Findable], *, kinds: Collection[SearchKind], region: str | None) -> list[Findable]:
    prefix = region_prefix(region) if region else ""
    return [each for each in matches if (not kinds or each.kind in kinds) and each.region.startswith(prefix)]


def _hits(tx: Tx, shown: Sequence[Findable], query: Query) -> tuple[Hit, ...]:
    """The results of this page; what vanished meanwhile is left out."""
    pattern = marker(query)
    sources = {source.object: source for source in sources_of(tx, [each.object for each in shown])}
    return tuple(_hit(sources[each.object], pattern) for each in shown if each.object in sources)


def _hit(source: Source, pattern: re.Pattern[str]) -> Hit:
    about = source.about
    shown = [text for text in source.texts if text != source.under] or [source.under]
    if about.kind is SearchKind.MINE:
        shown = [" · ".join(shown)]  # single facts, no sentences
    return Hit(
        object=about.object,
        kind=about.kind,
        region=about.region,
        day=about.day,
        title=marked(source.title, pattern),
        under=source.under,
        number=_number(source, pattern),
        snippet=snippet(lines(shown, markdown=about.kind in MARKDOWN), pattern),
        state=source.state,
    )


def _number(source: Source, pattern: re.Pattern[str]) -> Pieces:
    """The first other name or number in which something is marked; else the first there is."""
    others = [marked(name, pattern) for name in source.names if name != source.under and name not in source.title]
    return next((name for name in others if any(piece.marked for piece in name)), others[0] if others else ())
