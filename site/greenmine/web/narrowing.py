"""Narrowing a list from its address: reading the values, and offering others with their counts."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from flask import request

from greenmine.domain.errors import NotFound
from greenmine.domain.region import COUNTRY, Regions
from greenmine.domain.text import N_
from greenmine.web.paging import address
from greenmine.web.parts import Facet, FacetOption

LONGEST_QUERY: Final = 128
MOST_WORDS: Final = 8

Choice = TypeVar("Choice", bound=StrEnum)


def plain_text(typed: str) -> str:
    """What was typed without control characters (NUL is no text to PostgreSQL), blanks folded."""
    shown = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in typed)
    return " ".join(shown.split())


def read_choice(name: str, kind: type[Choice]) -> Choice | None:
    """The member an address asks for, None when it asks for none. Raises NotFound for one that does not exist."""
    text = request.args.get(name, "")
    if not text:
        return None
    if text not in tuple(kind):
        raise NotFound("filter.unknown", N_("没有这样的筛选条件。"))
    return kind(text)


def read_year(name: str = "year") -> int | None:
    """A year of four digits. Raises NotFound for anything else."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise NotFound("filter.unknown", N_("没有这样的筛选条件。"))
    return int(text)


def read_region(regions: Regions, name: str = "region") -> str | None:
    """The code of a known region. Raises NotFound for an unknown one."""
    text = request.args.get(name, "")
    if not text:
        return None
    if regions.find(text) is None:
        raise NotFound("filter.unknown", N_("没有代码为 %(region)s 的行政区。"), region=text[:12])
    return text


def read_query(name: str = "q") -> str:
    """What was typed into the search box, spaces folded, at most 128 characters."""
    return " ".join(request.args.get(name, "").split())[:LONGEST_QUERY]


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, at most eight."""
    return tuple(query.split()[:MOST_WORDS])


def facet(
    label: str,
    name: str,
    counts: Mapping[str, int],
    *,
    path: str,
    kept: Mapping[str, str],
    word: Callable[[str], str],
) -> Facet:
    """One filter: each value leads to the list with it taken, the taken one to the list without it."""
    chosen = kept.get(name, "")
    known = {**counts, **({chosen: 0} if chosen and chosen not in counts else {})}
    options = tuple(
        FacetOption(
            label=word(key),
            count=number,
            href=address(path, {**kept, name: "" if key == chosen else key}),
            chosen=key == chosen,
        )
        for key, number in known.items()
    )
    return Facet(label=label, options=options)


def region_facet(
    label: str, counts: Mapping[str, int], regions: Regions, *, path: str, kept: Mapping[str, str], national: str = ""
) -> Facet:
    """Provinces with their counts; inside the chosen region also what lies directly below it.

    :param national: what the country's own rows are called, where a list can be narrowed to them
    """
    chosen = kept.get("region", "")
    own = [(COUNTRY, 0)] if national and (COUNTRY in counts or chosen == COUNTRY) else []
    options = [
        FacetOption(
            label=national if code == COUNTRY else regions.get(code).name,
            count=sum(number for key, number in counts.items() if code == key or _holds(regions, code, key)),
            href=address(path, {**kept, "region": "" if code == chosen else code}),
            chosen=code == chosen,
            depth=depth,
        )
        for code, depth in (*own, *_unfolded(regions, counts, chosen))
    ]
    return Facet(label=label, options=tuple(options))


def _holds(regions: Regions, ancestor: str, code: str) -> bool:
    return ancestor != COUNTRY and regions.contains(ancestor, code)


def _unfolded(regions: Regions, counts: Mapping[str, int], chosen: str) -> Sequence[tuple[str, int]]:
    """Region codes to offer with their depth: provinces, and the branch that leads to the chosen one."""
    branch = [each.code for each in regions.ancestors(chosen)] + [chosen] if chosen else []
    rows: list[tuple[str, int]] = []
    for province in _below(regions, counts, COUNTRY, branch):
        rows.append((province, 0))
        if province not in branch:
            continue
        for city in _below(regions, counts, province, branch):
            rows.append((city, 1))
            if city in branch:
                rows += [(county, 2) for county in _below(regions, counts, city, branch)]
    return rows


def _below(regions: Regions, counts: Mapping[str, int], parent: str, branch: Sequence[str]) -> list[str]:
    return [
        child.code
        for child in regions.children(parent)
        if child.code in branch or any(regions.contains(child.code, code) for code in counts)
    ]
