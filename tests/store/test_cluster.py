"""The mark of a wording (trust.md 4: duplicate hash, staff queue by cluster)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.cluster import normal_text
from greenmine.store.cluster import cluster_of
from greenmine.store.sealed import MasterKey

MASTER = MasterKey(b"m" * 32)
OTHER = MasterKey(b"o" * 32)


@pytest.mark.parametrize(
    "variant",
    [
        "矿车夜间扬尘严重",
        "矿车夜间，扬尘严重！！！",
        " 矿车 夜间\n扬尘\u3000严重 123",
        "矿车夜间扬尘严重①②",
        "【矿车】夜间\u200b扬尘…严重👍",
    ],
)
def test_spaces_punctuation_and_digits_make_no_other_wording(variant: str) -> None:
    assert cluster_of(variant, master=MASTER) == cluster_of("矿车夜间扬尘严重。", master=MASTER)


def test_width_and_case_make_no_other_wording() -> None:
    assert normal_text("ＡＢＣ矿 Straße") == normal_text("abc矿 STRASSE")


def test_other_words_have_another_mark() -> None:
    assert cluster_of("矿车夜间扬尘严重", master=MASTER) != cluster_of("矿车夜间噪声严重", master=MASTER)


def test_without_the_key_a_mark_cannot_be_made() -> None:
    assert cluster_of("同一句话", master=MASTER) != cluster_of("同一句话", master=OTHER)


@given(st.text())
def test_any_text_has_a_mark_of_32_hexadecimal_digits_and_normalising_twice_changes_nothing(text: str) -> None:
    mark = cluster_of(text, master=MASTER)
    assert len(mark) == 32 and int(mark, 16) >= 0
    assert normal_text(normal_text(text)) == normal_text(text)
