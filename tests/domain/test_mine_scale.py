"""Large, medium, small by 国土资发〔2004〕208号."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference_data import shipped_minerals

from greenmine.domain.errors import BadInput
from greenmine.domain.mine import Method, Scale
from greenmine.domain.mine_scale import Capacity, read_capacity, read_limits

OPEN_PIT, UNDERGROUND, BOTH = Method.OPEN_PIT, Method.UNDERGROUND, Method.BOTH


def scale(name: str, capacity: str, method: Method | None = None) -> Scale | None:
    read = read_capacity(capacity)
    assert read is not None
    return shipped_minerals().scale_of(name, read, method=method)


@pytest.mark.parametrize(
    ("name", "capacity", "expected"),
    [
        ("石灰岩", "100万吨/年", Scale.LARGE),
        ("石灰岩", "99.99万吨/年", Scale.MEDIUM),
        ("石灰岩", "50万吨/年", Scale.MEDIUM),
        ("石灰岩", "49.99万吨/年", Scale.SMALL),
        ("水泥用石灰石", "120万吨/年", Scale.LARGE),
        ("建筑石料用灰岩", "10万立方米/年", Scale.LARGE),
        ("建筑用凝灰岩", "5万m³/a", Scale.MEDIUM),
        ("建筑石料", "4.9万立方米/年", Scale.SMALL),
        ("磷矿", "300000吨/年", Scale.MEDIUM),
        ("石墨", "0.3万吨/年", Scale.MEDIUM),
        ("叶蜡石", "10万吨/年", Scale.LARGE),
        ("陶瓷土", "4万吨/年", Scale.SMALL),
        ("金刚石", "10万克拉/年", Scale.LARGE),
        ("锂", "30万吨/年", Scale.MEDIUM),
        ("湖盐", "9万吨/年", Scale.SMALL),
        ("硅石", "20万吨/年", Scale.LARGE),
    ],
)
def test_limits_belong_to_the_higher_class(name: str, capacity: str, expected: Scale) -> None:
    assert scale(name, capacity) is expected


@pytest.mark.parametrize(
    ("capacity", "method", "expected"),
    [
        ("120万吨/年", UNDERGROUND, Scale.LARGE),
        ("120万吨/年", OPEN_PIT, Scale.MEDIUM),
        ("120万吨/年", None, None),
        ("120万吨/年", BOTH, None),
        ("400万吨/年", None, Scale.LARGE),  # large whichever way it is won
        ("30万吨/年", BOTH, Scale.SMALL),
    ],
)
def test_coal_depends_on_how_it_is_won_and_is_left_open_where_that_decides(
    capacity: str, method: Method | None, expected: Scale | None
) -> None:
    assert scale("煤", capacity, method) is expected


@pytest.mark.parametrize(
    ("name", "capacity"),
    [
        ("铁", "100万吨/年"),  # not in the table
        ("饰面用灰岩", "100万吨/年"),  # counted otherwise, not in the table
        ("石灰岩", "100万立方米/年"),  # the row counts tonnes
        ("建筑石料用灰岩", "100万吨/年"),  # the row counts cubic metres
        ("不存在", "1万吨/年"),
    ],
)
def test_what_the_table_does_not_answer_is_not_guessed(name: str, capacity: str) -> None:
    assert scale(name, capacity) is None


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("30 万吨/年", "30", "万吨"),
        ("１.５万吨", "1.5", "万吨"),
        ("5万m³/a", "5", "万立方米"),
        ("1,200,000t/a", "120", "万吨"),
        ("20000立方米/年", "2", "万立方米"),
    ],
)
def test_capacity_is_read_as_it_is_printed(text: str, amount: str, unit: str) -> None:
    assert read_capacity(text) == Capacity(Decimal(amount), unit)


@pytest.mark.parametrize(
    "text", ["", "30", "30吨/日", "约30万吨", "30-50万吨/年", "万吨/年", "-3万吨/年", "1e9万吨", "9" * 400 + "万吨"]
)
def test_capacity_that_is_not_plain_is_not_read(text: str) -> None:
    assert read_capacity(text) is None


@given(st.text(max_size=40))
def test_any_text_of_capacity_is_answered_without_a_crash(text: str) -> None:
    read = read_capacity(text)

    assert read is None or read.amount >= 0


@given(
    amount=st.decimals(0, 500, places=2),
    more=st.decimals(0, 500, places=2),
    name=st.sampled_from(["石灰岩", "磷", "石墨", "芒硝"]),
)
def test_more_capacity_never_makes_a_mine_smaller(amount: Decimal, more: Decimal, name: str) -> None:
    order = [Scale.SMALL, Scale.MEDIUM, Scale.LARGE]
    minerals = shipped_minerals()
    less = minerals.scale_of(name, Capacity(amount, "万吨"))
    greater = minerals.scale_of(name, Capacity(amount + more, "万吨"))

    assert less is not None and greater is not None
    assert order.index(less) <= order.index(greater)


@pytest.mark.parametrize(
    ("large", "medium", "small"),
    [
        ("120", "120-45", "<45"),
        ("≥120", "110-45", "<45"),
        ("≥120", "120-45", "<40"),
        ("≥45", "45-120", "<120"),
        ("≥1.2.0", "1.2.0-1", "<1"),
    ],
)
def test_limits_that_do_not_fit_together_are_refused(large: str, medium: str, small: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_limits(large=large, medium=medium, small=small)

    assert refusal.value.code == "scale.limits"


def test_limits_are_read_as_printed() -> None:
    assert read_limits(large="≥1", medium="1-0.3", small="<0.3") == (Decimal(1), Decimal("0.3"))
