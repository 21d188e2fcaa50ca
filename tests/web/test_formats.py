"""How values are written."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import ModuleType

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from tests.web.shell_app import shell_app

from greenmine.domain import mine, officer
from greenmine.web import formats
from greenmine.web.formats import TONES, days_left, file_size, label, number, percent, short_digest


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return shell_app(tmp_path_factory.mktemp("formats"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2025, 11, 4), "2025年11月4日"),
        (datetime(2025, 11, 3, 16, 0, tzinfo=UTC), "2025年11月4日"),  # legal day, not the UTC day
        (datetime(2025, 11, 4, 15, 59, 59, tzinfo=UTC), "2025年11月4日"),
        (None, "—"),
    ],
)
def test_a_day_is_the_legal_day_without_zeros(app: Flask, value: date | None, text: str) -> None:
    with app.test_request_context("/"):
        assert formats.day(value) == text


def test_a_moment_is_legal_time_wherever_it_was_written(app: Flask) -> None:
    elsewhere = datetime(2025, 11, 4, 3, 0, tzinfo=timezone(timedelta(hours=-5)))
    with app.test_request_context("/"):
        assert formats.moment(elsewhere) == "2025年11月4日 16:00"
        assert formats.moment(datetime(2025, 11, 10, 15, 59, 59, tzinfo=UTC)) == "2025年11月10日 23:59:59"
        assert formats.moment(None) == "—"
    assert formats.pub_date(elsewhere) == "2025-11-04 16:00"
    assert formats.utc_stamp(elsewhere) == "2025-11-04T08:00:00Z"
    assert formats.iso_day(datetime(2025, 11, 3, 16, 0, tzinfo=UTC)) == "2025-11-04"


@pytest.mark.parametrize(
    ("value", "text"), [(1204, "1,204"), (0, "0"), (Decimal("1234.50"), "1,234.50"), (12.5, "12.5"), (None, "—")]
)
def test_numbers_are_grouped_by_thousands(value: int | float | Decimal | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (482, 500, "96.4%"),
        (1, 3, "33.3%"),
        (1, 2, "50%"),
        (0, 5, "0%"),
        (800, 800, "100%"),
        (1, 0, "—"),
        (1, 800, "0.1%"),
    ],
)
def test_a_share_has_at_most_one_decimal(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


@pytest.mark.parametrize(
    ("octets", "text"),
    [(0, "0 字节"), (1023, "1,023 字节"), (1024, "1 KB"), (1025, "2 KB"), (1_456_000, "1.4 MB"), (10_485_760, "10 MB")],
)
def test_sizes_of_files(app: Flask, octets: int, text: str) -> None:
    with app.test_request_context("/"):
        assert file_size(octets) == text


@given(octets=st.integers(1024, 10**9))
def test_a_file_is_never_said_to_be_smaller_than_it_is(octets: int) -> None:
    amount, unit = file_size(octets).split()
    assert float(amount) * {"KB": 1024, "MB": 1024 * 1024}[unit] >= octets


def test_days_left_are_said_in_words(app: Flask) -> None:
    today = date(2026, 11, 20)
    with app.test_request_context("/"):
        assert days_left(date(2026, 11, 23), today) == "还剩3天"
        assert days_left(today, today) == "今天截止"
        assert days_left(date(2026, 11, 19), today) == "已截止"


def test_a_place_is_named_from_above(app: Flask) -> None:
    assert formats.region_path(("贵州省", "毕节市", "织金县")) == "贵州省 · 毕节市 · 织金县"
    assert formats.region_path(()) == "—"
    assert short_digest("ab" * 32) == "abababababab…"


@pytest.mark.parametrize("module", [mine, officer])
def test_every_word_of_the_domain_can_be_shown(app: Flask, module: ModuleType) -> None:
    labelled = {name.removesuffix("_LABELS"): words for name, words in vars(module).items() if name.endswith("_LABELS")}
    assert labelled
    with app.test_request_context("/"):
        for words in labelled.values():
            for member, word in words.items():
                assert label(member) == word
        assert label(None) == "—"


def test_members_of_two_kinds_with_one_text_keep_their_own_words(app: Flask) -> None:
    class Other(StrEnum):
        COUNTY = "county"

    with app.test_request_context("/"):
        assert label(officer.Role.COUNTY) == "县级经办"
        assert label(mine.Level.COUNTY) == "县级"
        with pytest.raises(KeyError):
            label(Other.COUNTY)


def test_every_status_has_a_tone() -> None:
    assert set(TONES) == set(mine.MineStatus)
