"""The tools a door is handed. Types only: app.py builds them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from greenmine.config import Settings
from greenmine.content.files import Problem
from greenmine.content.slots import Slots
from greenmine.domain.clause import Clauses
from greenmine.domain.reference import Reference
from greenmine.projections.search import SearchIndex
from greenmine.store.database import Database
from greenmine.store.files import FileStore
from greenmine.store.log_key import LogKeys
from greenmine.store.sealed import MasterKey
from greenmine.store.sealed_files import SealedFiles
from greenmine.tlog.policy import Policy

Clock = Callable[[], datetime]
"""Now, aware, in UTC. The only clock of the house is made in app.py; tests and the demo hand in their own."""


@dataclass(frozen=True)
class Services:
    """Everything a view or a command may use; use cases are handed single pieces of it, never the whole.

    :param reference: regions, minerals, calendar and rule books as loaded at start
    :param files: documents the site publishes; ``sealed_files``: what people send, never published
    :param slots: places for files of strangers in the making
    :param witnesses: who cosigns the log's heads, and how many of them must
    :param clauses: the clauses of the source documents that rule books quote
    :param problems: what could not be read in content/ at start
    """

    settings: Settings
    database: Database
    search: SearchIndex
    files: FileStore
    sealed_files: SealedFiles
    slots: Slots
    log_keys: LogKeys
    witnesses: Policy
    master: MasterKey
    clock: Clock
    reference: Reference
    clauses: Clauses
    problems: tuple[Problem, ...]
