"""Asking the witnesses of the log for their word (C2SP tlog-witness): the worker's job.

All are asked at once, each in a thread that is left behind when it takes too long: a turn costs the worker four
seconds at most, and a witness that failed is not asked again for a while.
"""

import logging
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from greenmine.cli.http_door import Answer, Trouble, Unanswered, ask
from greenmine.services import Services
from greenmine.store.act import size as log_size
from greenmine.store.log import Head, log_origin, read_nodes, root_at
from greenmine.store.log_key import log_keys
from greenmine.store.log_read import newest_signed
from greenmine.store.log_seal import keep_head
from greenmine.tlog.checkpoint import Checkpoint, parse_checkpoint
from greenmine.tlog.merkle import consistency_proof
from greenmine.tlog.note import Malformed, SignedNote, is_signed_by, parse_note
from greenmine.tlog.policy import Witness
from greenmine.tlog.witness import (
    SIZE_TYPE,
    AddCheckpoint,
    monitoring_path,
    parse_cosignatures,
    parse_size,
)
from greenmine.usecases.log_witness import (
    Errand,
    NoWord,
    WitnessFault,
    Word,
    believed_word,
    due_errands,
    keep_word,
    note_no_word,
)

log = logging.getLogger(__name__)

TURN: Final = 4.0
"""Seconds a turn of the worker waits for witnesses."""
CALL: Final = 3.0
LONGEST_ANSWER: Final = 16_384
TRIES: Final = 3
"""Requests of one turn to a witness that says it stands elsewhere."""

_TROUBLES: Final = {
    Trouble.DOWN: WitnessFault.DOWN,
    Trouble.SLOW: WitnessFault.SLOW,
    Trouble.TOO_LARGE: WitnessFault.TOO_LARGE,
    Trouble.GARBLED: WitnessFault.GARBLED,
}
Outcome = Word | WitnessFault


def ask_witnesses(services: Services, *, turn: float = TURN) -> int:
    """Ask whoever is due to cosign the newest signed head; returns how many did."""
    if not services.witnesses.witnesses:
        return 0
    now = services.clock()
    with services.database.read() as tx:
        head = newest_signed(tx) if log_origin(tx) is not None else None
        errands = due_errands(tx, services.witnesses, size=head.checkpoint.size, at=now) if head else []
    if head is None or not errands:
        return 0
    outcomes = _ask_all(services, head, errands, turn=turn)
    with services.database.write() as tx:
        for errand, outcome in zip(errands, outcomes, strict=True):
            if isinstance(outcome, Word):
                keep_word(tx, errand.witness, outcome, size=head.checkpoint.size, at=now)
            else:
                note_no_word(tx, errand.witness, outcome, at=now)
    for errand, outcome in zip(errands, outcomes, strict=True):
        if isinstance(outcome, WitnessFault):
            log.warning("witness %s: %s", errand.witness.name, outcome.value)
    return sum(isinstance(outcome, Word) for outcome in outcomes)


def _ask_all(services: Services, head: Head, errands: Sequence[Errand], *, turn: float) -> list[Outcome]:
    """In the order of the errands; who has not answered when the turn is over is slow, and is heard no more."""
    answers: SimpleQueue[tuple[int, Outcome]] = SimpleQueue()

    def run(place: int, errand: Errand) -> None:
        answers.put((place, _outcome(services, head, errand)))

    for place, errand in enumerate(errands):
        threading.Thread(target=run, args=(place, errand), name=f"witness {place}", daemon=True).start()
    found: dict[int, Outcome] = {}
    ends = monotonic() + turn
    while len(found) < len(errands) and (left := ends - monotonic()) > 0:
        try:
            place, outcome = answers.get(timeout=left)
        except Empty:
            break
        found[place] = outcome
    return [found.get(place, WitnessFault.SLOW) for place in range(len(errands))]


def _outcome(services: Services, head: Head, errand: Errand) -> Outcome:
    try:
        return _converse(services, head, errand)
    except NoWord as error:
        return error.fault
    except Unanswered as error:
        return _TROUBLES[error.trouble]
    except Malformed:
        return WitnessFault.GARBLED
    except Exception:  # the database is away, or a defect of ours: the worker must hear of it, and go on
        log.exception("asking witness %s failed", errand.witness.name)
        return WitnessFault.DOWN


def _converse(services: Services, head: Head, errand: Errand) -> Word:
    """Post the head; where the witness stands at another size, go on from there."""
    witness, old, tried = errand.witness, errand.old, set[int]()
    own = tuple(line for line in head.signatures if line.name == head.checkpoint.origin)
    while len(tried) < TRIES and old not in tried:
        tried.add(old)
        request = AddCheckpoint(old, _proof(services, old, head.checkpoint), SignedNote(head.checkpoint.text, own))
        answer = _post(witness, str(request))
        if answer.status == 200:
            return believed_word(
                head.checkpoint.text, parse_cosignatures(answer.body), witness.key, at=services.clock()
            )
        if answer.status != 409 or answer.media_type != SIZE_TYPE:
            raise NoWord(WitnessFault.FORKED if answer.status in {409, 422} else WitnessFault.REFUSED)
        said = parse_size(answer.body)
        if said > head.checkpoint.size:
            raise NoWord(_look_at(services, witness, head.checkpoint))
        if said == old == head.checkpoint.size:
            raise NoWord(WitnessFault.FORKED)
        old = said
    raise NoWord(WitnessFault.LOOPING)


def _post(witness: Witness, body: str) -> Answer:
    url = f"{witness.url.rstrip('/')}/add-checkpoint"
    return ask(url, body=body.encode(), limit=LONGEST_ANSWER, seconds=CALL)


def _proof(services: Services, old: int, head: Checkpoint) -> tuple[bytes, ...]:
    with services.database.read() as tx:
        return tuple(consistency_proof(old, head.size, lambda wanted: read_nodes(tx, wanted)))


def _look_at(services: Services, witness: Witness, head: Checkpoint) -> WitnessFault:
    """A witness says it has seen more than we have: look at what it saw.

    Only a head that our own key has signed proves anything. One that goes beyond the database means that a backup was
    restored: it is kept as the head outside the database, which refuses acts until the log is replayed.
    """
    answer = ask(f"{witness.url.rstrip('/')}/{monitoring_path(head.origin)}", limit=LONGEST_ANSWER, seconds=CALL)
    if answer.status != 200:
        return WitnessFault.AHEAD
    note = parse_note(answer.body.decode("utf-8", errors="replace"))
    seen = parse_checkpoint(note.text)
    with services.database.read() as tx:
        signed = seen.origin == head.origin and any(is_signed_by(note, row.key) for row in log_keys(tx))
        beyond = seen.size > log_size(tx)
        same = not beyond and root_at(tx, seen.size) == seen.root
    if not signed:
        return WitnessFault.AHEAD
    if beyond:
        own = tuple(line for line in note.signatures if line.name == head.origin)
        keep_head(services.settings.log_head, SignedNote(note.text, own))
        log.error("witness %s has seen %s entries of this log: the database is behind", witness.name, seen.size)
        return WitnessFault.AHEAD
    return WitnessFault.AHEAD if same else WitnessFault.FORKED
