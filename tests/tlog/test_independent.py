"""A checker that is not ours accepts the log: golang.org/x/mod/sumdb of Debian, which checks sum.golang.org.

Sizes 0 … 257 are downloaded from a served site; 65,536 and 70,000 come from logs in memory. Issue C, "Done when".
"""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from tests.log_site import LogSite, log_site
from tests.tlog_keys import LOG, WITNESSES, StoredLog, log_of

from greenmine.tlog.checkpoint import Checkpoint, cosign, sign_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.evidence import Evidence
from greenmine.tlog.merkle import consistency_proof, inclusion_proof, root
from greenmine.tlog.note import SignedNote
from greenmine.tlog.policy import Group, Log, Policy, Witness, judge
from greenmine.tlog.tile import Tile, tiles_of

SOURCE = Path(__file__).parent / "independent" / "main.go"
PACKAGES = Path("/usr/share/gocode")
SUMDB = PACKAGES / "src/golang.org/x/mod/sumdb"

pytestmark = pytest.mark.skipif(
    shutil.which("go") is None or not SUMDB.is_dir(),
    reason="NO INDEPENDENT CHECKER: Go or its module library is missing, so nobody but ourselves has checked the log "
    "(apt-get install golang-go golang-golang-x-mod-dev; .ci/run does).",
)

SERVED = (0, 1, 2, 255, 256, 257)
LARGE = (65_536, 70_000)


