"""The directory's address: what its parameters ask for, and what of them cannot be taken, in plain words.

A value that cannot be taken is left out and told beside its field; everything else of the address stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from greenmine.domain.mine import (
    ACTIVITY_LABELS,
    LEVEL_LABELS,
    LIBRARY_LABELS,
    METHOD_LABELS,
    OWNERSHIP_LABELS,
    SCALE_LABELS,
    STATUS_LABELS,
    Activity,
    Level,
    Library,
    Method,
    MineStatus,
    Ownership,
    Scale,
)
from greenmine.domain.mine_name import name_key
from greenmine.domain.mineral import MINERAL_CLASS_LABELS, MineralClass
from greenmine.domain.region import COUNTRY, Regions
from greenmine.domain.text import N_
from greenmine.projections.versions import require_derived
from greenmine.store.database import Tx
from greenmine.store.directory import DirectoryFilter, FacetName, Sort, Word
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import plain_text
from greenmine.web.places import place_name
from greenmine.web.public.past import KNOWN, ON, NoPast, Past, moment_of, read_past

LONGEST_TEXT: Final = 128
MOST_WORDS: Final = 8
LONGEST_MINERAL: Final = 40
SHOWN: Final = 20
"""Characters of a bad value that are shown again."""
MOST_MEANT: Final = 4
AREA_LABELS: Final[Mapping[str, str]] = {"liaodong": N_("辽东绿色经济区")}
"""Special areas that are groups of counties (LN-07)."""

FACET_LABELS: Final[Mapping[FacetName, str]] = {
    FacetName.STATUS: N_("状态"),
    FacetName.LEVEL: N_("级别"),
    FacetName.REGION: N_("所在地"),
    FacetName.MINERAL: N_("矿种"),
    FacetName.MINERAL_CLASS: N_("矿产大类"),
    FacetName.SCALE: N_("生产规模"),
    FacetName.METHOD: N_("开采方式"),
    FacetName.ACTIVITY: N_("生产状况"),
    FacetName.OWNERSHIP: N_("企业性质"),
    FacetName.LIBRARY: N_("所在库"),
    FacetName.YEAR: N_("列入年份"),
}
_NAMES: Final[Mapping[str, str]] = {"area": N_("特殊区域"), ON: N_("情况截至"), KNOWN: N_("以本站在此日公布的为准")}
"""Parameters that are no facets."""
_CHOICES: Final[Mapping[FacetName, tuple[type[StrEnum], Mapping[Any, str]]]] = {
    FacetName.STATUS: (MineStatus, STATUS_LABELS),
    FacetName.LEVEL: (Level, LEVEL_LABELS),
    FacetName.MINERAL_CLASS: (MineralClass, MINERAL_CLASS_LABELS),
    FacetName.SCALE: (Scale, SCALE_LABELS),
    FacetName.METHOD: (Method, METHOD_LABELS),
    FacetName.ACTIVITY: (Activity, ACTIVITY_LABELS),
    FacetName.OWNERSHIP: (Ownership, OWNERSHIP_LABELS),
    FacetName.LIBRARY: (Library, LIBRARY_LABELS),
}


@dataclass(frozen=True)
class Fault:
    """A parameter that could not be taken, the sentence that says why, and what was typed (shortened)."""

    name: str
    sentence: str
    value: str = ""


@dataclass(frozen=True)
class DirectoryQuery:
    """An address of the directory, read.

    :param kept: its parameters that were taken, without the page; ``address`` puts them in their one order
    :param text: the search box as typed, at most 128 characters
    :param past: the day asked for, None is today; ``wanted`` knows it once a database was asked (``as_asked``)
    """

    kept: Mapping[str, str]
    text: str
    wanted: DirectoryFilter
    sort: Sort
    faults: tuple[Fault, ...]
    past: Past | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return any(name != "sort" for name in self.kept)

    def fault_of(self, name: str) -> Fault | None:
        """What stands beside a field, None when its value was taken."""
        return next((fault for fault in self.faults if fault.name == name), None)


def read_directory_query(args: Mapping[str, str], regions: Regions, *, today: date | None = None) -> DirectoryQuery:
    """Read the parameters of an address; raises nothing, whatever strangers send. Unknown ones are ignored.

    :param today: the legal day; without it the past cannot be asked for (a feed follows the list of today)
    """
    faults: list[Fault] = []
    text = _read_text(args.get("q", ""), faults)
    taken: dict[str, Any] = {}
    for facet in FacetName:
        value = plain_text(args.get(facet.value, ""))
        if value:
            taken |= _take(facet, value, regions, faults)
    area = plain_text(args.get("area", ""))
    areas = _read_area(area, regions, faults)
    sort = _read_sort(plain_text(args.get("sort", "")), faults)
    past = _read_past(args, today, faults)
    kept = {name: str(value) for name, value in taken.items()}
    kept |= past.kept if past else {}
    kept |= {"q": text} if text else {}
    kept |= {"area": area} if areas else {}
    kept |= {"sort": str(sort)} if sort is not Sort.NEWEST else {}
    wanted = DirectoryFilter(words=_words(text, regions), areas=areas, **taken)
    return DirectoryQuery(kept=kept, text=text, wanted=wanted, sort=sort, faults=tuple(faults), past=past)


def as_asked(tx: Tx, query: DirectoryQuery) -> DirectoryQuery:
    """The query with its point of both times, which the database knows. Raises Unready."""
    if query.past is None:
        return query
    require_derived(tx)
    return replace(query, wanted=replace(query.wanted, moment=moment_of(tx, query.past)))


def value_words(name: str, value: str, regions: Regions) -> str:
    """A parameter's value as a reader reads it: ``provincial`` → 省级, ``520524`` → 贵州省毕节市织金县."""
    if name == "area":
        return _(AREA_LABELS[value])
    if name in (ON, KNOWN):
        return day_words(date.fromisoformat(value))
    if name == FacetName.REGION:
        return place_name(regions, value)
    if name == FacetName.YEAR:
        return _("%(year)s年", year=value)
    choices = dict(choice_words(FacetName(name))) if FacetName(name) in _CHOICES else {}
    return choices.get(value, value)


