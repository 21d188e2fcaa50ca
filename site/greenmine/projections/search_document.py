"""What the index holds of an object: packed texts to look through, terms for candidates, and where it belongs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from whoosh.analysis.acore import Token
from whoosh.analysis.analyzers import Analyzer
from whoosh.columns import VarBytesColumn
from whoosh.fields import COLUMN, ID, FieldType, Schema
from whoosh.formats import Existence

from greenmine.domain.mine_name import name_key
from greenmine.domain.region import COUNTRY, Regions
from greenmine.domain.search_query import SearchKind
from greenmine.projections.search_fold import distinct, pairs, runs
from greenmine.projections.search_plain import lines
from greenmine.projections.search_wish import packed, packed_names
from greenmine.store.search import Findable, Source

FORMAT: Final = 1
"""A new number makes every site make its index anew."""
_TERM_ENDS: Final = "\x1e"
MARKDOWN: Final = frozenset({SearchKind.NEWS, SearchKind.POLICY})


class GivenTerms(Analyzer):
    """Terms made beforehand, taken as they are."""

    def __call__(self, value: str, **options: Any) -> Iterator[Token]:
        """One token for each term."""
        token = Token()
        for term in value.split(_TERM_ENDS):
            token.text, token.boost, token.stopped = term, 1.0, False
            yield token


class TermSet(FieldType):
    """Which terms a document has; neither how often nor where, which the packed texts tell."""

    def __init__(self) -> None:
        self.analyzer = GivenTerms()
        self.format = Existence()
        self.scorable = False
        self.stored = False
        self.unique = False


_bytes: Final[Callable[[], Any]] = VarBytesColumn  # Whoosh ships this one without types
SCHEMA: Final = Schema(
    object=ID(unique=True),
    terms=TermSet(),
    about=COLUMN(_bytes()),
    names=COLUMN(_bytes()),
    text=COLUMN(_bytes()),
)


@dataclass(frozen=True)
class Document:
    """A document of the index.

    :param names: title, other names and numbers, packed
    :param text: everything that can be found, the names included, packed
    :param terms: every token, and every two that stand together
    """

    about: Findable
    names: bytes
    text: bytes
    terms: tuple[str, ...]

    def fields(self) -> dict[str, Any]:
        """What Whoosh is given."""
        return {
            "object": self.about.object,
            "terms": _TERM_ENDS.join(self.terms),
            "about": pack_about(self.about),
            "names": self.names,
            "text": self.text,
        }


def document_of(source: Source, regions: Regions) -> Document:
    """The document of an object; nothing in it that its page does not show."""
    names = [source.title, *source.names]
    if source.about.kind is SearchKind.MINE:
        names += [name_key(name) for name in names]
    places = [place_words(regions, source.about.region)]
    texts = [*names, *lines(source.texts, markdown=source.about.kind in MARKDOWN), *places]
    together = [run for text in texts for run in runs(text)]
    terms = {term for run in together for term in (*run, *pairs(run))}
    return Document(source.about, packed_names(distinct(names)), packed("\n".join(texts)), tuple(sorted(terms)))


def place_words(regions: Regions, code: str) -> str:
    """Every usual name of a region and of those above it: 贵州省毕节市织金县, 贵州, 毕节."""
    region = regions.find(code) if code else None
    if region is None or region.code == COUNTRY:
        return ""
    above = [each for each in regions.ancestors(code) if each.code != COUNTRY]
    return "\n".join(distinct([regions.path_name(code), *(each.short for each in (*above, region))]))


def pack_about(about: Findable) -> bytes:
    """As the column ``about`` holds it."""
    return "\x1f".join((about.kind.value, about.region, about.day, about.object)).encode()


def unpack_about(value: bytes) -> Findable:
    """The opposite of :func:`pack_about`."""
    kind, region, day, name = value.decode().split("\x1f")
    return Findable(name, SearchKind(kind), region, day)
