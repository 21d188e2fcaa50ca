"""Whether two printed names may mean one mine, and why. A likeness is a question to a person, never a merger.

Two mines that differ in a number or a direction (Ⅰ矿 and Ⅱ矿, 一号 and 二号, 南矿区 and 北矿区) are never alike,
however much else agrees.
"""

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.mine_name import NameParts, fold_text, name_key, split_name
from greenmine.domain.text import N_


class Alike(StrEnum):
    """Why two names may mean one mine, the strongest reason first."""

    SAME_KEY = "same_key"  # 名称相同
    NUMERAL_FORM = "numeral_form"  # 数字写法不同
    BRACKETS = "brackets"  # 括注不同
    SHORT_REGION = "short_region"  # 地名写法不同
    HOLDER_AND_MINE = "holder_and_mine"  # 企业与矿山写法不同
    ENDING = "ending"  # 矿、矿山、矿区写法不同
    NEAR = "near"  # 名称相近


ALIKE_LABELS: Final[Mapping[Alike, str]] = {
    Alike.SAME_KEY: N_("名称相同"),
    Alike.NUMERAL_FORM: N_("仅数字写法不同"),
    Alike.BRACKETS: N_("仅括注不同"),
    Alike.SHORT_REGION: N_("仅地名写法不同"),
    Alike.HOLDER_AND_MINE: N_("企业名与矿山名的写法不同"),
    Alike.ENDING: N_("仅“矿、矿山、矿区”的写法不同"),
    Alike.NEAR: N_("名称相近"),
}

NEAR_ENOUGH: Final = 0.8
"""Least likeness of the mines' own names (Dice of bigrams) for ``Alike.NEAR``."""

_PROVINCES: Final = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|"
    "重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|台湾|香港|澳门"
)
"""Short names of all provinces; written out, so that names are compared without a register of regions at hand."""

_PROVINCE: Final = re.compile(
    rf"^(?:中国)?({_PROVINCES})(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|省|市(?!场))?(?![村镇乡路山岭州])(?=.{{2}})"
)
_STATE: Final = re.compile(
    r"^(昌吉|博尔塔拉|博|克孜勒苏|克|巴音郭楞|巴|伊犁|凉山|甘孜|阿坝|黔东南|黔南|黔西南|大理|楚雄|红河|文山|西双版纳|版纳|德宏|怒江|迪庆|海北|海南|黄南|"
    r"果洛|玉树|海西|临夏|甘南|恩施|湘西|延边)州(?=.{2})"
)
_PLACE: Final = re.compile(
    r"^((?:(?!村)[\u4e00-\u9fff]){1,12}?(?:自治州|自治县|自治旗|地区|林区|特区|(?<!城)市|县|(?<![矿园采井社厂库景牧])区|(?<!红)旗))"
    r"(?!市)(?=.{2})"
)
_PLACE_END: Final = re.compile(r"(?:[\u4e00-\u9fff]族)*(?:自治州|自治县|自治旗|地区|林区|特区|市|州|县|区|旗)$")
_ENDING: Final = re.compile(r"(?<=..)(?:矿山|矿区|矿场|矿)$")
_DIRECTION: Final = re.compile(r"[东西南北中上下左右前后]+(?=矿|采|井|区|段|翼|帮|坑|工区|[0-9])")
_COMMON: Final = re.compile(
    r"(?:[金银铜铁锡铝铅锌钨钼锑煤磷盐镍石]|[0-9]+号?|采?石|露天|石灰[岩石]?|地热井?|矿泉水井?|石?采石场|石场|采石厂|"
    r"建筑用?石料?|花岗岩|灰岩)*(?:矿|矿山|矿区)?"
)
_CONTRASTS: Final = (
    "东西南北中",
    "上下",
    "大小",
    "前后",
    "左右",
    "内外",
    "新老旧",
    "阴阳",
    "金银铜铁锡铝铅锌钨钼锑煤磷盐镍",
)


@dataclass(frozen=True)
class MineName:
    """A name made ready for comparing; build with :func:`ready_name` once per mine.

    :param plain: :func:`fold_text` of the whole
    :param key: :func:`name_key` of the whole
    :param holder: key of the firm without its places and its legal form; empty when none
    :param core: key of the mine without its places and its ending; empty when only the firm is named
    :param marks: numbers, letters and directions that tell mines of one name apart
    """

    plain: str
    key: str
    unbracketed: str
    bracket: str
    holder: str
    holder_places: tuple[str, ...]
    mine: str
    places: tuple[str, ...]
    core: str
    marks: tuple[str, ...]


def ready_name(text: str, *, holder: str = "") -> MineName:
    """Make a printed name ready for comparing. ``holder``: the firm where the list prints it in its own column."""
    parts = split_name(text)
    firm = holder if holder and not parts.holder else parts.holder
    holder_places, holder_rest = cut_places(name_key(firm))
    mine = name_key(parts.mine) if parts.names_mine else ""
    places, core = cut_places(mine)
    return MineName(
        plain=fold_text(parts.whole),
        key=name_key(parts.whole),
        unbracketed=name_key(_without_bracket(parts)),
        bracket=name_key(parts.bracket),
        holder=re.sub(r"(?:股份)?有限公司|集团公司|公司", "", holder_rest),
        holder_places=holder_places,
        mine=core,
        places=places,
        core=_ENDING.sub("", core),
        marks=_marks(core),
    )