def choice_words(facet: FacetName) -> tuple[tuple[str, str], ...]:
    """Every value of a facet with a fixed set, and its word."""
    kind, labels = _CHOICES[facet]
    return tuple((str(member), _(labels[member])) for member in kind)


def name_words(name: str) -> str:
    """A parameter's own name for a reader."""
    if name in _NAMES:
        return _(_NAMES[name])
    return _("关键词") if name == "q" else _(FACET_LABELS[FacetName(name)])


def _take(facet: FacetName, value: str, regions: Regions, faults: list[Fault]) -> dict[str, Any]:
    """The facet's value as the filter holds it; nothing, and a fault, when there is no such value."""
    try:
        taken = _READERS[facet](value, regions) if facet in _READERS else _CHOICES[facet][0](value)
    except ValueError:
        faults.append(_fault(facet, value, regions))
        return {}
    return {} if taken is None else {facet.value: taken}


def _fault(facet: FacetName, value: str, regions: Regions) -> Fault:
    shown = value[:SHOWN]
    meant = regions.named(value) if facet is FacetName.REGION else ()
    if meant:
        names = _("、").join(regions.path_name(each.code) for each in meant[:MOST_MEANT])
        sentence = _("叫“%(value)s”的地方不止一处，请写明省市，例如：%(names)s。", value=shown, names=names)
    elif facet is FacetName.REGION:
        sentence = _("没有找到名称或代码为“%(value)s”的地方，已不按所在地筛选。", value=shown)
    else:
        name = _(FACET_LABELS[facet])
        sentence = _("“%(name)s”没有“%(value)s”这一项，已不按它筛选，请重新选择。", name=name, value=shown)
    return Fault(facet.value, sentence, shown)


def _region(value: str, regions: Regions) -> str | None:
    """A code, or a name typed by hand; the country is the same as any."""
    found = regions.find(value) or regions.by_name(value)
    if found is None:
        raise ValueError(value)
    return None if found.code == COUNTRY else found.code


def _mineral(value: str, _regions: Regions) -> str:
    if len(value) > LONGEST_MINERAL:
        raise ValueError(value)
    return value


def _year(value: str, _regions: Regions) -> int:
    if not (len(value) == 4 and value.isascii() and value.isdigit()):
        raise ValueError(value)
    return int(value)


_READERS: Final[Mapping[FacetName, Callable[[str, Regions], Any]]] = {
    FacetName.REGION: _region,
    FacetName.MINERAL: _mineral,
    FacetName.YEAR: _year,
}


def _read_area(value: str, regions: Regions, faults: list[Fault]) -> tuple[str, ...]:
    if value and value not in AREA_LABELS:
        faults.append(
            Fault("area", _("没有“%(value)s”这一特殊区域，已不按它筛选。", value=value[:SHOWN]), value[:SHOWN])
        )
        return ()
    return tuple(region.code for region in regions.in_group(value)) if value else ()


def _read_sort(value: str, faults: list[Fault]) -> Sort:
    if value in tuple(Sort):
        return Sort(value)
    if value:
        faults.append(
            Fault("sort", _("没有“%(value)s”这种排序，已按最近列入的在前排列。", value=value[:SHOWN]), value[:SHOWN])
        )
    return Sort.NEWEST


def _read_past(args: Mapping[str, str], today: date | None, faults: list[Fault]) -> Past | None:
    try:
        past = read_past(args, today=today or date.max)
    except NoPast as error:
        sentence = _("请填写今天以前的日期，如2024-05-01；下面是今天的名录。")
        faults.append(Fault(error.name, sentence, plain_text(error.typed)[:SHOWN]))
        return None
    if past is not None and today is None:
        faults.append(Fault(ON, _("订阅源只跟踪现在的名录，不能订阅过去某日的名录。")))
        return None
    return past


def _read_text(typed: str, faults: list[Fault]) -> str:
    text = plain_text(typed[: LONGEST_TEXT * 4])
    if len(text) > LONGEST_TEXT or len(typed) > LONGEST_TEXT * 4:
        faults.append(Fault("q", _("关键词最多%(most)s个字，超出的部分未参与查询。", most=LONGEST_TEXT)))
        text = text[:LONGEST_TEXT].strip()
    elif len(text.split()) > MOST_WORDS:
        faults.append(Fault("q", _("关键词最多%(most)s个，其余未参与查询。", most=MOST_WORDS)))
    return text


def _words(text: str, regions: Regions) -> tuple[Word, ...]:
    return tuple(
        Word(raw, name_key(raw), tuple(found.code for found in regions.named(raw) if found.code != COUNTRY))
        for raw in text.split()[:MOST_WORDS]
    )
