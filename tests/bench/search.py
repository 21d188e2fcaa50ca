"""The search page beside a bare Flask page, and how long what is meant to break it takes."""

import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from tests.bench.pages import round_of, served
from tests.bench.register import make_services
from tests.bench.rounds import Round, print_table, take_turns
from tests.hostile_queries import HOSTILE_QUERIES
from tests.reference_data import CONTENT

from greenmine.app import create_app

SIZES = (300, 10_000)
TYPED = ("煤矿", "贵州 磷矿", '"石灰岩矿" -贵州', "GM-5205", "織金")
WIDEST = ("有限公司", "示例矿业", "矿")
"""What nearly every document holds."""


def bench_search(folder: Path, *, rounds: int, seconds: float) -> None:
    """Print requests per second and p95 of searches at each size beside the bare page, then the hostile queries."""
    with ExitStack() as stack:
        port = stack.enter_context(served("tests.bench.bare:app", {}))
        candidates: dict[str, Callable[[], Round]] = {"bare Flask page": round_of(port, ("/",), seconds)}
        for size in SIZES:
            home = folder / f"search-{size}"
            make_services(home, mines=size).database.close()
            port = stack.enter_context(served("wsgi:app", _environment(home)))
            for name, words in (("search", TYPED), ("widest words", WIDEST)):
                candidates[f"{name}, {size:,} mines"] = round_of(port, tuple(map(_path, words)), seconds)
        results = take_turns(candidates, rounds=rounds)
    print_table("Search (granian, 1 process, 1 thread)", results, against="bare Flask page")
    _hostile(folder / f"search-{SIZES[-1]}")


def _hostile(home: Path) -> None:
    """Every hostile query five times: the slowest of all must stay below 1.5 s (trust.md 9)."""
    services = make_services(home, mines=0)
    client = create_app(services.settings, services=services).test_client()
    medians = {}
    for name, typed in HOSTILE_QUERIES.items():
        took = []
        for _ in range(5):
            start = time.perf_counter()
            client.get(_path(typed), base_url=services.settings.site_url)
            took.append((time.perf_counter() - start) * 1000)
        medians[name] = (statistics.median(took), max(took))
    slowest = sorted(medians, key=lambda name: -medians[name][1])[:5]
    lines = [f"  {name:28}{medians[name][0]:9.1f}{medians[name][1]:9.1f}" for name in slowest]
    title = f"Hostile queries at {SIZES[-1]:,} mines: the slowest of {len(medians)} (median ms, worst ms)"
    sys.stdout.write("\n".join(["", title, *lines]) + "\n")
    services.database.close()


def _path(typed: str) -> str:
    return f"/search?q={quote(typed)}"


def _environment(home: Path) -> dict[str, str]:
    return {
        "GREENMINE_DATA_DIR": str(home),
        "GREENMINE_SEARCH_INDEX": str(home / "search_index"),
        "GREENMINE_CONTENT_DIR": str(CONTENT),
        "GREENMINE_RATE_PAGES": "1000000 per second",
    }
