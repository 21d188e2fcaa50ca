"""Public rows are written by ``store.apply`` and its effects, and by nothing else (design.md)."""

import ast
import re
from typing import Final

from tests.house.sources import Source, called, dotted, product

from greenmine.store.tables import PUBLIC_TABLES

PUBLIC: Final = frozenset(table.name for table in PUBLIC_TABLES)
WRITERS: Final = ("site/greenmine/store/apply.py", "site/greenmine/store/effects/")
REVISIONS: Final = "site/greenmine/store/migrations/versions/"
VERBS: Final = frozenset(
    {"insert", "update", "delete", "bulk_insert", "sqlite_insert", "postgresql_insert", "pg_insert"}
)
WRITTEN_OUT: Final = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+\"?(\w+)\"?",
    re.IGNORECASE,
)


def test_public_tables_are_written_by_apply_alone() -> None:
    writes = [
        f"{place} {table}"
        for source in product()
        if not source.name.startswith(WRITERS)
        for place, table in _writes(source)
        if not (source.name.startswith(REVISIONS) and table == "act_head")  # its one row is made with the table
    ]
    assert not writes


def test_apply_does_write_them_so_the_scan_sees_something() -> None:
    written = {table for source in product() if source.name.startswith(WRITERS) for _, table in _writes(source)}
    assert written == PUBLIC


def test_the_scan_sees_every_way_of_writing() -> None:
    ways = {
        "insert(tables.mine)": "mine",
        "sa.update(notice)": "notice",
        "tables.removal.delete()": "removal",
        'text("DELETE FROM act WHERE n = 1")': "act",
        'text("insert or replace into mine values (1)")': "mine",
    }
    for code, table in ways.items():
        assert list(_written_in(ast.parse(code))) == [(1, table)], code


def _writes(source: Source) -> list[tuple[str, str]]:
    return [(f"{source.name}:{line}", table) for line, table in _written_in(source.tree)]


def _written_in(tree: ast.Module) -> list[tuple[int, str]]:
    """(line, public table) of every statement that writes one."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += [(node.lineno, table) for table in (_by_function(node), _by_method(node)) if table in PUBLIC]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [(node.lineno, name) for name in WRITTEN_OUT.findall(node.value) if name.lower() in PUBLIC]
    return found


def _by_function(call: ast.Call) -> str:
    """``insert(tables.mine)`` → ``mine``."""
    if called(call).rpartition(".")[2] not in VERBS or not call.args:
        return ""
    if isinstance(call.func, ast.Attribute) and dotted(call.func.value) not in {"sa", "sqlalchemy", "op"}:
        return ""  # a method of something else: found.update(notice)
    return dotted(call.args[0]).rpartition(".")[2]


def _by_method(call: ast.Call) -> str:
    """``tables.mine.delete()`` → ``mine``."""
    owner, _, verb = called(call).rpartition(".")
    return owner.rpartition(".")[2] if verb in VERBS and owner.startswith("tables.") else ""
