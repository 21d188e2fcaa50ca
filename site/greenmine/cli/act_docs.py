"""docs/acts.md from the code: every kind of act with its schemas, for whoever reads the log."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from greenmine.domain.act_schema import KINDS, Kind
from greenmine.tlog.entry import canonical

_PREFACE = """# Acts

Every public step of the site is one act (ZJ-15 全过程留痕). An act is an **envelope**, which the log holds, and a
**body**, a published document that the envelope names by its SHA-256 and that law may remove. The envelope holds codes,
dates and numbers: no free text, no names. Both are RFC 8785 (JCS) bytes; the log's leaf is SHA-256(0x00 ‖ envelope).

Fields that every envelope has: `v` 1, `kind`, `object`, `seq` (0, 1, 2 … of that object), `prev` (leaf hash of the
object's previous act, absent when `seq` is 0), `at` (UTC, whole seconds), `valid_from` (legal day in Asia/Shanghai),
`by` (`<role>@<region>`, never a person), and where they apply `book` (rule book it was decided under), `calendar`
(version of the working-day calendar) and `body`. The schemas are JSON Schema 2020-12.

A changed schema is a new version of its kind: entries recorded before stay readable by the version they were written
under. This page is printed from the code by `make docs`; tests hold the two together.
"""


def acts_markdown() -> str:
    """The whole page, ending with one line end."""
    return "\n".join([_PREFACE, *_contents(), "", *(line for kind in KINDS.values() for line in _section(kind))])


def schema_fingerprint(kind: Kind) -> str:
    """SHA-256 of the canonical bytes of both schemas of a kind: another one needs another version."""
    return hashlib.sha256(canonical({"envelope": kind.envelope_schema(), "body": kind.body})).hexdigest()


def _contents() -> Iterator[str]:
    yield "| kind | 名称 | version | object |"
    yield "|---|---|---|---|"
    for kind in KINDS.values():
        link, id_pattern = f"[`{kind.name}`](#{kind.name.replace('.', '')})", _cell(kind.object)
        yield f"| {link} | {kind.title} | {kind.version} | `{id_pattern}` |"


def _section(kind: Kind) -> Iterator[str]:
    yield from (f"## {kind.name}", "", f"{kind.title}. Version {kind.version}. Object `{kind.object}`.", "")
    yield from ("Envelope:", "", *_json(kind.envelope_schema()), "")
    if kind.body is None:
        yield from ("No body.", "")
    else:
        yield from ("Body:", "", *_json(kind.body), "")


def _json(schema: Any) -> tuple[str, str, str]:
    return "```json", json.dumps(schema, ensure_ascii=False, indent=1), "```"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
