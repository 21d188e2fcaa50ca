"""content/regions/tiles/<province>.csv → the schematic map of a province. The file is the map::

    毕节,遵义,铜仁
    ,贵阳,黔东南州
    六盘水,安顺,黔南州
    黔西南州,贵安新区

A line is a row of tiles, a cell is a tile: a name (full or short) or the code of a region directly below the
province; an empty cell is a gap. A map with anything wrong in it is not served: the page then shows its table alone.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Final

from greenmine.content.files import (
    Loaded,
    Problem,
    SourceFile,
    digest_of,
    list_files,
    read_bytes,
    read_text,
    shown_path,
)
from greenmine.domain.region import Region, RegionLevel, Regions
from greenmine.domain.text import N_
from greenmine.domain.tile_map import TileMap

FOLDER: Final = "regions/tiles"

Places = dict[str, tuple[int, int]]


def load_tile_maps(root: Path, *, regions: Regions, provinces: Iterable[str]) -> Loaded[TileMap]:
    """Read every map below ``root/regions/tiles``.

    :param provinces: codes of provinces that should have one; whoever has none is reported and is shown without
    """
    sources: list[SourceFile] = []
    problems: list[Problem] = []
    maps: list[TileMap] = []
    paths = list_files(root, folder=FOLDER, suffix=".csv")
    for path in paths:
        source = read_bytes(root, path)
        if isinstance(source, Problem):
            problems.append(source)
            continue
        sources.append(source)
        found = _read_map(source, regions)
        if isinstance(found, TileMap):
            maps.append(found)
        else:
            problems += found
    problems += _missing(provinces, {shown_path(root, path) for path in paths})
    return Loaded(tuple(maps), tuple(problems), digest_of(sources))


def _missing(provinces: Iterable[str], paths: set[str]) -> Iterator[Problem]:
    for path in (f"{FOLDER}/{code}.csv" for code in provinces):
        if path not in paths:
            yield Problem(path, None, N_("没有这个文件：该省有规则册而没有示意图，页面上只有表格"))


def _read_map(source: SourceFile, regions: Regions) -> TileMap | list[Problem]:
    """The map of a file, or everything that is wrong with it."""
    code = PurePosixPath(source.path).stem
    province = regions.find(code)
    if province is None or province.level is not RegionLevel.PROVINCE:
        return [Problem(source.path, None, N_("文件名应为省级行政区代码：%(value)s") % {"value": code})]
    text = read_text(source)
    if isinstance(text, Problem):
        return [text]
    below = regions.children(code)
    places, problems = _read_tiles(text, path=source.path, province=province, below=below)
    lost = [region.name for region in below if region.code not in places]
    if lost or not places:
        problems.append(Problem(source.path, None, N_("示意图缺少：%(names)s") % {"names": "、".join(lost)}))
    return problems or TileMap(code, places)


def _read_tiles(text: str, *, path: str, province: Region, below: tuple[Region, ...]) -> tuple[Places, list[Problem]]:
    codes = _codes_by_form(below)
    places: Places = {}
    problems: list[Problem] = []
    reader = csv.reader(StringIO(text), strict=True)
    try:
        for row, cells in enumerate(reader):
            for column, cell in enumerate(each.strip() for each in cells):
                fault = _fault_of(cell, codes, places, province) if cell else None
                if fault is not None:
                    problems.append(Problem(path, reader.line_num, fault))
                elif cell:
                    places[codes[cell]] = (column, row)
    except csv.Error as error:
        problems.append(Problem(path, reader.line_num, N_("不是有效的 CSV：%(reason)s") % {"reason": error}))
    return places, problems


def _codes_by_form(below: Iterable[Region]) -> Mapping[str, str]:
    """Code, full name and short forms of each region → its code."""
    return {form: each.code for each in below for form in (each.code, each.name, each.short, *each.aliases)}


def _fault_of(cell: str, codes: Mapping[str, str], places: Places, province: Region) -> str | None:
    if cell not in codes:
        return N_("“%(value)s”不是%(province)s的下一级地区") % {"value": cell, "province": province.name}
    return N_("“%(value)s”重复") % {"value": cell} if codes[cell] in places else None
