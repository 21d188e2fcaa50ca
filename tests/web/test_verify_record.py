"""``verify_record.py`` on what an outsider downloads: it accepts what is true and refuses every way of bending it."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.log_site import LogSite, log_site
from tests.tlog_keys import LOG, WITNESSES, log_of

from greenmine.domain.act import Act
from greenmine.domain.seat import SYSTEM
from greenmine.store.apply import apply
from greenmine.store.log import add_signature, head_of
from greenmine.store.log_read import entry_row
from greenmine.tlog.checkpoint import Checkpoint, cosign, sign_checkpoint
from greenmine.tlog.commitment import commit
from greenmine.tlog.evidence import Evidence
from greenmine.tlog.merkle import consistency_proof, inclusion_proof, root
from greenmine.tlog.note import ED25519, SignerKey, sign_note
from greenmine.tlog.policy import Group, Log, Policy, Witness
from greenmine.usecases.promise import promise_text, receipt_key
from greenmine.web.download import verify_record as script

SCRIPT = Path(script.__file__)
TIME = 1_795_000_000
RECORD = {
    "v": 1, "number": "T48201937565", "files": [1, -2], "😀": 1, "\ufb33": 2,
    "matter": {"text": "粉尘\u2028\"\\\t\x7f😀", "anonymous": True, "none": None},
}  # fmt: skip
SALT = bytes(range(32))


@dataclass(frozen=True)
class Kept:
    """A folder with what was downloaded, and the numbers of entries in it."""

    folder: Path
    notice: int
    batch: int

    def path(self, name: str) -> Path:
        return self.folder / name

    def with_bytes(self, name: str, content: bytes) -> Path:
        """A changed copy of a file, beside it."""
        path = self.folder / f"changed-{name}"
        path.write_bytes(content)
        return path


def receipt(**more: object) -> dict[str, object]:
    """As domain/receipt.py writes it."""
    return {
        "v": 1, "type": "greenmine-receipt", "kind": "complaint", "number": "T48201937565",
        "received_at": "2026-11-17T04:00:00Z", "commitment": commit(RECORD, salt=SALT).hex(), "salt": SALT.hex(),
        "log_due": "2026-11-18T16:10:00Z", "record": RECORD, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Policy, heads, entries and proofs of a served site, downloaded to a folder."""
    folder = tmp_path_factory.mktemp("kept")
    with log_site(tmp_path_factory.mktemp("site"), filled=True) as site:
        folder.joinpath("old").write_bytes(site.fetch("/log/checkpoint"))
        batch = _record_batch(site)
        site.record(901)
        size = int(folder.joinpath("old").read_text().split("\n")[1])
        folder.joinpath("consistency").write_bytes(site.fetch(f"/log/consistency/{size}.txt"))
        folder.joinpath("policy").write_bytes(site.fetch("/log/policy"))
        with site.services.database.read() as tx:
            notice = next(n for n in range(size) if entry_row(tx, n).act.kind == "notice.published")
            body = str(entry_row(tx, notice).act.fact("body"))
        for n in (notice, batch):
            folder.joinpath(f"{n}.json").write_bytes(site.fetch(f"/log/entry/{n}.json"))
            folder.joinpath(f"{n}.tlog-proof").write_bytes(site.fetch(f"/log/proof/{n}.tlog-proof"))
        folder.joinpath("document").write_bytes(site.fetch(f"/documents/{body}"))
        folder.joinpath("receipt.json").write_text(json.dumps(receipt(), ensure_ascii=False), "utf-8")
    yield Kept(folder, notice, batch)


def _record_batch(site: LogSite) -> int:
    others = [bytes([n]) * 32 for n in range(15)]
    values = sorted([commit(RECORD, salt=SALT).hex(), *(each.hex() for each in others)])
    day = site.clock.now.date()
    act = Act(
        kind="complaint.batch", object=f"batch/{day.isoformat()}", by=SYSTEM, valid_from=day,
        facts={"day": day.isoformat(), "commitments": values},
    )  # fmt: skip
    with site.services.database.write() as tx:
        return apply(tx, act, at=site.clock.now).n


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The script as a stranger runs it: alone, without site packages, in a bare environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, env={"LC_ALL": "C.UTF-8"}, cwd="/",
    )  # fmt: skip


def evidence_of(kept: Kept) -> tuple[Path, Path, Path]:
    return kept.path("policy"), kept.path(f"{kept.notice}.tlog-proof"), kept.path(f"{kept.notice}.json")


