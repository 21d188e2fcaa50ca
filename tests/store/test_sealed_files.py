"""Sealed files: unreadable without their key, on the disk before any row names them (trust.md, attachment store)."""

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.small_disk import small_disk_at

from greenmine.domain.errors import NotFound, Unready
from greenmine.store.sealed_files import SealedFiles

WORDS = "演示：排污口照片 13800000000".encode() * 50


@pytest.fixture
def store(tmp_path: Path) -> SealedFiles:
    return SealedFiles(tmp_path / "sealed")


def lying(store: SealedFiles) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def test_what_was_put_is_read_back_by_its_key_only(store: SealedFiles) -> None:
    one, other = store.put(WORDS), store.put(WORDS)
    assert store.get(one.file, one.key) == WORDS
    assert one.size == len(WORDS)
    with pytest.raises(Unready, match="无法打开"):
        store.get(one.file, other.key)


def test_nothing_on_the_disk_tells_of_the_content(store: SealedFiles) -> None:
    """Neither the bytes nor the name: the same photograph sent twice gives two files with nothing alike."""
    one, other = store.put(WORDS), store.put(WORDS)
    assert one.file != other.file
    assert one.key != other.key
    for path in lying(store):
        assert re.fullmatch(r"[0-9a-f]{32}", path.name)
        assert WORDS[:30] not in path.read_bytes()
        assert one.key not in path.read_bytes()
        assert path.parent.stat().st_mode & 0o077 == 0


def test_a_key_is_shown_in_no_trace(store: SealedFiles) -> None:
    kept = store.put(WORDS)
    assert "key" not in repr(kept)


def test_files_changed_or_exchanged_do_not_open(store: SealedFiles) -> None:
    one, other = store.put(WORDS), store.put(b"other")
    first, second = (store.root / kept.file[:2] / kept.file for kept in (one, other))
    second.write_bytes(first.read_bytes())
    with pytest.raises(Unready):
        store.get(other.file, one.key)
    first.write_bytes(first.read_bytes()[:-1] + b"\0")
    with pytest.raises(Unready):
        store.get(one.file, one.key)
    first.write_bytes(b"")
    with pytest.raises(Unready):
        store.get(one.file, one.key)


def test_an_empty_file_is_a_file(store: SealedFiles) -> None:
    kept = store.put(b"")
    assert store.get(kept.file, kept.key) == b""


def test_file_and_folders_are_synced_before_put_returns(store: SealedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the bytes, then the name, then the names of its folders: a row that comes later names what is there."""
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
    kept = store.put(WORDS)
    assert calls[0].startswith(".")
    assert calls[1:] == ["rename", kept.file[:2], "sealed", store.root.parent.name]


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "a" * 31, "a" * 33, "A" * 32, "." * 32, "\0" * 32, "/" + "a" * 31, "a" * 30 + "/.",
     "a" * 32 + "\n", "a" * 31 + "０"],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_random_id_is_not_found(store: SealedFiles, name: str) -> None:
    """trust.md 17: no name of a request ever becomes a path."""
    kept = store.put(WORDS)
    for call in (lambda: store.get(name, kept.key), lambda: store.has(name), lambda: store.remove(name)):
        with pytest.raises(NotFound):
            call()


def test_removed_files_are_not_found(store: SealedFiles) -> None:
    kept = store.put(WORDS)
    store.remove(kept.file)
    store.remove(kept.file)
    assert not store.has(kept.file)
    with pytest.raises(NotFound):
        store.get(kept.file, kept.key)


def test_a_store_that_is_away_is_told_from_a_file_that_is_gone(store: SealedFiles) -> None:
    kept = store.put(WORDS)
    store.root.rename(store.root.with_name("unmounted"))
    with pytest.raises(Unready, match="暂时无法读取"):
        store.get(kept.file, kept.key)


def test_a_store_that_cannot_be_written_takes_nothing(tmp_path: Path) -> None:
    """The whole form is refused then: never a receipt that names a missing file."""
    (tmp_path / "sealed").write_text("a file where the folder should be")
    with pytest.raises(Unready, match="没有收下"):
        SealedFiles(tmp_path / "sealed").put(WORDS)


def test_a_failed_sync_leaves_no_half_file(store: SealedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(5, "I/O error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(Unready):
        store.put(WORDS)
    assert lying(store) == []


@pytest.fixture
def small_disk(processes: None, tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk") as place:
        yield place


def test_a_full_disk_refuses_and_works_again_without_a_restart(small_disk: Path) -> None:
    store = SealedFiles(small_disk / "sealed")
    kept = store.put(WORDS)
    filler = small_disk / "filler"
    with filler.open("wb") as file, pytest.raises(OSError, match="No space"):
        file.write(b"x" * 2_000_000)
    with pytest.raises(Unready):
        store.put(b"x" * 500_000)
    assert [path.name for path in lying(store)] == [kept.file]
    assert store.get(kept.file, kept.key) == WORDS
    filler.unlink()
    again = store.put(b"x" * 500_000)
    assert store.get(again.file, again.key) == b"x" * 500_000


def test_a_read_only_disk_refuses_and_still_reads(small_disk: Path) -> None:
    store = SealedFiles(small_disk / "sealed")
    kept = store.put(WORDS)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(Unready):
        store.put(WORDS)
    assert store.get(kept.file, kept.key) == WORDS


def test_sweep_takes_what_nothing_names_and_leaves_the_rest(store: SealedFiles) -> None:
    kept, orphan = store.put(WORDS), store.put(b"orphan")
    (store.root / kept.file[:2] / ".draft").write_bytes(b"left by a kill")
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert set(store.sweep([kept.file], before=later)) == {orphan.file, ".draft"}
    assert [path.name for path in lying(store)] == [kept.file]


def test_sweep_leaves_what_was_put_since(store: SealedFiles) -> None:
    """The row that names a young file may be about to be committed."""
    store.put(b"orphan")
    assert store.sweep([], before=datetime.now(UTC) - timedelta(hours=1)) == []
    assert len(lying(store)) == 1


def test_sweep_of_a_store_that_was_never_used_finds_nothing(store: SealedFiles) -> None:
    assert store.sweep([], before=datetime.now(UTC)) == []
