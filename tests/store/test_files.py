"""The file store: bytes under their hash, on the disk before any row names them (trust.md, attachment store)."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from greenmine.domain.errors import NotFound
from greenmine.store.files import FileStore

WORDS = "演示附件".encode()
SHA256 = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def names(store: FileStore) -> list[str]:
    return sorted(path.name for path in store.root.rglob("*") if path.is_file())


def test_bytes_stand_under_their_hash(store: FileStore) -> None:
    assert store.put(WORDS) == SHA256
    assert store.get(SHA256) == WORDS
    assert store.has(SHA256)
    assert store.put(WORDS) == SHA256
    assert names(store) == [SHA256]


def test_an_empty_file_is_a_file(store: FileStore) -> None:
    assert store.get(store.put(b"")) == b""


def test_files_are_for_the_sites_own_eyes(store: FileStore) -> None:
    """The web door decides what is public; nobody else on the machine reads along."""
    store.put(WORDS)
    assert (store.root / SHA256[:2]).stat().st_mode & 0o077 == 0


def test_file_and_folders_are_synced_before_put_returns(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut after the answer loses nothing: first the bytes, then the name, then the name of its folder."""
    calls: list[str] = []
    sync, rename = os.fsync, Path.rename

    def fsync(handle: int) -> None:
        calls.append(Path(f"/proc/self/fd/{handle}").resolve().name)
        sync(handle)

    def renamed(self: Path, target: Any) -> Path:
        calls.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", renamed)
    store.put(WORDS)
    assert calls[0].startswith(".")
    assert calls[1:] == ["rename", SHA256[:2], "files"]
    calls.clear()
    store.put(WORDS)
    assert calls == [SHA256[:2], "files"]


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", SHA256[:63], SHA256 + "0", SHA256.upper(), SHA256[:62] + "/.", "." * 64, "\0" * 64,
     "/" + SHA256[1:], SHA256[:63] + "０", SHA256 + "\n"],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_hash_is_not_found(store: FileStore, name: str) -> None:
    """trust.md 17: no name of a request ever becomes a path."""
    store.put(WORDS)
    for call in (store.get, store.has, store.remove):
        with pytest.raises(NotFound):
            call(name)


def test_unknown_and_removed_files_are_not_found(store: FileStore) -> None:
    with pytest.raises(NotFound):
        store.get(SHA256)
    store.put(WORDS)
    store.remove(SHA256)
    store.remove(SHA256)
    assert not store.has(SHA256)
    with pytest.raises(NotFound):
        store.get(SHA256)


def test_sweep_takes_what_nothing_names_and_leaves_the_rest(store: FileStore) -> None:
    kept, orphan = store.put(WORDS), store.put(b"orphan")
    (store.root / kept[:2] / ".draft").write_bytes(b"left by a kill")
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert set(store.sweep([kept], before=later)) == {orphan, ".draft"}
    assert names(store) == [kept]
    assert store.sweep([kept], before=later) == []


def test_sweep_leaves_what_was_put_since(store: FileStore) -> None:
    """The row that names a young file may be about to be committed."""
    orphan = store.put(b"orphan")
    (store.root / orphan[:2] / ".draft").write_bytes(b"being written")
    assert store.sweep([], before=datetime.now(UTC) - timedelta(hours=1)) == []
    assert len(names(store)) == 2


def test_putting_an_old_file_again_makes_it_young(store: FileStore) -> None:
    orphan = store.put(b"orphan")
    os.utime(store.root / orphan[:2] / orphan, (0, 0))
    store.put(b"orphan")
    assert store.sweep([], before=datetime.now(UTC) - timedelta(hours=1)) == []


def test_a_file_put_again_while_the_sweep_looks_round_stays(store: FileStore) -> None:
    """Whoever puts the same bytes meanwhile counts on the file that stands there already."""
    orphan = store.put(b"orphan")
    os.utime(store.root / orphan[:2] / orphan, (0, 0))

    def named() -> Iterator[str]:
        yield store.put(b"another")
        store.put(b"orphan")

    assert store.sweep(named(), before=datetime.now(UTC) - timedelta(hours=1)) == []
    assert store.get(orphan) == b"orphan"


def test_sweep_of_a_store_that_was_never_used_finds_nothing(store: FileStore) -> None:
    assert store.sweep([], before=datetime.now(UTC)) == []


def test_the_same_file_put_by_many_at_once_is_there_once(store: FileStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: store.put(WORDS), range(40))) == {SHA256}
    assert names(store) == [SHA256]
    assert store.get(SHA256) == WORDS
