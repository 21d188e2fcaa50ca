"""``greenmine verify``: the whole record computed again from its entries, and every row held against it.

Nothing stored is believed: leaves, nodes, roots and signatures are computed from the entries, and the public rows by
replaying the acts into a fresh database beside. Rows are read as streams. Source: log-spec.md 11; trust.md threat 2.
"""

import json
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text

from greenmine.domain.act.document import matters_of
from greenmine.domain.errors import GreenmineError
from greenmine.store import triggers
from greenmine.store.act import Entered, entries
from greenmine.store.act_schema import body_fits, matters_fit
from greenmine.store.audit_basis import book_faults
from greenmine.store.audit_document import document_faults
from greenmine.store.audit_entry import EntryAudit
from greenmine.store.audit_fault import Fault
from greenmine.store.audit_head import HeadAudit, kept_head_faults
from greenmine.store.audit_promise import promise_faults
from greenmine.store.audit_row import row_faults
from greenmine.store.audit_tree import TreeAudit
from greenmine.store.database import Database, Tx, open_database
from greenmine.store.files import FileStore
from greenmine.store.log import root_at
from greenmine.store.migrate import upgrade
from greenmine.store.rebuild import replay_all
from greenmine.store.tables_private import APPEND_ONLY
from greenmine.tlog.note import VerifierKey

SCRATCH: Final = ".verify-"
Told = Callable[[int], None]


@dataclass
class Audit:
    """One run over the database.

    :param files: the published files; None: what the database holds is checked, not the files beside it
    :param head_file: the head kept outside the database
    :param scratch: folder for the database that is replayed into; it is removed afterwards
    :param private: name overdue cases to the operator
    :param told: called with the number of acts replayed so far
    """

    database: Database
    files: FileStore | None
    head_file: Path
    scratch: Path
    now: datetime
    witnesses: Collection[VerifierKey] = ()
    private: bool = False
    told: Told = lambda _: None
    size: int = 0
    remarks: list[str] = field(default_factory=list)

    def faults(self) -> Iterator[Fault]:
        """Every deviation, the ledger's first; a row and column is named once."""
        named: set[tuple[str, str, str]] = set()
        with self.database.read() as tx:
            for fault in self._all(tx):
                if (place := (fault.table, fault.key, fault.column)) not in named:
                    named.add(place)
                    yield fault

    def _all(self, tx: Tx) -> Iterator[Fault]:
        yield from _trigger_faults(tx)
        heads = HeadAudit(tx, witnesses=self.witnesses)
        ledger = EntryAudit(tx, TreeAudit(tx), heads)
        yield from ledger.faults()
        if heads.unchecked:
            self.remarks.append(f"有{heads.unchecked}个见证签名未能核对：见证方已不在名单中。")
        self.size = ledger.tree.size
        yield from kept_head_faults(tx, self.head_file, root_at=lambda size: root_at(tx, size), size=self.size)
        if heads.newest_size and not self.head_file.exists():
            self.remarks.append("库外没有保存的记录头，不能判断数据库是不是恢复的旧备份，请与镜像或见证方核对。")
        yield from document_faults(tx, self.files)
        yield from book_faults(tx, self.files)
        yield from promise_faults(tx, ledger.commitments, now=self.now, private=self.private)
        if ledger.unreadable is not None:
            self.remarks.append(f"第{ledger.unreadable}号起的记录须先恢复，公开数据没有逐行比较。")
            return
        yield from self._rows(tx)

    def _rows(self, tx: Tx) -> Iterator[Fault]:
        """Replay the acts into a database of their own and compare."""
        self.scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=self.scratch, prefix=SCRATCH))
            twin = stack.enter_context(closing(open_database(f"sqlite:///{folder}/replayed.sqlite")))
            upgrade(twin)
            done = 0
            misfits: list[Fault] = []
            try:
                for done in replay_all(twin, _readable(tx, misfits), checked=False):
                    self.told(done)
            except GreenmineError as error:
                yield from misfits
                yield Fault("act", str(error.params.get("n", f"{done} 之后")), "", str(error))
                return
            yield from misfits
            with twin.read() as other:
                yield from row_faults(tx, other)


def _readable(tx: Tx, misfits: list[Fault]) -> Iterator[Entered]:
    """Entries with texts that can be replayed; one that cannot is noted, and the entry replayed without it."""
    for n, (entry, body, matters) in enumerate(entries(tx)):
        envelope = json.loads(entry)
        content = bytes(body) if isinstance(body, bytes | memoryview) else None
        listed = bytes(matters) if isinstance(matters, bytes | memoryview) else None
        fits = content is not None and body_fits(bytes(entry), content)
        whole = matters_of(envelope) is not None and matters_fit(envelope, listed)
        if content is not None and not fits:
            misfits.append(Fault("act", str(n), "body", "正文不合格式"))
        if matters_of(envelope) is not None and not whole:
            misfits.append(Fault("act", str(n), "entry", "事项清单缺失，或与记录所述不符"))
        yield Entered(bytes(entry), content if fits else None, listed if whole else None)


def _trigger_faults(tx: Tx) -> Iterator[Fault]:
    """What keeps the ledgers append-only must stand."""
    dialect = tx.dialect.name
    standing = triggers.names(tx)
    if dialect == "postgresql":
        off = tx.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'")).scalars()
        standing -= frozenset(off)
    for table in APPEND_ONLY:
        for name in triggers.trigger_names(dialect, table.name):
            if name not in standing:
                yield Fault(table.name, "", "", f"只增不改的触发器 {name} 已被删除或停用")
