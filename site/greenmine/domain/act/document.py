"""Which published documents an act names, and which it takes away: read from the statements of the kinds."""

from collections.abc import Mapping
from typing import Any

from greenmine.domain.act.kinds import KINDS


def body_of(envelope: Mapping[str, Any]) -> str | None:
    """SHA-256 of the body, None for an act without one."""
    found = envelope.get("body")
    return found if isinstance(found, str) else None


def matters_of(envelope: Mapping[str, Any]) -> str | None:
    """SHA-256 of the published list of its matters, None where the entry holds them itself."""
    held = envelope.get("matters")
    found = held.get("sha256") if isinstance(held, Mapping) else None
    return found if isinstance(found, str) else None


def texts_of(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    """SHA-256 of what replay needs beside the entry: its body, and the list of its matters."""
    return tuple(found for found in (body_of(envelope), matters_of(envelope)) if found is not None)


def files_of(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    """SHA-256 of the files: attachments, pictures and films, the file of a rule book."""
    kind = KINDS.get(str(envelope.get("kind")))
    held = [_hashes(envelope.get(name)) for name in kind.files] if kind is not None else []
    return tuple(dict.fromkeys(sha256 for hashes in held for sha256 in hashes))


def removed_by(envelope: Mapping[str, Any]) -> Mapping[str, str]:
    """SHA-256 of each document that the act takes from the public, and the ground."""
    kind = KINDS.get(str(envelope.get("kind")))
    if kind is None or kind.takes is None:
        return {}
    ground = kind.takes.always or str(envelope.get(kind.takes.ground))
    return dict.fromkeys(_hashes(envelope.get(kind.takes.documents)), ground)


def vanishes_after(envelope: Mapping[str, Any]) -> str | None:
    """The legal day from which the body names nobody any more, also while no act records it yet; None: it stays."""
    kind = KINDS.get(str(envelope.get("kind")))
    day = envelope.get(kind.vanishes_on) if kind is not None and kind.vanishes_on else None
    return day if isinstance(day, str) else None


def staying(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    """SHA-256 of what the act publishes for good: it names nobody, and terms, decisions or replay need it."""
    kind, listed = KINDS.get(str(envelope.get("kind"))), matters_of(envelope)
    own = (body_of(envelope), *files_of(envelope)) if kind is not None and kind.stays else ()
    return tuple(sha256 for sha256 in (*own, listed) if sha256 is not None)


def _hashes(held: Any) -> list[str]:
    listed = held if isinstance(held, list) else [held]
    return [each for each in listed if isinstance(each, str)]
