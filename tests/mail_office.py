"""A site that has letters to send, for the tests of the outbox and of the line to the mail server."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.desk import NOON, ZHIJIN
from tests.mail_servers import Mailbox
from tests.site_process import free_port

from greenmine.cli.smtp import MailDoor, Patience
from greenmine.config import MailSecurity, MailServer
from greenmine.domain.letter import LetterState
from greenmine.store.case import open_case
from greenmine.store.database import Database, open_database
from greenmine.store.mail_line import LineFault, line_fault
from greenmine.store.migrate import upgrade
from greenmine.store.outbox import LetterRow, letters_of, post
from greenmine.store.sealed import MasterKey
from greenmine.usecases.outbox import Sender, send_due

SITE = "https://mines.example.gov.cn"
HOST = "mines.example.gov.cn"
FROM = "noreply@mines.example.gov.cn"
TO = "zhang.san@example.com"
SUBJECT = "您反映的问题（编号尾号：四二）有新消息，请登录本平台查看办理进展、补充材料的要求和答复期限"
TEXT = f"演示：请凭受理编号和查询码查看。\n.\n..\nFrom here\n{SITE}/track\n"
PATIENT = Patience(answer=5, opening=5, letter=10)
HURRY = Patience(answer=0.3, opening=0.5, letter=0.6)


@dataclass
class Office:
    """A site with cases, a clock that moves when it is told to, and a mail server somewhere."""

    database: Database
    mailbox: Mailbox = field(default_factory=Mailbox)
    master: MasterKey = field(default_factory=lambda: MasterKey(bytes(range(32))))
    now: datetime = NOON
    port: int = field(default_factory=free_port)
    patience: Patience = PATIENT
    cases: Iterator[int] = field(default_factory=itertools.count)

    def case(self) -> str:
        name = f"case-{next(self.cases)}"
        with self.database.write() as tx:
            open_case(tx, case=name, kind="complaint", region=ZHIJIN, at=self.now, master=self.master)
        return name

    def post(self, text: str = TEXT, *, case: str | None = None, to: str = TO, subject: str = SUBJECT) -> str:
        case = case or self.case()
        with self.database.write() as tx:
            post(tx, case=case, recipient=to, subject=subject, text=text, at=self.now, master=self.master)
        return case

    def door(self) -> MailDoor:
        return MailDoor(
            MailServer("127.0.0.1", self.port, MailSecurity.PLAIN),
            sender=FROM, sender_name="绿色矿山信息公开平台", hello=HOST, patience=self.patience,
        )  # fmt: skip

    def sender(self, door: MailDoor | None = None) -> Sender:
        return Sender(
            self.database, connect=(door or self.door()).connect, clock=lambda: self.now, chance=lambda: 0.5,
            master=self.master, site_url=SITE, host=HOST,
        )  # fmt: skip

    def send(self, door: MailDoor | None = None) -> int:
        return send_due(self.sender(door))

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def of(self, case: str) -> LetterRow:
        with self.database.read() as tx:
            (row,) = letters_of(tx, case)
        return row

    def fault(self) -> LineFault | None:
        with self.database.read() as tx:
            return line_fault(tx)

    def state(self, case: str) -> tuple[LetterState, str, int]:
        row = self.of(case)
        return row.state, row.last_result, row.attempts


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """An office with an empty database of its own."""
    database = open_database(f"sqlite:///{folder / 'mail.db'}")
    upgrade(database)
    yield Office(database)
    database.close()
