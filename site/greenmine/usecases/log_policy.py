"""Whom to believe about this site's log: its keys and its witnesses, as a policy file (C2SP tlog-policy)."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from greenmine.config import Settings
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.log_key import log_keys, signing_keys
from greenmine.store.log_read import published_head
from greenmine.tlog.note import Malformed, VerifierKey
from greenmine.tlog.policy import NONE, Log, Policy, parse_policy

NO_WITNESSES: Final = Policy((), (), (), NONE)


def known_witnesses(settings: Settings) -> Policy:
    """Witnesses, groups and quorum of the file that the settings name; without one nothing is asked of any.

    Raises BadInput with the line when it is no policy, names a log, or a witness without an address.
    """
    if settings.witnesses is None:
        return NO_WITNESSES
    try:
        policy = parse_policy(settings.witnesses.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, Malformed) as error:
        raise BadInput(
            "log.witnesses_malformed",
            N_("见证方文件 %(path)s 无法使用：%(reason)s。"),
            path=settings.witnesses,
            reason=str(error),
        ) from error
    faulty = [witness.name for witness in policy.witnesses if not _is_address(witness.url)]
    if policy.logs or faulty:
        raise BadInput(
            "log.witnesses_address",
            N_("见证方文件 %(path)s 不能有 log 行，每个见证方须有 http 或 https 网址。"),
            path=settings.witnesses,
        )
    return policy


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


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
