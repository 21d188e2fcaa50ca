"""Entries and bodies against the schema of their kind, each in the version it was written under."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any, Final

from jsonschema import Draft202012Validator

from greenmine.domain.act import KINDS
from greenmine.domain.act.kind import FIXED
from greenmine.domain.act.terms import DATE, INSTANT, MATTER, Schema
from greenmine.domain.errors import BadInput, RuleBroken
from greenmine.domain.instant import from_utc_text
from greenmine.domain.text import N_
from greenmine.tlog.entry import canonical

_ORDERED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "basis": lambda each: (each["book"], each["provision"]),
    "matters": lambda each: each,
}
"""Lists that stand sorted, and by what."""
_READ: Final[tuple[tuple[Schema, Callable[[str], Any]], ...]] = ((DATE, date.fromisoformat), (INSTANT, from_utc_text))
"""What the calendar must have, whatever a pattern lets pass."""
_MATTER: Final = re.compile(MATTER["pattern"])


class ActMalformed(RuleBroken):
    """An act that does not fit the schema of its kind: a defect of the code that built it, never of a user."""


def require_schema(entry: bytes, envelope: Mapping[str, Any], body: Mapping[str, Any] | None) -> None:
    """Raise ActMalformed, or BadInput for a text that is too long, unless both fit the version they are written in."""
    kind, version = str(envelope.get("kind", "")), envelope.get("v")
    if kind not in KINDS:
        raise ActMalformed("act.unknown_kind", N_("没有“%(kind)s”这种记录。"), kind=kind)
    if isinstance(version, bool) or not isinstance(version, int) or version not in KINDS[kind].versions:
        raise ActMalformed(
            "act.unknown_version", N_("没有“%(kind)s”的第%(version)s版格式。"), kind=kind, version=str(version)
        )
    if b"\\" in entry:  # "$" in a pattern lets one line end pass; an envelope needs no escape at all
        raise ActMalformed("act.control", N_("记录“%(kind)s”的编码字段中有控制字符。"), kind=kind)
    faults = list(_envelopes(kind, version).iter_errors(envelope))
    bodies = _bodies(kind, version)
    if body is not None and bodies is not None:
        faults += bodies.iter_errors(body)
    if faults and faults[0].validator == "maxLength":
        raise BadInput(
            "act.too_long",
            N_("文字过长：最多 %(limit)s 字，请缩短后再提交。"),
            field=str(next((part for part in reversed(faults[0].absolute_path) if isinstance(part, str)), "")) or None,
            limit=faults[0].validator_value,
        )
    told = (("/".join(str(part) for part in fault.absolute_path), fault.message) for fault in faults)
    for place, reason in told if faults else _beyond_schema(envelope):
        raise ActMalformed(
            "act.malformed", N_("记录“%(kind)s”不合格式：%(place)s %(reason)s"), kind=kind, place=place, reason=reason
        )


def _beyond_schema(envelope: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Place and reason of what no schema can say: an object begun by no beginning, disorder, a day that never was."""
    kind = KINDS[envelope["kind"]]
    if envelope["seq"] == 0 and not kind.opens:
        yield "seq", "0, but no object begins with this kind"
    for name, order in _ORDERED.items():
        held = envelope.get(name)
        if isinstance(held, list) and held != sorted(held, key=order):
            yield name, "is not sorted"
    for each in (*FIXED, *kind.facts_of(envelope["v"])):
        for schema, read in _READ:
            if each.schema == schema and each.name in envelope:
                try:
                    read(envelope[each.name])
                except ValueError:
                    yield each.name, f"{envelope[each.name]!r} is no day or time"


def body_fits(entry: bytes, body: bytes) -> bool:
    """Whether the bytes can be read as the body of this entry at all."""
    try:
        envelope, parsed = json.loads(entry), json.loads(body)
        bodies = _bodies(envelope["kind"], envelope["v"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return isinstance(parsed, dict) and bodies is not None and not any(bodies.iter_errors(parsed))


def matters_fit(envelope: Mapping[str, Any], listed: bytes | None) -> bool:
    """Whether these bytes are the list of matters an entry names: numbers, sorted, each once, as many as it says."""
    try:
        numbers, told = json.loads(listed or b"")["matters"], envelope["matters"]
        whole = canonical({"matters": sorted(set(numbers))}) == listed and len(numbers) == told["count"] > 1
        return whole and sha256(listed or b"").hexdigest() == told["sha256"] and all(map(_MATTER.fullmatch, numbers))
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


@cache
def _envelopes(kind: str, version: int) -> Draft202012Validator:
    return Draft202012Validator(KINDS[kind].envelope_schema(version))


@cache
def _bodies(kind: str, version: int) -> Draft202012Validator | None:
    schema = KINDS[kind].body_schema(version)
    return None if schema is None else Draft202012Validator(schema)
