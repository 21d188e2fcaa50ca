"""What can be found: the public texts of an object, and a plain look through names while there is no index.

One source of what search may show: an object that :func:`sources_of` does not return is in no list, snippet or count.
Withdrawn articles have no text in public any more, so they are not found; withdrawn notices keep their page, so they
are. Credit entries are never here: they are read from their own rows while they run (store/credit.py, rules.md).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, select

from greenmine.domain.ground import GROUND_KIND_LABELS, GroundKind
from greenmine.domain.mine import LEVEL_LABELS, SCALE_LABELS, Level, Scale
from greenmine.domain.search_query import SearchKind
from greenmine.store.database import Tx
from greenmine.store.tables import act, act_subject, content_item, mine, mine_alias, notice, notice_item, removal

_CHUNK: Final = 500
_SECTIONS: Final[Mapping[str, SearchKind]] = {"news": SearchKind.NEWS, "policies": SearchKind.POLICY}


@dataclass(frozen=True)
class Findable:
    """An object that matches, with what lists are narrowed and sorted by.

    :param object: its name in the log (``notice/2026-0001``)
    :param region: six digits; empty where it has none
    :param day: ISO text, what it is newest by
    """

    object: str
    kind: SearchKind
    region: str
    day: str


@dataclass(frozen=True)
class Source:
    """The public texts of one object.

    :param title: what its page is called
    :param names: further names and numbers it is known by (other names, holder, document number)
    :param under: who issued or holds it, for the line below the title
    :param texts: everything else that its page says, as stored; articles in Markdown
    :param state: as recorded (a notice's, a removal's, a mine's status); empty for articles
    """

    about: Findable
    title: str
    names: tuple[str, ...] = ()
    under: str = ""
    texts: tuple[str, ...] = ()
    state: str = field(default="", compare=False)

    @property
    def object(self) -> str:
        """Its name in the log."""
        return self.about.object


def all_objects(tx: Tx) -> list[str]:
    """Every object that can be found."""
    queries = (
        select(literal("mine/").concat(mine.c.id)),
        select(literal("notice/").concat(notice.c.id)),
        select(literal("removal/").concat(removal.c.id)),
        select(literal("content/").concat(content_item.c.section).concat("/").concat(content_item.c.slug)).where(
            *_PUBLISHED
        ),
    )
    return [name for query in queries for name in tx.execute(query).scalars()]


def touched_since(tx: Tx, n: int) -> set[str]:
    """Every object that acts numbered ``n`` and later concern, and the removals of the mines among them."""
    query = select(act_subject.c.object).where(act_subject.c.n >= n).distinct()
    names = set(tx.execute(query).scalars())
    mines = [name.removeprefix("mine/") for name in names if name.startswith("mine/")]
    for part in _parts(mines):
        of_mines = select(removal.c.id).where(removal.c.mine.in_(part))
        names |= {f"removal/{number}" for number in tx.execute(of_mines).scalars()}
    return names


def leaf_of(tx: Tx, n: int) -> str | None:
    """The leaf hash of act ``n`` in hexadecimal, or None when there is no such act."""
    leaf = tx.execute(select(act.c.leaf).where(act.c.n == n)).scalar()
    return None if leaf is None else bytes(leaf).hex()


def sources_of(tx: Tx, objects: Iterable[str]) -> Iterator[Source]:
    """The texts of those objects that may be found now, in no order; the others are silently left out."""
    nouns: dict[str, list[str]] = defaultdict(list)
    for name in objects:
        noun, _, number = name.partition("/")
        nouns[noun].append(number)
    for noun, read in _READERS.items():
        for part in _parts(nouns[noun]):
            yield from read(tx, part)


def visible_among(tx: Tx, objects: Iterable[str]) -> set[str]:
    """Those of the objects that may be found now."""
    wanted = set(objects)
    return wanted & set(all_objects(tx)) if wanted else set()


def names_like(tx: Tx, wanted: Sequence[str], unwanted: Sequence[str]) -> list[Findable]:
    """Objects in whose title, names or number all wanted words stand and none of the unwanted: without an index."""
    found: list[Findable] = []
    for query in (_mines_like, _notices_like, _removals_like, _articles_like):
        found += query(tx, wanted, unwanted)
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _mines(tx: Tx, numbers: Sequence[str]) -> Iterator[Source]:
    aliases: dict[str, list[str]] = defaultdict(list)
    for row in tx.execute(select(mine_alias.c.mine, mine_alias.c.name).where(mine_alias.c.mine.in_(numbers))):
        aliases[row.mine].append(row.name)
    for row in tx.execute(select(mine, _MINE_DAY.label("day")).where(mine.c.id.in_(numbers))):
        words = [
            SCALE_LABELS[Scale(row.scale)] if row.scale else "",
            LEVEL_LABELS[Level(row.level)] if row.level else "",
        ]
        codes = [row.id, row.credit_code, row.permit_no, row.certificate_no]
        yield Source(
            Findable(f"mine/{row.id}", SearchKind.MINE, row.region, row.day),
            title=row.name,
            names=_present(*codes, *aliases[row.id], row.holder),
            under=row.holder,
            texts=_present(row.mineral, row.place, row.standard, *words),
            state=row.status,
        )


def _notices(tx: Tx, numbers: Sequence[str]) -> Iterator[Source]:
    items: dict[str, list[str]] = defaultdict(list)
    query = select(notice_item.c.notice, notice_item.c.name, notice_item.c.cells, notice_item.c.note)
    query = query.where(notice_item.c.notice.in_(numbers)).order_by(notice_item.c.notice, notice_item.c.position)
    for row in tx.execute(query):
        cells = [str(cell) for cell in json.loads(row.cells)]
        items[row.notice] += [" ".join(_present(*([] if row.name in cells else [row.name]), *cells, row.note))]
    for row in tx.execute(select(notice).where(notice.c.id.in_(numbers))):
        yield Source(
            Findable(f"notice/{row.id}", SearchKind.NOTICE, row.region, row.published_on),
            title=row.title,
            names=_present(row.number, row.id),
            under=row.issuer,
            texts=_present(row.text, row.issuer, row.result, *items[row.id], row.contact),
            state=row.state,
        )


def _removals(tx: Tx, numbers: Sequence[str]) -> Iterator[Source]:
    joined = removal.join(mine, removal.c.mine == mine.c.id)
    columns = (removal, mine.c.name.label("mine_name"), mine.c.region, _REMOVAL_DAY.label("day"))
    for row in tx.execute(select(*columns).select_from(joined).where(removal.c.id.in_(numbers))):
        kind = GROUND_KIND_LABELS[GroundKind.ADVERSE if row.adverse else GroundKind.NEUTRAL]
        yield Source(
            Findable(f"removal/{row.id}", SearchKind.REMOVAL, row.region, row.day),
            title=row.mine_name,
            names=_present(row.decision_no, row.id, row.mine),
            under=row.organ,
            texts=_present(row.reason, row.decision_reason, row.basis, row.decision_basis, row.organ, kind),
            state=row.state,
        )


def _articles(tx: Tx, names: Sequence[str]) -> Iterator[Source]:
    by_section: dict[str, list[str]] = defaultdict(list)
    for name in names:
        section, _, slug = name.partition("/")
        by_section[section].append(slug)
    for section, kind in _SECTIONS.items():
        where = (content_item.c.section == section, content_item.c.slug.in_(by_section[section]), *_PUBLISHED)
        for row in tx.execute(select(content_item).where(*where)):
            meta = json.loads(row.meta)
            yield Source(
                Findable(f"content/{section}/{row.slug}", kind, row.region or "", row.published_on),
                title=row.title,
                names=_present(*_texts(meta.get("number"))),
                under="、".join(_texts(meta.get("issuers"))) or str(meta.get("source") or ""),
                texts=_present(row.summary, row.markdown, *_texts({name: meta.get(name) for name in _META})),
            )


_READERS: Final[Mapping[str, Callable[[Tx, Sequence[str]], Iterator[Source]]]] = {
    "mine": _mines,
    "notice": _notices,
    "removal": _removals,
    "content": _articles,
}
"""Noun of an object → its texts. Published responses join here when their rows exist (work order E)."""

_META: Final = ("issuers", "citizen", "keywords", "key_figures", "video", "author", "source")
"""Parts of an article's head that its page shows as words."""

_PUBLISHED: Final = (content_item.c.state == "published", content_item.c.section.in_(list(_SECTIONS)))
_MINE_DAY: Final = func.coalesce(
    mine.c.listed_on, select(act.c.valid_from).where(act.c.n == mine.c.first_act).scalar_subquery()
)
_REMOVAL_DAY: Final = func.coalesce(removal.c.decided_on, removal.c.proposed_on)


def _present(*texts: str | None) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _texts(value: Any) -> list[str]:
    """Every text inside a JSON value, in its order; keys, numbers and file names are none."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        return [text for name, inner in value.items() if name not in ("file", "clause") for text in _texts(inner)]
    return [text for inner in value for text in _texts(inner)] if isinstance(value, Sequence) else []


def _mines_like(tx: Tx, wanted: Sequence[str], unwanted: Sequence[str]) -> Iterator[Findable]:
    def stands(word: str) -> ColumnElement[bool]:
        alias = select(mine_alias.c.mine).where(mine_alias.c.name.icontains(word, autoescape=True))
        own = (mine.c.name, mine.c.holder, mine.c.id, mine.c.mineral, mine.c.permit_no, mine.c.credit_code)
        return or_(*(column.icontains(word, autoescape=True) for column in own), mine.c.id.in_(alias))

    query = select(mine.c.id, mine.c.region, _MINE_DAY.label("day")).where(_all_stand(stands, wanted, unwanted))
    for row in tx.execute(query):
        yield Findable(f"mine/{row.id}", SearchKind.MINE, row.region, row.day)


def _notices_like(tx: Tx, wanted: Sequence[str], unwanted: Sequence[str]) -> Iterator[Findable]:
    def stands(word: str) -> ColumnElement[bool]:
        listed = select(notice_item.c.notice).where(notice_item.c.name.icontains(word, autoescape=True))
        own = (notice.c.title, notice.c.number, notice.c.issuer, notice.c.id)
        return or_(*(column.icontains(word, autoescape=True) for column in own), notice.c.id.in_(listed))

    columns = (notice.c.id, notice.c.region, notice.c.published_on)
    for row in tx.execute(select(*columns).where(_all_stand(stands, wanted, unwanted))):
        yield Findable(f"notice/{row.id}", SearchKind.NOTICE, row.region, row.published_on)


def _removals_like(tx: Tx, wanted: Sequence[str], unwanted: Sequence[str]) -> Iterator[Findable]:
    def stands(word: str) -> ColumnElement[bool]:
        own = (mine.c.name, removal.c.decision_no, removal.c.organ, removal.c.id)
        return or_(*(column.icontains(word, autoescape=True) for column in own))

    query = select(removal.c.id, mine.c.region, _REMOVAL_DAY.label("day")).select_from(
        removal.join(mine, removal.c.mine == mine.c.id)
    )
    for row in tx.execute(query.where(_all_stand(stands, wanted, unwanted))):
        yield Findable(f"removal/{row.id}", SearchKind.REMOVAL, row.region, row.day)


def _articles_like(tx: Tx, wanted: Sequence[str], unwanted: Sequence[str]) -> Iterator[Findable]:
    def stands(word: str) -> ColumnElement[bool]:
        own = (content_item.c.title, content_item.c.summary)
        return or_(*(column.icontains(word, autoescape=True) for column in own))

    columns = (content_item.c.section, content_item.c.slug, content_item.c.region, content_item.c.published_on)
    for row in tx.execute(select(*columns).where(*_PUBLISHED, _all_stand(stands, wanted, unwanted))):
        kind = _SECTIONS[row.section]
        yield Findable(f"content/{row.section}/{row.slug}", kind, row.region or "", row.published_on)


def _all_stand(
    stands: Callable[[str], ColumnElement[bool]], wanted: Sequence[str], unwanted: Sequence[str]
) -> ColumnElement[bool]:
    return and_(*(stands(word) for word in wanted), *(not_(stands(word)) for word in unwanted))
