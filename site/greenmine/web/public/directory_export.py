"""The directory's result as a file: which columns, and in which words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import IO, Final

from greenmine.domain.instant import SHANGHAI
from greenmine.domain.mine import (
    ACTIVITY_LABELS,
    LEVEL_LABELS,
    LIBRARY_LABELS,
    METHOD_LABELS,
    OWNERSHIP_LABELS,
    SCALE_LABELS,
    STATUS_LABELS,
)
from greenmine.domain.noun import ENTRY, MINE
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.store.directory import SORT_LABELS, ExportRow, FacetName
from greenmine.web.context import current_settings
from greenmine.web.demo_mark import marked, marked_name
from greenmine.web.i18n import gettext as _
from greenmine.web.paging import address
from greenmine.web.places import place_name
from greenmine.web.public.directory_facets import PATH, chips_of
from greenmine.web.public.directory_query import DirectoryQuery, value_words
from greenmine.web.public.past import Past
from greenmine.web.table_file import About, Field, Row, csv_table, json_table, xlsx_table

EXPORT_ROWS: Final = 100_000
"""Most mines in one file; the whole country has fewer than 10,000 green mines."""

MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

FIELDS: Final = (
    ("id", N_("名录编号"), N_("本站唯一编号，不因改名而变")),
    ("name", N_("矿山名称"), ""),
    ("aliases", N_("其他名称"), N_("多个以“、”分隔")),
    ("holder", N_("采矿权人"), ""),
    ("credit_code", N_("统一社会信用代码"), N_("GB 32100")),
    ("ownership", N_("企业性质"), ""),
    ("region", N_("行政区划代码"), N_("GB/T 2260，特殊区域为本站自编")),
    ("region_name", N_("所在地"), ""),
    ("place", N_("详细地点"), ""),
    ("mineral", N_("矿种"), ""),
    ("mineral_class", N_("矿产大类"), ""),
    ("scale", N_("生产规模"), N_("国土资发〔2004〕208号")),
    ("method", N_("开采方式"), ""),
    ("activity", N_("生产状况"), ""),
    ("capacity", N_("设计生产能力"), N_("照原文，含单位")),
    ("standard", N_("适用标准"), ""),
    ("permit_no", N_("采矿许可证号"), ""),
    ("certificate_no", N_("矿业权证书号"), N_("2025年7月1日起")),
    ("permit_from", N_("许可证起始日期"), ""),
    ("permit_until", N_("许可证截止日期"), ""),
    ("production_date", N_("投产日期"), ""),
    ("source", N_("信息来源"), ""),
    ("status", N_("状态"), ""),
    ("level", N_("级别"), N_("所在名录中最高的一级")),
    ("listed_on", N_("列入日期"), N_("所在名录中最早的一日")),
    ("libraries", N_("所在的库"), N_("库、批次、起始日期")),
    ("last_act", N_("记录号"), N_("最近一条公开记录的序号；在本站 %(entry)s 核验")),
    ("address", N_("页面网址"), ""),
)
_LABELS: Final = {
    "ownership": OWNERSHIP_LABELS,
    "scale": SCALE_LABELS,
    "method": METHOD_LABELS,
    "activity": ACTIVITY_LABELS,
    "status": STATUS_LABELS,
    "level": LEVEL_LABELS,
}


def write_export(
    kind: str, rows: Iterable[ExportRow], query: DirectoryQuery, *, regions: Regions, site_url: str, made_at: datetime
) -> IO[bytes]:
    """The rows as a file of ``kind`` (csv, json, xlsx), at its beginning; reads ``rows`` to their end."""
    entry = ENTRY.page("<记录号>")
    fields = [Field(name, _(title), _(note, entry=entry) if note else "") for name, title, note in FIELDS]
    lines = _lines(rows, regions, site_url)
    if kind == "csv":
        return csv_table([field.title for field in fields], lines)
    about = _about(query, regions, site_url, made_at)
    if kind == "json":
        return json_table(fields, lines, about)
    notes = {
        "sheet": _("名录"),
        "about": _("说明"),
        "made_at": _("生成时间"),
        "address": _("网址"),
        "licence": _("使用说明"),
    }
    return xlsx_table(fields, lines, about, notes)


def file_name(kind: str, day: date, past: Past | None) -> str:
    """``绿色矿山名录-2026-11-18.csv``, in demo mode ``演示数据-绿色矿山名录-…``.

    A list of the past says so, for a CSV file says it nowhere else: ``绿色矿山名录-2024-05-01的情况-2026-11-18.csv``.
    """
    then = [_("%(day)s的情况", day=past.on.isoformat())] if past else []
    then += [_("以%(day)s公布的为准", day=past.known.isoformat())] if past and past.known else []
    return marked_name(f"{'-'.join([_('绿色矿山名录'), *then, day.isoformat()])}.{kind}")


def _about(query: DirectoryQuery, regions: Regions, site_url: str, made_at: datetime) -> About:
    conditions = [tuple(chip.label.split("：", 1)) for chip in chips_of(query, regions)]
    return About(
        title=marked(_("绿色矿山名录")),
        made_at=made_at.astimezone(SHANGHAI).replace(microsecond=0),
        conditions=[(each[0], each[-1]) for each in conditions] + [(_("排序"), _(SORT_LABELS[query.sort]))],
        address=f"{site_url}{address(PATH, query.kept)}",
        licence=_licence(),
    )


def _licence() -> str:
    if current_settings().is_demo:
        return _("演示数据，均为虚构，只用来展示网站功能，不得用于任何其他目的。")
    return _("本数据为依法主动公开的信息，可以自由使用；引用请注明来源网址和生成时间，以网站页面为准。")


def _lines(rows: Iterable[ExportRow], regions: Regions, site_url: str) -> Iterator[Row]:
    for row in rows:
        yield [_cell(name, row, regions, site_url) for name, _title, _note in FIELDS]


def _cell(name: str, row: ExportRow, regions: Regions, site_url: str) -> str | None:
    own = _OWN.get(name)
    if own is not None:
        return own(row, regions, site_url)
    value = row.values[name]
    if value is None:
        return None
    return _(_LABELS[name][value]) if name in _LABELS else str(value)  # type: ignore[index]


def _libraries(row: ExportRow) -> str:
    told = (
        " ".join(part for part in (_(LIBRARY_LABELS[library]), batch, since) if part)
        for library, batch, since in row.libraries
    )
    return _("；").join(told)


_OWN: Final[Mapping[str, Callable[[ExportRow, Regions, str], str]]] = {
    "aliases": lambda row, _regions, _site: _("、").join(row.aliases),
    "region_name": lambda row, regions, _site: place_name(regions, row.values["region"]),
    "mineral_class": lambda row, regions, _site: value_words(
        FacetName.MINERAL_CLASS, row.values["mineral_class"], regions
    ),
    "libraries": lambda row, _regions, _site: _libraries(row),
    "address": lambda row, _regions, site: f"{site}{MINE.page(row.values['id'])}",
}
