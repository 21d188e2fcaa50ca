"""What the last content sync could not read, for the staff page and the status page."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from greenmine.store.database import Database, Tx
from greenmine.store.site_fact import get_fact, put_fact

_FACT: Final = "content_problems"


@dataclass(frozen=True)
class ProblemRow:
    """A file, the line (None: the file as a whole), and why it is not served."""

    path: str
    line: int | None
    message: str


def content_problems(tx: Tx) -> Sequence[ProblemRow]:
    """The problems as of the last sync; none before the first one."""
    return [ProblemRow(**row) for row in json.loads(get_fact(tx, _FACT) or "[]")]


def keep_problems(database: Database, problems: Iterable[ProblemRow]) -> bool:
    """Keep the problems of a sync; writes only when they have changed. Returns whether they had."""
    text = json.dumps([asdict(problem) for problem in problems], ensure_ascii=False)
    with database.read() as tx:
        if (get_fact(tx, _FACT) or "[]") == text:
            return False
    with database.write() as tx:
        put_fact(tx, _FACT, text)
    return True
