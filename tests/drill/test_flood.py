"""A flood of forms does not keep an honest person from a receipt (trust.md 4; issue 3, item 8)."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.drill.complaining import CASE, at_the_start, at_the_story, at_the_way_in, follow, lodge, receipt
from tests.drill.flood import HONEST, PATIENCE, PER_MINUTE, Flood, Site, addresses, drill, running_site
from tests.drill.visitor import Visitor
from tests.made_once import empty_site

CAP = 20_000_000
"""Bytes by which the data may grow in the seconds of a short flood, or in a minute of a long one."""


@pytest.fixture
def empty(processes: None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty site in a folder of the test's own."""
    return empty_site(tmp_path_factory, tmp_path)


@pytest.fixture(scope="module")
def site(processes: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(empty_site(tmp_path_factory, tmp_path_factory.mktemp("flood"))) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 200])
def test_a_complaint_gets_its_receipt_in_the_middle_of_a_flood(site: Site, number: int) -> None:
    """Some seconds of it: as fast as this machine sends, up to 5,000 a minute."""
    toll = drill(site, receipt, opening=at_the_start, number=number, seconds=3, every=1.5, at_least=150, patience=15)
    assert number > 1 or toll.answers[429] > toll.sent / 2, "asked a question, nothing refused"
    assert toll.questions <= 3 * toll.receipts and toll.grown < CAP


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 200])
def test_a_complaint_gets_its_receipt_through_five_minutes_of_flood(empty: Path, number: int) -> None:
    """trust.md 4, in full: 5,000 forms a minute, one whole complaint a minute, no answer above five seconds."""
    minutes = float(os.environ.get("FLOOD_MINUTES", "5"))
    with running_site(empty) as site:
        toll = drill(site, receipt, opening=at_the_story, number=number, seconds=60 * minutes, every=60)
    sys.stdout.write(f"\n{number} addresses, {minutes:g} minutes: {toll}\n")
    assert toll.per_minute >= 0.9 * PER_MINUTE, "the flood was one"
    assert toll.receipts >= minutes and toll.questions <= 3 * toll.receipts
    assert toll.grown < CAP * minutes


def guesses(site: Site, *, tries: int, number: int, every: float, least: int) -> tuple[int, int, float, int]:
    """So many codes tried from so many addresses at a number of a real case, while its holder looks it up.

    Once the number is slowed the holder is asked a question each time, of which three a minute are taken.
    Returns hits, look-ups of the holder, the slowest answer to them, and the questions they answered.
    """
    case, code = lodge(Visitor(site.port, HONEST))
    typing = lambda chance: {"number": case, "code": f"{chance.randrange(10**16):016}"}  # noqa: E731 - what is typed
    flood = Flood(site, addresses(number), at_the_way_in, typing=typing, per_minute=60_000)
    served, slowest, asked = 0, 0.0, 0
    with flood.running():
        while sum(flood.answers.values()) < tries or served < least:
            holder = Visitor(site.port, HONEST)
            assert follow(holder, case, code).path == CASE, "the holder is served at any time"
            served, slowest, asked = served + 1, max(slowest, holder.slowest), asked + holder.asked
            time.sleep(every)
    assert set(flood.answers) <= {303, 400, 429}, flood.answers
    return flood.answers[303], served, slowest, asked


@pytest.mark.slow
def test_guesses_at_the_way_in_hit_nothing_and_the_holder_is_served(site: Site) -> None:
    """trust.md 14, in short."""
    hits, served, slowest, _ = guesses(site, tries=120, number=20, every=1, least=2)
    assert hits == 0 and served >= 2 and slowest < 15


@pytest.mark.drill
@pytest.mark.slow
def test_ten_thousand_guesses_at_the_way_in_hit_nothing_and_the_holder_is_served(empty: Path) -> None:
    """trust.md 14, in full, from a hundred addresses."""
    with running_site(empty) as site:
        hits, served, slowest, asked = guesses(site, tries=10_000, number=100, every=21, least=4)
    told = f"{hits} hits; holder served {served} times, slowest answer {slowest:.2f} s, {asked} questions"
    sys.stdout.write(f"\n10,000 guesses: {told}\n")
    assert hits == 0 and served >= 4 and slowest < PATIENCE


def test_the_honest_address_is_not_among_the_flood() -> None:
    assert len(set(addresses(200))) == 200 and "127.0.0.9" not in addresses(500)
