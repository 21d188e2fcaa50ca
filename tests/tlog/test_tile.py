"""Tiles and entry bundles (C2SP tlog-tiles), with the specification's own examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.tlog.tile import Tile, bundle, number_path, parse_tile, tiles_of, unbundle


def test_a_number_is_written_as_in_the_specification() -> None:
    """tlog-tiles, "Merkle Tree": index 1234067 is x001/x234/067."""
    assert number_path(1234067) == "x001/x234/067"
    assert [number_path(n) for n in (0, 7, 255, 999, 1000)] == ["000", "007", "255", "999", "x001/000"]


def test_a_tree_of_70000_has_the_tiles_the_specification_counts() -> None:
    """273 full and one of 112 at level 0; one full and one of 17 at level 1; one of 1 at level 2."""
    tiles = list(tiles_of(70_000))
    assert [tile.width for tile in tiles if tile.level == 0] == [256] * 273 + [112]
    assert [tile.width for tile in tiles if tile.level == 1] == [256, 17]
    assert [tile.width for tile in tiles if tile.level == 2] == [1]
    assert len(tiles) == 277


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_1() -> None:
    assert [tile.path for tile in tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]


def test_an_empty_tree_has_no_tiles() -> None:
    assert list(tiles_of(0)) == []


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**12), st.integers(1, 256))
def test_a_tile_is_found_again_by_its_path(level: int | None, number: int, width: int) -> None:
    tile = Tile(level, number, width)
    assert parse_tile(tile.path.removeprefix("tile/")) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/0000",
        "0/x000/000",  # stray zeroes in front
        "00/000",
        "64/000",
        "-1/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/x001",
        "0/001/x002",
        "entries/000/",
        "Entries/000",
        "0/٠٠٠",
        "0/000.p/257",
        "../0/000",
    ],
)
def test_any_other_spelling_is_no_tile(path: str) -> None:
    assert parse_tile(path) is None


@given(st.lists(st.binary(min_size=1, max_size=400), max_size=30))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert unbundle(bundle(entries)) == entries


@pytest.mark.parametrize("data", [b"\0", b"\0\0", b"\0\5abcd", b"\0\1a\0"])
def test_a_bundle_that_breaks_off_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="breaks off"):
        unbundle(data)


@given(st.integers(0, 70_000), st.integers(0, 2), st.integers(0, 300), st.integers(1, 256))
def test_only_what_the_tree_holds_stands_in_it(size: int, level: int, number: int, width: int) -> None:
    tile = Tile(level, number, width)
    assert tile.stands_in(size) == ((number * 256 + width) * 256**level <= size)
