"""content/rules/clauses.toml and content/rules/<region>/clauses.toml → the clauses that rule books quote.

A province brings its documents and clauses in a file of its own, beside its books; ids are unique over all files.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from greenmine.content.files import Loaded, Problem, SourceFile, digest_of, list_files, read_bytes, read_text
from greenmine.content.toml_table import Table, TomlDocument, parse_toml
from greenmine.domain.clause import Clause, ClauseContents, ClauseDocument, Clauses, Seen
from greenmine.domain.text import N_

FOLDER: Final = "rules"
NAME: Final = "clauses.toml"
CLAUSE_FILE: Final = f"{FOLDER}/{NAME}"

Item = TypeVar("Item", ClauseDocument, Clause)


def load_clauses(root: Path) -> Loaded[Clauses]:
    """Read every clause file; ``items`` holds one :class:`Clauses`, without what stands in a file that is bad.

    A wrong clause is reported with its line and left out; the others are served. The common file must be there.
    """
    sources: list[SourceFile] = []
    problems: list[Problem] = []
    files: list[TomlDocument] = []
    for path in _paths(root):
        source = read_bytes(root, path)
        if isinstance(source, Problem):
            problems.append(source)
            continue
        sources.append(source)
        text = read_text(source)
        document = text if isinstance(text, Problem) else parse_toml(text, path=source.path)
        if isinstance(document, Problem):
            problems.append(document)
        else:
            files.append(document)
    clauses = _read(files)
    problems += [problem for file in files for problem in file.problems]
    return Loaded((clauses,), tuple(problems), digest_of(sources))


def _paths(root: Path) -> tuple[Path, ...]:
    """The common file, there or not, then those of the provinces."""
    found = list_files(root, folder=FOLDER, suffix=NAME, deep=True)
    return tuple(dict.fromkeys((root / CLAUSE_FILE, *(path for path in found if path.name == NAME))))


def _read(files: list[TomlDocument]) -> Clauses:
    """Documents of all files first: a province's clause may stand in a document of the common file."""
    documents = [(file, file.each("document", _document)) for file in files]
    known = {item.code: item for _, items in documents for item in items}
    clauses = [(file, file.each("clause", lambda table: _clause(table, known))) for file in files]
    for file in files:
        file.report_unasked()
    _report_doubles("document", documents, N_("来源文件编号重复：%(code)s"))
    _report_doubles("clause", clauses, N_("条款编号重复：%(code)s"))
    _report_strays(clauses, set(known))
    return Clauses(_all(documents), _all(clauses))


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


def _all(read: Sequence[tuple[TomlDocument, tuple[Item, ...]]]) -> Iterator[Item]:
    """The first of each code, in the order of the files."""
    found: dict[str, Item] = {}
    for _, items in read:
        for item in items:
            found.setdefault(item.code, item)
    yield from found.values()


def _report_doubles(table: str, read: Sequence[tuple[TomlDocument, tuple[Item, ...]]], message: str) -> None:
    seen: set[str] = set()
    for file, items in read:
        for index, item in enumerate(items):
            if item.code in seen:
                file.report(table, message % {"code": item.code}, index=index, key="code")
            seen.add(item.code)


def _report_strays(read: Sequence[tuple[TomlDocument, tuple[Clause, ...]]], known: set[str]) -> None:
    for file, clauses in read:
        for index, clause in enumerate(clauses):
            if clause.document not in known:
                message = N_("没有编号为%(code)s的来源文件") % {"code": clause.document}
                file.report("clause", message, index=index, key="document")
