"""The small questions: one answer each, read however a person writes it, hard to hit blindly."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.question import Family, Question, in_words, new_question, read_answer


@given(st.randoms(use_true_random=False))
def test_every_question_has_one_answer_of_two_to_four_digits(chance: random.Random) -> None:
    question = new_question(below=chance.randrange)
    assert 10 <= question.answer <= 9999
    assert len(set(question.numbers)) == len(question.numbers) or question.family not in (
        Family.LARGEST,
        Family.SMALLEST,
    )
    assert all(0 <= number <= 99 for number in question.numbers)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (Question(Family.SUM, (27, 5)), 32),
        (Question(Family.DIFFERENCE, (41, 9)), 32),
        (Question(Family.LARGEST, (31, 72, 50)), 72),
        (Question(Family.SMALLEST, (31, 72, 50)), 31),
        (Question(Family.DIGITS, (4, 8, 0, 6)), 4806),
    ],
)
def test_the_answer_of_each_family(question: Question, answer: int) -> None:
    assert question.answer == answer


def test_the_best_blind_guess_is_right_less_than_once_in_thirty() -> None:
    chance = random.Random(4)
    answers = Counter(new_question(below=chance.randrange).answer for _ in range(20_000))
    assert answers.most_common(1)[0][1] / 20_000 < 1 / 30
    assert {new_question(below=chance.randrange).family for _ in range(200)} == set(Family)


@given(st.integers(0, 99))
def test_numbers_in_words_are_read_again(number: int) -> None:
    assert read_answer(in_words(number)) == number


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("32", 32), ("３２", 32), (" 32 。", 32), ("等于32", 32), ("三十二", 32), ("三十二！", 32), ("十二", 12),
        ("三二", 32), ("四八〇六", 4806), ("四千八百零六", 4806), ("一百", 100), ("两百", 200), ("", None),
        ("不知道", None), ("3" * 60, None),
    ],
)  # fmt: skip
def test_an_answer_is_read_however_it_is_written(typed: str, value: int | None) -> None:
    assert read_answer(typed) == value


@given(st.text())
def test_any_answer_can_be_read_without_a_fault(typed: str) -> None:
    value = read_answer(typed)
    assert value is None or value >= 0
