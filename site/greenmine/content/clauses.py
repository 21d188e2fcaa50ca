"""content/rules/clauses.toml → the clauses that rule books quote."""

from pathlib import Path
from typing import Final

from greenmine.content.files import Loaded, Problem, digest_of, read_bytes, read_text
from greenmine.content.toml_table import Table, TomlDocument, parse_toml
from greenmine.domain.clause import Clause, ClauseContents, ClauseDocument, Clauses, Seen
from greenmine.domain.text import N_

CLAUSE_FILE: Final = "rules/clauses.toml"


def load_clauses(root: Path) -> Loaded[Clauses]:
    """Read ``root/rules/clauses.toml``; ``items`` holds one :class:`Clauses`, empty when the file is bad.

    A wrong clause is reported with its line and left out; the others are served.
    """
    source = read_bytes(root, root / CLAUSE_FILE)
    if isinstance(source, Problem):
        return Loaded((Clauses((), ()),), (source,), digest_of(()))
    text = read_text(source)
    document = text if isinstance(text, Problem) else parse_toml(text, path=source.path)
    if isinstance(document, Problem):
        return Loaded((Clauses((), ()),), (document,), digest_of((source,)))
    clauses = _read(document)
    return Loaded((clauses,), tuple(document.problems), digest_of((source,)))


def _read(document: TomlDocument) -> Clauses:
    documents = document.each("document", _document)
    known = {item.code: item for item in documents}
    clauses = document.each("clause", lambda table: _clause(table, known))
    document.report_unasked()
    _report_doubles(document, clauses)
    _report_strays(document, clauses, set(known))
    return Clauses(documents, clauses)


def _document(table: Table) -> ClauseDocument:
    return ClauseDocument(
        code=table.text("code"),
        title=table.text("title"),
        number=table.text("number", ""),
        issuer=table.text("issuer", ""),
        issued=table.text("issued", ""),
        seen=table.choice("seen", Seen),
    )


def _clause(table: Table, documents: dict[str, ClauseDocument]) -> Clause:
    """A clause is verified unless it says otherwise or nothing of its document was seen."""
    document = documents.get(table.text("document"))
    seen = document is not None and document.seen is not Seen.NONE
    return Clause(
        code=table.text("code"),
        document=table.text("document"),
        place=table.text("place"),
        summary=table.text("summary"),
        contents=table.choice("contents", ClauseContents),
        verified=table.flag("verified", seen),
    )


def _report_doubles(document: TomlDocument, clauses: tuple[Clause, ...]) -> None:
    seen: set[str] = set()
    for index, clause in enumerate(clauses):
        if clause.code in seen:
            message = N_("条款编号重复：%(code)s") % {"code": clause.code}
            document.report("clause", message, index=index, key="code")
        seen.add(clause.code)


def _report_strays(document: TomlDocument, clauses: tuple[Clause, ...], known: set[str]) -> None:
    for index, clause in enumerate(clauses):
        if clause.document not in known:
            message = N_("没有编号为%(code)s的来源文件") % {"code": clause.document}
            document.report("clause", message, index=index, key="document")
