"""docs/acts.md from the code: every kind of act, a row per field, for whoever reads the log."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from greenmine.domain.act import KINDS, Field, Kind
from greenmine.domain.act.kind import FIXED
from greenmine.tlog.entry import canonical

_PREFACE: Final = """# Acts

Every public step of the site is one act (ZJ-15 全过程留痕). An act is an **envelope**, which the log holds, and a
**body**, a published document that the envelope names by its SHA-256 and that law may remove. The envelope holds codes,
dates and numbers: no free text, no names. Both are RFC 8785 (JCS) bytes; the log's leaf is SHA-256(0x00 ‖ envelope).

The field `v` says the version of the kind's schema that an entry was written under. A changed schema is a new version;
every version stays, and entries recorded before stay readable by their own. The JSON Schema (2020-12) of each version
is served at `/log/schema/<kind>/<version>.json`: an entry's, with the body's as `#/$defs/body`. This page is printed
from the code by `make docs`.

`by` names no person and no role is fixed by the schema: `<role>@<scope>`, where a scope is a region (`330523`), one of
its departments (`330523/ecology`) or a number of this site's own (`firm-000123`, `agency-0007`, `draw-2026-01`).
`basis` lists each provision that decided: `book` is a version of a rule book (its region, first day and the first 12
hex digits of its file's SHA-256), `provision` the table of that file and the code there; the file is a published
document. Where no book decided it is empty, and a field `source` holds the SHA-256 of the paper or list that was
recorded.

| kind | 名称 | version | object |
|---|---|---|---|"""

_HEAD: Final = ("| field | pattern | needed | since | meaning |", "|---|---|---|---|---|")
_MOST_WORDS: Final = 200


def acts_markdown() -> str:
    """The whole page, ending with one line end."""
    sections = (line for kind in KINDS.values() for line in _section(kind))
    return "\n".join([_PREFACE, *_contents(), "", *_every(), *sections]).rstrip("\n") + "\n"


def schema_fingerprint(kind: Kind, version: int) -> str:
    """SHA-256 of the canonical bytes of the schema of a version: it never changes."""
    return hashlib.sha256(canonical(kind.published_schema(version))).hexdigest()


def _contents() -> Iterator[str]:
    for kind in KINDS.values():
        link = f"[`{kind.name}`](#{kind.name.replace('.', '')})"
        yield f"| {link} | {kind.title} | {kind.version} | `{_cell(kind.object)}` |"


def _every() -> Iterator[str]:
    yield from ("## Every envelope", "", *_table(FIXED), "")


def _section(kind: Kind) -> Iterator[str]:
    yield from (f"## {kind.name}", "", f"{kind.title}. Version {kind.version}. {_traits(kind)}", "")
    if kind.facts:
        yield from ("Envelope, besides the fields of every envelope:", "", *_table(kind.facts), "")
    if kind.body is not None:
        yield from ("Body:", "", *_table(kind.body), "")


def _traits(kind: Kind) -> str:
    told = {
        "opens an object": kind.opens,
        "changes what a record says": kind.corrects,
        "changes how its mines stand": kind.moves_mine,
        "is told in feeds": kind.thread is not None,
        "takes documents from the public": kind.takes is not None,
        "its body must vanish one day": bool(kind.vanishes_on),
        "has no body": kind.body is None,
    }
    words = "; ".join(word for word, holds in told.items() if holds)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _table(fields: Iterable[Field]) -> Iterator[str]:
    yield from _HEAD
    for field in fields:
        until = f" to {field.until}" if field.until is not None else ""
        needed = "yes" if field.needed else ""
        yield f"| `{field.name}` | {_shape(field.schema)} | {needed} | {field.since}{until} | {field.meaning} |"


def _shape(schema: Mapping[str, Any]) -> str:
    """A schema in a cell: patterns and enumerations as they are, documents by their fields."""
    match schema:
        case {"oneOf": either}:
            told = " or ".join(_shape(each) for each in either)
        case {"enum": words}:
            told = ", ".join(f"`{word}`" for word in words)
        case {"pattern": regex}:
            told = f"`{_cell(regex)}`"
        case {"items": items}:
            told = f"list of {_shape(items)}"
        case {"properties": parts}:
            told = "{" + ", ".join(_named(name, part, schema) for name, part in parts.items()) + "}"
        case {"maxLength": most}:
            told = f"text, at most {most}"
        case _:
            told = str(schema["type"])
    return told


def _named(name: str, part: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    shape = _shape(part)
    mark = "" if name in schema.get("required", ()) else "?"
    return f"`{name}`{mark}" if len(shape) > _MOST_WORDS else f"`{name}`{mark} {shape}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