def _without_bracket(parts: NameParts) -> str:
    if not parts.names_mine:
        return parts.holder
    return parts.holder + parts.mine


def _marks(mine: str) -> tuple[str, ...]:
    return (*re.findall(r"[0-9]+|[a-z]+", mine), *_DIRECTION.findall(mine))


def cut_places(key: str) -> tuple[tuple[str, ...], str]:
    """Province, prefecture and county words at the head of a folded name, and what follows them."""
    places: list[str] = []
    for pattern in (_PROVINCE, _STATE, _PLACE, _PLACE):
        match = pattern.match(key)
        if match is not None and len(key) - match.end() >= 2:
            places.append(match.group(1))
            key = key[match.end() :]
    return tuple(places), key


def likeness(a: str, b: str) -> float:
    """How alike two names are, 0 to 1: Dice of their keys' bigrams. Symmetric; 1 exactly for equal bigrams."""
    one, two = bigrams(name_key(a)), bigrams(name_key(b))
    return _dice(one, two)


def bigrams(key: str) -> Counter[str]:
    """Pairs of neighbouring characters of a key, counted; a single character stands for itself."""
    return Counter(key[i : i + 2] for i in range(max(len(key) - 1, 1)))


def _dice(one: Counter[str], two: Counter[str]) -> float:
    total = one.total() + two.total()
    return 2 * (one & two).total() / total if total else 1.0


def likely_same(a: MineName, b: MineName, *, same_region: bool | None = None) -> Alike | None:
    """Why the two names may mean one mine, or None when they do not.

    :param same_region: whether the mines' regions agree (one lies in the other); False: never one mine;
        None: not known, and a bare nearness does not count
    """
    if same_region is False or _told_apart(a, b):
        return None
    if a.plain == b.plain:
        return Alike.SAME_KEY
    if a.key == b.key:
        return Alike.NUMERAL_FORM
    if a.unbracketed == b.unbracketed:
        return Alike.BRACKETS
    return _same_parts(a, b) or _near(a, b, same_region=same_region)


def _told_apart(a: MineName, b: MineName) -> bool:
    """Whether a bracket, a place, a number, a direction or, for 金矿 and 三号矿, the firm tells them apart."""
    if a.core and b.core and a.marks != b.marks:
        return True
    if not _brackets_agree(a, b) or not _places_agree(a.places, b.places):
        return True
    return not _holders_agree(a.holder, b.holder) and a.core == b.core and _is_common(a.core)


def _brackets_agree(a: MineName, b: MineName) -> bool:
    if not a.bracket or not b.bracket:
        return True
    return a.bracket in b.bracket or b.bracket in a.bracket


def _place_stem(place: str) -> str:
    return _PLACE_END.sub("", place) or place


def _places_agree(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether the places can be the same: at every kind both name (县, 市 …) one is short for the other."""
    if not one or not two:
        return True
    if any(_short_for(p, q) or _short_for(q, p) for p in one for q in two):
        return True
    return not {place[-1] for place in one} & {place[-1] for place in two}


def _short_for(short: str, full: str) -> bool:
    """博 is short for 博尔塔拉, 景谷 for 景谷傣族."""
    return _place_stem(full).startswith(_place_stem(short))


def _same_parts(a: MineName, b: MineName) -> Alike | None:
    holders_agree = _places_agree(a.holder_places, b.holder_places) and _holders_agree(a.holder, b.holder)
    if not holders_agree or (not a.holder and not b.holder and _is_common(a.core)):
        return None
    if a.holder == b.holder and a.mine == b.mine:
        return Alike.SHORT_REGION
    if a.holder == b.holder and a.core and a.core == b.core:
        return Alike.ENDING
    if a.holder and b.holder:
        return _one_firm(a, b)
    if a.core and a.core == b.core and not _is_common(a.core):
        return Alike.HOLDER_AND_MINE
    return None


def _holders_agree(one: str, two: str) -> bool:
    return not one or not two or one.endswith(two) or two.endswith(one)


def _one_firm(a: MineName, b: MineName) -> Alike | None:
    """One firm: the same mine, a mine and its place in a larger one (安宁磷矿三号矿山), or only the firm named."""
    if not a.core or not b.core or a.core.endswith(b.core) or b.core.endswith(a.core):
        return Alike.HOLDER_AND_MINE
    return None


def _is_common(core: str) -> bool:
    """Whether a name tells no mine from another: 金矿, 三号矿, 石场."""
    return _COMMON.fullmatch(core) is not None


def _near(a: MineName, b: MineName, *, same_region: bool | None) -> Alike | None:
    if same_region is None or len(a.core) < 5 or len(b.core) < 5:
        return None
    if a.holder and b.holder and _dice(bigrams(a.holder), bigrams(b.holder)) < NEAR_ENOUGH and a.core != b.core:
        return None
    if a.core != b.core and _dice(bigrams(a.core), bigrams(b.core)) < NEAR_ENOUGH:
        return None
    return None if _contrast(a.core, b.core) else Alike.NEAR


def _contrast(one: str, two: str) -> bool:
    """Whether the names differ in a word that tells mines apart: 大王山 and 小王山, 铅矿 and 锌矿."""
    first, second = sorted((one, two))
    for tag, i, j, k, m in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        changed = first[i:j] + second[k:m]
        if tag != "equal" and any(char in group for group in _CONTRASTS for char in changed):
            return True
    return False
