"""A feed of fifty items beside a bare Flask page: built anew, and asked again by a reader that has it already."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

from tests.bench.load import press
from tests.bench.pages import CONNECTIONS, served
from tests.bench.register import make_services
from tests.bench.rounds import Round, print_table, take_turns
from tests.reference_data import CONTENT

SIZES = (300, 10_000)
FEEDS = (
    ("all, Atom", "/feeds/all.atom"),
    ("all, JSON Feed", "/feeds/all.json"),
    ("province, RSS", "/feeds/regions/520000.rss"),
    ("directory, Atom", "/feeds/directory.atom?status=listed"),
)


def bench_feeds(folder: Path, *, rounds: int, seconds: float) -> None:
    """Print requests per second and p95 of feeds at each size beside the bare page."""
    with ExitStack() as stack:
        port = stack.enter_context(served("tests.bench.bare:app", {}))
        candidates: dict[str, Callable[[], Round]] = {"bare Flask page": _round(port, "/", seconds)}
        for size in SIZES:
            home = folder / str(size)
            make_services(home, mines=size).database.close()
            environment = {
                "GREENMINE_DATA_DIR": str(home),
                "GREENMINE_SEARCH_INDEX": str(home / "search_index"),
                "GREENMINE_CONTENT_DIR": str(CONTENT),
                "GREENMINE_RATE_PAGES": "1000000 per second",
            }
            port = stack.enter_context(served("wsgi:app", environment))
            for name, path in FEEDS:
                candidates[f"{name}, {size:,} mines"] = _round(port, path, seconds)
            candidates[f"all, asked again, {size:,} mines"] = _again(port, FEEDS[0][1], seconds)
        results = take_turns(candidates, rounds=rounds)
    title = f"Feeds of 50 items (granian, 1 process, 1 thread, {CONNECTIONS} connections)"
    print_table(title, results, against="bare Flask page")


def _round(port: int, path: str, seconds: float) -> Callable[[], Round]:
    return lambda: press(port, (path,), seconds=seconds, connections=CONNECTIONS)


def _again(port: int, path: str, seconds: float) -> Callable[[], Round]:
    with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        tag = answer.headers["ETag"]
    header = f"If-None-Match: {tag}"
    return lambda: press(port, (path,), seconds=seconds, connections=CONNECTIONS, header=header, status=304)
