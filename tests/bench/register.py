"""Registers of a given size for the bench, made by the real use cases, many to a transaction."""

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from tests.reference_data import CONTENT

from greenmine.app import build_services
from greenmine.cli.demo.invent import TRADES, Inventor
from greenmine.cli.upkeep import keep_search, run_projections
from greenmine.config import Settings
from greenmine.domain.mine import Library
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.migrate import upgrade
from greenmine.usecases.mine import Listing, enlist_mine, register_mine

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def make_services(folder: Path, *, mines: int) -> Services:
    """Services over a register of so many mines, two thirds of them listed."""
    settings = Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(folder),
            "GREENMINE_SEARCH_INDEX": str(folder / "search_index"),
            "GREENMINE_CONTENT_DIR": str(CONTENT),
            "GREENMINE_RATE_PAGES": "1000000 per second",
        }
    )
    services = build_services(settings, clock=lambda: NOW)
    upgrade(services.database)
    rng = Random(mines)
    inventor = Inventor(rng, services.reference)
    counties = {code: inventor.counties(code) for code in TRADES}
    for first in range(0, mines, 500):
        with services.database.write() as tx:
            for _ in range(first, min(first + 500, mines)):
                province = rng.choice(sorted(TRADES))
                facts = inventor.facts(rng.choice(counties[province]), province, year=rng.randint(2015, 2024))
                number = register_mine(tx, facts, reference=services.reference, officer=None, at=NOW)
                _maybe_list(tx, number, rng)
    run_projections(services)
    keep_search(services)
    return services


def _maybe_list(tx: Tx, number: str, rng: Random) -> None:
    if rng.random() < 2 / 3:
        listing = Listing(Library.PROVINCIAL, date(rng.randint(2019, 2026), rng.randint(1, 10), 5), organ="演示机关")
        enlist_mine(tx, number, listing, officer=None, at=NOW)
