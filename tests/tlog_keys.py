"""Keys and small logs for the tests of the transparency log. The seeds are public: they sign nothing real."""

from collections.abc import Sequence

from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.merkle import Node, completed
from greenmine.tlog.note import COSIGNATURE, ED25519, SignerKey

LOG = SignerKey("demo.greenmine.invalid/log", ED25519, bytes(range(32)))
WITNESSES = tuple(SignerKey(f"witness.example/w{n}", COSIGNATURE, bytes([n]) * 32) for n in (1, 2, 3))


class StoredLog:
    """The nodes of a log in memory, filled by appending; ``read`` is the reader the functions ask."""

    def __init__(self) -> None:
        self.nodes: dict[Node, bytes] = {}
        self.size = 0

    def append(self, leaf: bytes) -> None:
        """One more entry, by its leaf hash."""
        for node, value in completed(self.size, leaf, self.read):
            assert node not in self.nodes, "a node is stored once and never changes"
            self.nodes[node] = value
        self.size += 1

    def read(self, wanted: Sequence[Node]) -> list[bytes]:
        """Their hashes."""
        return [self.nodes[node] for node in wanted]


def log_of(entries: Sequence[bytes]) -> StoredLog:
    """A log of these entries."""
    stored = StoredLog()
    for entry in entries:
        stored.append(leaf_hash(entry))
    return stored