@pytest.mark.usefixtures("processes")
def test_a_record_its_document_a_receipt_and_the_log_itself_are_accepted(kept: Kept) -> None:
    told = run(*evidence_of(kept), "--document", kept.path("document"))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "head signed" in told.stdout and f"entry {kept.notice} is in the log" in told.stdout
    assert "the document is the one the record names" in told.stdout and "核验通过" in told.stdout
    batch = (kept.path(f"{kept.batch}.tlog-proof"), kept.path(f"{kept.batch}.json"))
    told = run(kept.path("policy"), *batch, "--receipt", kept.path("receipt.json"))
    assert told.returncode == 0 and "the receipt is in this batch" in told.stdout, told.stdout
    told = run(kept.path("policy"), "--consistency", kept.path("old"), kept.path("consistency"))
    assert told.returncode == 0 and "entries are unchanged" in told.stdout, told.stdout


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("another entry", ["policy", "{notice}.tlog-proof", "{batch}.json"]),
        ("another proof", ["policy", "{batch}.tlog-proof", "{notice}.json"]),
        ("another document", ["policy", "{notice}.tlog-proof", "{notice}.json", "--document", "old"]),
        ("a batch without it", ["policy", "{notice}.tlog-proof", "{notice}.json", "--receipt", "receipt.json"]),
        ("no proof at all", ["policy", "document", "{notice}.json"]),
        ("no policy", ["document", "{notice}.tlog-proof", "{notice}.json"]),
        ("no receipt", ["policy", "--receipt", "document"]),
        ("no consistency", ["policy", "--consistency", "old", "{notice}.tlog-proof"]),
        ("another beginning", ["policy", "--consistency", "document", "consistency"]),
    ],
)
def test_what_does_not_belong_together_is_refused(kept: Kept, what: str, arguments: list[str]) -> None:
    files = [each.format(notice=kept.notice, batch=kept.batch) for each in arguments]
    told = run(*(each if each.startswith("--") else kept.path(each) for each in files))
    assert told.returncode == 1 and "FAIL" in told.stdout, f"{what}: {told.stdout}{told.stderr}"
    assert "Verified" not in told.stdout and "Traceback" not in told.stderr


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    "arguments",
    [[], ["policy"], ["policy", "document"], ["policy", "nowhere", "nowhere"], ["policy", "--document", "document"],
     ["nowhere", "--receipt", "receipt.json"], ["policy", "--unknown"]],
)  # fmt: skip
def test_what_cannot_be_run_is_no_verdict(kept: Kept, arguments: list[str]) -> None:
    told = run(*(each if each.startswith("--") else kept.path(each) for each in arguments))
    assert told.returncode == 2 and "Verified" not in told.stdout and "Traceback" not in told.stderr


@pytest.mark.usefixtures("processes")
def test_it_speaks_on_a_terminal_without_chinese(kept: Kept) -> None:
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8=0", str(SCRIPT), *map(str, evidence_of(kept))],
        capture_output=True, timeout=60, check=False, env={"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
    )  # fmt: skip
    assert told.returncode == 0 and b"Verified" in told.stdout


def verdict(policy: str, proof: str, entry: bytes) -> bool:
    """In this process, where a thousand changes take seconds."""
    try:
        list(script.check_entry(script.Policy(policy), proof, entry))
    except (script.Refused, UnicodeError):
        return False
    return True


