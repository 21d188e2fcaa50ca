"""content/minerals/*.csv → the catalogue of minerals, its other words and the scale table.

Two files are copies of published tables (minerals_1994.csv, mine_scale_2004_208.csv); two are ours: the
words practice uses (mineral_aliases.csv) and which minerals a row of the scale table stands for
(mine_scale_names.csv). A row that cannot be taken is reported, the others are served.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final, TypeVar

from greenmine.content.files import Loaded, Problem, SourceFile, digest_of, read_bytes, read_text
from greenmine.domain.errors import BadInput
from greenmine.domain.mine import Method
from greenmine.domain.mine_scale import ScaleRule, ScaleTable, read_limits
from greenmine.domain.mineral import MINERAL_CLASS_LABELS, Mineral, MineralAlias, MineralClass, Minerals
from greenmine.domain.text import N_

T = TypeVar("T")
Row = Mapping[str, str]

FOLDER: Final = "minerals"
_CLASSES: Final = {label: mineral_class for mineral_class, label in MINERAL_CLASS_LABELS.items()}
_METHODS: Final = {"地下开采": Method.UNDERGROUND, "露天开采": Method.OPEN_PIT}


class _RefusedError(Exception):
    """Inside this module: the sentence that says what is wrong with a row. Never leaves it."""


@dataclass(frozen=True)
class _Table:
    """One CSV: its rows with their lines, its problems, the file when it could be read."""

    path: str
    rows: tuple[tuple[int, Row], ...]
    problems: tuple[Problem, ...]
    source: SourceFile | None


def load_minerals(root: Path) -> Loaded[Minerals]:
    """The catalogue of ``root/minerals``: always exactly one item, perhaps empty."""
    minerals = _read_table(root, "minerals_1994.csv", ("class", "mineral", "sub_uses"))
    aliases = _read_table(root, "mineral_aliases.csv", ("alias", "mineral", "use", "note"))
    scales = _read_table(root, "mine_scale_2004_208.csv", ("mineral", "unit_per_year", "large", "medium", "small"))
    names = _read_table(root, "mine_scale_names.csv", ("row", "names", "note"))
    problems: list[Problem] = []
    known = _take(minerals, _Catalogue(), problems)
    words = _take(aliases, _Words(known), problems)
    stands_for = dict(_take(names, _names_of_row, problems))
    rules = _take(scales, lambda row: _scale_rule(row, stands_for), problems)
    tables = (minerals, aliases, scales, names)
    problems.extend(problem for table in tables for problem in table.problems)
    problems.sort(key=lambda problem: (problem.path, problem.line or 0))
    sources = [table.source for table in tables if table.source is not None]
    catalogue = Minerals(known, aliases=words, scales=ScaleTable(rules))
    return Loaded((catalogue,), tuple(problems), digest_of(sources))


def _read_table(root: Path, name: str, columns: tuple[str, ...]) -> _Table:
    path = f"{FOLDER}/{name}"
    source = read_bytes(root, root / FOLDER / name)
    text = source if isinstance(source, Problem) else read_text(source)
    if isinstance(source, Problem) or isinstance(text, Problem):
        return _Table(path, (), tuple(each for each in (text,) if isinstance(each, Problem)), None)
    rows: list[tuple[int, Row]] = []
    problems: list[Problem] = []
    reader = csv.reader(StringIO(text), strict=True)
    try:
        if tuple(next(reader, ())) != columns:
            head = N_("表头应为：%(columns)s") % {"columns": ",".join(columns)}
            return _Table(path, (), (Problem(path, 1, head),), None)
        for cells in reader:
            if len(cells) == len(columns):
                rows.append((reader.line_num, dict(zip(columns, (cell.strip() for cell in cells), strict=True))))
            elif cells:
                problems.append(Problem(path, reader.line_num, N_("列数应为%(number)d") % {"number": len(columns)}))
    except csv.Error as error:
        problems.append(Problem(path, reader.line_num, N_("不是有效的 CSV：%(reason)s") % {"reason": error}))
    return _Table(path, tuple(rows), tuple(problems), source)


def _take(table: _Table, make: Callable[[Row], T], problems: list[Problem]) -> list[T]:
    """What ``make`` makes of each row; rows it refuses become problems."""
    made: list[T] = []
    for line, row in table.rows:
        try:
            made.append(make(row))
        except (_RefusedError, BadInput) as refusal:
            problems.append(Problem(table.path, line, str(refusal)))
    return made


class _Catalogue:
    """Makes minerals; a name comes once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def __call__(self, row: Row) -> Mineral:
        mineral_class = _CLASSES.get(row["class"])
        if mineral_class is None:
            raise _RefusedError(N_("矿产类别不认识：%(found)s") % {"found": row["class"]})
        name = _once(row["mineral"], self._seen)
        return Mineral(name, MineralClass(mineral_class), tuple(_listed(row["sub_uses"])))


class _Words:
    """Makes aliases; a word comes once and points at what is there."""

    def __init__(self, minerals: Iterable[Mineral]) -> None:
        self._uses = {mineral.name: mineral.sub_uses for mineral in minerals}
        self._seen: set[str] = set()

    def __call__(self, row: Row) -> MineralAlias:
        mineral, use = row["mineral"] or None, row["use"] or None
        if mineral is not None and mineral not in self._uses:
            raise _RefusedError(N_("目录中没有矿种：%(found)s") % {"found": mineral})
        if use is not None and (mineral is None or use not in self._uses[mineral]):
            raise _RefusedError(N_("目录中没有用途：%(found)s") % {"found": use})
        return MineralAlias(_once(row["alias"], self._seen), mineral, use)


def _names_of_row(row: Row) -> tuple[str, frozenset[str]]:
    names = frozenset(_listed(row["names"]))
    if not row["row"] or not names:
        raise _RefusedError(N_("缺少行名或所含矿种"))
    return row["row"], names


def _scale_rule(row: Row, stands_for: Mapping[str, frozenset[str]]) -> ScaleRule:
    title = row["mineral"]
    names = stands_for.get(title)
    if names is None:
        raise _RefusedError(N_("未说明此行包含哪些矿种：%(found)s") % {"found": title})
    large_from, medium_from = read_limits(large=row["large"], medium=row["medium"], small=row["small"])
    method = next((method for words, method in _METHODS.items() if f"({words})" in title), None)
    return ScaleRule(title, names, method, row["unit_per_year"], large_from, medium_from)


def _once(name: str, seen: set[str]) -> str:
    if not name:
        raise _RefusedError(N_("缺少名称"))
    if name in seen:
        raise _RefusedError(N_("名称重复：%(found)s") % {"found": name})
    seen.add(name)
    return name


def _listed(text: str) -> Iterable[str]:
    return (part.strip() for part in text.split("、") if part.strip())
