"""trust.md, fault "SMTP down, slow, dies after DATA", and kill -9 of the senders."""

from pathlib import Path

import pytest
from tests.drill.mail import drill_mail


@pytest.mark.usefixtures("processes")
def test_senders_killed_at_any_moment_lose_no_letter_and_double_none(tmp_path: Path) -> None:
    toll = drill_mail(tmp_path, kills=10, letters=50)
    assert toll.moods.total() >= 50


@pytest.mark.usefixtures("processes")
@pytest.mark.drill
@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_kills(tmp_path: Path, seed: int) -> None:
    toll = drill_mail(tmp_path, kills=100, letters=500, seed=seed)
    assert toll.deliveries > toll.letters, "no letter was ever sent twice: the kills came at harmless moments"
    assert set(toll.moods) == {"takes", "dies after DATA", "451", "421", "dies before DATA"}
