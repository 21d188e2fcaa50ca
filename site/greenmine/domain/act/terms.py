"""The words act schemas are written in: patterns for ids, dates and codes, and shapes of documents."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from greenmine.domain import noun

Schema = Mapping[str, Any]


def pattern(regex: str) -> Schema:
    """A string bound by a regular expression (anchored by its author)."""
    return {"type": "string", "pattern": regex}


def number(of: noun.Noun) -> Schema:
    """The id of a noun's object."""
    return pattern(f"^{of.pattern}$")


def choice(words: type[StrEnum]) -> Schema:
    """A string out of an enumeration of the domain."""
    return {"enum": [str(word) for word in words]}


def listing(items: Schema) -> Schema:
    """A list of such items, at most 20,000 of them."""
    return {"type": "array", "items": items, "maxItems": 20_000}


def document(properties: Mapping[str, Schema], *required: str) -> dict[str, Any]:
    """A closed JSON object: no field but these."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def texts() -> Schema:
    """A list of short texts (bodies only)."""
    return listing({"type": "string", "maxLength": 1000})


def strings_in(schema: Any) -> Iterable[Schema]:
    """Every string schema inside a schema, for the test that envelopes hold no free text."""
    if isinstance(schema, Mapping):
        if schema.get("type") == "string":
            yield schema
        for part in schema.values():
            yield from strings_in(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from strings_in(part)


TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 2000}
OPTIONAL: Final[Schema] = {"type": "string", "maxLength": 2000}
"""A short text that may be empty (bodies only)."""
LONG: Final[Schema] = {"type": "string", "maxLength": 500_000}
OBJECT: Final[Schema] = {"type": "object"}
"""Any JSON object (bodies only)."""
BOOLEAN: Final[Schema] = {"type": "boolean"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
DATE: Final = pattern(r"^[0-9]{4}-[01][0-9]-[0-3][0-9]$")
INSTANT: Final = pattern(r"^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$")
SHA256: Final = pattern(r"^[0-9a-f]{64}$")
HASHES: Final = listing(SHA256)
REGION: Final = number(noun.REGION)
MINE: Final = number(noun.MINE)
MINES: Final = listing(MINE)
NOTICE: Final = number(noun.NOTICE)
CODE: Final = pattern(r"^[a-z][a-z0-9_]{1,63}$")
"""A code of ours or of a rule book."""
MATTER: Final = pattern(r"^[a-z][a-z_]{1,39}-[0-9]{4}-[0-9]{4,6}$")
"""Number of a matter: process, year, serial number (``listing-2026-0042``)."""
BOOK: Final = pattern(r"^[0-9]{6}/[0-9]{4}-[0-9]{2}-[0-9]{2}#[0-9a-f]{12}$")
"""A version of a rule book: region, first day, first 12 hex digits of the file's SHA-256."""
PROVISION: Final = pattern(r"^[a-z][a-z_]{1,39}/[a-z0-9_]{1,64}$")
"""A provision of a rule book: the table of its file and the code there (``ground/standard_not_met``)."""