@pytest.fixture(scope="session")
def checker(processes: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built from Debian's packages alone."""
    folder = tmp_path_factory.mktemp("go")
    program = folder / "independent"
    environment = {
        **os.environ, "GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOCACHE": str(folder / "cache"),
        "GOTOOLCHAIN": "local", "GOFLAGS": "", "HOME": str(folder),
    }  # fmt: skip
    subprocess.run(["go", "build", "-o", program, SOURCE], check=True, env=environment, timeout=240)
    return program


def verdicts(checker: Path, folders: Iterable[Path]) -> dict[str, str]:
    """Folder name → what the program says of it."""
    told = subprocess.run([checker, *folders], capture_output=True, text=True, check=True, timeout=120)
    return {line.split(" ")[1].rstrip(":"): line for line in told.stdout.splitlines()}


def put(folder: Path, name: str, content: bytes | str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def download(site: LogSite, folder: Path, size: int, *, older: Sequence[int]) -> None:
    """What is served of the log at its present size, under the names it is served by."""
    policy = site.fetch("/log/policy")
    put(folder, "vkey", policy.decode().split(" ")[1])
    put(folder, "policy", policy)
    put(folder, "checkpoint", site.fetch("/log/checkpoint"))
    for tile in tiles_of(size):
        put(folder, tile.path, site.fetch(f"/log/{tile.path}"))
        if tile.level == 0:
            bundle = Tile(None, tile.number, tile.width)
            put(folder, bundle.path, site.fetch(f"/log/{bundle.path}"))
    for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        put(folder, f"entry/{index}.json", site.fetch(f"/log/entry/{index}.json"))
        put(folder, f"proof/{index}.tlog-proof", site.fetch(f"/log/proof/{index}.tlog-proof"))
    for old in older:
        put(folder, f"old/{old}", (folder.parent / str(old) / "checkpoint").read_bytes())
        put(folder, f"consistency/{old}.txt", site.fetch(f"/log/consistency/{old}.txt"))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each size of a growing served log."""
    folder = tmp_path_factory.mktemp("served")
    with log_site(tmp_path_factory.mktemp("site")) as site:
        for place, size in enumerate(SERVED):
            before = SERVED[place - 1] if place else 0
            if size > before:
                site.record(*range(before + 1, size + 1))
            download(site, folder / str(size), size, older=SERVED[:place])
    return folder


def export(log: StoredLog, folder: Path, size: int, *, older: Sequence[int], entries: list[bytes]) -> None:
    """The same of a log in memory."""

    def signed(at: int) -> SignedNote:
        return sign_checkpoint(Checkpoint(LOG.name, at, root(at, log.read)), [LOG])

    put(folder, "vkey", LOG.verifier.vkey)
    put(folder, "checkpoint", str(signed(size)))
    for tile in tiles_of(size):
        put(folder, tile.path, b"".join(log.read(tile.nodes)))
    for index in (0, 1, 255, 256, 65_535, size - 1):
        proof = inclusion_proof(index, size, log.read)
        put(folder, f"entry/{index}.json", entries[index])
        put(folder, f"proof/{index}.tlog-proof", str(Evidence(index, proof, signed(size))))
    for old in older:
        lines = [base64.b64encode(each).decode() for each in consistency_proof(old, size, log.read)]
        put(folder, f"old/{old}", str(signed(old)))
        put(folder, f"consistency/{old}.txt", "\n".join([f"old {old}", *lines, "", str(signed(size))]))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each of the large sizes of one log."""
    folder = tmp_path_factory.mktemp("large")
    entries = [b'{"n":%d}' % n for n in range(max(LARGE))]
    log = StoredLog()
    for entry in entries:
        log.append(leaf_hash(entry))
    for size in LARGE:
        older = [old for old in (0, 1, 2, 255, 256, 257, 65_535, 65_536, 69_999, size) if old <= size]
        export(log, folder / str(size), size, older=older, entries=entries)
    return folder


def test_a_served_log_is_accepted_at_every_size(checker: Path, served: Path) -> None:
    told = verdicts(checker, [served / str(size) for size in SERVED])
    for place, size in enumerate(SERVED):
        proofs = len({0, 1, size // 2, size - 2, size - 1} & set(range(size)))
        assert told[str(size)] == f"ok {size} size={size} proofs={proofs} consistency={place}"


def test_a_large_log_is_accepted(checker: Path, large: Path) -> None:
    told = verdicts(checker, [large / str(size) for size in LARGE])
    assert told["65536"] == "ok 65536 size=65536 proofs=5 consistency=8"
    assert told["70000"] == "ok 70000 size=70000 proofs=6 consistency=10"


@pytest.mark.parametrize("seen", [0, 1, 2, 3])
def test_it_counts_the_witnesses_of_a_policy_as_we_do(checker: Path, tmp_path: Path, seen: int) -> None:
    """C2SP tlog-policy, tlog-cosignature: two of three; a forged cosignature is refused, whoever else has signed."""
    log = log_of([b"one", b"two"])
    note = sign_checkpoint(Checkpoint(LOG.name, 2, root(2, log.read)), [LOG])
    lines = tuple(cosign(note.text, key, time=1_795_000_000) for key in WITNESSES[:seen])
    whole = SignedNote(note.text, note.signatures + lines)
    witnesses = tuple(Witness(f"w{n}", key.verifier, f"https://w{n}.example/") for n, key in enumerate(WITNESSES))
    policy = Policy((Log(LOG.verifier),), witnesses, (Group("two", 2, ("w0", "w1", "w2")),), "two")
    forged = cosign(note.text.replace("2", "3"), WITNESSES[2], time=1_795_000_000)
    for name, head in (("true", whole), ("forged", SignedNote(note.text, (*note.signatures, *lines[:2], forged)))):
        put(tmp_path / name, "vkey", LOG.verifier.vkey)
        put(tmp_path / name, "policy", str(policy))
        put(tmp_path / name, "checkpoint", str(head))
        for tile in tiles_of(2):
            put(tmp_path / name, tile.path, b"".join(log.read(tile.nodes)))
    told = verdicts(checker, [tmp_path / "true", tmp_path / "forged"])
    assert judge(whole, policy).has_quorum is (seen >= 2)
    assert told["true"].startswith("ok" if seen >= 2 else "refused"), told["true"]
    assert told["forged"].startswith("refused")


def test_it_refuses_what_was_bent(checker: Path, served: Path, tmp_path: Path) -> None:
    """The checker checks: one byte in any of the files, a foreign key, another log's head."""
    whole = served / "257"
    changed = [*sorted(path for path in whole.rglob("*") if path.is_file() and path.name != "vkey")]
    folders = []
    for place, path in enumerate(changed):
        copy = tmp_path / str(place)
        shutil.copytree(whole, copy)
        bent = copy / path.relative_to(whole)
        content = bytearray(bent.read_bytes())
        content[len(content) // 2] ^= 1
        bent.write_bytes(bytes(content))
        folders.append(copy)
    foreign = tmp_path / "foreign"
    shutil.copytree(whole, foreign)
    put(foreign, "vkey", LOG.verifier.vkey)
    told = verdicts(checker, [*folders, foreign])
    for place, path in enumerate(changed):
        assert told[str(place)].startswith("refused"), f"{path.relative_to(whole)}: {told[str(place)]}"
    assert told["foreign"].startswith("refused") and len(changed) > 20
