"""Sealing: bound to its place, opened by the right key only; and the master key's file (design.md "Private data")."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.forks import FORKS

from greenmine.domain.errors import Gone, Unready
from greenmine.store.sealed import (
    MasterKey,
    master_key,
    new_case_key,
    open_part,
    seal,
    seal_in_pieces,
    seal_part,
    unseal,
)

KEY = bytes(range(32))
PLACE: dict[str, Any] = {"case": "c1", "label": "text", "position": 0}


@given(st.binary(max_size=200), st.text(max_size=8), st.integers(0, 99))
def test_what_was_sealed_opens_again(plain: bytes, label: str, position: int) -> None:
    sealed = seal_part(KEY, plain, case="c1", label=label, position=position)
    assert open_part(KEY, sealed, case="c1", label=label, position=position) == plain


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1, 3_000_000])
def test_what_was_sealed_in_pieces_opens_as_a_whole(size: int) -> None:
    """A film is written a piece at a time, in the very form of everything sealed at once."""
    plain = bytes(range(256)) * (size // 256) + bytes(size % 256)
    sealed = b"".join(seal_in_pieces(KEY, plain, context=b"file|a"))
    assert len(sealed) == len(seal(KEY, plain, context=b"file|a")) == size + 28
    assert unseal(KEY, sealed, context=b"file|a") == plain
    with pytest.raises(Unready):
        unseal(KEY, sealed, context=b"file|b")


@pytest.mark.parametrize("other", [{"case": "c2"}, {"label": "contact"}, {"position": 1}])
def test_a_part_moved_to_another_place_does_not_open(other: dict[str, Any]) -> None:
    """Nobody can pass one person's contact off as another's by moving rows."""
    sealed = seal_part(KEY, "演示电话".encode(), **PLACE)
    with pytest.raises(Unready, match="无法打开"):
        open_part(KEY, sealed, **{**PLACE, **other})


@given(st.integers(0, 12 + 16 + 4 - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, difference: int) -> None:
    sealed = bytearray(seal_part(KEY, b"text", **PLACE))
    sealed[place] ^= difference
    with pytest.raises(Unready):
        open_part(KEY, bytes(sealed), **PLACE)


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(28)])
def test_cut_bytes_are_unreadable_and_nothing_worse(sealed: bytes) -> None:
    with pytest.raises(Unready):
        open_part(KEY, sealed, **PLACE)


def test_the_same_words_never_look_the_same() -> None:
    assert len({seal_part(KEY, b"text", **PLACE) for _ in range(50)}) == 50
    assert len({new_case_key() for _ in range(50)}) == 50


def test_a_case_key_opens_for_its_case_and_master_only() -> None:
    master, other = MasterKey(KEY), MasterKey(bytes(32))
    wrapped = master.wrap(b"k" * 32, case="c1")
    assert master.unwrap(wrapped, case="c1") == b"k" * 32
    for key, case in ((master, "c2"), (other, "c1")):
        with pytest.raises(Unready):
            key.unwrap(wrapped, case=case)
    with pytest.raises(Gone):
        master.unwrap(None, case="c1")


def test_master_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master"
    first = master_key(path)
    assert len(first.secret) == 32
    assert first.secret != bytes(32)
    assert path.stat().st_mode & 0o777 == 0o600
    assert master_key(path) == first
    assert [entry.name for entry in path.parent.iterdir()] == ["master"]


def test_a_lost_master_key_is_never_replaced_silently(tmp_path: Path) -> None:
    with pytest.raises(Unready, match="密钥备份"):
        master_key(tmp_path / "case-master.key", may_make=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o601])
def test_a_master_key_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master"
    master_key(path)
    path.chmod(mode)
    with pytest.raises(Unready, match="0600"):
        master_key(path)


@pytest.mark.parametrize("secret", [b"", b"x" * 31, b"x" * 33])
def test_a_master_key_of_the_wrong_length_is_refused_and_never_made_anew(tmp_path: Path, secret: bytes) -> None:
    path = tmp_path / "master"
    path.write_bytes(secret)
    path.chmod(0o600)
    with pytest.raises(Unready, match="长度"):
        master_key(path)
    assert path.read_bytes() == secret


def _make(path: str, start: Any, told: Any) -> None:
    start.wait(30)
    told.put(master_key(Path(path)).secret)


@pytest.mark.usefixtures("processes")
def test_processes_that_make_the_key_at_once_agree(tmp_path: Path) -> None:
    start, told = FORKS.Barrier(3), FORKS.Queue()
    makers = [FORKS.Process(target=_make, args=(str(tmp_path / "master"), start, told)) for _ in range(3)]
    for maker in makers:
        maker.start()
    secrets = {told.get(timeout=60) for _ in makers}
    for maker in makers:
        maker.join(30)
    assert secrets == {master_key(tmp_path / "master").secret}
