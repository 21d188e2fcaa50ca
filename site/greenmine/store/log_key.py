"""The log's keys: seeds of 32 bytes in files of their own, and the list of their public halves in the database.

A key is made by ``greenmine log init`` when there is none, and by ``greenmine log rotate``; never silently. A missing
key stops no act: heads stay unsigned until it is back. Source: log-spec.md 4, 10.
"""

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, insert, select

from greenmine.domain.errors import Conflict, Unready
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.files import sync_folder
from greenmine.store.log import ORIGIN
from greenmine.store.site_fact import get_fact
from greenmine.store.tables_log import log_key
from greenmine.store.tables_private import site_fact
from greenmine.tlog.note import ED25519, SEED, SignerKey, VerifierKey, parse_vkey

_READABLE: Final = N_("记录库签名密钥 %(path)s 的权限过宽，请改为 0600。")
BOTH_SIGN: Final = timedelta(days=30)
"""After a rotation the key before still signs beside the new one for so long."""

_ORIGIN: Final = select(site_fact.c.value).where(site_fact.c.name == ORIGIN).scalar_subquery()
_KEYS: Final = select(log_key.c.n, log_key.c.vkey, log_key.c.act, log_key.c.at).order_by(log_key.c.n)
_OWN_KEYS: Final = select(_ORIGIN, log_key.c.vkey, log_key.c.at).order_by(log_key.c.n.desc()).limit(2)
"""Made once: every act asks for them."""


@dataclass(frozen=True)
class KeyRow:
    """A key the log has or had.

    :param act: number of the act that brought it in, None for the first
    """

    n: int
    key: VerifierKey
    act: int | None
    since: datetime


@dataclass(frozen=True)
class LogKeys:
    """The folder of the seeds: ``log-<key ID in hex>.seed``, 0600. What was computed from a seed is computed once."""

    folder: Path
    _known: dict[VerifierKey, SignerKey] = field(default_factory=dict, repr=False, compare=False)

    def make(self, origin: str) -> SignerKey:
        """A new key in a new file; it signs nothing before it stands in the database."""
        key = SignerKey(origin, ED25519, secrets.token_bytes(SEED))
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(key.verifier)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key.seed)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder)
        return key

    def find(self, public: VerifierKey) -> SignerKey | None:
        """The private half, or None when its file is not there.

        Raises Unready when others may read the file, or when it holds another key.
        """
        path = self._path(public)
        try:
            with path.open("rb", buffering=0) as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise Unready("log.key_readable", _READABLE, path=path)
                seed = file.read()
        except OSError:
            return None
        known = self._known.get(public)
        key = known if known is not None and known.seed == seed else SignerKey(public.name, public.type, seed)
        if len(seed) != SEED or key.verifier != public:
            raise Unready("log.key_other", N_("密钥文件 %(path)s 不是这个记录库的签名密钥。"), path=path)
        self._known[public] = key
        return key

    def _path(self, public: VerifierKey) -> Path:
        return self.folder / f"log-{public.id.hex()}.seed"


def add_key(tx: Tx, key: VerifierKey, *, act: int | None, at: datetime) -> None:
    """Enter a public key: the first by ``log init`` only, later ones with the act of the rotation."""
    n = int(tx.execute(select(func.coalesce(func.max(log_key.c.n), -1) + 1)).scalar_one())
    if (n == 0) != (act is None):
        raise Conflict("log.key_order", N_("记录库的签名密钥只能由轮换记录更换。"))
    tx.execute(insert(log_key).values(n=n, vkey=key.vkey, act=act, at=utc_text(at)))


def log_keys(tx: Tx) -> tuple[KeyRow, ...]:
    """All keys the log ever had, oldest first."""
    return tuple(KeyRow(n, parse_vkey(vkey), act, from_utc_text(at)) for n, vkey, act, at in tx.execute(_KEYS))


def signing_keys(tx: Tx, *, at: datetime) -> tuple[VerifierKey, ...]:
    """Whose signatures a head of this time bears: the newest key's, and for 30 days also the one before it."""
    return own_keys(tx, at=at)[1]


def own_keys(tx: Tx, *, at: datetime) -> tuple[str | None, tuple[VerifierKey, ...]]:
    """Whose log this is (None before it has begun), and :func:`signing_keys`: what every head begins with."""
    rows = tx.execute(_OWN_KEYS).all()
    if not rows:
        return get_fact(tx, ORIGIN), ()
    ((origin, newest, since), *before) = rows
    both = [vkey for _, vkey, _ in before if at < from_utc_text(since) + BOTH_SIGN]
    return origin, tuple(parse_vkey(vkey) for vkey in (newest, *both))
