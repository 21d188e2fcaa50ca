"""The outbox in the worker and at the console."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.desk import ZHIJIN
from tests.mail_servers import Mailbox, Talk, bad_server, good_server
from tests.one_app import services_for
from tests.site_process import CHECKOUT, environment, free_port, running, until

from greenmine.__main__ import main
from greenmine.cli.outbox import mail_host, send_mail
from greenmine.cli.prepare import prepare
from greenmine.cli.worker import JOBS, Job, work
from greenmine.config import MailSecurity, MailServer, Settings
from greenmine.domain.letter import LetterState
from greenmine.services import Services
from greenmine.store.case import open_case
from greenmine.store.mail_line import LineFault, line_fault, note_fault
from greenmine.store.outbox import counts, give_up, letters_of, mark_waiting, post

NOW = datetime(2026, 1, 9, 2, 0, tzinfo=UTC)
TO = "zhang.san@example.com"
WORKER = ("-m", "greenmine", "worker")


@dataclass
class Console:
    """A prepared site with three letters, and the command line on it."""

    services: Services
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> str:
        self.capture.readouterr()
        code = main(["outbox", *arguments])
        printed = "".join(self.capture.readouterr())
        assert code == 0, printed
        return printed


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    built = services_for(settings, clock=lambda: NOW)
    prepare(built, empty=True)
    with built.database.write() as tx:
        for case in ("c1", "c2", "c3"):
            open_case(tx, case=case, kind="complaint", region=ZHIJIN, at=NOW, master=built.master)
            post(tx, case=case, recipient=TO, subject="演示主题", text="演示正文", at=NOW, master=built.master)
    yield built
    built.database.close()


@pytest.fixture
def console(services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Console:
    settings = services.settings
    monkeypatch.setenv("GREENMINE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("GREENMINE_SEARCH_INDEX", str(settings.search_index))
    monkeypatch.setenv("GREENMINE_CONTENT_DIR", str(settings.content_dir))
    return Console(services, capsys)


def with_server(services: Services, port: int) -> Services:
    server = MailServer("127.0.0.1", port, MailSecurity.PLAIN)
    return replace(
        services, settings=replace(services.settings, mail_server=server, mail_from="noreply@example.gov.cn")
    )


def waiting(services: Services) -> int:
    with services.database.read() as tx:
        return counts(tx, now=NOW).waiting


def test_the_worker_sends_what_waits(services: Services) -> None:
    (job,) = [job for job in JOBS if job.name == "outbox"]
    assert job.every <= timedelta(minutes=1)
    mailbox = Mailbox()
    with good_server(mailbox) as port:
        assert job.run(with_server(services, port)) == 3
    assert mailbox.recipients == [TO] * 3
    assert {str(letter["From"]) for letter in mailbox.letters} == {
        f"{services.settings.site_name} <noreply@example.gov.cn>"
    }
    assert waiting(services) == 0


def test_a_slow_mail_server_keeps_the_worker_from_nothing(services: Services) -> None:
    """Search, log and lease go on while a letter is handed in."""
    (job,) = [job for job in JOBS if job.name == "outbox"]
    mailbox, stop, asked, other = Mailbox(), threading.Event(), threading.Event(), threading.Event()

    def slow(_: object) -> None:
        asked.set()
        assert other.wait(10), "the other job never ran"

    def runs_meanwhile(_: Services) -> None:
        if asked.is_set():
            other.set()
            stop.set()

    with good_server(mailbox, at_data=slow) as port:
        jobs = [job, Job("other", timedelta(0), runs_meanwhile)]
        work(with_server(services, port), stop=stop, jobs=jobs, pause=0.01)
    assert len(mailbox.contents) == 1, "asked to stop: the letter in hand is ended, no other begun"
    assert waiting(services) == 2


def test_a_worker_that_lost_its_lease_begins_no_other_letter(services: Services) -> None:
    """What it did not take is untouched: its successor sends it."""
    mailbox = Mailbox()
    with good_server(mailbox) as port:
        assert send_mail(with_server(services, port), goes_on=lambda: not mailbox.contents) == 1
        with services.database.read() as tx:
            left = [letters_of(tx, case)[0] for case in ("c2", "c3")]
        assert [(row.state, row.attempts) for row in left] == [(LetterState.WAITING, 0)] * 2
        assert send_mail(with_server(services, port)) == 2
    assert set(mailbox.times.values()) == {1}


def test_without_a_mail_server_letters_wait(services: Services) -> None:
    """They are sent once there is one."""
    assert send_mail(services) == 0
    assert waiting(services) == 3
    with good_server(Mailbox()) as port:
        assert send_mail(with_server(services, port)) == 3


def test_with_nothing_due_nothing_is_written_and_nobody_called(services: Services) -> None:
    with good_server(Mailbox()) as port:
        assert send_mail(with_server(services, port)) == 3
    begun: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            begun.append(statement)

    event.listen(services.database.engine, "before_cursor_execute", note)
    for _ in range(20):
        assert send_mail(with_server(services, free_port())) == 0
    event.remove(services.database.engine, "before_cursor_execute", note)
    assert begun == []


def test_an_outage_is_no_failure_of_the_job(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    """No trace in the log every five seconds, for hours."""
    down = with_server(services, free_port())
    for _ in range(10):
        assert send_mail(down) == 0
    assert caplog.records == []
    with services.database.read() as tx:
        fault = line_fault(tx)
    assert fault is not None
    assert fault.failures == 1


def test_the_outbox_is_told_in_numbers_and_codes(console: Console) -> None:
    database = console.services.database
    with database.write() as tx:
        give_up(tx, 1, result="550")
        mark_waiting(tx, 2, next_at=NOW + timedelta(minutes=1), result="451", attempts=1)
        note_fault(tx, LineFault(7, NOW - timedelta(hours=1), NOW + timedelta(minutes=9), "refused"))
    printed = console.run()
    for words in (
        "待发送 2 封", "超过 24 小时 2 封", "未能送达 1 封", "451：1 封", "550：1 封", "refused", "连续 7 次",
        "GREENMINE_SMTP_URL",
    ):  # fmt: skip
        assert words in printed
    for secret in (TO, "zhang", "演示主题", "演示正文", "c1"):
        assert secret not in printed


def test_an_operator_has_the_waiting_or_all_tried_at_once(console: Console) -> None:
    database = console.services.database
    with database.write() as tx:
        give_up(tx, 1, result="550")
        mark_waiting(tx, 2, next_at=NOW + timedelta(hours=1), result="451", attempts=9)
        note_fault(tx, LineFault(7, NOW, NOW + timedelta(minutes=9), "refused"))
    assert "2 封邮件将立即重试" in console.run("retry")
    with database.read() as tx:
        assert line_fault(tx) is None
    assert "3 封邮件将立即重试" in console.run("retry", "--given-up")
    assert waiting(console.services) == 3


@pytest.mark.parametrize(
    ("site_url", "host"),
    [
        ("https://mines.example.gov.cn", "mines.example.gov.cn"),
        ("https://mines.example.gov.cn:8443", "mines.example.gov.cn"),
        ("http://127.0.0.1:8000", "[127.0.0.1]"),
        ("http://[::1]:8000", "[IPv6:::1]"),
        ("https://例子.中国", "xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_the_host_as_mail_writes_it(site_url: str, host: str) -> None:
    assert mail_host(site_url) == host


def holds_after_data(talk: Talk) -> None:
    """The letter is taken and kept; then the other side is killed."""
    talk.take_letter()
    talk.wait_for_end()


@pytest.mark.usefixtures("processes")
def test_a_worker_killed_between_the_letter_and_its_mark_sends_it_again_under_the_same_id(tmp_path: Path) -> None:
    """kill -9 after DATA, before the answer: two deliveries, one effect; and nothing of it in files or log."""
    mailbox, log, port = Mailbox(), tmp_path / "log", free_port()
    env = environment(
        tmp_path, GREENMINE_SMTP_URL=f"smtp://127.0.0.1:{port}", GREENMINE_MAIL_FROM="noreply@example.gov.cn"
    )
    own = {name: value for name, value in env.items() if name.startswith("GREENMINE_")}
    services = services_for(Settings.from_environment(own, base=CHECKOUT))
    prepare(services, empty=True)
    written = services.clock()
    with services.database.write() as tx:
        open_case(tx, case="c1", kind="complaint", region=ZHIJIN, at=written, master=services.master)
        post(tx, case="c1", recipient=TO, subject="演示主题", text="演示正文", at=written, master=services.master)
    with bad_server(mailbox, holds_after_data, port=port), running(WORKER, env=env, log=log) as process:
        until(lambda: len(mailbox.contents) == 1, seconds=60, log=log)
        process.kill()
        process.wait()
    with services.database.read() as tx:
        (row,) = letters_of(tx, "c1")
    assert (row.state, row.last_result, row.attempts) == (LetterState.WAITING, "taken", 1)
    later = replace(services, clock=lambda: written + timedelta(minutes=11))
    with good_server(mailbox, port=port):
        assert send_mail(later) == 1
    assert list(mailbox.times.values()) == [2]
    assert mailbox.effects == ["演示正文"]
    left = log.read_bytes() + b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    for secret in (TO, "zhang.san", "演示主题", "演示正文"):
        assert secret.encode() not in left
    services.database.close()
