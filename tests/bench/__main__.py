"""``make bench``: what the site costs beside a bare peer, measured in turns within one run.

Ratios count; absolute figures belong to the machine of the day (docs: how we write, speed.md).
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.acts import bench_acts
from tests.bench.complaints import bench_complaints
from tests.bench.feeds import bench_feeds
from tests.bench.log import bench_log, bench_verify
from tests.bench.pages import bench_pages
from tests.bench.rounds import machine_line
from tests.bench.search import bench_search


def main() -> int:
    """Run the benches asked for and print their tables."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each candidate, in turns")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round of page requests")
    parser.add_argument("--acts", type=int, default=150, help="acts in a round")
    parser.add_argument("--complaints", type=int, default=20, help="complaints sent in a round")
    parser.add_argument(
        "--only",
        choices=("pages", "acts", "log", "feeds", "search", "complaints", "verify"),
        default=None,
        help="one of them; `verify` takes minutes and runs only when it is named",
    )
    options = parser.parse_args()
    sys.stdout.write(machine_line() + "\n")
    with tempfile.TemporaryDirectory(prefix="greenmine-bench-") as folder:
        if options.only in (None, "acts"):
            bench_acts(Path(folder), rounds=options.rounds, acts=options.acts)
        if options.only in (None, "log"):
            bench_log(Path(folder) / "log", rounds=options.rounds, acts=options.acts)
        if options.only == "verify":
            bench_verify(Path(folder) / "verify")
        if options.only in (None, "pages"):
            bench_pages(Path(folder), rounds=options.rounds, seconds=options.seconds)
        if options.only in (None, "feeds"):
            bench_feeds(Path(folder) / "feeds", rounds=options.rounds, seconds=options.seconds)
        if options.only in (None, "search"):
            bench_search(Path(folder), rounds=options.rounds, seconds=options.seconds)
        if options.only in (None, "complaints"):
            bench_complaints(Path(folder), rounds=options.rounds, number=options.complaints)
    return 0


if __name__ == "__main__":
    sys.exit(main())
