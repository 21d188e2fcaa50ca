"""``greenmine mirror``: the whole log, checked, taken up where it broke off, and safe against a server that lies."""

import gzip
import http.client
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.public_log import PublicLog, public_log
from tests.tlog_keys import LOG
from tests.witnesses import Faulty, faulty, say

from greenmine.__main__ import main
from greenmine.cli.http_door import Trouble, Unanswered, ask
from greenmine.cli.log import keep_log
from greenmine.cli.log_copy import trust
from greenmine.cli.log_source import LONGEST_NOTE, Folder, Missing, Site, Source, source_at, text_at
from greenmine.cli.mirror import MirrorFolder, Outcome, check, mirror
from greenmine.domain.act import Act
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, Unready
from greenmine.domain.seat import SYSTEM
from greenmine.store.act import size
from greenmine.store.apply import apply
from greenmine.store.log import read_nodes
from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint
from greenmine.tlog.merkle import root
from greenmine.tlog.note import SignerKey
from greenmine.tlog.policy import Policy
from greenmine.tlog.tile import bundle, unbundle
from greenmine.usecases.log import rotate_key

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicLog]:
    with public_log(tmp_path_factory.mktemp("site") / "data") as made:
        yield made


@pytest.fixture(scope="module")
def made(log: PublicLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole mirror, never changed."""
    folder = tmp_path_factory.mktemp("mirror") / "copy"
    outcome = copied(log, Site(log.url), folder)
    assert outcome.problems == []
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def copied(log: PublicLog, source: Source, folder: Path, *, key: str | None = "") -> Outcome:
    return mirror(source, MirrorFolder(folder), trust(log.key if key == "" else key, None), today=TODAY)


@dataclass
class Bent:
    """A server that tells the truth but for some addresses."""

    inner: Source
    bend: Callable[[str, bytes | Missing], bytes | Missing]

    @property
    def name(self) -> str:
        return "liar"

    def fetch(self, path: str, *, limit: int) -> bytes | Missing:
        return self.bend(path, self.inner.fetch(path, limit=limit))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_mirror_holds_the_log_and_all_documents_that_are_public(log: PublicLog, made: Path) -> None:
    with log.site.services.database.read() as tx:
        entries = size(tx)
    assert (made / "log/checkpoint").read_bytes() == log.site.fetch("/log/checkpoint")
    for name in (f"log/tile/entries/000.p/{entries}", f"log/tile/0/000.p/{entries}"):
        assert (made / name).read_bytes() == log.site.fetch(f"/{name}"), name
    told = json.loads((made / "removed.json").read_text())
    assert {sha256: item["ground"] for sha256, item in told.items()} == log.removed
    for sha256 in log.removed:
        assert not (made / "documents" / sha256).exists()
    outcome = check(MirrorFolder(made), today=TODAY)
    assert (outcome.problems, outcome.size, set(outcome.removed)) == ([], entries, set(log.removed))
    assert outcome.documents == len(list((made / "documents").iterdir())) > 20


def test_a_second_run_fetches_nothing_that_is_there(log: PublicLog, copy: Path) -> None:
    asked: list[str] = []

    def note(path: str, content: bytes | Missing) -> bytes | Missing:
        asked.append(path)
        return content

    outcome = copied(log, Bent(Site(log.url), note), copy, key=None)
    assert (outcome.entries, outcome.problems, asked) == (0, [], ["log/checkpoint"])


def erased(n: int) -> Act:
    """An act without a body."""
    commitment = f"{n:064x}"
    return Act(
        kind="record.erased",
        object=f"erased/{commitment}",
        by=SYSTEM,
        valid_from=TODAY,
        facts={"commitment": commitment},
    )


def test_it_grows_with_the_log_and_can_be_mirrored_itself(log: PublicLog, copy: Path, tmp_path: Path) -> None:
    """Past the first full bundle: partial tiles go, full ones stay."""
    with log.site.services.database.read() as tx:
        before = size(tx)
    with log.site.services.database.write() as tx:
        for n in range(300):
            apply(tx, erased(n), at=log.site.clock.now)
    keep_log(log.site.services)
    outcome = copied(log, Site(log.url), copy, key=None)
    assert (outcome.entries, outcome.problems) == (300, [])
    names = files(copy)
    assert "log/tile/0/000" in names and "log/tile/entries/000" in names
    assert not any(name.endswith(f".p/{before}") for name in names)
    assert check(MirrorFolder(copy), today=TODAY).problems == []
    again = copied(log, Folder(copy), tmp_path / "second")
    assert (again.size, again.problems) == (outcome.size, [])
    assert files(tmp_path / "second") == names


def test_a_run_that_broke_off_is_taken_up(log: PublicLog, made: Path, tmp_path: Path) -> None:
    class Broken(Exception):
        pass

    steps = 3 + len(list((made / "documents").iterdir()))
    for stop in (1, 2, 3, steps // 2):
        left = [stop]

        def breaking(path: str, content: bytes | Missing, left: list[int] = left) -> bytes | Missing:
            left[0] -= 1
            if left[0] < 0:
                raise Broken
            return content

        folder = tmp_path / f"broken-{stop}"
        with pytest.raises(Broken):
            copied(log, Bent(Folder(made), breaking), folder)
        copied(log, Folder(made), folder)
        assert files(folder) == files(made)


def test_what_a_liar_left_behind_is_fetched_again(log: PublicLog, made: Path, tmp_path: Path) -> None:
    """Bundles of a run that broke off are believed by nobody: an honest server is not blamed for them."""
    left = tmp_path / "copy"
    for bundle_file in (made / "log" / "tile" / "entries").rglob("*"):
        if bundle_file.is_file():
            target = left / bundle_file.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            bent = bend_entry("log/tile/entries/", bundle_file.read_bytes())
            assert isinstance(bent, bytes)
            target.write_bytes(bent)
    assert copied(log, Folder(made), left).problems == []
    assert files(left) == files(made)


def bend_entry(path: str, content: bytes | Missing) -> bytes | Missing:
    if not path.startswith("log/tile/entries/") or isinstance(content, Missing):
        return content
    entries = unbundle(content)
    return bundle([entries[0].replace(b"2", b"3"), *entries[1:]])


@pytest.mark.parametrize(
    "bend",
    [
        bend_entry,
        lambda path, content: content[:-1] if "entries" in path else content,
        lambda path, content: b"" if "entries" in path else content,
        lambda path, content: Missing.ABSENT if "entries" in path else content,
        lambda path, content: b"<html>" if path == "log/checkpoint" else content,
        lambda path, content: b"\xff" if path == "log/checkpoint" else content,
        lambda path, content: content.replace(b"\n", b"\n ", 1) if path == "log/checkpoint" else content,
    ],
)
def test_a_log_that_does_not_lead_to_its_head_changes_nothing(
    log: PublicLog, made: Path, tmp_path: Path, bend: Callable[[str, bytes | Missing], bytes | Missing]
) -> None:
    with pytest.raises(GreenmineError):
        copied(log, Bent(Folder(made), bend), tmp_path / "copy")
    assert files(tmp_path / "copy") == {}
    assert copied(log, Folder(made), tmp_path / "copy").problems == []  # and an honest run goes through


def signer(log: PublicLog) -> SignerKey:
    key = log.site.services.log_keys.find(_policy(log).logs[0].key)
    assert key is not None
    return key


def _policy(log: PublicLog) -> Policy:
    policy = trust(log.key, None)
    assert policy is not None
    return policy


def test_a_log_signed_anew_is_refused_and_kept_as_evidence(log: PublicLog, copy: Path) -> None:
    before = files(copy)
    head = MirrorFolder(copy).head(_policy(log))
    assert head is not None
    forged = str(sign_checkpoint(Checkpoint(LOG.name, head.checkpoint.size, b"\x01" * 32), [signer(log)]))
    bent = Bent(Site(log.url), lambda path, content: forged.encode() if path == "log/checkpoint" else content)
    with pytest.raises(Conflict, match="签了两份"):
        copied(log, bent, copy, key=None)
    after = files(copy)
    [name] = set(after) - set(before)
    assert (name[:5], after[name].decode()) == ("fork-", forged)
    assert {path: content for path, content in after.items() if path != name} == before


def test_a_log_that_goes_back_is_refused(log: PublicLog, copy: Path) -> None:
    before = files(copy)
    with log.site.services.database.read() as tx:
        from_nodes = root(2, lambda wanted: read_nodes(tx, wanted))
    old = str(sign_checkpoint(Checkpoint(LOG.name, 2, from_nodes), [signer(log)])).encode()
    with pytest.raises(Conflict, match="回退"):
        copied(log, Bent(Site(log.url), lambda path, content: old if path == "log/checkpoint" else content), copy)
    assert files(copy) == before


def test_whom_to_believe_is_said_first_and_nobody_else_is_believed(log: PublicLog, made: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--key"):
        copied(log, Folder(made), tmp_path / "copy", key=None)
    with pytest.raises(Conflict, match="签名"):
        copied(log, Folder(made), tmp_path / "copy", key=LOG.verifier.vkey)
    with pytest.raises(BadInput):
        trust("no key", None)


@pytest.mark.parametrize("kind", ["other bytes", "gone without a ground", "absent"])
def test_documents_that_are_not_what_the_log_names_are_told_and_not_kept(
    log: PublicLog, made: Path, tmp_path: Path, kind: str
) -> None:
    victim = sorted(path.name for path in (made / "documents").iterdir())[0]
    lie: bytes | Missing = {"other bytes": b"x", "absent": Missing.ABSENT}.get(kind, Missing.REMOVED)
    bent = Bent(Folder(made), lambda path, content: lie if path == f"documents/{victim}" else content)
    outcome = copied(log, bent, tmp_path / "copy")
    assert len(outcome.problems) == 1 and victim in outcome.problems[0]
    assert not (tmp_path / "copy/documents" / victim).exists()
    assert copied(log, Folder(made), tmp_path / "copy").problems == []


def test_a_document_removed_by_law_leaves_the_mirror_too(log: PublicLog, copy: Path) -> None:
    [gone, *_rest] = log.removed
    (copy / "documents" / gone).write_bytes(b"kept from before")
    assert any(gone in problem for problem in check(MirrorFolder(copy), today=TODAY).problems)
    copied(log, Site(log.url), copy)
    assert not (copy / "documents" / gone).exists()


@pytest.mark.parametrize("what", ["log/tile/entries", "log/tile/0", "documents", "log/checkpoint", "log/policy"])
@pytest.mark.parametrize("how", ["changed", "deleted"])
def test_check_names_whatever_was_changed_in_the_folder(copy: Path, what: str, how: str) -> None:
    path = copy / what
    victim = sorted(item for item in path.rglob("*") if item.is_file())[0] if path.is_dir() else path
    if how == "deleted":
        victim.unlink()
    else:
        content = bytearray(victim.read_bytes())
        content[len(content) // 2] ^= 1
        victim.write_bytes(bytes(content))
    try:
        problems = check(MirrorFolder(copy), today=TODAY).problems
    except GreenmineError as error:
        problems = [str(error)]
    assert problems


def test_the_command_tells_and_ends_with_a_code(
    log: PublicLog, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "copy")
    assert main(["mirror", str(made), folder, "--key", log.key]) == 0
    assert "与签名的记录头一致" in capsys.readouterr().out
    assert main(["mirror", "--check", folder]) == 0
    next((tmp_path / "copy/documents").iterdir()).write_bytes(b"x")
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["mirror", "--check", folder])
    assert ended.value.code == 1
    assert "与其校验值不符" in capsys.readouterr().out
    assert main(["mirror", folder]) == 2
    assert main(["mirror", str(tmp_path / "nothing"), folder]) == 1


def test_hostile_answers_are_bounded() -> None:
    def huge(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65_536)

    def bomb(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        say(handler, 200, gzip.compress(b"\0" * 10_000_000), Content_Encoding="gzip")

    def away(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        say(handler, 302, b"", Location="file:///etc/passwd")

    def torn(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    for answer in (huge, bomb, away, torn):
        with faulty(answer) as server, pytest.raises(Unready):
            Site(server.url).fetch("log/checkpoint", limit=LONGEST_NOTE)


def test_a_wait_ends_also_when_the_first_address_did_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is over before there is a connection that could be cut; the next address then drips for ever."""

    def drip(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)

    connect = http.client.HTTPConnection.connect

    def late(line: http.client.HTTPConnection) -> None:
        time.sleep(0.4)
        connect(line)

    monkeypatch.setattr(http.client.HTTPConnection, "connect", late)
    with faulty(drip) as server, pytest.raises(Unanswered) as told:
        ask(server.url, limit=10**9, seconds=0.2)
    assert told.value.trouble is Trouble.SLOW


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://x:abc", "http://x:0", "http://x:99999", "http://u@x", "http://"]
)
def test_an_address_that_leads_nowhere_is_told(url: str) -> None:
    with pytest.raises(Unready):
        Site(url).fetch("log/checkpoint", limit=LONGEST_NOTE)


def test_a_server_that_asks_to_wait_is_waited_for() -> None:
    def busy(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        made.asked.append(b"")
        if len(made.asked) == 1:
            say(handler, 429, b"", Retry_After="1")
        else:
            say(handler, 200, b"served")

    with faulty(busy) as server:
        assert text_at(source_at(f"{server.url}/log/"), "log/checkpoint") == "served"


def test_a_new_key_is_followed_where_the_log_itself_brings_it_in(log: PublicLog, copy: Path) -> None:
    services = log.site.services
    with services.database.write() as tx:
        new = rotate_key(tx, keys=services.log_keys, at=log.site.clock.now)
    keep_log(services)
    assert copied(log, Site(log.url), copy, key=None).problems == []
    policy = MirrorFolder(copy).policy()
    assert policy is not None
    assert new in {item.key for item in policy.logs}
