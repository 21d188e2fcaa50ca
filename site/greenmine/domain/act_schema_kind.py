"""What a kind of act is: its name, version, title, and the schemas of envelope and body (log-spec.md 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greenmine.domain.act_schema_terms import COUNT, DATE, INSTANT, SHA256, pattern

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of act: stable name, version of its schema, Chinese title, and the schemas."""

    name: str
    version: int
    title: str
    object: str
    facts: Mapping[str, Schema]
    required: tuple[str, ...] = ()
    body: Schema | None = None

    def envelope_schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of the whole envelope: the fixed fields and this kind's own."""
        fixed: dict[str, Schema] = {
            "v": {"const": 1},
            "kind": {"const": self.name},
            "object": pattern(self.object),
            "seq": COUNT,
            "prev": SHA256,
            "at": INSTANT,
            "valid_from": DATE,
            "by": pattern(r"^(system|editor|county|city|province|administrator)@[0-9]{6}$"),
            "book": pattern(r"^[0-9]{6}/[0-9]{4}-[0-9]{2}-[0-9]{2}#[0-9a-f]{12}$"),
            "calendar": pattern(r"^[0-9a-f]{12}$"),
            "body": SHA256,
        }
        always = ["v", "kind", "object", "seq", "at", "valid_from", "by", *self.required]
        if self.body is not None:
            always.append("body")
        return {
            "type": "object",
            "properties": {**fixed, **self.facts},
            "required": always,
            "additionalProperties": False,
        }
