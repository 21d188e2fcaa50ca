"""Clauses of the source documents, by the ids that rule books and tests quote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.errors import NotFound
from greenmine.domain.text import N_


class Seen(StrEnum):
    """How much of a document was read."""

    FULL = "full"  # 全文
    PART = "part"  # 部分
    NONE = "none"  # 未见


class ClauseContents(StrEnum):
    """Whether a clause holds what a rule book can hold."""

    DATA = "data"  # 数字、清单或表格
    PROSE = "prose"  # 原则要求,由网站功能落实


SEEN_LABELS: Final[Mapping[Seen, str]] = {
    Seen.FULL: N_("已见原文"),
    Seen.PART: N_("仅见部分"),
    Seen.NONE: N_("未见原文"),
}


@dataclass(frozen=True)
class ClauseDocument:
    """A source document. ``number`` and ``issued`` are empty where the copy does not show them."""

    code: str
    title: str
    number: str
    issuer: str
    issued: str
    seen: Seen


@dataclass(frozen=True)
class Clause:
    """One duty or figure of a document.

    :param place: where in the document
    :param summary: what it asks, in one sentence of ours
    :param verified: the passage was read; a value that names only verified clauses is verified
    """

    code: str
    document: str
    place: str
    summary: str
    contents: ClauseContents
    verified: bool


class Clauses:
    """All clauses, looked up by id."""

    def __init__(self, documents: Iterable[ClauseDocument], clauses: Iterable[Clause]) -> None:
        self._documents = {document.code: document for document in documents}
        self._clauses = {clause.code: clause for clause in clauses}

    @property
    def documents(self) -> tuple[ClauseDocument, ...]:
        """In the order of the file."""
        return tuple(self._documents.values())

    def all(self) -> tuple[Clause, ...]:
        """In the order of the file."""
        return tuple(self._clauses.values())

    def __contains__(self, code: object) -> bool:
        return code in self._clauses

    def get(self, code: str) -> Clause:
        """A clause by its id. Raises NotFound ``clause.unknown``."""
        try:
            return self._clauses[code]
        except KeyError:
            raise NotFound("clause.unknown", N_("没有编号为%(wanted)s的条款"), wanted=code) from None

    def document(self, code: str) -> ClauseDocument:
        """A source document by its code. Raises NotFound ``clause.document_unknown``."""
        try:
            return self._documents[code]
        except KeyError:
            raise NotFound("clause.document_unknown", N_("没有编号为%(wanted)s的来源文件"), wanted=code) from None

    def of_document(self, code: str) -> tuple[Clause, ...]:
        """The clauses of one document, in order."""
        return tuple(clause for clause in self._clauses.values() if clause.document == code)

    def verified(self, codes: Iterable[str]) -> bool:
        """Whether every one of these clauses was read; an unknown one was not."""
        return all(code in self._clauses and self._clauses[code].verified for code in codes)
