"""Hashes of passwords (Argon2id), and one that nobody knows the password of."""

from dataclasses import dataclass, field
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

DUMMY: Final = "$argon2id$v=19$m=32768,t=3,p=1$5l9noMCf62x8n68WNFW+rQ$8HfVm9pCS20UyXFkXg1tXaNp3IiWQd67fGHNKZkaINA"  # nosec B105
"""The hash of 256 random bits that were thrown away, at the same cost as a real one."""


@dataclass(frozen=True)
class PasswordHashes:
    """Makes and checks hashes. Cost: 32 MiB, three passes (above OWASP's least of 19 MiB, two passes).

    A check always costs one computation, whether there is a hash or not: time tells a stranger nothing
    (ASVS 6.3.8).
    """

    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
    )

    def make(self, password: str) -> str:
        """The hash to keep, of exactly these characters."""
        return self.hasher.hash(password)

    def fits(self, password: str, password_hash: str | None) -> bool:
        """Whether this is the password; None (nobody, or none set yet) costs as much and never fits."""
        try:
            self.hasher.verify(password_hash or DUMMY, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made at another cost than today's."""
        return self.hasher.check_needs_rehash(password_hash)


HASHES: Final = PasswordHashes()
"""At the cost of this site; never changes."""