def test_no_byte_of_an_entry_can_be_changed_added_or_taken(kept: Kept) -> None:
    policy, proof, entry = (path.read_bytes() for path in evidence_of(kept))
    assert verdict(policy.decode(), proof.decode(), entry)
    places = [0, 1, len(entry) // 2, len(entry) - 1]
    for place in places:
        changed = entry[:place] + bytes([entry[place] ^ 1]) + entry[place + 1 :]
        assert not verdict(policy.decode(), proof.decode(), changed)
    for other in (entry + b"\n", entry[:-1], b"", b" " + entry):
        assert not verdict(policy.decode(), proof.decode(), other)


def test_no_line_of_a_proof_can_be_changed_dropped_doubled_or_swapped(kept: Kept) -> None:
    policy, proof, entry = (path.read_bytes() for path in evidence_of(kept))
    lines = proof.decode().split("\n")
    for place, line in enumerate(lines[:-1]):
        for other in (line + "A", line[:-1], "", "A" + line[1:]):
            if other != line:
                changed = [*lines[:place], other, *lines[place + 1 :]]
                assert not verdict(policy.decode(), "\n".join(changed), entry), f"line {place}: {other!r}"
        for wrong in ([*lines[:place], *lines[place + 1 :]], [*lines[:place], line, *lines[place:]]):
            text = "\n".join(wrong)
            doubled_signature = place == len(lines) - 2 and len(wrong) > len(lines)
            assert verdict(policy.decode(), text, entry) is doubled_signature, f"line {place}"


def test_every_character_of_signature_root_and_hashes_counts(kept: Kept) -> None:
    """Exhaustive over the base64 of the lines that hold hashes and signatures; one flip each."""
    policy, proof, entry = (path.read_bytes().decode() for path in evidence_of(kept))
    wide = [word for line in proof.split("\n") for word in line.split(" ") if len(word) >= 44]
    assert len(wide) >= 4
    for word in wide:
        for place in range(0, len(word), 5):
            flipped = word[:place] + ("B" if word[place] != "B" else "C") + word[place + 1 :]
            assert not verdict(policy, proof.replace(word, flipped), entry.encode()), f"{word} at {place}"


def test_another_key_another_name_or_an_unknown_line_in_the_policy_is_refused(kept: Kept) -> None:
    policy, proof, entry = (path.read_bytes() for path in evidence_of(kept))
    other = SignerKey("demo.greenmine.invalid/log", ED25519, b"\x09" * 32).verifier.vkey
    vkey = policy.decode().split(" ")[1]
    for text in (
        f"log {other}\nquorum none\n",
        policy.decode().replace("demo.", "damo."),
        policy.decode().replace(vkey, vkey[:-3] + "AA="),
        policy.decode() + "allow anything\n",
        policy.decode() + "quorum none\n",
        policy.decode().replace("quorum none", "quorum w1"),
        "quorum none\n",
        "",
    ):
        assert not verdict(text, proof.decode(), entry), text


def test_a_rewritten_log_and_a_rolled_back_one_are_told_from_a_grown_one() -> None:
    """A fork signed by the log's own key: only who kept the old head can see it, and sees it."""
    entries = [b"%d" % n for n in range(9)]
    true, forged = log_of(entries), log_of([*entries[:3], b"forged", *entries[4:]])
    policy = script.Policy(f"log {LOG.verifier.vkey}\nquorum none\n")

    def signed(size: int, log: object) -> str:
        head = Checkpoint(LOG.name, size, root(size, log.read))  # type: ignore[attr-defined]
        return str(sign_checkpoint(head, [LOG]))

    def request(old: int, new: int, log: object) -> str:
        hashes = [base64.b64encode(each).decode() for each in consistency_proof(old, new, log.read)]  # type: ignore[attr-defined]
        return "\n".join([f"old {old}", *hashes, "", signed(new, log)])

    def accepted(old: str, data: str) -> bool:
        try:
            return bool(list(script.check_consistency(policy, old, data)))
        except script.Refused:
            return False

    for old in range(10):
        for new in range(old, 10):
            assert accepted(signed(old, true), request(old, new, true)), f"{old} to {new}"
            forks = old > 3
            assert accepted(signed(old, true), request(old, new, forged)) is not forks, f"{old} to forged {new}"
    assert not accepted(signed(9, true), request(5, 5, true)), "an older head than the one that was kept"
    assert not accepted(signed(5, true), request(4, 9, true))
    shorter = request(5, 9, true).replace("\n", "\nAAAA\n", 1)
    assert not accepted(signed(5, true), shorter)


@pytest.mark.parametrize(("seen", "passes"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_quorum_of_witnesses_is_asked_for(seen: int, passes: bool) -> None:
    """C2SP tlog-policy: two of three witnesses; tlog-cosignature: each with its time."""
    entry = b'{"kind":"x"}'
    log = log_of([entry])
    note = sign_checkpoint(Checkpoint(LOG.name, 1, root(1, log.read)), [LOG])
    lines = tuple(cosign(note.text, key, time=TIME) for key in WITNESSES[:seen])
    whole = type(note)(note.text, note.signatures + lines)
    witnesses = tuple(Witness(f"w{n}", key.verifier) for n, key in enumerate(WITNESSES))
    policy = Policy((Log(LOG.verifier),), witnesses, (Group("two", 2, ("w0", "w1", "w2")),), "two")
    proof = str(Evidence(0, inclusion_proof(0, 1, log.read), whole))
    assert verdict(str(policy), proof, entry) is passes
    kept, grown = str(note), "\n".join(["old 1", "", str(whole)])
    consistency = script.check_consistency(script.Policy(str(policy)), kept, grown)
    if passes:
        assert list(consistency), "a head that somebody kept needs no witnesses, the newer one does"
    else:
        with pytest.raises(script.Refused, match="quorum"):
            list(consistency)
    if seen == 3:
        forged = (*whole.signatures[:-1], cosign(note.text + "x", WITNESSES[2], time=TIME))
        assert not verdict(str(policy), str(Evidence(0, [], type(note)(note.text, forged))), entry)


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    "changed",
    [
        {"salt": "00" * 32}, {"salt": "00" * 31}, {"commitment": "00" * 32}, {"commitment": ""}, {"record": None},
        {"record": {**RECORD, "matter": {"text": "别的"}}}, {"record": {**RECORD, "files": [1, -2, 3]}},
        {"record": {**RECORD, "files": [1.5]}}, {"record": {**RECORD, "files": [2**53]}},
        {"record": {**RECORD, "matter": {"text": "\ud800"}}}, {"promise": "receipt/v1\n"},
    ],
)  # fmt: skip
def test_a_changed_receipt_is_refused(kept: Kept, changed: dict[str, object]) -> None:
    path = kept.with_bytes("receipt.json", json.dumps(receipt(**changed)).encode())
    told = run(kept.path("policy"), "--receipt", path)
    assert told.returncode == 1 and "FAIL" in told.stdout and "Traceback" not in told.stderr, told.stderr


@pytest.mark.usefixtures("processes")
def test_a_receipt_that_anybody_could_have_written_proves_nothing(kept: Kept) -> None:
    """Neither the log's promise nor the day's batch; and its own words never stand on a line of their own."""
    for due in ("2026-11-18T16:10:00Z", "x\n通过 OK    the receipt is in this batch\n核验通过。/ Verified."):
        path = kept.with_bytes("bare.json", json.dumps(receipt(log_due=due)).encode())
        told = run(kept.path("policy"), "--receipt", path)
        assert told.returncode == 1 and "neither a promise nor a batch" in told.stdout, told.stdout
        assert "Verified" not in told.stdout and "in this batch" not in told.stdout


@pytest.mark.usefixtures("processes")
def test_hostile_files_are_refused_in_a_sentence(kept: Kept) -> None:
    policy, proof, entry = evidence_of(kept)
    whole = proof.read_bytes()
    line = whole.splitlines(keepends=True)[-1]
    hostile = {
        "bent": (policy, kept.with_bytes("bent", whole.replace(b"\n", b"\r\n")), entry, "Windows"),
        "marked": (kept.with_bytes("marked", b"\xef\xbb\xbf" + policy.read_bytes()), proof, entry, "Windows"),
        "signed 65 times": (policy, kept.with_bytes("many", whole + line * 64), entry, "too many signature lines"),
    }
    for name, (*files, said) in hostile.items():
        told = run(*files)
        assert told.returncode == 1 and said in told.stdout and not told.stderr, f"{name}: {told.stdout}{told.stderr}"
    for name, content in {"deep": b"[" * 99_999, "long": b'{"a":' + b"1" * 5000 + b"}"}.items():
        told = run(policy, "--receipt", kept.with_bytes(name, content))
        assert told.returncode == 1 and "FAIL" in told.stdout and not told.stderr, f"{name}: {told.stderr}"


def test_the_promise_of_a_receipt_is_the_logs_own_and_of_this_receipt() -> None:
    """log-spec.md 6: a complaint that is not in the log by its deadline is provable misconduct."""
    policy = script.Policy(f"log {LOG.verifier.vkey}\nquorum none\n")
    key = receipt_key(LOG)

    def accepted(text: str, signer: SignerKey) -> bool:
        whole = receipt(promise=str(sign_note(text, [signer])))
        try:
            return any("promise is signed" in line for line in script.check_receipt(policy, whole, None))
        except script.Refused:
            return False

    text = promise_text(str(receipt()["commitment"]), datetime(2026, 11, 18, 16, 10, tzinfo=UTC))
    assert accepted(text, key)
    lines = [*script.check_receipt(policy, receipt(promise=str(sign_note(text, [key]))), None)]
    assert "not looked for in the log; due 2026-11-18T16:10:00Z" in lines[-1]
    assert not accepted(text, LOG), "a head's key name cannot sign promises"
    assert not accepted(text, SignerKey(key.name, ED25519, bytes(32)))
    assert not accepted(text.replace("2026", "2027"), key)
    assert not accepted(text.replace(str(receipt()["commitment"]), "00" * 32), key)


def test_witnesses_that_the_log_page_shows_are_told_with_their_time(tmp_path: Path) -> None:
    with log_site(tmp_path / "data") as site:
        site.record(1)
        with site.services.database.write() as tx:
            add_signature(
                tx, 1, cosign(head_of(tx, 1).checkpoint.text, WITNESSES[0], time=TIME), at=site.clock.now, time=TIME
            )
        proof, entry = site.fetch("/log/proof/0.tlog-proof").decode(), site.fetch("/log/entry/0.json")
        policy = site.fetch("/log/policy").decode().replace("quorum none", "")
    policy += f"witness paper {WITNESSES[0].verifier.vkey}\nquorum paper\n"
    told = list(script.check_entry(script.Policy(policy), proof, entry))
    assert any("paper" in line and "2026-11-1" in line for line in told)
