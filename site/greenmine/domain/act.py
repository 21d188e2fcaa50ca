"""The act: what happened in public, said once (design.md "Acts and documents").

An act is an *envelope* (codes, dates, numbers; what the log holds; no free text, no names) and a *body*
(title, text, names; a published document that law may remove).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Json = Mapping[str, Any]

SYSTEM = "system@000000"
"""Author of acts that no person decides: content sync, ends of term."""


@dataclass(frozen=True)
class Act:
    """An act as a use case builds it; sequence, chain and time are given by the store when it is applied.

    :param kind: ``noun.verb`` (``notice.published``), one of ``act_schema.KINDS``
    :param object: what it is about, ``<noun>/<id>`` (``notice/2026-0142``)
    :param by: ``<role>@<6-digit region>``, never a person
    :param valid_from: legal day from which it holds
    :param facts: ids, codes, dates as text, integers: the kind's own envelope fields
    :param body: names and texts, or None for kinds without one
    :param book: rule book it was decided under, ``<region>/<from>#<first 12 hex of its SHA-256>``
    :param calendar: version of the working-day calendar it was counted with
    """

    kind: str
    object: str
    by: str
    valid_from: date
    facts: Json = field(default_factory=dict)
    body: Json | None = None
    book: str | None = None
    calendar: str | None = None

    def envelope(self, *, seq: int, prev: str | None, at: str, body_sha256: str | None) -> dict[str, Any]:
        """The envelope as the log holds it; ``prev`` is the hex leaf hash of the object's previous entry."""
        fixed = {
            "v": 1,
            "kind": self.kind,
            "object": self.object,
            "seq": seq,
            "prev": prev,
            "at": at,
            "valid_from": self.valid_from.isoformat(),
            "by": self.by,
            "book": self.book,
            "calendar": self.calendar,
            "body": body_sha256,
        }
        present = {name: value for name, value in fixed.items() if value is not None}
        return {**self.facts, **present}


def subjects(envelope: Json) -> frozenset[str]:
    """Every object the act concerns besides its own: the mines, notice, removal it names.

    Facts hold them as ``mine``, ``mines``, ``listed``, ``dropped`` (mine numbers) and ``notice``.
    """
    named = {envelope["object"]}
    if "mine" in envelope:
        named.add(f"mine/{envelope['mine']}")
    for fact in ("mines", "listed", "dropped"):
        named.update(f"mine/{mine}" for mine in envelope.get(fact, ()))
    if "notice" in envelope:
        named.add(f"notice/{envelope['notice']}")
    return frozenset(named)
