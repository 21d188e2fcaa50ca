"""The words a mine's page is told with: names of its facts, values, and what each status means."""

from collections.abc import Mapping
from typing import Any, Final

from greenmine.domain.mine import (
    ACTIVITY_LABELS,
    METHOD_LABELS,
    OWNERSHIP_LABELS,
    SCALE_LABELS,
    MineStatus,
)
from greenmine.domain.mineral import MINERAL_CLASS_LABELS, MineralClass
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.web.i18n import gettext as _
from greenmine.web.places import place_name

FACT_LABELS: Final[Mapping[str, str]] = {
    "name": N_("矿山名称"),
    "aliases": N_("其他名称"),
    "holder": N_("采矿权人"),
    "credit_code": N_("统一社会信用代码"),
    "ownership": N_("企业性质"),
    "region": N_("所在地"),
    "place": N_("详细地点"),
    "mineral": N_("矿种"),
    "mineral_class": N_("矿产大类"),
    "scale": N_("生产规模"),
    "method": N_("开采方式"),
    "activity": N_("生产状况"),
    "capacity": N_("设计生产能力"),
    "standard": N_("适用标准"),
    "permit_no": N_("采矿许可证号"),
    "certificate_no": N_("矿业权证书号"),
    "permit_from": N_("许可证起始日期"),
    "permit_until": N_("许可证截止日期"),
    "production_date": N_("投产日期"),
    "source": N_("信息来源"),
}
STATUS_MEANINGS: Final[Mapping[MineStatus, str]] = {
    MineStatus.REGISTERED: N_("已在本站登记，但不在任何分库或名录中，不具有绿色矿山称号。"),
    MineStatus.IN_LIBRARY: N_("正在按要求建设绿色矿山，已进入分库，尚未取得称号。"),
    MineStatus.NOTICED: N_(
        "已列入拟纳入名录的公示，尚未办结，还没有称号。公示期内，任何人都可以按公示载明的方式提出异议。"
    ),
    MineStatus.LISTED: N_("在现行名录中，具有绿色矿山称号。在册矿山要接受抽查；达不到标准的，限期整改或移出。"),
    MineStatus.REMOVED: N_("曾经在册，现已移出名录，不再具有绿色矿山称号。移出的情形和决定见下。"),
}
_VALUES: Final[Mapping[str, Mapping[Any, str]]] = {
    "ownership": OWNERSHIP_LABELS,
    "scale": SCALE_LABELS,
    "method": METHOD_LABELS,
    "activity": ACTIVITY_LABELS,
}


def fact_words(name: str, value: Any, regions: Regions) -> str:
    """A fact's value for a reader; codes as acts hold them or as the domain does. Empty when not known."""
    if value in (None, "", (), []):
        return ""
    if name == "region":
        return place_name(regions, value)
    if name == "aliases":
        return _("、").join(value)
    if name == "mineral_class":
        return class_words(str(value))
    return _(_VALUES[name][value]) if name in _VALUES else str(value)


def class_words(text: str) -> str:
    """The word of a mineral class; what no class is called stands for itself."""
    return _(MINERAL_CLASS_LABELS[MineralClass(text)]) if text in tuple(MineralClass) else text
