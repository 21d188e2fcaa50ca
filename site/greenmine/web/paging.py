"""Stable addresses of lists and their pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from greenmine.domain.errors import NotFound
from greenmine.domain.text import N_

PER_PAGE: Final = 25
WINDOW: Final = 2
"""Pages shown on each side of the current one; the first and the last are always there."""


@dataclass(frozen=True)
class PageLink:
    """A place in the row of pages; a gap has number 0 and no address."""

    number: int
    href: str
    current: bool = False


@dataclass(frozen=True)
class Pager:
    """Where in a list this page stands; ``first`` and ``last`` count items from 1 (0 and 0 when empty)."""

    number: int
    pages: int
    total: int
    first: int
    last: int
    links: tuple[PageLink, ...]
    previous: str
    following: str


class PageBeyond(NotFound):
    """A list has fewer pages than an address asks for; ``last`` and ``first`` are its own, with all other values."""

    def __init__(self, *, path: str, total: int, pages: int, last: str, first: str) -> None:
        super().__init__(
            "page.beyond",
            N_("按这些条件共有 %(total)s 条、%(pages)s 页，没有您要看的那一页。"),
            total=f"{total:,}",
            pages=f"{pages:,}",
        )
        self.path, self.last, self.first = path, last, first


def address(path: str, values: Mapping[str, object] | Iterable[tuple[str, object]]) -> str:
    """``path`` with its query in one order, without empty values: the same list has the same address.

    >>> address("/mines", {"q": "", "level": "national", "city": 1})
    '/mines?city=1&level=national'
    """
    pairs = values.items() if isinstance(values, Mapping) else values
    kept = sorted((name, str(value)) for name, value in pairs if value not in (None, ""))
    return f"{path}?{urlencode(kept)}" if kept else path


def read_page_number(text: str) -> int:
    """A page number from an address; raises NotFound for what no page has."""
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text) > 0):
        raise NotFound("page.number", N_("没有这一页。"))
    return int(text)


def paging(
    path: str,
    *,
    total: int,
    number: int,
    kept: Iterable[tuple[str, str]] = (),
    per_page: int = PER_PAGE,
    name: str = "page",
    anchor: str = "",
) -> Pager:
    """The pages of a list of ``total`` items; ``kept`` are the other values of its address.

    :param name: what the page's number is called in the address
    :param anchor: where on the page the list begins (``#list``)
    :raises PageBeyond: for a page beyond the last
    """
    pages = max(1, -(-total // per_page))
    others = tuple((each, value) for each, value in kept if each != name)

    def at(page: int) -> str:
        return address(path, (*others, (name, page if page > 1 else ""))) + anchor

    if number > pages:
        raise PageBeyond(path=path, total=total, pages=pages, last=at(pages), first=at(1))
    return Pager(
        number=number,
        pages=pages,
        total=total,
        first=(number - 1) * per_page + 1 if total else 0,
        last=min(number * per_page, total),
        links=tuple(PageLink(page, at(page) if page else "", page == number) for page in _window(number, pages)),
        previous=at(number - 1) if number > 1 else "",
        following=at(number + 1) if number < pages else "",
    )


def _window(number: int, pages: int) -> list[int]:
    """Page numbers to show, 0 for a gap; a gap never hides a single page."""
    shown = {1, pages, *range(max(1, number - WINDOW), min(pages, number + WINDOW) + 1)}
    row: list[int] = []
    for page in sorted(shown):
        missing = page - (row[-1] if row else 0) - 1
        row += [page - 1] if missing == 1 else [0] if missing else []
        row.append(page)
    return row
