"""Lists have stable addresses, and every item is on exactly one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.errors import NotFound
from greenmine.web.paging import PageBeyond, address, paging, read_page_number


def test_the_same_list_has_the_same_address() -> None:
    one = address("/mines", {"level": "national", "q": "磷矿", "year": None, "city": ""})
    assert one == address("/mines", [("q", "磷矿"), ("level", "national")])
    assert one == "/mines?level=national&q=%E7%A3%B7%E7%9F%BF"


def test_the_first_page_has_no_number() -> None:
    pager = paging("/mines", total=60, number=2, kept=[("page", "2"), ("q", "a")])
    assert pager.previous == "/mines?q=a"
    assert pager.following == "/mines?page=3&q=a"


@given(total=st.integers(0, 20_000), data=st.data())
def test_pages_cover_the_list_without_overlap(total: int, data: st.DataObject) -> None:
    pages = max(1, -(-total // 25))
    number = data.draw(st.integers(1, pages))
    pager = paging("/mines", total=total, number=number)
    assert pager.pages == pages
    assert pager.last - pager.first + 1 == min(25, total - (number - 1) * 25) or total == 0
    assert bool(pager.previous) == (number > 1) and bool(pager.following) == (number < pages)


@given(total=st.integers(1, 20_000), data=st.data())
def test_the_row_of_pages_is_short_ordered_and_hides_no_single_page(total: int, data: st.DataObject) -> None:
    pages = -(-total // 25)
    number = data.draw(st.integers(1, pages))
    row = [link.number for link in paging("/mines", total=total, number=number).links]
    shown = [page for page in row if page]
    assert shown == sorted(set(shown)) and {1, number, pages} <= set(shown) and len(row) <= 9
    for before, gap, after in zip(row, row[1:], row[2:], strict=False):
        assert gap != 0 or after - before > 2


def test_a_page_beyond_the_last_is_not_there() -> None:
    with pytest.raises(PageBeyond) as refusal:
        paging("/mines", total=25, number=2)
    assert (refusal.value.last, refusal.value.first) == ("/mines", "/mines")


def test_what_leads_back_from_beyond_keeps_the_filters() -> None:
    with pytest.raises(PageBeyond, match="共有 1,230 条、50 页") as refusal:
        paging("/mines", total=1230, number=51, kept=[("q", "a"), ("page", "51")], anchor="#list")
    assert (refusal.value.last, refusal.value.first) == ("/mines?page=50&q=a#list", "/mines?q=a#list")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "１", "9999999", " 1"])
def test_what_is_no_page_number_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        read_page_number(text)


def test_page_numbers_are_read() -> None:
    assert read_page_number("") == 1 and read_page_number("12") == 12
