"""Small questions that people answer at once and a program must be written for: numbers in Chinese words.

The answer is a number of two to four digits, so that guessing blindly is right less than once in thirty tries.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Below = Callable[[int], int]
"""A random whole number from 0 up to, not including, the bound."""

DIGITS: Final = "零一二三四五六七八九"
_VALUES: Final[Mapping[str, int]] = {**{digit: value for value, digit in enumerate(DIGITS)}, "〇": 0, "两": 2}
_UNITS: Final[Mapping[str, int]] = {"十": 10, "百": 100, "千": 1000}
_LONGEST: Final = 40


class Family(StrEnum):
    """What is asked."""

    SUM = "sum"  # 加
    DIFFERENCE = "difference"  # 减
    LARGEST = "largest"  # 最大
    SMALLEST = "smallest"  # 最小
    DIGITS = "digits"  # 写成数字


@dataclass(frozen=True)
class Question:
    """A question: its family and the numbers in it, in the order they are said."""

    family: Family
    numbers: tuple[int, ...]

    @property
    def answer(self) -> int:
        """The one right answer."""
        first, *others = self.numbers
        match self.family:
            case Family.SUM:
                return first + sum(others)
            case Family.DIFFERENCE:
                return first - sum(others)
            case Family.LARGEST:
                return max(self.numbers)
            case Family.SMALLEST:
                return min(self.numbers)
            case Family.DIGITS:
                return int("".join(str(number) for number in self.numbers))


def new_question(*, below: Below) -> Question:
    """A question of any family."""
    family = tuple(Family)[below(len(Family))]
    match family:
        case Family.SUM | Family.DIFFERENCE:
            return Question(family, (20 + below(60), 2 + below(8)))
        case Family.LARGEST | Family.SMALLEST:
            return Question(family, _three_apart(below))
        case Family.DIGITS:
            return Question(family, (1 + below(9), *(below(10) for _ in range(3))))


def in_words(number: int) -> str:
    """A whole number from 0 to 99 as it is said: 零, 十二, 四十, 七十三."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


def read_answer(typed: str) -> int | None:
    """The number somebody typed: 27, ２７, 二十七, "等于27。"; None when there is none."""
    if len(typed) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", typed)
    digits = [character for character in plain if character in "0123456789"]
    if digits:
        return int("".join(digits))
    return _from_words([character for character in plain if character in _VALUES or character in _UNITS])


def _from_words(characters: list[str]) -> int | None:
    if not characters:
        return None
    if not any(character in _UNITS for character in characters):
        return int("".join(str(_VALUES[character]) for character in characters))
    total, waiting = 0, None
    for character in characters:
        if character in _UNITS:
            total += (1 if waiting is None else waiting) * _UNITS[character]
            waiting = None
        else:
            waiting = _VALUES[character]
    return total + (waiting or 0)


def _three_apart(below: Below) -> tuple[int, ...]:
    """Three different numbers of two digits, in any order."""
    start, first, second = 11 + below(50), 2 + below(15), 2 + below(15)
    three = (start, start + first, start + first + second)
    turn = below(3)
    return three[turn:] + three[:turn]
