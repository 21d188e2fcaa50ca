"""Whom to believe about this site's log: its keys and its witnesses, as a policy file (C2SP tlog-policy)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from greenmine.config import Settings
from greenmine.store.database import Tx
from greenmine.store.log_key import log_keys, signing_keys
from greenmine.store.log_read import published_head
from greenmine.tlog.note import VerifierKey
from greenmine.tlog.policy import NONE, Log, Policy

NO_WITNESSES: Final = Policy((), (), (), NONE)


def known_witnesses(_settings: Settings) -> Policy:
    """Witnesses, groups and quorum that the site names; none is configured, so nothing is asked of any."""
    return NO_WITNESSES


def log_policy(tx: Tx, *, address: str, at: datetime, witnesses: Policy = NO_WITNESSES) -> Policy:
    """The policy by which today's proofs are checked: in a rotation it holds both keys.

    :param address: where the log is read, ``https://greenmine.example.gov.cn/log``
    :param witnesses: a policy without logs
    Raises NotFound before the log has begun, Unready while no head is signed.
    """
    return replace(witnesses, logs=tuple(Log(key, address) for key in believed_keys(tx, at=at)))


def believed_keys(tx: Tx, *, at: datetime) -> tuple[VerifierKey, ...]:
    """The keys that sign now, newest first, and one that signed the published head and has left since."""
    head = published_head(tx)
    standing = signing_keys(tx, at=at)
    signed = (row.key for row in log_keys(tx)[::-1] if any(line.is_of(row.key) for line in head.signatures))
    return (*standing, *(key for key in signed if key not in standing))
