"""Names of mines: folded for search and equality, and split into holder and mine.

A name is not an identity: holder and mine are often one string (云南黄金有限责任公司镇沅分公司金矿), one mine is
printed with Ⅰ or I, （） or (), and a list may name only the firm. Folding never joins Ⅰ矿 and Ⅱ矿.
Whether two names mean one mine: ``mine_likeness``.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−─━﹣－~〜～", "-"))
_SEPARATOR: Final = re.compile(r"[^\w#-]|_")
_JOINING: Final = "0-9a-z一二三四五六七八九十"
_BETWEEN: Final = re.compile(rf"(?<=[{_JOINING}])-+(?=[{_JOINING}])")
_DIGITS: Final = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE: Final = re.compile(
    r"(?:(?<=第)[零〇一二三四五六七八九十百]{1,4}|[零〇一二三四五六七八九十百]{1,4}(?=号|#|矿|采|井|期|分|工区|标段))"
)
_ROMAN: Final = re.compile(r"(?<![0-9a-z-])(x{0,2}(?:ix|iv|v?i{1,3}|v)|x{1,2})(?![0-9a-z])")
_ROMAN_VALUE: Final = {"i": 1, "v": 5, "x": 10}


def fold_text(text: str) -> str:
    """Compatibility forms, case, brackets, dots and blanks folded; numerals stay as printed.

    ``水泥（富民）有限责任公司`` and ``水泥(富民)有限公司`` fold alike. What stands between two numerals is
    kept as ``-``: 1、2号 is not 12号.
    """
    folded = text
    for _ in range(4):
        before = folded
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
        folded = _SEPARATOR.sub("-", folded.translate(_DASHES))
        folded = _BETWEEN.sub("\0", folded).replace("-", "").replace("\0", "-")
        folded = folded.replace("有限责任公司", "有限公司")
        if folded == before:
            break
    return folded


def name_key(text: str) -> str:
    """The form under which names are compared and searched: :func:`fold_text` with numerals as digits.

    Ⅰ矿 = I矿 = 1矿, 一号 = 1号 = 1#; different numbers never fold together. Folding twice changes nothing.
    """
    key = text
    for _ in range(4):
        before = key
        key = _fold_numerals(fold_text(key))
        if key == before:
            break
    return key


def _fold_numerals(text: str) -> str:
    text = _CHINESE.sub(lambda match: _chinese_number(match.group()), text)
    text = _ROMAN.sub(lambda match: str(_roman_number(match.group())), text)
    text = re.sub(r"(?:no|#)([0-9]+)(?:号|#)?|([0-9]+)#", lambda m: f"{m.group(1) or m.group(2)}号", text)
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)


def _chinese_number(text: str) -> str:
    """十二 → 12, 二十 → 20, 二一〇 → 210; what is no number (十十) stays as it is."""
    if all(char in _DIGITS for char in text):
        return "".join(str(_DIGITS[char]) for char in text)
    match = re.fullmatch(
        r"(?:([一二三四五六七八九])百)?[零〇]?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?", text
    )
    if match is None:
        return text
    hundreds, tens, ten, ones = match.groups()
    number = _DIGITS.get(hundreds or "零", 0) * 100 + _DIGITS.get(ones or "零", 0)
    return str(number + (_DIGITS[tens] if tens else 1) * 10 if ten else number)


def _roman_number(text: str) -> int:
    total = 0
    for char, following in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN_VALUE[char]
        total += -value if following and _ROMAN_VALUE[following] > value else value
    return total


@dataclass(frozen=True)
class NameParts:
    """A printed name taken apart.

    :param whole: as printed, blanks at the ends and inside Chinese text removed
    :param holder: the firm, with its branch (云南黄金有限责任公司镇沅分公司); empty when none is named
    :param mine: what follows the firm; equals ``holder`` when only the firm is named
    :param bracket: text of a bracket at the very end (建筑用花岗岩, 矿泉水), without the bracket; often the mineral
    :param certain: False where the firm is known only by its trade word (龙威钨业牛岭钨矿)
    """

    whole: str
    holder: str
    mine: str
    bracket: str
    certain: bool = True

    @property
    def names_mine(self) -> bool:
        """Whether more than the firm is named."""
        return self.mine != self.holder


_FIRM: Final = re.compile(r"^.*(?:公司|集团(?=[(（]))")
_FIRM_TAIL: Final = re.compile(r"^[(（](?:集团|控股)[)）]")
_SHORT_FIRM: Final = re.compile(
    r"^([\u4e00-\u9fff]{2,8}?(?:矿业|钨业|煤业|锑业|铜业|铝业|锌业|锡业|镍业|盐业|钼业|镁业|磷业))"
    r"(?=[\u4e00-\u9fff]{2,}(?:矿|矿山|矿区|采区|矿段)$)"
)
_END_BRACKET: Final = re.compile(r"^(.*?)[(（\[【〔]([^()（）\[\]【】〔〕]+)[)）\]】〕]$")
_CJK_BLANK: Final = re.compile(r"(?<=[^\x21-\x7e])\s+|\s+(?=[^\x21-\x7e])")


def tidy(text: str) -> str:
    """The printed name without blanks beside Chinese characters; single blanks stay between Latin words."""
    return _CJK_BLANK.sub("", " ".join(text.split()))


def split_name(text: str) -> NameParts:
    """Take a printed name apart into holder, mine and final bracket.

    The firm ends at the last 公司; a bracket inside it (水泥(富民)有限公司) belongs to it. A mine
    without a firm has an empty holder; a firm alone is its own mine.
    """
    whole = tidy(text)
    firm = _FIRM.match(whole)
    if firm is not None:
        return _after_firm(whole, holder=firm.group())
    inner, bracket = _cut_bracket(whole)
    short = _SHORT_FIRM.match(inner)
    if short is not None:
        return NameParts(whole, short.group(1), inner[short.end() :], bracket, certain=False)
    return NameParts(whole, "", inner, bracket)


def _after_firm(whole: str, *, holder: str) -> NameParts:
    rest = whole[len(holder) :]
    tail = _FIRM_TAIL.match(rest)
    if tail is not None:
        holder, rest = holder + tail.group(), rest[tail.end() :]
    mine, bracket = _cut_bracket(rest)
    return NameParts(whole, holder, mine or holder, bracket)


def _cut_bracket(text: str) -> tuple[str, str]:
    match = _END_BRACKET.match(text)
    return (match.group(1), match.group(2)) if match is not None else (text, "")
