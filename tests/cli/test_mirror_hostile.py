"""What a site serves as an entry may be anything: a mirror reads of it what is what it should be, and goes on."""

from datetime import date
from typing import Final

import pytest
from tests.tlog_keys import LOG

from greenmine.cli.log_copy import documents_named, with_rotated
from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint
from greenmine.tlog.entry import canonical
from greenmine.tlog.policy import NONE, Log, Policy

POLICY: Final = Policy((Log(LOG.verifier),), (), (), NONE)
NOTE: Final = sign_checkpoint(Checkpoint(LOG.name, 1, b"\x01" * 32), [LOG])


@pytest.mark.parametrize("until", [5, True, ["2026-01-10"], {"day": "2026-01-10"}, None])
def test_a_day_to_vanish_on_that_is_none_is_no_day(until: object) -> None:
    envelope = {"v": 1, "kind": "credit.added", "body": "ab" * 32, "until": until}
    assert documents_named([canonical(envelope)]).ground("ab" * 32, today=date(2035, 1, 1)) is None


@pytest.mark.parametrize("changed", [{"public": value} for value in (None, 5, "zz", ["ab" * 32])] + [{"old": ["ab"]}])
def test_a_new_key_that_is_none_is_not_followed(changed: dict[str, object]) -> None:
    envelope = {"kind": "key.rotated", "old": LOG.verifier.id.hex(), "public": "cd" * 32, **changed}
    assert with_rotated(POLICY, [canonical(envelope)], NOTE) == POLICY
