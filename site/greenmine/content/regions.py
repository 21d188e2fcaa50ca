"""content/regions/regions.csv → the tree of regions. A bad row is reported with its line, the rest is served."""

import csv
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from greenmine.content.files import Loaded, Problem, digest_of, has_unfit_character, read_bytes, read_text
from greenmine.domain.region import COUNTRY, Region, RegionLevel
from greenmine.domain.text import N_

FILE: Final = "regions/regions.csv"
COLUMNS: Final = (
    "code",
    "name",
    "short",
    "level",
    "parent",
    "special",
    "assessed_unit",
    "note",
    "source",
    "source_date",
)
AREA: Final = "area"
"""Value of ``special`` for what is not an administrative division of GB/T 2260."""

GROUPS: Final = frozenset({"liaodong"})
"""Named sets of counties that ``special`` may hold instead. Source: LN-07 辽东绿色经济区."""

MAX_FILE: Final = 4 * 1024 * 1024
_CODE: Final = re.compile(r"\d{6}", re.ASCII)
_ABOVE: Final[Mapping[RegionLevel, frozenset[RegionLevel]]] = {
    RegionLevel.COUNTRY: frozenset(),
    RegionLevel.PROVINCE: frozenset({RegionLevel.COUNTRY}),
    RegionLevel.PREFECTURE: frozenset({RegionLevel.PROVINCE}),
    RegionLevel.COUNTY: frozenset({RegionLevel.PREFECTURE, RegionLevel.PROVINCE}),
}


def load_regions(root: Path) -> Loaded[Region]:
    """The regions of ``root/regions/regions.csv``, by code, fit for :class:`Regions`.

    A row whose parent or assessed unit was not taken is not taken either. ``short`` may hold further
    names after the one shown: ``博州/博尔塔拉州``.
    """
    source = read_bytes(root, root / FILE, limit=MAX_FILE)
    if isinstance(source, Problem):
        return Loaded((), (source,), digest_of(()))
    text = read_text(source)
    if isinstance(text, Problem):
        return Loaded((), (text,), digest_of(()))
    rows, problems = _read_rows(text, path=source.path)
    items, orphans = _settle(rows, path=source.path)
    problems = sorted([*problems, *orphans], key=lambda problem: problem.line or 0)
    return Loaded(items, tuple(problems), digest_of((source,)))


def _read_rows(text: str, *, path: str) -> tuple[list[tuple[int, Region]], list[Problem]]:
    rows: list[tuple[int, Region]] = []
    problems: list[Problem] = []
    reader = csv.reader(StringIO(text), strict=True)
    try:
        if tuple(next(reader, ())) != COLUMNS:
            return [], [Problem(path, 1, N_("表头应为：%(columns)s") % {"columns": ",".join(COLUMNS)})]
        for cells in reader:
            if not cells:
                continue
            found = _read_row([cell.strip() for cell in cells])
            if isinstance(found, Region):
                rows.append((reader.line_num, found))
            else:
                problems.append(Problem(path, reader.line_num, found))
    except csv.Error as error:
        problems.append(Problem(path, reader.line_num, N_("不是有效的 CSV：%(reason)s") % {"reason": error}))
    return rows, problems


def _read_row(cells: list[str]) -> Region | str:
    """The region of a row, or the sentence that says what is wrong with it."""
    if len(cells) != len(COLUMNS):
        return N_("应有 %(wanted)d 列，实有 %(found)d 列") % {"wanted": len(COLUMNS), "found": len(cells)}
    code, name, short, level, parent, special, unit, note, *_ = cells
    shown, *aliases = short.split("/") if short else [name]
    fault = _fault_of_row(cells)
    if fault is not None:
        return fault
    return Region(
        code=code,
        name=name,
        short=shown or name,
        level=RegionLevel(level),
        parent=parent or None,
        special=special == AREA,
        assessed_unit=unit,
        note=note,
        group=special if special in GROUPS else "",
        aliases=tuple(aliases),
    )


def _fault_of_row(cells: list[str]) -> str | None:
    code, name, short, level, parent, special, unit, *_ = cells
    is_country = code == COUNTRY
    checks = (
        (_CODE.fullmatch(code), N_("代码应为6位数字：%(value)s"), code),
        (name and not has_unfit_character(name + short), N_("缺少名称：%(value)s"), code),
        (level in set(RegionLevel), N_("级别不认识：%(value)s"), level),
        ((parent == "") == is_country, N_("只有全国（000000）没有上级：%(value)s"), code),
        ((level == RegionLevel.COUNTRY) == is_country, N_("级别与代码不符：%(value)s"), level),
        (special in {"", AREA, *GROUPS}, N_("special 不认识：%(value)s"), special),
        (_CODE.fullmatch(unit), N_("考核单元应为6位代码：%(value)s"), unit),
    )
    return next((sentence % {"value": value} for good, sentence, value in checks if not good), None)


def _settle(rows: list[tuple[int, Region]], *, path: str) -> tuple[tuple[Region, ...], list[Problem]]:
    """Take rows from the top of the tree down, so that whoever is taken has a parent that is."""
    taken: dict[str, Region] = {}
    problems: list[Problem] = []
    for level in RegionLevel:
        for line, region in rows:
            if region.level is not level:
                continue
            fault = _fault_in_tree(region, taken)
            if fault is None:
                taken[region.code] = region
            else:
                problems.append(Problem(path, line, fault))
    lines = {region.code: line for line, region in reversed(rows)}
    while lost := _rows_without_ground(taken):
        for code, fault in lost.items():
            problems.append(Problem(path, lines[code], fault))
            del taken[code]
    return tuple(taken[code] for code in sorted(taken)), problems


def _fault_in_tree(region: Region, taken: Mapping[str, Region]) -> str | None:
    if region.code in taken:
        return N_("代码%(code)s重复") % {"code": region.code}
    if region.parent is None:
        return None
    parent = taken.get(region.parent)
    if parent is None or parent.level not in _ABOVE[region.level]:
        return N_("上级%(parent)s不存在或级别有误") % {"parent": region.parent}
    return None


def _rows_without_ground(taken: Mapping[str, Region]) -> Mapping[str, str]:
    """Taken rows whose assessed unit, or by now whose parent, is not there, with the sentence for each."""
    lost: dict[str, str] = {}
    for region in taken.values():
        if region.assessed_unit not in taken:
            lost[region.code] = N_("考核单元%(unit)s不存在") % {"unit": region.assessed_unit}
        elif region.parent is not None and region.parent not in taken:
            lost[region.code] = N_("上级%(parent)s未被采用") % {"parent": region.parent}
    return lost
