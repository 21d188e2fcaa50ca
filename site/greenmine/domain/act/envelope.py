"""The act: what happened in public, said once.

An act is an *envelope* (codes, dates, numbers; what the log holds; no free text, no names) and a *body*
(title, text, names; a published document that law may remove).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from greenmine.domain.act.kind import FIXED
from greenmine.domain.act.kinds import KINDS
from greenmine.domain.errors import RuleBroken
from greenmine.domain.seat import require_author
from greenmine.domain.text import N_

Json = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Basis:
    """A provision that decided.

    :param book: version of the book that holds it, ``<region>/<from>#<first 12 hex of its SHA-256>``
    :param provision: ``<table>/<code>`` as that book's file has it
    """

    book: str
    provision: str


@dataclass(frozen=True)
class Act:
    """An act as a use case builds it; sequence, chain and time are given by the store when it is applied.

    :param kind: ``noun.verb`` (``notice.published``), one of ``KINDS``
    :param object: what it is about, ``<noun>/<id>`` (``notice/2026-0142``)
    :param by: ``<role>@<scope>``, never a person
    :param valid_from: legal day from which it holds
    :param facts: ids, codes, dates as text, integers: the kind's own envelope fields
    :param body: names and texts, or None for kinds without one
    :param basis: the provisions that decided, in any order; empty where no book did
    :param calendar: version of the working-day calendar it was counted with
    :param matters: numbers of the matters it is a step of
    :param step: code of that step in the matter's book
    Raises RuleBroken for a kind that does not exist and for an author who is nobody (``domain/seat.py``).
    """

    kind: str
    object: str
    by: str
    valid_from: date
    facts: Json = field(default_factory=dict)
    body: Json | None = None
    basis: tuple[Basis, ...] = ()
    calendar: str | None = None
    matters: tuple[str, ...] = ()
    step: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RuleBroken("act.unknown_kind", N_("没有“%(kind)s”这种记录。"), kind=self.kind)
        require_author(self.by)

    def envelope(self, *, seq: int, prev: str | None, at: str, body_sha256: str | None) -> dict[str, Any]:
        """The envelope as the log holds it, in the newest version of its kind.

        :param prev: hex leaf hash of the object's previous entry
        """
        several = sorted(set(self.matters))
        fixed = {
            "v": KINDS[self.kind].version,
            "kind": self.kind,
            "object": self.object,
            "seq": seq,
            "prev": prev,
            "at": at,
            "valid_from": self.valid_from.isoformat(),
            "by": self.by,
            "basis": [{"book": each.book, "provision": each.provision} for each in sorted(set(self.basis))],
            "calendar": self.calendar,
            "matter": several[0] if len(several) == 1 else None,
            "matters": several if len(several) > 1 else None,
            "step": self.step,
            "body": body_sha256,
        }
        present = {name: value for name, value in fixed.items() if value is not None}
        return {**self.facts, **present}


def matters_list(act: Act) -> dict[str, Any]:
    """The published list of an act's matters, for an act whose entry would not hold them."""
    return {"matters": sorted(set(act.matters))}


def subjects(envelope: Json, *, matters: Iterable[str] = ()) -> frozenset[str]:
    """Every object the act concerns besides its own: the mines, notice and matters that its fields name.

    :param matters: those of a published list, where the entry holds its hash only
    """
    named = {envelope["object"], *(f"matter/{number}" for number in matters)}
    for each in (*FIXED, *KINDS[envelope["kind"]].facts_of(envelope["v"])):
        if each.names and each.name in envelope:
            held = envelope[each.name]
            numbers = [held] if isinstance(held, str) else held if isinstance(held, list) else []
            named.update(f"{each.names}/{number}" for number in numbers)
    return frozenset(named)
