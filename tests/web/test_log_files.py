"""``/log/…`` as other programs read it: C2SP tlog-tiles, tlog-checkpoint, tlog-policy, tlog-proof; log-spec.md 3."""

import gzip
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.log_site import ORIGIN, LogSite, log_site
from tests.tlog_keys import WITNESSES

from greenmine.store.log import add_signature, head_of
from greenmine.store.log_key import BOTH_SIGN
from greenmine.tlog.checkpoint import Checkpoint, checkpoint_of, cosign, cosignature_of, parse_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.evidence import check_evidence, parse_evidence
from greenmine.tlog.merkle import EMPTY_ROOT, verify_consistency
from greenmine.tlog.note import is_signed_by, parse_note
from greenmine.tlog.policy import parse_policy
from greenmine.tlog.tile import unbundle
from greenmine.usecases.log import rotate_key, sign_newest

ATOM = "{http://www.w3.org/2005/Atom}"
YEAR = "public, max-age=31536000, immutable"

SIGNED = "\n— ".encode()
"""How the line of a signature begins (C2SP signed-note)."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    """A log with signed heads of the sizes 0, 3 and 5."""
    with log_site(tmp_path / "data") as made:
        made.record(1, 2, 3)
        made.record(4, 5)
        yield made


def test_the_checkpoint_is_the_newest_signed_head_and_is_asked_for_again_at_once(site: LogSite) -> None:
    """tlog-tiles: the checkpoint is text/plain and kept for at most five seconds."""
    answer = site.client.get("/log/checkpoint")
    policy = parse_policy(site.fetch("/log/policy").decode())
    head = checkpoint_of(parse_note(answer.text), policy.logs[0].key)
    assert (head.origin, head.size) == (ORIGIN, 5)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=5"
    site.record(6)
    assert parse_checkpoint(parse_note(site.fetch("/log/checkpoint").decode()).text).size == 6


def test_the_checkpoint_bears_the_cosignatures_of_witnesses(site: LogSite) -> None:
    with site.services.database.write() as tx:
        line = cosign(head_of(tx, 5).checkpoint.text, WITNESSES[0], time=1_795_000_000)
        add_signature(tx, 5, line, at=site.clock.now, time=1_795_000_000)
    note = parse_note(site.fetch("/log/checkpoint").decode())
    seen = cosignature_of(note, WITNESSES[0].verifier)
    assert len(note.signatures) == 2 and seen is not None and seen.time == 1_795_000_000


def test_an_empty_log_has_a_signed_checkpoint(tmp_path: Path) -> None:
    with log_site(tmp_path / "data") as empty:
        note = parse_note(empty.fetch("/log/checkpoint").decode())
        assert parse_checkpoint(note.text) == Checkpoint(ORIGIN, 0, EMPTY_ROOT)
        empty.fetch("/log/tile/0/000", status=404)
        empty.fetch("/log/proof/0.tlog-proof", status=404)


@pytest.mark.parametrize(
    "path", ["checkpoint", "policy", "checkpoints.atom", "tile/0/000.p/1", "proof/0.tlog-proof", "consistency/0.txt"]
)
def test_before_the_log_has_begun_there_is_nothing_of_it(tmp_path: Path, path: str) -> None:
    with log_site(tmp_path / "data", begun=False) as site:
        site.record(1)
        assert SIGNED not in site.fetch(f"/log/{path}", status=404)


def test_what_awaits_its_signature_is_not_published_and_says_when_to_come_back(site: LogSite) -> None:
    """log-spec.md 10: a missing key stops no act; its head is published once it is signed."""
    site.hide_keys()
    site.record(6)
    assert parse_checkpoint(parse_note(site.fetch("/log/checkpoint").decode()).text).size == 5
    site.fetch("/log/tile/0/000.p/6", status=404)
    waiting = site.client.get("/log/proof/5.tlog-proof", status=503)
    assert waiting.headers["Retry-After"] == "60" and "等待签名" in waiting.text
    assert site.client.get("/log/entry/5.json").headers["Cache-Control"] == "public, no-cache"
    site.show_keys()
    with site.services.database.write() as tx:
        sign_newest(tx, keys=site.services.log_keys, at=site.clock.now)
    assert len(site.fetch("/log/tile/0/000.p/6")) == 6 * 32
    assert site.fetch("/log/proof/5.tlog-proof")
    assert site.client.get("/log/entry/5.json").headers["Cache-Control"] == YEAR


def test_a_log_none_of_whose_heads_is_signed_answers_503(tmp_path: Path) -> None:
    with log_site(tmp_path / "data") as site:
        with site.services.database.write() as tx:
            for (name,) in tx.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_signature'"
            ).all():
                tx.exec_driver_sql(f'DROP TRIGGER "{name}"')
            tx.exec_driver_sql("DELETE FROM log_signature")
        for path in ("/log/checkpoint", "/log/policy"):
            assert site.client.get(path, status=503).headers["Retry-After"] == "60"


def test_tiles_hold_the_hashes_and_bundles_the_entries(site: LogSite) -> None:
    entries = unbundle(site.fetch("/log/tile/entries/000.p/5"))
    assert site.fetch("/log/tile/0/000.p/5") == b"".join(map(leaf_hash, entries))
    assert [site.fetch(f"/log/entry/{n}.json") for n in range(5)] == entries
    answer = site.client.get("/log/tile/0/000.p/5")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == YEAR


def test_partial_tiles_exist_for_signed_sizes_only(site: LogSite) -> None:
    """tlog-tiles: partial tiles are served for the sizes of checkpoints; heads were signed at 0, 3 and 5."""
    assert len(site.fetch("/log/tile/0/000.p/3")) == 3 * 32
    assert len(unbundle(site.fetch("/log/tile/entries/000.p/3"))) == 3
    for width in (1, 2, 4, 6, 255):
        site.fetch(f"/log/tile/0/000.p/{width}", status=404)
        site.fetch(f"/log/tile/entries/000.p/{width}", status=404)


def test_full_tiles_come_with_the_256th_entry_and_partial_ones_stay(site: LogSite) -> None:
    site.record(*range(6, 257))
    site.record(257)
    leaves = site.fetch("/log/tile/0/000")
    assert len(leaves) == 256 * 32 and leaves[: 5 * 32] == site.fetch("/log/tile/0/000.p/5")
    assert len(unbundle(site.fetch("/log/tile/entries/000"))) == 256
    assert len(site.fetch("/log/tile/1/000.p/1")) == 32
    assert len(site.fetch("/log/tile/0/001.p/1")) == 32
    for absent in ("1/000", "2/000", "2/000.p/1", "0/001", "0/002.p/1", "entries/001"):
        site.fetch(f"/log/tile/{absent}", status=404)


@pytest.mark.parametrize(
    "spelling",
    [
        "0/0", "0/0000", "00/000.p/5", "0/000.p/05", "0/000.p/256", "0/000.p/0", "0/000.p/", "0/x000/000.p/5",
        "0/000.p/5/", "/0/000.p/5", "0//000.p/5", "0/000.P/5", "+0/000.p/5", "-1/000.p/5", "64/000.p/5", "data/000.p/5",
        "", "0", "entries/0", "0/０００.p/5", "0/000.p/٣",
        "0/x999/x999/x999/x999/999", "0/000.p/5%0a", "0/..%2f0/000.p/5",
    ],
)  # fmt: skip
def test_a_tile_has_one_spelling(site: LogSite, spelling: str) -> None:
    leaves = site.fetch("/log/tile/0/000.p/5")
    assert leaves not in site.fetch(f"/log/tile/{spelling}", status=404)


@pytest.mark.parametrize(
    "path",
    ["entry/01.json", "entry/00", "proof/00.tlog-proof", "consistency/05.txt", "entry/5.json", "entry/5",
     "proof/5.tlog-proof", "consistency/6.txt", "entry/99999999999.json", "entry/-1.json", "entry/1.JSON",
     "entry/9999999999.json", "entry/1.json/"],
)  # fmt: skip
def test_what_the_log_does_not_hold_answers_404(site: LogSite, path: str) -> None:
    assert SIGNED not in site.fetch(f"/log/{path}", status=404)


def test_bundles_are_packed_for_who_can_unpack_them(site: LogSite) -> None:
    """tlog-tiles: entry bundles may be served with gzip content coding."""
    plain = site.client.get("/log/tile/entries/000.p/5")
    packed = site.client.get("/log/tile/entries/000.p/5", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.response.data) == plain.response.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]
    refused = site.client.get("/log/tile/entries/000.p/5", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize(
    "path",
    ["checkpoint", "tile/0/000.p/5", "tile/entries/000.p/5", "policy", "entry/0.json", "proof/0.tlog-proof",
     "consistency/3.txt", "verify_record.py", "checkpoints.atom"],
)  # fmt: skip
def test_every_file_can_be_asked_for_by_its_tag_and_by_head_alone(site: LogSite, path: str) -> None:
    answer = site.client.get(f"/log/{path}")
    assert "no-store" not in answer.headers["Cache-Control"] and "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    known = site.client.get(f"/log/{path}", status=304, headers={"If-None-Match": answer.headers["ETag"]})
    assert known.response.data == b""
    head = site.client.browser.head(f"/log/{path}", base_url=site.client.site_url)
    assert head.status_code == 200 and head.data == b""
    assert head.headers["ETag"] == answer.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(answer.response.data))


def test_an_entry_and_its_proof_satisfy_the_policy(site: LogSite) -> None:
    policy = parse_policy(site.fetch("/log/policy").decode())
    assert policy.quorum == "none" and policy.logs[0].url == f"{site.client.site_url}/log"
    for n in range(5):
        entry = site.fetch(f"/log/entry/{n}.json")
        evidence = parse_evidence(site.fetch(f"/log/proof/{n}.tlog-proof").decode())
        assert evidence.index == n
        assert check_evidence(evidence, leaf=leaf_hash(entry), policy=policy).checkpoint.size == 5


def test_the_log_continues_every_size_it_had(site: LogSite) -> None:
    """C2SP tlog-witness: ``old <size>``, the hashes, an empty line, the signed head."""
    roots = {}
    with site.services.database.read() as tx:
        for size in (0, 3, 5):
            roots[size] = head_of(tx, size).checkpoint.root
    for size, root in roots.items():
        above, note = site.fetch(f"/log/consistency/{size}.txt").decode().split("\n\n", 1)
        old, *hashes = above.split("\n")
        head = parse_checkpoint(parse_note(note).text)
        proof = parse_evidence("\n".join(["c2sp.org/tlog-proof@v1", "index 0", *hashes, "", note])).proof
        assert old == f"old {size}" and head.size == 5
        assert verify_consistency(old=size, new=5, old_root=root, new_root=head.root, proof=proof)


def test_in_a_rotation_the_policy_holds_both_keys_and_either_will_do(site: LogSite) -> None:
    """log-spec.md 10: both sign for 30 days; then the old one leaves the policy."""
    old = parse_policy(site.fetch("/log/policy").decode())
    with site.services.database.write() as tx:
        rotate_key(tx, keys=site.services.log_keys, at=site.clock.now)
    both = parse_policy(site.fetch("/log/policy").decode())
    note = parse_note(site.fetch("/log/checkpoint").decode())
    assert len(both.logs) == 2 and old.logs[0].key in [log.key for log in both.logs]
    assert all(is_signed_by(note, log.key) for log in both.logs)
    evidence = parse_evidence(site.fetch("/log/proof/0.tlog-proof").decode())
    leaf = leaf_hash(site.fetch("/log/entry/0.json"))
    assert check_evidence(evidence, leaf=leaf, policy=old) and check_evidence(evidence, leaf=leaf, policy=both)
    site.clock.now += BOTH_SIGN + timedelta(minutes=1)
    quiet = parse_policy(site.fetch("/log/policy").decode())
    assert check_evidence(evidence, leaf=leaf, policy=quiet), "the newest head is still signed by a key of the policy"
    site.record(6)
    (new,) = parse_policy(site.fetch("/log/policy").decode()).logs
    assert new.key not in [log.key for log in old.logs]


def test_the_feed_of_heads_tells_the_last_of_each_day(site: LogSite) -> None:
    """log-spec.md 9: each archive of the feed is a witness after the fact."""
    site.clock.now += timedelta(days=1)
    site.record(6)
    site.record(7)
    answer = site.client.get("/log/checkpoints.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.response.data)
    assert (feed.findtext(f"{ATOM}title") or "").startswith("演示数据")
    entries = list(feed.iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "2026年11月19日：共7条记录",
        "2026年11月18日：共5条记录",
    ]
    key = parse_policy(site.fetch("/log/policy").decode()).logs[0].key
    for entry, size in zip(entries, (7, 5), strict=True):
        html = entry.findtext(f"{ATOM}content") or ""
        note = html.split("<pre>")[1].split("</pre>")[0]
        assert checkpoint_of(parse_note(note), key).size == size
    ids = {entry.findtext(f"{ATOM}id") for entry in entries}
    assert len(ids) == 2 and all(str(each).startswith("tag:") for each in ids)


def test_the_script_is_served_byte_for_byte(site: LogSite) -> None:
    script = Path(__file__).parents[2] / "site/greenmine/web/download/verify_record.py"
    answer = site.client.get("/log/verify_record.py")
    assert hashlib.sha256(answer.response.data).digest() == hashlib.sha256(script.read_bytes()).digest()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verify_record.py"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
