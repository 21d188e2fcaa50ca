"""The steps of a proof, without a site: what is drawn is what is decided (RFC 9162 2.1.3.2)."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog_keys import LOG, WITNESSES, log_of

from greenmine.tlog.checkpoint import Checkpoint, cosign, sign_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.merkle import inclusion_proof, node_hash, root, verify_inclusion
from greenmine.tlog.note import SignedNote
from greenmine.tlog.policy import NONE, Policy, Witness
from greenmine.web.public.verify_steps import (
    Kept,
    Outcome,
    Side,
    Step,
    Trust,
    chain_step,
    continuity_step,
    folds,
    leaf_step,
    origin_step,
    path_step,
    signature_step,
    tree_step,
    until_fault,
    verdict,
    witness_step,
)

NOBODY = Policy((), (), (), NONE)
TRUST = Trust(origin=LOG.name, keys=(LOG.verifier,), witnesses=NOBODY)


def entries(size: int) -> list[bytes]:
    return [f'{{"n":{n}}}'.encode() for n in range(size)]


def head(size: int) -> Checkpoint:
    return Checkpoint(LOG.name, size, root(size, log_of(entries(size)).read))


@given(size=st.integers(1, 70), data=st.data())
def test_the_drawn_way_ends_in_the_root_exactly_when_the_proof_is_accepted(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    claimed = data.draw(st.one_of(st.just(index), st.integers(0, size)))
    proof = inclusion_proof(index, size, log_of(entries(size)).read)
    leaf = leaf_hash(entries(size)[index])
    step = path_step(leaf, index=claimed, proof=proof, head=head(size))
    accepted = verify_inclusion(leaf, index=claimed, size=size, proof=proof, root=head(size).root)
    assert (step.outcome is Outcome.PASSED) == accepted
    if claimed == index:
        assert accepted and len(step.folds) == len(proof)
        assert (step.folds[-1].result if proof else leaf) == head(size).root


@given(size=st.integers(2, 40), index=st.integers(0, 39))
def test_each_fold_can_be_computed_again_from_what_is_shown(size: int, index: int) -> None:
    index %= size
    current = leaf_hash(entries(size)[index])
    for fold in folds(current, index=index, size=size, proof=inclusion_proof(index, size, log_of(entries(size)).read)):
        pair = (fold.sibling, current) if fold.side is Side.LEFT else (current, fold.sibling)
        current = node_hash(*pair)
        assert current == fold.result
    assert current == head(size).root


@settings(max_examples=50)
@given(
    leaf=st.binary(max_size=40),
    index=st.integers(-5, 2**64),
    size=st.integers(0, 2**64),
    proof=st.lists(st.binary(max_size=33)),
)
def test_no_proof_makes_the_drawing_fail(leaf: bytes, index: int, size: int, proof: list[bytes]) -> None:
    step = path_step(leaf, index=index, proof=proof, head=Checkpoint(LOG.name, size, b"r" * 32))
    assert step.outcome is Outcome.FAILED


def test_a_changed_byte_is_found_where_it_stands() -> None:
    step = leaf_step(7, b'{"a":1}', given=b'{"a":2}')
    assert step.outcome is Outcome.FAILED and "第 6 个字节" in step.checked
    assert {value.text for value in step.values} == {leaf_hash(b'{"a":1}').hex(), leaf_hash(b'{"a":2}').hex()}
    assert leaf_step(7, b"{}", given=b"{}").outcome is Outcome.PASSED
    assert "第 3 个字节" in leaf_step(7, b"{}", given=b"{}\n").checked


def test_the_head_of_another_log_is_not_judged() -> None:
    assert origin_step(Checkpoint("other.example/log", 1, b"r" * 32), LOG.name).outcome is Outcome.FAILED
    assert origin_step(head(1), LOG.name).outcome is Outcome.PASSED


def test_a_head_counts_only_with_a_signature_of_ours() -> None:
    note = sign_checkpoint(head(3), [LOG])
    assert signature_step(note, TRUST, kept=Kept(root=None)).outcome is Outcome.PASSED
    stranger = sign_checkpoint(head(3), [WITNESSES[0]])
    assert signature_step(stranger, TRUST, kept=Kept(root=None)).outcome is Outcome.FAILED
    bent = SignedNote(note.text.replace("\n3\n", "\n4\n"), note.signatures)
    assert signature_step(bent, TRUST, kept=Kept(root=None)).outcome is Outcome.FAILED


def test_a_kept_head_is_compared_with_the_tree_of_today() -> None:
    assert tree_step(head(3), Kept(root=head(3).root)).outcome is Outcome.PASSED
    rewritten, shrunk = tree_step(head(3), Kept(root=b"x" * 32)), tree_step(head(3), Kept(root=None))
    assert rewritten.outcome is shrunk.outcome is Outcome.FAILED
    assert "不同" in rewritten.checked and "还少" in shrunk.checked
    assert continuity_step(head(3), head(3), []).outcome is Outcome.PASSED
    assert continuity_step(head(2), head(3), []).outcome is Outcome.FAILED


def test_witnesses_are_named_with_their_time_and_a_false_one_fails() -> None:
    key = WITNESSES[0]
    watched = Trust(
        origin=LOG.name,
        keys=TRUST.keys,
        witnesses=Policy((), (Witness("演示晚报", key.verifier),), (), "演示晚报"),
    )
    note = sign_checkpoint(head(3), [LOG])
    assert witness_step(note, TRUST).outcome is Outcome.NOTED
    assert witness_step(note, watched).outcome is Outcome.WAITING
    seen = SignedNote(note.text, (*note.signatures, cosign(note.text, key, time=1_800_000_000)))
    step = witness_step(seen, watched)
    assert step.outcome is Outcome.PASSED and "2027年1月15日" in step.values[0].text
    false = SignedNote(note.text, (*note.signatures, cosign("other\n", key, time=1_800_000_000)))
    assert witness_step(false, watched).outcome is Outcome.FAILED


def test_a_chain_hangs_together_by_the_hash_of_the_record_before() -> None:
    first, second = entries(2)
    whole = [(3, first, None), (9, second, leaf_hash(first).hex())]
    assert chain_step(whole).outcome is Outcome.PASSED
    assert chain_step([(3, b"{}", None), whole[1]]).outcome is Outcome.FAILED
    assert chain_step([whole[0], (9, second, None)]).outcome is Outcome.FAILED


def test_the_first_fault_ends_the_proof() -> None:
    def step(outcome: Outcome) -> Step:
        return Step(title="t", outcome=outcome, checked="c")

    good, noted, bad, late = (step(each) for each in (Outcome.PASSED, Outcome.NOTED, Outcome.FAILED, Outcome.WAITING))
    assert until_fault([good, bad, good]) == (good, bad) and until_fault([good, late, good]) == (good, late)
    assert verdict([good, noted]) is Outcome.PASSED
    assert verdict([good, bad]) is Outcome.FAILED and verdict([good, late]) is Outcome.WAITING
