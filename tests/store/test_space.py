"""Room on the disk: refused with a sentence before anything is taken; no restart after (trust.md, faults)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.small_disk import small_disk_at

from greenmine.config import Settings, SettingsError
from greenmine.domain.errors import Unready
from greenmine.store.space import require_space


@pytest.fixture
def small_disk(processes: None, tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk") as place:
        yield place


def test_more_than_the_disk_has_is_refused_with_a_sentence(tmp_path: Path) -> None:
    require_space(tmp_path, at_least=1)
    require_space(tmp_path / "not" / "made" / "yet", at_least=1)
    for folder in (tmp_path, tmp_path / "not" / "made" / "yet"):
        with pytest.raises(Unready, match="存储空间不足") as refused:
            require_space(folder, at_least=2**60)
        assert refused.value.code == "space.low"


def test_a_disk_that_fills_up_refuses_and_takes_again_when_there_is_room(small_disk: Path) -> None:
    low_water = 256 * 1024
    require_space(small_disk, at_least=low_water)
    (small_disk / "filler").write_bytes(b"x" * 900_000)
    with pytest.raises(Unready):
        require_space(small_disk / "sealed", at_least=low_water)
    (small_disk / "filler").unlink()
    require_space(small_disk / "sealed", at_least=low_water)


def test_a_disk_without_names_left_is_full_too(small_disk: Path) -> None:
    for number in range(1500):
        (small_disk / str(number)).touch()
    with pytest.raises(Unready):
        require_space(small_disk, at_least=1)


def test_the_low_water_mark_is_a_setting() -> None:
    assert Settings.from_environment({}).low_water_bytes == 256 * 1024 * 1024
    assert Settings.from_environment({"GREENMINE_LOW_WATER_BYTES": "1048576"}).low_water_bytes == 1_048_576
    with pytest.raises(SettingsError, match="GREENMINE_LOW_WATER_BYTES"):
        Settings.from_environment({"GREENMINE_LOW_WATER_BYTES": "some"})
