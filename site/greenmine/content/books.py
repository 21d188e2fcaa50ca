"""content/rules/<region>/<from>.toml → rule books.

A book with anything wrong in it is not served at all: half of a province's rules, filled up from the
national book, would be rules that nobody wrote. Every problem of it is told; the other books are served.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from greenmine.content.book_figures import FigureReader
from greenmine.content.clauses import CLAUSE_FILE, load_clauses
from greenmine.content.clauses import NAME as CLAUSES
from greenmine.content.files import (
    Loaded,
    Problem,
    SourceFile,
    digest_of,
    list_files,
    read_bytes,
    read_text,
)
from greenmine.content.toml_table import Table, TomlDocument, parse_toml
from greenmine.domain.clause import Clauses
from greenmine.domain.errors import BadInput
from greenmine.domain.provision import Provision
from greenmine.domain.rulebook import NATIONAL, RuleBook
from greenmine.domain.text import N_

FOLDER: Final = "rules"

_PLACE: Final = re.compile(r"rules/(\d{6})/(\d{4}-\d{2}-\d{2})\.toml", re.ASCII)


def load_books(root: Path) -> Loaded[RuleBook]:
    """Read every rule book below ``root/rules``; problems of the clause files are reported too.

    ``digest`` covers the bytes of every book, served or not, and of the clause files.
    """
    clauses = load_clauses(root)
    sources: list[SourceFile] = []
    problems: list[Problem] = list(clauses.problems)
    books: list[RuleBook] = []
    for path in list_files(root, folder=FOLDER, suffix=".toml", deep=True):
        if path.name == CLAUSES:
            continue
        source = read_bytes(root, path)
        if isinstance(source, Problem):
            problems.append(source)
            continue
        sources.append(source)
        book = read_book(source, clauses=clauses.items[0], problems=problems)
        if book is not None:
            books.append(book)
    served = _drop_dangling(books, problems)
    digest = digest_of((*sources, SourceFile(CLAUSE_FILE, b"", clauses.digest)))
    return Loaded(served, tuple(problems), digest)


def read_book(source: SourceFile, *, clauses: Clauses, problems: list[Problem]) -> RuleBook | None:
    """One book, or None with its problems added to ``problems``."""
    text = read_text(source)
    document = text if isinstance(text, Problem) else parse_toml(text, path=source.path)
    if isinstance(document, Problem):
        problems.append(document)
        return None
    book = _build(document, FigureReader(clauses), digest=source.digest)
    document.report_unasked()
    if book is not None:
        _check_place(document, book, clauses)
        _check_doubles(document, book)
    problems.extend(document.problems)
    return None if document.problems else book


def _build(document: TomlDocument, reader: FigureReader, *, digest: str) -> RuleBook | None:
    tiers = document.each("zone_tier", reader.zone_tier)
    head = document.one("book", lambda table: _head(table, digest=digest)) or _NOTHING
    book = replace(
        head,
        libraries=document.each("library", reader.library),
        steps=document.each("step", reader.step),
        clocks=document.each("clock", reader.clock),
        windows=document.each("window", reader.window),
        notice_rules=document.each("notice", reader.notice_rule),
        notice_presets=document.each("notice_preset", reader.notice_preset),
        objection_rules=document.each("objection", reader.objection_rule),
        grounds=document.each("ground", reader.ground),
        credit_terms=document.each("credit", reader.credit_term),
        spot_checks=document.each("spot_check", reader.spot_check),
        gates=document.each("gate", reader.gate),
        exemptions=document.each("exemption", reader.exemption),
        quotas=document.each("quota", reader.quota),
        scorecards=document.each("scorecard", reader.scorecard),
        target_tables=document.each("target_table", reader.target_table),
        indicators=document.each("indicator", reader.indicator),
        statistics=document.each("statistic", reader.statistic),
        zone_rules=document.each("zone", lambda table: reader.zone_rule(table, tiers)),
        benefits=document.each("benefit", reader.benefit),
        duties=document.each("duty", reader.duty),
        budget_lines=document.each("budget", reader.budget_line),
        lists=document.each("list", reader.named_list),
    )
    if tiers and len(book.zone_rules) != 1:
        document.report("zone_tier", N_("有 [[zone_tier]] 的规则册应有一个 [[zone]]"))
    return None if head is _NOTHING else book


def _head(table: Table, *, digest: str) -> RuleBook:
    """``[book]``: whose it is and when it holds."""
    book = RuleBook(
        region=table.text("region"),
        name=table.text("name"),
        since=table.day("from"),
        until=table.maybe_date("until"),
        period_verified=table.flag("period_verified"),
        period_note=table.text("period_note", ""),
        documents=table.texts("documents", required=True),
        digest=digest,
    )
    if book.until is not None and book.until < book.since:
        raise BadInput("content.period_backwards", N_("终止日期早于起始日期"), field="until")
    return book


def _check_place(document: TomlDocument, book: RuleBook, clauses: Clauses) -> None:
    """Folder and file name must say what the book says; its documents must be known."""
    place = _PLACE.fullmatch(document.path)
    if place is None:
        document.report("book", N_("文件应放在 rules/六位行政区代码/起始日期.toml"))
    elif place.groups() != (book.region, book.since.isoformat()):
        document.report("book", N_("文件位置与行政区代码、起始日期不一致"), key="from")
    known = {item.code for item in clauses.documents}
    for code in book.documents:
        if code not in known:
            message = N_("没有编号为%(code)s的来源文件") % {"code": code}
            document.report("book", message, key="documents")


def _check_doubles(document: TomlDocument, book: RuleBook) -> None:
    """A code may come twice only for different days."""
    for part in book.tables().values():
        for index, provision in enumerate(part):
            if any(_clash(provision, other) for other in part[:index]):
                message = N_("编号重复：%(code)s") % {"code": provision.code}
                document.report("book", message)


def _clash(one: Provision, other: Provision) -> bool:
    if one.code != other.code:
        return False
    first = max(one.origin.since or date.min, other.origin.since or date.min)
    last = min(one.origin.until or date.max, other.origin.until or date.max)
    return first <= last


def _drop_dangling(books: Iterable[RuleBook], problems: list[Problem]) -> tuple[RuleBook, ...]:
    """Leave out a book that names an objection rule, clock or window found neither in it nor nationally.

    Without any national book nothing is left out: its own problem is already told, and a lookup of what
    is missing answers with a sentence.
    """
    known = tuple(books)
    national = tuple(book for book in known if book.region == NATIONAL)
    if not national:
        return known
    served = []
    for book in known:
        missing = sorted(set(_references(book)) - _targets((book, *national)))
        for kind, code in missing:
            message = N_("引用了不存在的%(kind)s：%(code)s") % {"kind": kind, "code": code}
            problems.append(Problem(f"{FOLDER}/{book.key}.toml", None, message))
        if not missing:
            served.append(book)
    return tuple(served)


def _references(book: RuleBook) -> Iterable[tuple[str, str]]:
    for rule in book.notice_rules:
        yield N_("异议规则"), rule.objection
    for preset in book.notice_presets:
        yield N_("异议规则"), preset.objection
    for step in book.steps:
        if step.clock:
            yield N_("时限"), step.clock
        if step.window:
            yield N_("报送日期"), step.window


def _targets(books: Iterable[RuleBook]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for book in books:
        found.update((N_("异议规则"), rule.code) for rule in book.objection_rules)
        found.update((N_("时限"), clock.code) for clock in book.clocks)
        found.update((N_("报送日期"), window.code) for window in book.windows)
    return found


_NOTHING: Final = RuleBook("", "", date.min, None, False, "", (), "")
"""Stands in for a missing head while the rest of the file is still checked."""
