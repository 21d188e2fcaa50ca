"""What the log adds to an act, what a proof takes and what the log's tables weigh, at 1,000, 10,000, 100,000 entries.

The tree is filled in transactions of a thousand entries with the rows that acts leave one by one: act, subject, body,
mine, every node, and a signed head for each entry; nodes, roots and signatures are made by the log's own functions
(greenmine.tlog). What an act costs at a size is then measured through a use case, one durable transaction each, on
two copies of that database in turns: while no head is made (a log that has not begun: the tree grows, for it always
does), and with signed heads. The tree's own part is measured in the same turns by itself, and counts as the log's.
The mines stand in all counties alike.
"""

import hashlib
import os
import resource
import secrets
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, insert, select, update
from tests.bench.rounds import Round, print_table, take_turns
from tests.desk import NOON, mine_act
from tests.reference_data import CONTENT, reference

from greenmine.cli.ready import MODE
from greenmine.domain.instant import utc_text
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.mine_name import name_key
from greenmine.store import triggers
from greenmine.store.apply import apply
from greenmine.store.database import Database, Tx, open_database
from greenmine.store.log import append_leaf, newest_head, read_nodes
from greenmine.store.log_key import LogKeys, log_keys
from greenmine.store.log_read import evidence_of
from greenmine.store.log_seal import LogSeal, keep_head
from greenmine.store.migrate import upgrade
from greenmine.store.site_fact import settle_fact
from greenmine.store.tables import act, act_head, act_subject, document, mine
from greenmine.store.tables_log import LOG_TABLES, log_checkpoint, log_node, log_signature
from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint
from greenmine.tlog.entry import canonical, entry_bytes, leaf_hash
from greenmine.tlog.merkle import Node, completed, inclusion_proof, root
from greenmine.tlog.note import SignerKey
from greenmine.usecases.log import begin_log
from greenmine.usecases.mine import register_mine

SIZES: Final = (1_000, 10_000, 100_000)
TURNS: Final = 6
"""Into so many turns a round is cut, so that a busy moment of the machine falls on all candidates."""
REAL_ACTS: Final = 5_000
PROOFS: Final = 200
"""Proofs in a round."""
REGIONS: Final = tuple(sorted(each.code for each in reference().regions if not each.code.endswith("00")))
ORIGIN: Final = "bench.greenmine.invalid/log"
BATCH: Final = 1_000
TREE: Final = "act, tree only"
WITH: Final = "act, tree and signed head"
LEAF: Final = "a leaf put into the tree"

Rows = dict[Table, list[dict[str, Any]]]


@dataclass
class FilledLog:
    """A database whose log has begun, how to fill it on, and the nodes of its tree."""

    path: Path
    key: SignerKey
    mine_row: Mapping[str, Any]
    nodes: dict[Node, bytes] = field(default_factory=dict)
    size: int = 0

    @property
    def keys(self) -> LogKeys:
        """The folder of the log's key."""
        return LogKeys(self.path.parent / "keys")

    def read(self, wanted: Sequence[Node]) -> list[bytes]:
        """Nodes from memory."""
        return [self.nodes[node] for node in wanted]

    def grow(self, size: int) -> None:
        """Fill up to a size."""
        with closing(open_database(f"sqlite:///{self.path}")) as database:
            while self.size < size:
                with database.write() as tx:
                    self._add(tx, range(self.size, min(size, self.size + BATCH)))
            database.checkpoint()

    def _add(self, tx: Tx, numbers: range) -> None:
        rows: Rows = {
            table: [] for table in (act, act_subject, document, mine, log_node, log_checkpoint, log_signature)
        }
        for n in numbers:
            leaf = self._put_act(rows, n)
            self._put_tree(rows, n, leaf)
        tx.exec_driver_sql("DROP TRIGGER act_no_gap")  # it looks at the head after each row
        for table, lines in rows.items():
            tx.execute(insert(table), lines)
        tx.exec_driver_sql(next(line for line in triggers.statements("sqlite", "act") if "act_no_gap" in line))
        self.size = numbers.stop
        tx.execute(update(act_head).values(size=self.size, last_at=utc_text(NOON)))

    def _put_act(self, rows: Rows, n: int) -> bytes:
        region, at = REGIONS[n % len(REGIONS)], utc_text(NOON)
        number = f"GM-{region}-{n // len(REGIONS) + 1:04}"
        made = mine_act(n + 1, object=f"mine/{number}", facts={"region": region})
        body = canonical(made.body or {})
        sha256 = hashlib.sha256(body).hexdigest()
        entry = entry_bytes(made.envelope(seq=0, prev=None, at=at, body_sha256=sha256))
        leaf, name = leaf_hash(entry), (made.body or {})["name"]
        own = {"n": n, "kind": made.kind, "object": made.object, "seq": 0, "at": at, "by": made.by, "body": sha256}
        rows[act].append({**own, "valid_from": made.valid_from.isoformat(), "entry": entry, "leaf": leaf})
        rows[act_subject].append({"object": made.object, "n": n})
        kept = {"sha256": sha256, "media_type": "application/json", "size": len(body), "content": body}
        rows[document].append({**kept, "first_act": n})
        told = {"id": number, "region": region, "name": name, "name_key": name_key(name), "first_act": n, "last_act": n}
        rows[mine].append({**self.mine_row, **told})
        return leaf

    def _put_tree(self, rows: Rows, n: int, leaf: bytes) -> None:
        for node, value in completed(n, leaf, self.read):
            self.nodes[node] = value
            rows[log_node].append({"level": node.level, "place": node.place, "hash": value})
        head, at = Checkpoint(ORIGIN, n + 1, root(n + 1, self.read)), utc_text(NOON)
        rows[log_checkpoint].append({"size": head.size, "root": head.root, "at": at})
        (line,) = sign_checkpoint(head, [self.key]).signatures
        made = {"size": head.size, "name": line.name, "key_id": line.id, "raw": line.raw}
        rows[log_signature].append({**made, "time": 0, "at": at})


