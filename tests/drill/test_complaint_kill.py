"""An acknowledged complaint is found once and whole, none twice (issue 3, "Done when"; trust.md, faults)."""

from pathlib import Path

import pytest
from tests.drill.complaint_kill import drill_complaints


@pytest.mark.usefixtures("processes")
@pytest.mark.slow
def test_a_killed_site_keeps_every_receipt_it_gave(tmp_path: Path) -> None:
    toll = drill_complaints(tmp_path, kills=6)
    assert toll.acknowledged >= 4 and toll.again > 0, toll


@pytest.mark.usefixtures("processes")
@pytest.mark.drill
def test_a_hundred_kills_lose_no_receipt(tmp_path: Path) -> None:
    toll = drill_complaints(tmp_path, kills=100, seed=2)
    assert toll.acknowledged >= 100 and toll.again >= 100, toll
