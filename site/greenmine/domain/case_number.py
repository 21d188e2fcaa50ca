"""Numbers and codes of cases as people write them: how they look, how they are typed, how a slip is noticed.

::

    number = letter ‖ 10 random digits ‖ check digit (ISO 7064 MOD 11,10)     T48201937565   T 投诉, Y 异议, G 纠错
    code   = 16 random digits (53 bits), shown in fours                       4821 0937 5561 0042

A number says nothing of the order or the day in which cases came. Source: trust.md 14, 1.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from greenmine.domain.case import CaseKind
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

LETTERS: Final[Mapping[CaseKind, str]] = {
    CaseKind.COMPLAINT: "T",  # 投诉
    CaseKind.OBJECTION: "Y",  # 异议
    CaseKind.REPORT: "G",  # 更正
}
NUMBER_DIGITS: Final = 10
CODE_DIGITS: Final = 16

NUMBER: Final = rf"[{''.join(LETTERS.values())}][0-9]{{{NUMBER_DIGITS + 1}}}"
"""Regular expression of a number; whether its check digit is right is another question."""
_CODE: Final = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")
_LONGEST_TYPED: Final = 200
_DASHES: Final = frozenset("-‐‑‒–—―−﹣－_.·")


def make_number(kind: CaseKind, serial: int) -> str:
    """The number with this serial (0 to 9,999,999,999), its letter and its check digit."""
    digits = f"{serial:0{NUMBER_DIGITS}}"
    if len(digits) != NUMBER_DIGITS or not digits.isdecimal():
        raise ValueError(f"a serial has {NUMBER_DIGITS} digits")
    return f"{LETTERS[kind]}{digits}{check_digit(digits)}"


def read_number(typed: str) -> str:
    """The number somebody typed, with spaces, hyphens, small letters or full-width digits.

    Raises BadInput (field ``number``) when it cannot be one: a slip in one digit, or two neighbours changed places.
    """
    number = _plain(typed).upper()
    if not re.fullmatch(NUMBER, number) or check_digit(number[1:-1]) != number[-1]:
        raise BadInput(
            "case.number_malformed",
            N_("受理编号不对：应为一个字母（T、Y 或 G）加11位数字，请对照回执检查。"),
            field="number",
        )
    return number


def read_code(typed: str) -> str:
    """The sixteen digits somebody typed, with spaces, hyphens or full-width digits. Raises BadInput (``code``)."""
    code = _plain(typed)
    if not _CODE.fullmatch(code):
        raise BadInput("case.code_malformed", N_("查询码应为16位数字，请对照回执检查。"), field="code")
    return code


def show_code(code: str) -> str:
    """``4821 0937 5561 0042``: in fours, as it is read aloud and typed again."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def show_number(number: str) -> str:
    """``T 4820 1937 565``: in groups, for the receipt."""
    return f"{number[0]} {number[1:5]} {number[5:9]} {number[9:]}"


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10: finds every single wrong digit and nearly every change of neighbours."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def _plain(typed: str) -> str:
    """Without spaces, hyphens and width; too long a text is nothing that was typed."""
    if len(typed) > _LONGEST_TYPED:
        return ""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", typed)
        if not character.isspace() and character not in _DASHES and unicodedata.category(character) != "Cf"
    )
