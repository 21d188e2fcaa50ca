"""``/log/entry/<n>``: one entry of the log: the act in words, its envelope, its hashes, and the way to its proof."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask.typing import ResponseReturnValue

from greenmine.domain.act import Basis
from greenmine.domain.noun import DOCUMENT, ENTRY, MINE, number_of, public_address
from greenmine.domain.reference import Reference
from greenmine.store.act import ActRow, removed_documents
from greenmine.store.act import size as log_size
from greenmine.store.act_basis import basis_of, book_file
from greenmine.store.database import Tx
from greenmine.store.log import head_covering, head_of
from greenmine.store.log_read import EntryRow, entry_row, neighbours, newest_signed
from greenmine.store.mine import regions_of
from greenmine.web.act_words import act_moment, act_title
from greenmine.web.context import current_services
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.log_files import require_one_spelling, schema_address
from greenmine.web.public.timeline import Hearer, Told, told
from greenmine.web.routing import Route
from greenmine.web.seat_words import author_words


@dataclass(frozen=True)
class BasisShown:
    """A provision that decided: book and provision in words, the address of the file, and table and code there."""

    book: str
    file: str
    words: str
    provision: str


@dataclass(frozen=True, kw_only=True)
class EntryShown:
    """An entry as its page tells it.

    :param pretty: the envelope with line breaks; the same fields in the same order, but not the bytes that are hashed
    :param head: size of the first head that holds it, and when that was made; ``signed``: a signed head holds it
    :param basis: what it was decided under; ``paper``: SHA-256 of the printed list it was recorded from
    :param schema: address of the schema it is written by
    :param around: indexes before and after it, of its object and of the whole log
    """

    n: int
    words: Told
    title: str
    at: datetime
    valid_from: date
    by: str
    object: str
    object_href: str
    basis: tuple[BasisShown, ...]
    paper: str
    schema: str
    body: str
    body_removed: bool
    pretty: str
    size: int
    leaf: str
    head: int | None
    head_at: datetime | None
    signed: bool
    of_object: tuple[int | None, int | None]
    of_log: tuple[int | None, int | None]


def entry(number: int) -> ResponseReturnValue:
    """The page. Raises NotFound for an index the log does not have."""
    require_one_spelling(ENTRY.page(number))
    services = current_services()
    with services.database.read() as tx:
        row = entry_row(tx, number)
        act = row.act
        words = told(act, Hearer(services.reference, mine=_mine_of(act), region=_region_of(tx, act)))
        shown = _shown(tx, row, words, reference=services.reference)
    page = Page(
        title=_("第 %(n)s 号记录", n=number),
        section="/about",
        crumbs=(Crumb(_("关于本站"), "/about"), Crumb(_("公开记录库"), "/log"), Crumb(_("全部记录"), ENTRY.list)),
        noindex=True,
    )
    return render("log/entry.html", page, entry=shown)


def _shown(tx: Tx, row: EntryRow, words: Told, *, reference: Reference) -> EntryShown:
    act, body = row.act, str(row.act.fact("body") or "")
    covering, newest = head_covering(tx, act.n), newest_signed(tx)
    return EntryShown(
        n=act.n,
        words=words,
        title=act_title(act.kind),
        at=act_moment(act),
        valid_from=date.fromisoformat(act.valid_from),
        by=author_words(act.by, reference.regions),
        object=act.object,
        object_href=public_address(act.object),
        basis=tuple(_basis_shown(tx, each, reference) for each in basis_of(act.envelope)),
        paper=str(act.fact("source") or ""),
        schema=schema_address(act.kind, act.fact("v")),
        body=body,
        body_removed=bool(removed_documents(tx, [body])) if body else False,
        pretty=_pretty(act.envelope),
        size=len(row.entry),
        leaf=row.leaf.hex(),
        head=covering,
        head_at=head_of(tx, covering).at if covering is not None else None,
        signed=newest is not None and newest.checkpoint.size > act.n,
        of_object=neighbours(tx, act),
        of_log=(act.n - 1 if act.n else None, act.n + 1 if act.n + 1 < log_size(tx) else None),
    )


def _basis_shown(tx: Tx, named: Basis, reference: Reference) -> BasisShown:
    book, file = reference.books.of_stamp(named.book), book_file(tx, named.book)
    called = book.named(named.provision) if book is not None else ""
    return BasisShown(
        book=book.name if book is not None else named.book,  # a version of before has its file, if no name here
        file="" if file is None else DOCUMENT.page(file),
        words=_(called) if called else "",
        provision=named.provision,
    )


def _pretty(envelope: dict[str, Any]) -> str:
    return json.dumps(envelope, ensure_ascii=False, indent=2)


def _mine_of(act: ActRow) -> str:
    return str(act.fact("mine") or (number_of(act.object) if act.object.startswith(MINE.object("")) else ""))


def _region_of(tx: Tx, act: ActRow) -> str:
    """The region whose rule book names the ground of a removal: the mine's."""
    mine = _mine_of(act)
    return str(act.fact("region") or regions_of(tx, [mine]).get(mine) or "000000")


LOG_ENTRY_ROUTES: Final = (Route(ENTRY.page("<int:number>"), "log.entry", entry),)
