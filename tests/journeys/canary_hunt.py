"""Looking for marked words wherever a stranger could look: pages, feeds, exports, logs, files (trust.md 1)."""

import html
import re
import sqlite3
from collections import defaultdict, deque
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.canaries import find, find_text
from tests.journeys.canary_story import Browser, Got

LINK = re.compile(rb"""(?:href|src|action)=["']([^"'#]+)|<(?:loc|link|id|url|feed)>([^<#]+)<|"(https?://[^"#\s]+)\"""")
ASKED = ("/search", "/mines", "/notices", "/removals", "/blacklist", "/news", "/policies", "/feeds/search.rss",
         "/feeds/search.atom", "/feeds/search.json", "/feeds/directory.rss", "/mines.csv", "/mines.json")  # fmt: skip
"""Addresses that take words in ``q``."""


def crawl(reader: Browser, starts: Iterable[str], *, most: int, within: str = "") -> dict[str, Got]:
    """Every address reached from these, so many of them, each shape of address in its turn.

    :param within: follow only addresses that begin so
    """
    waiting: dict[str, deque[str]] = defaultdict(deque)
    known: set[str] = set()

    def note(paths: Iterable[str]) -> None:
        for path in paths:
            if path not in known and path.startswith(within or "/"):
                known.add(path)
                waiting[_shape(path)].append(path)

    note(starts)
    seen: dict[str, Got] = {}
    while len(seen) < most and any(waiting.values()):
        for path in [queue.popleft() for queue in list(waiting.values()) if queue]:
            got = seen[path] = reader.exchange("GET", path)
            note(_links(got, reader.port))
    return seen


def leaks(seen: dict[str, Got]) -> list[str]:
    """Every mark in bodies and headers."""
    found = [f"{path}: {each}" for path, got in seen.items() for each in find(got.body)]
    return found + [f"{path} headers: {each}" for path, got in seen.items() for each in find(got.header_bytes)]


def leaks_of_search(reader: Browser, tails: Iterable[str]) -> list[str]:
    """Words that stand beside a mark, asked for wherever words are taken: what is shown beside them holds no mark."""
    found = []
    for tail in tails:
        for path in ASKED:
            got = reader.exchange("GET", f"{path}?q={quote(tail)}")
            assert got.status == 200, f"{path}?q={tail}: {got.status}"
            found += [f"{path}?q={tail}: {each}" for each in find(got.body)]
    return found


def leaks_of_files(folder: Path) -> list[str]:
    """Every mark in names and bytes of what stands below a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder)
        found += [f"name of {shown}: {each}" for each in find_text(str(shown))]
        if path.is_file():
            found += [f"{shown}: {each}" for each in find(path.read_bytes())]
    return found


def leaks_of_rows(database: Path) -> tuple[list[str], int]:
    """Every mark in a row of any table, and how many rows were read: SQLite may split a value over its pages."""
    found, rows = [], 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            read = connection.execute(f'SELECT * FROM "{name}"').fetchall()
            rows += len(read)
            whole = b"\n".join(
                value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
                for row in read
                for value in row
                if value is not None
            )
            found += [f"table {name}: {each}" for each in find(whole)]
    return found, rows


def _shape(path: str) -> str:
    """Addresses alike but for numbers and values."""
    parts = urlsplit(path)
    keys = ",".join(sorted(each.partition("=")[0] for each in parts.query.split("&")))
    steps = parts.path.split("/")
    folded = [steps[1] if len(steps) > 1 else "", *(re.sub(r"[^.]*\d[^.]*", "#", step) for step in steps[2:])]
    is_slug = len(folded) == 2 and folded[0] in ("news", "policies", "clauses", "procedures", "documents", "static")
    return f"{'/'.join([*folded[:1], '#'] if is_slug else folded)}?{keys}"


def _links(got: Got, port: int) -> Iterable[str]:
    """Own addresses in an answer, and where it leads."""
    own, found = f"http://127.0.0.1:{port}", []
    led = [value.encode() for name, value in got.headers if name.lower() == "location"]
    for groups in [*LINK.findall(got.body), *((each, b"", b"") for each in led)]:
        address = html.unescape(next(filter(None, groups), b"").decode("utf-8", "replace")).removeprefix(own)
        if address.startswith("/") and not address.startswith("//"):
            found.append(quote(address, safe="/?=&%+;,:@!$'()*~"))
    return found
