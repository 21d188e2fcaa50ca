"""Policies and offline evidence (C2SP tlog-policy, tlog-proof)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog_keys import LOG, WITNESSES, log_of

from greenmine.tlog.checkpoint import Checkpoint, cosign, sign_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.evidence import Evidence, check_evidence, parse_evidence
from greenmine.tlog.merkle import inclusion_proof, root
from greenmine.tlog.note import ED25519, Malformed, SignedNote
from greenmine.tlog.policy import judge, parse_policy

X, Y, Z = (witness.verifier.vkey for witness in WITNESSES)
TWO_OF_THREE = f"log {LOG.verifier.vkey}\nwitness X {X}\nwitness Y {Y}\nwitness Z {Z}\ngroup g 2 X Y Z\nquorum g\n"


def head(size: int = 5) -> tuple[SignedNote, list[bytes]]:
    entries = [str(number).encode() for number in range(size)]
    stored = log_of(entries)
    return sign_checkpoint(Checkpoint(LOG.name, size, root(size, stored.read)), [LOG]), entries


def seen_by(note: SignedNote, *places: int) -> SignedNote:
    lines = [cosign(note.text, WITNESSES[place], time=1_700_000_000 + place) for place in places]
    return replace(note, signatures=(*note.signatures, *lines))


@pytest.mark.parametrize(
    ("quorum", "places", "held"),
    [
        ("group g 2 X Y Z\nquorum g", (0,), False),
        ("group g 2 X Y Z\nquorum g", (0, 2), True),
        ("group g all X Y Z\nquorum g", (0, 1), False),
        ("group g all X Y Z\nquorum g", (0, 1, 2), True),
        ("group g any X Y\nquorum g", (2,), False),
        ("group g any X Y\nquorum g", (1,), True),
        ("group a 1 X Y\ngroup b all a Z\nquorum b", (0,), False),
        ("group a 1 X Y\ngroup b all a Z\nquorum b", (1, 2), True),
        ("quorum Z", (0, 1), False),
        ("quorum Z", (2,), True),
        ("quorum none", (), True),
    ],
)
def test_a_quorum_is_what_the_policy_says(quorum: str, places: tuple[int, ...], held: bool) -> None:
    """tlog-policy, "Defining the quorum", "Defining a witness group"."""
    policy = parse_policy(f"log {LOG.verifier.vkey}\nwitness X {X}\nwitness Y {Y}\nwitness Z {Z}\n{quorum}\n")
    judgement = judge(seen_by(head()[0], *places), policy)
    assert judgement.has_quorum is held
    assert len(judgement.cosignatures) == len(places)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"log {LOG.verifier.vkey}\n",
        "quorum none\nquorum none\n",
        "quorum X\n",
        f"log {X}\nquorum none\n",
        f"witness X {LOG.verifier.vkey}\nquorum X\n",
        f"log {LOG.verifier.vkey}\nlog {LOG.verifier.vkey}\nquorum none\n",
        f"witness X {X}\nwitness Y {X}\nquorum X\n",
        f"witness X {X}\nwitness X {Y}\nquorum X\n",
        f"witness none {X}\nquorum none\n",
        f"witness X {X}\ngroup g 2 X\nquorum g\n",
        f"witness X {X}\ngroup g 0 X\nquorum g\n",
        f"witness X {X}\ngroup g any X X\nquorum g\n",
        f"witness X {X}\ngroup g any X\ngroup h any X\nquorum h\n",
        f"group g any X\nwitness X {X}\nquorum g\n",
        f"witness X {X}\ngroup g any\nquorum X\n",
        "watcher X\nquorum none\n",
        "quorum none\r\n",
        "quorum none extra\n",
    ],
)
def test_a_policy_that_breaks_the_format_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_policy(text)


def test_comments_blanks_and_tabs_are_allowed() -> None:
    policy = parse_policy(f"  # 说明\n\n\tlog\t{LOG.verifier.vkey}  https://a.example/log \n quorum none\n")
    assert policy.logs[0].url == "https://a.example/log"


def test_a_policy_is_written_as_it_is_read() -> None:
    policy = parse_policy(TWO_OF_THREE)
    assert parse_policy(str(policy)) == policy


def test_an_unsigned_or_foreign_checkpoint_is_refused() -> None:
    note, _ = head()
    with pytest.raises(Malformed, match="not signed by a log"):
        judge(replace(note, signatures=(cosign(note.text, WITNESSES[0], time=1),)), parse_policy(TWO_OF_THREE))


@given(st.integers(1, 40), st.data())
def test_the_evidence_of_any_entry_convinces(size: int, data: st.DataObject) -> None:
    """tlog-proof: index, hashes, checkpoint; nothing else is needed but the policy."""
    index = data.draw(st.integers(0, size - 1))
    note, entries = head(size)
    proof = inclusion_proof(index, size, log_of(entries).read)
    evidence = parse_evidence(str(Evidence(index, proof, seen_by(note, 0, 1), data.draw(st.binary(max_size=8)))))
    judgement = check_evidence(evidence, leaf=leaf_hash(entries[index]), policy=parse_policy(TWO_OF_THREE))
    assert judgement.checkpoint.size == size


def test_evidence_of_another_entry_or_without_quorum_is_refused() -> None:
    note, entries = head()
    proof = inclusion_proof(2, 5, log_of(entries).read)
    policy = parse_policy(TWO_OF_THREE)
    with pytest.raises(Malformed, match="does not lead"):
        check_evidence(Evidence(2, proof, seen_by(note, 0, 1)), leaf=leaf_hash(entries[3]), policy=policy)
    with pytest.raises(Malformed, match="quorum"):
        check_evidence(Evidence(2, proof, seen_by(note, 0)), leaf=leaf_hash(entries[2]), policy=policy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\no\n",
        "c2sp.org/tlog-proof@v1\nindex 1０\n\no\n1\nAAAA\n\n— o AAAAAAAAAAA=\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\no\n1\nAAAA\n\n— o AAAAAAAAAAA=\n",
        "c2sp.org/tlog-proof@v2\nindex 1\n\no\n1\nAAAA\n\n— o AAAAAAAAAAA=\n",
    ],
)
def test_what_is_no_proof_file_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_evidence(text)


def test_a_key_of_the_wrong_kind_names_no_witness() -> None:
    wrong = replace(WITNESSES[0], type=ED25519).verifier.vkey
    with pytest.raises(Malformed, match="line 1"):
        parse_policy(f"witness X {wrong}\nquorum X\n")
