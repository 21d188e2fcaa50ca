"""What a kind of act is: its name, the versions of its schema, and every trait that others act on (log-spec.md 1).

A field belongs to the versions from ``since`` to ``until``. A kind whose schema changes raises its ``version``; the
fields of earlier versions stay, so each entry is read by the version it was written under.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from greenmine.domain.act.terms import (
    BOOK,
    CODE,
    COUNT,
    DATE,
    INSTANT,
    MATTER,
    PROVISION,
    SHA256,
    Schema,
    document,
    listing,
    pattern,
)
from greenmine.domain.seat import BY


class Thread(StrEnum):
    """What makes one item of a feed."""

    OBJECT = "object"  # 一事一条: all acts of an object
    ACT = "act"  # 一条记录一条: each act by itself


@dataclass(frozen=True)
class Field:
    """A field of an envelope or of a body.

    :param needed: must be there
    :param names: noun of the objects whose numbers it holds, one or a list; empty where it names none
    :param since, until: first and last version of the kind's schema that has it in this form; None: the newest too
    """

    name: str
    schema: Schema
    meaning: str
    needed: bool = False
    names: str = ""
    since: int = 1
    until: int | None = None

    def stands_in(self, version: int) -> bool:
        """Whether that version of the schema has it."""
        return self.since <= version and (self.until is None or version <= self.until)


@dataclass(frozen=True)
class Takes:
    """Documents that an act takes from the public.

    :param documents: field with their hashes, one or a list
    :param ground: field with the ground; empty: ``always``
    """

    documents: str
    ground: str = ""
    always: str = ""


_MATTERS: Final[Schema] = {
    "oneOf": [
        {**listing(MATTER), "minItems": 2, "uniqueItems": True},
        document({"sha256": SHA256, "count": COUNT}, "sha256", "count"),
    ]
}
_BASIS: Final[Schema] = {
    **listing(document({"book": BOOK, "provision": PROVISION}, "book", "provision")),
    "uniqueItems": True,
}

FIXED: Final[tuple[Field, ...]] = (
    Field("v", COUNT, "version of the kind's schema that the entry was written under", needed=True),
    Field("kind", pattern(r"^[a-z]+\.[a-z]+$"), "what was done", needed=True),
    Field("object", pattern(r"^[a-z]+/[A-Za-z0-9/-]{1,100}$"), "what it was done to: noun and number", needed=True),
    Field("seq", COUNT, "0, 1, 2 … of that object", needed=True),
    Field("prev", SHA256, "leaf hash of the object's previous entry; absent when `seq` is 0"),
    Field("at", INSTANT, "when it was recorded, UTC", needed=True),
    Field("valid_from", DATE, "legal day (Asia/Shanghai) from which it holds", needed=True),
    Field("by", pattern(BY), "seat that did it, `<role>@<scope>`; never a person", needed=True),
    Field(
        "basis",
        _BASIS,
        "provisions that decided, sorted, each with the version of the book that holds it; empty where no book decided",
        needed=True,
    ),
    Field("calendar", pattern(r"^[0-9a-f]{12}$"), "version of the working-day calendar days were counted with"),
    Field("matter", MATTER, "matter (事项) it is a step of", names="matter"),
    Field(
        "matters",
        _MATTERS,
        "matters it is a step of, sorted; where they would not fit into an entry, SHA-256 and "
        "count of a published list",
        names="matter",
    ),
    Field("step", CODE, "step of the procedure, as its book calls it"),
    Field("body", SHA256, "SHA-256 of the body, a published document"),
)
"""Fields that every kind has. Each binds ``v``, ``kind`` and ``object`` more closely, and needs a body or has none."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of act.

    :param name: ``noun.verb``, stable for good
    :param title: in Chinese, as pages name it
    :param object: pattern of the objects it can be about, anchored
    :param facts: its own fields of the envelope: ids, codes, dates, numbers
    :param body: fields of the body, None for a kind without one
    :param version: the newest version of its schema, in which new entries are written
    :param opens: an object can begin with it
    :param thread: how feeds tell it, None: in no feed
    :param tells_text: its body is what the object's page says from then on
    :param told_by_rows: what its body says stands in the rows of the object too
    :param tells_mine: its body says something of the mine it is about
    :param moves_mine: it changes how the mines stand that it names
    :param corrects: it changes what a record says
    :param found: its objects are found in search
    :param vanishes_on: its body names a subject that must vanish, on the legal day in this field; empty: it names none
    :param files: fields with the SHA-256 of published files
    :param takes: documents it takes from the public
    :param stays: its body and files name nobody and are never taken from the public
    :param of_the_log: the log tells of itself
    """

    name: str
    title: str
    object: str
    facts: tuple[Field, ...] = ()
    body: tuple[Field, ...] | None = None
    version: int = 1
    opens: bool = False
    thread: Thread | None = None
    tells_text: bool = False
    told_by_rows: bool = False
    tells_mine: bool = False
    moves_mine: bool = False
    corrects: bool = False
    found: bool = False
    vanishes_on: str = ""
    files: tuple[str, ...] = ()
    takes: Takes | None = None
    stays: bool = False
    of_the_log: bool = False

    @property
    def noun(self) -> str:
        """Noun of its objects: ``mine`` for ``directory.listed``."""
        return self.object.removeprefix("^").partition("/")[0]

    @property
    def versions(self) -> range:
        """Every version of its schema there ever was."""
        return range(1, self.version + 1)

    def facts_of(self, version: int) -> Iterator[Field]:
        """Its own envelope fields in that version."""
        return (field for field in self.facts if field.stands_in(version))

    def envelope_schema(self, version: int | None = None) -> dict[str, Any]:
        """JSON Schema (2020-12) of the whole envelope in a version, the newest by default."""
        wanted = version or self.version
        bound: dict[str, Schema] = {
            "v": {"const": wanted},
            "kind": {"const": self.name},
            "object": pattern(self.object),
        }
        own = list(self.facts_of(wanted))
        fixed = [field for field in FIXED if self.body is not None or field.name != "body"]
        schema = _closed([*fixed, *own], bound)
        if self.body is not None:
            schema["required"].append("body")
        return {**schema, "not": {"required": ["matter", "matters"]}}

    def body_schema(self, version: int | None = None) -> dict[str, Any] | None:
        """JSON Schema of the body in a version; None for a kind without one."""
        if self.body is None:
            return None
        return _closed([field for field in self.body if field.stands_in(version or self.version)], {})

    def published_schema(self, version: int) -> dict[str, Any]:
        """The JSON Schema of a version as readers fetch it: an entry's, with the body's as ``#/$defs/body``."""
        body = self.body_schema(version)
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"{self.name} {version}"}
        return {**head, **self.envelope_schema(version), **({} if body is None else {"$defs": {"body": body}})}


def _closed(fields: list[Field], bound: Mapping[str, Schema]) -> dict[str, Any]:
    shapes = {field.name: bound.get(field.name, field.schema) for field in fields}
    return document(shapes, *(field.name for field in fields if field.needed))
