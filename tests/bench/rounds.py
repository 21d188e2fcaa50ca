"""Taking turns: each round runs every candidate once, so that a drift of the machine falls on all alike."""

import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """One candidate's round: rate per second and the latencies behind it, in milliseconds."""

    rate: float
    latencies: Sequence[float]


def take_turns(candidates: Mapping[str, Callable[[], Round]], *, rounds: int) -> dict[str, list[Round]]:
    """Run every candidate ``rounds`` times, in turns, after one turn that does not count."""
    results: dict[str, list[Round]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name, run in candidates.items():
            done = run()
            if number:
                results[name].append(done)
    return results


def print_table(title: str, results: Mapping[str, Sequence[Round]], *, against: str) -> None:
    """Median rate, p50 and p95 of all latencies, and the median ratio of rates, round by round."""
    lines = [f"\n{title}", f"{'':34}{'per second':>12}{'p50 ms':>9}{'p95 ms':>9}{'ratio':>8}{'min':>8}{'max':>8}"]
    for name, rounds in results.items():
        latencies = sorted(latency for done in rounds for latency in done.latencies)
        ratios = [done.rate / bare.rate for done, bare in zip(rounds, results[against], strict=True)]
        rate = statistics.median(done.rate for done in rounds)
        p50, p95 = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.95)]
        spread = f"{statistics.median(ratios):8.3f}{min(ratios):8.3f}{max(ratios):8.3f}"
        lines.append(f"{name:34}{rate:12.0f}{p50:9.2f}{p95:9.2f}{spread}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def machine_line() -> str:
    """What it was measured on."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
