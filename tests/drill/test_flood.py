"""A flood of forms does not keep an honest person from a receipt (trust.md 4; issue 3, item 8)."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from tests.drill.flood import READING, Site, addresses, drill, running_site
from tests.drill.visitor import Visitor
from tests.site_process import CHECKOUT, environment

SMALL = ("-m", "greenmine", "serve", "--target", "tests.drill.guarded_app:app")
CAP = 20_000_000
"""Bytes by which the data may grow in the seconds of a short flood."""


def letter(person: Visitor) -> str:
    """The small form, filled in within a few seconds."""
    page = person.get("/letter")
    time.sleep(READING)
    page = person.send(page, {"text": "矿车夜间扬尘"})
    assert page.status == 200, page.text[:2000]
    return page.h1.removeprefix("回执")


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("flood")
    command = [sys.executable, "-m", "greenmine", "init", "--empty"]
    subprocess.run(command, env=environment(folder), cwd=CHECKOUT, check=True, capture_output=True, timeout=120)
    with running_site(folder, *SMALL, PYTHONPATH=f"{CHECKOUT / 'site'}:{CHECKOUT}") as site:
        yield site


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 200])
def test_an_honest_person_gets_a_receipt_in_the_middle_of_a_flood(small_site: Site, number: int) -> None:
    toll = drill(small_site, letter, pages=("/letter",), number=number, seconds=6, every=3.2, at_least=300, patience=15)
    assert toll.answers[429] > toll.sent / (2 if number == 1 else 10), "asked a question, not refused"
    assert toll.questions <= 1 and toll.grown < CAP


def test_the_honest_address_is_not_among_the_flood() -> None:
    assert len(set(addresses(200))) == 200 and "127.0.0.9" not in addresses(500)