def begin(folder: Path) -> FilledLog:
    """A log of one act made as acts are made; what the others are filled in by."""
    path, keys = folder / "log.sqlite", LogKeys(folder / "keys")
    with closing(open_database(f"sqlite:///{path}")) as database:
        upgrade(database)
        sealed = replace(database, seal=LogSeal(keys, folder / "log-head").seal)
        with sealed.write() as tx:
            begin_log(tx, origin=ORIGIN, keys=keys, at=NOON)
        with sealed.write() as tx:
            apply(tx, mine_act(1, object=f"mine/GM-{REGIONS[0]}-0001", facts={"region": REGIONS[0]}), at=NOON)
        with sealed.read() as tx:
            key = keys.find(log_keys(tx)[0].key)
            row = dict(tx.execute(select(mine)).mappings().one())
            nodes = {Node(0, 0): read_nodes(tx, [Node(0, 0)])[0]}
    assert key is not None
    return FilledLog(path, key, row, nodes, size=1)


def bench_log(folder: Path, *, rounds: int, acts: int) -> None:
    """Print what the log costs at each size, and what a proof takes at the largest."""
    folder.mkdir()
    log = begin(folder)
    weights = []
    for size in SIZES:
        log.grow(size)
        weights.append(_weight(log))
        _bench_acts(log, rounds=rounds, acts=acts)
    _bench_proofs(log, rounds=rounds)
    sys.stdout.write("\nOn the disk (SQLite's dbstat: whole pages of tables and their indexes)\n")
    sys.stdout.write("".join(f"{line}\n" for line in weights))


def bench_verify(folder: Path) -> None:
    """Print what ``greenmine verify`` takes at the largest size, in a process of its own; 5,000 acts are real ones."""
    folder.mkdir()
    log = begin(folder)
    log.grow(SIZES[-1] - REAL_ACTS)
    with closing(open_database(f"sqlite:///{log.path}")) as database:
        sealed = replace(database, seal=LogSeal(log.keys, folder / "log-head").seal)
        done = _acts(sealed, REAL_ACTS)
        with database.write() as tx:
            settle_fact(tx, MODE, "demo")
    log.path.rename(folder / "greenmine.sqlite")
    settings = {
        "GREENMINE_DATA_DIR": folder,
        "GREENMINE_SEARCH_INDEX": folder / "index",
        "GREENMINE_CONTENT_DIR": CONTENT,
    }
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "greenmine", "verify"], env=environment, check=True)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(
        f"\ngreenmine verify at {SIZES[-1]:,} entries ({REAL_ACTS:,} by acts, {done.rate:.0f} per second; the others "
        f"by bulk): {seconds:.0f} s, {seconds / SIZES[-1] * 1000:.2f} ms an entry, peak memory {peak:.0f} MiB\n"
    )


