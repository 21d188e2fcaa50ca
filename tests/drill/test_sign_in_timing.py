"""How long a refusal takes tells nobody whether a login exists (OWASP ASVS 5.0 6.3.8, trust.md threat 15)."""

from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from tests.desk_people import PASSWORD, StaffDesk

from greenmine.domain.errors import BadInput
from greenmine.store.database import open_database
from greenmine.store.migrate import upgrade
from greenmine.usecases.password_hash import PasswordHashes
from greenmine.usecases.sign_in import enter_password

TRIES = 200


@pytest.mark.drill
@pytest.mark.slow
def test_unknown_and_wrong_take_the_same_time_within_a_tenth(tmp_path: Path) -> None:
    """200 tries of each in turns, at the site's real cost; medians, so that one slow moment does not decide."""
    database = open_database(f"sqlite:///{tmp_path / 'desk.db'}")
    upgrade(database)
    desk = StaffDesk(database, hashes=PasswordHashes())
    desk.person("zhijin-01")
    times: dict[str, list[float]] = {"zhijin-01": [], "nobody-01": []}
    for _ in range(TRIES):
        desk.later(minutes=2)  # past any wait: every try is a whole one
        for login, taken in times.items():
            begun = perf_counter()
            with pytest.raises(BadInput):
                enter_password(
                    database, login=login, password=PASSWORD[::-1], device=None, hashes=desk.hashes, at=desk.now
                )
            taken.append(perf_counter() - begun)
    known, unknown = (median(taken) for taken in times.values())
    database.close()
    assert abs(known - unknown) / known < 0.10, f"{known * 1000:.1f} ms against {unknown * 1000:.1f} ms"
