"""Replaying the demonstration's acts into an empty database gives identical public pages (issue 2, "Done when")."""

from dataclasses import replace
from pathlib import Path

from tests.example_pages import PERSONAL, example_addresses

from greenmine.app import create_app
from greenmine.cli.upkeep import run_projections
from greenmine.services import Services
from greenmine.store.act import entries
from greenmine.store.database import open_database
from greenmine.store.migrate import upgrade
from greenmine.store.rebuild import differences, replay_all

_OF_THE_LOG = ("page", "entry", "checkpoint", "tile", "policy", "proof", "consistency", "feed")
HEADS = frozenset(f"log.{name}" for name in _OF_THE_LOG)
"""Show heads, which only the database that recorded the acts signs; tests/cli/test_log_replay.py compares roots."""

CHANGING = frozenset({"status.page", "verify.entry"}) | HEADS | PERSONAL
"""Tell of this machine's worker and database, or of one person, not of the public record."""


def test_a_replayed_site_shows_the_same_pages_byte_for_byte(demo_services: Services, tmp_path: Path) -> None:
    twin = open_database(f"sqlite:///{tmp_path / 'twin.sqlite'}")
    upgrade(twin)
    with demo_services.database.read() as tx:
        list(replay_all(twin, entries(tx)))
    with demo_services.database.read() as first, twin.read() as second:
        assert differences(first, second) == []
    other = replace(demo_services, database=twin)
    run_projections(other)
    one, two = create_app(services=demo_services).test_client(), create_app(services=other).test_client()
    more = ["/mines?region=520000&status=listed&page=2", "/notices?state=ended", "/removals?year=2025"]
    addresses = [path for endpoint, path in example_addresses(demo_services).items() if endpoint not in CHANGING]
    for path in addresses + more:
        if path.endswith((".xlsx",)):
            continue  # a zip file holds the time of its making
        with one.get(path) as here, two.get(path) as there:
            assert here.status_code == there.status_code == 200, path
            assert here.data == there.data, path
    twin.close()
