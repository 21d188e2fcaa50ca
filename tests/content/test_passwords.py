"""The list of common passwords that the site ships."""

from pathlib import Path

import pytest
from tests.reference_data import CONTENT

from greenmine.content.passwords import load_common_passwords
from greenmine.domain.errors import Unready
from greenmine.domain.password import SHORTEST


def test_shipped_list_holds_more_than_3000_that_our_length_would_let_through() -> None:
    """ASVS 6.2.4: the top 3,000 passwords that match the password policy."""
    common = load_common_passwords(CONTENT)
    assert sum(len(word) >= SHORTEST for word in common) >= 3000
    assert {"qwerty123456", "1qaz2wsx3edc", "password", "123qwe123qwe"} <= common
    assert all(word == word.casefold() for word in common)


def test_missing_cut_or_unreadable_list_stops_the_setting_of_passwords(tmp_path: Path) -> None:
    with pytest.raises(Unready, match="无法读取"):
        load_common_passwords(tmp_path)
    file = tmp_path / "security" / "common_passwords.txt"
    file.parent.mkdir()
    file.write_text("# nothing\npassword\n", "utf-8")
    with pytest.raises(Unready, match="不完整"):
        load_common_passwords(tmp_path)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unready, match="无法读取"):
        load_common_passwords(tmp_path)