def _bench_acts(log: FilledLog, *, rounds: int, acts: int) -> None:
    acts //= TURNS
    with _copies(log) as found:
        candidates: dict[str, Callable[[], Round]] = {
            TREE: lambda: _acts(found[TREE], acts),
            WITH: lambda: _acts(found[WITH], acts, head_file=log.path.parent / "log-head"),
            LEAF: lambda: _leaves(found[TREE], acts),
        }
        results = take_turns(candidates, rounds=rounds * TURNS)
    print_table(f"Acts at {log.size:,} entries, one durable transaction each (SQLite)", results, against=TREE)
    turns = [tuple(map(_middle, each)) for each in zip(*(results[name] for name in (TREE, WITH, LEAF)), strict=True)]
    added = [whole - tree + leaf for tree, whole, leaf in turns]
    ratio = statistics.median((tree - leaf) / whole for tree, whole, leaf in turns)
    sys.stdout.write(
        f"the log, tree and head, adds {statistics.median(added):.2f} ms (turns: {min(added):.2f} to "
        f"{max(added):.2f}); acts per second {ratio:.3f} x those without tree and head\n"
    )


@contextmanager
def _copies(log: FilledLog) -> Iterator[dict[str, Database]]:
    """The filled database twice; only the second seals."""
    found: dict[str, Database] = {}
    for name in (TREE, WITH):
        path = log.path.with_name(f"{secrets.token_hex(4)}.sqlite")
        with closing(sqlite3.connect(log.path)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
        found[name] = open_database(f"sqlite:///{path}")
    head = log.path.parent / "log-head"
    head.unlink(missing_ok=True)
    found[WITH] = replace(found[WITH], seal=LogSeal(log.keys, head).seal)
    try:
        yield found
    finally:
        for database in found.values():
            database.close()
            Path(str(database.engine.url.database)).unlink()


def _acts(database: Database, number: int, *, head_file: Path | None = None) -> Round:
    latencies, decided_by = [], reference()
    with database.read() as tx:
        size = int(tx.execute(select(act_head.c.size)).scalar_one())
        head = newest_head(tx)
    if head_file is not None and head is not None:
        keep_head(head_file, head.note)  # as the worker does: what follows must be shown to go on from it
    for n in range(size, size + number):
        facts = MineFacts(name=f"演示第{n}号矿", region=REGIONS[n % len(REGIONS)])
        start = time.perf_counter()
        with database.write() as tx:
            register_mine(tx, facts, reference=decided_by, officer=None, at=datetime.now(UTC))
        latencies.append((time.perf_counter() - start) * 1000)
    return Round(number / (sum(latencies) / 1000), latencies)


def _leaves(database: Database, number: int) -> Round:
    """``append_leaf`` alone, each time as the first of a transaction that is given up."""
    latencies = []
    for _ in range(number):
        with database.rehearse() as tx:
            size = int(tx.execute(select(act_head.c.size)).scalar_one())
            start = time.perf_counter()
            append_leaf(tx, size, b"\1" * 32, at=utc_text(NOON))
            latencies.append((time.perf_counter() - start) * 1000)
    return Round(number / (sum(latencies) / 1000), latencies)


def _middle(done: Round) -> float:
    return statistics.median(done.latencies)


def _bench_proofs(log: FilledLog, *, rounds: int) -> None:
    places = [n * log.size // PROOFS for n in range(PROOFS)]
    with closing(open_database(f"sqlite:///{log.path}")) as database:

        def served(n: int) -> None:
            with database.read() as tx:
                str(evidence_of(tx, n))

        candidates: dict[str, Callable[[], Round]] = {
            "proof, nodes in memory": lambda: _proofs(places, lambda n: inclusion_proof(n, log.size, log.read)),
            "file of /log/proof, from the disk": lambda: _proofs(places, served),
        }
        results = take_turns(candidates, rounds=rounds)
    print_table(f"Inclusion proofs at {log.size:,} entries", results, against="proof, nodes in memory")


def _proofs(places: Sequence[int], prove: Callable[[int], object]) -> Round:
    latencies = []
    for n in places:
        start = time.perf_counter()
        prove(n)
        latencies.append((time.perf_counter() - start) * 1000)
    return Round(len(places) / (sum(latencies) / 1000), latencies)


def _weight(log: FilledLog) -> str:
    names = [table.name for table in LOG_TABLES]
    marks = ",".join("?" * len(names))
    own = f"SELECT name FROM sqlite_master WHERE tbl_name IN ({marks})"
    with closing(sqlite3.connect(log.path)) as connection:
        (octets,) = connection.execute(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({own})", names).fetchone()
        (whole,) = connection.execute("SELECT sum(pgsize) FROM dbstat").fetchone()
    told = f"{octets / 1e6:8.2f} MB, {octets / log.size:6.0f} bytes an entry"
    return f"{log.size:>9,} entries: log's tables {told}; whole database {whole / 1e6:8.2f} MB"
