"""Which published documents an act names, and which it takes away. Source: design.md "Acts and documents"."""

from collections.abc import Mapping
from typing import Any, Final

_FILES: Final = ("attachments", "media")


def body_of(envelope: Mapping[str, Any]) -> str | None:
    """SHA-256 of the body, None for an act without one."""
    found = envelope.get("body")
    return found if isinstance(found, str) else None


def files_of(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    """SHA-256 of the files: attachments, pictures and films, the file of a rule book."""
    listed = [item for name in _FILES for item in envelope.get(name, ()) if isinstance(item, str)]
    book = [envelope["digest"]] if envelope.get("kind") == "book.published" else []
    return tuple(dict.fromkeys([*listed, *book]))


def removed_by(envelope: Mapping[str, Any]) -> Mapping[str, str]:
    """SHA-256 of each document that the act takes from the public, and the ground."""
    if envelope.get("kind") == "document.removed":
        return {envelope["document"]: envelope["ground"]}
    if envelope.get("kind") == "credit.ended":
        return dict.fromkeys(envelope["removes"], "credit_ended")
    return {}


def vanishes_after(envelope: Mapping[str, Any]) -> str | None:
    """The legal day from which the body names nobody any more, also while no act records it yet; None: it stays."""
    return envelope.get("until") if envelope.get("kind") == "credit.added" else None
