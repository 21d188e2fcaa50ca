"""What an effect is handed: the recorded act, read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A recorded act: number, envelope, and body (None when the kind has none or law removed it)."""

    n: int
    envelope: Mapping[str, Any]
    body: Mapping[str, Any] | None

    @property
    def object_id(self) -> str:
        """``2026-0142`` of ``notice/2026-0142``."""
        return str(self.envelope["object"]).split("/", 1)[1]

    @property
    def at(self) -> str:
        """Instant of recording, UTC text."""
        return str(self.envelope["at"])

    @property
    def valid_from(self) -> str:
        """Legal day from which it holds, ISO."""
        return str(self.envelope["valid_from"])

    def fact(self, name: str) -> Any:
        """A field of the envelope, or None."""
        return self.envelope.get(name)

    def text(self, name: str) -> str:
        """A text of the body; empty when absent or when the body was removed."""
        return str((self.body or {}).get(name) or "")

    def title(self, name: str) -> str:
        """A text that a page cannot do without: the object's number once law has taken the body away."""
        return self.object_id.rpartition("/")[2] if self.body is None else self.text(name)

    def json(self, name: str, *, empty: Any) -> str:
        """A value of the body as JSON text for a column."""
        return json.dumps((self.body or {}).get(name, empty), ensure_ascii=False, sort_keys=True)
