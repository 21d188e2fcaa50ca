"""The house as design.md draws it: where things stand, how long they are, what they may not do."""

import ast
import re
from collections.abc import Mapping
from typing import Final

import pytest
from tests.house.sources import CHECKOUT, PACKAGE, SITE, Source, at, called, checks, dotted, product, top_level

FILE_LINES = 400
FUNCTION_LINES = 40

LONG_FILES: Final[Mapping[str, str]] = {
    "site/greenmine/web/download/verify_record.py": "people download it alone and read it before they trust it",
}
"""File → why it is longer than 400 lines and better so."""

LONG_FUNCTIONS: Final[Mapping[str, str]] = {}
"""``file::function`` → why it is longer than 40 lines and better so."""

SAFE_MARKUP: Final[Mapping[str, str]] = {
    "site/greenmine/content/markdown.py": "gives HTML that nh3 has sanitised",
    "site/greenmine/web/public/article_text.py": "hands on that HTML; a table gets its wrapper's own label",
}
"""Files that may mark HTML as safe → why."""

BUILT_SQL: Final[Mapping[str, str]] = {
    "site/greenmine/store/database.py": "PRAGMA with a constant of the file; it takes no parameters",
    "site/greenmine/store/triggers.py": "names of our own tables and verbs in DDL, which takes no parameters",
}
"""Files that may build SQL from parts → why."""

TOP_LEVEL: Final = {
    "wsgi.py", "site", "content", "search_index", "tests", "docs", "bench", ".ci", "Makefile", "pyproject.toml",
    "requirements.txt", "requirements.lock", "requirements-dev.txt", "requirements-dev.lock", ".gitignore",
    ".gitattributes", ".editorconfig", "README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md",
    "SECURITY.md", "LICENSE", "babel.cfg",
}  # fmt: skip
OWNERS_CARD: Final = ("wsgi.py", "site", "content", "search_index", "tests", "requirements.txt")

REVISIONS: Final = PACKAGE / "store" / "migrations" / "versions"
"""Alembic's own folder: no package, and a revision lists whole tables in one function."""

VAGUE_NAMES: Final = re.compile(r"(.*_)?(utils?|helpers?|managers?|base|common|misc|tools?)(_.*)?")
READ_ONLY: Final = (
    "Final", "Mapping", "Sequence", "Collection", "Iterable", "Set", "AbstractSet", "frozenset", "tuple",
)  # fmt: skip
MAKES_MUTABLE: Final = {"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque", "bytearray"}
CHANGES: Final = {"append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove", "clear"}
IMPURE_IMPORTS: Final = {"os", "pathlib", "random", "secrets", "time", "socket", "subprocess", "sqlite3", "threading"}
CLOCKS: Final = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today"}


def test_top_level_is_as_the_owners_card_says() -> None:
    missing = [name for name in OWNERS_CARD if not (CHECKOUT / name).exists()]
    assert not missing


def test_nothing_else_stands_at_the_top() -> None:
    if not (CHECKOUT / ".git").exists():
        pytest.skip("not a checkout of git: nobody knows what belongs to it")
    assert top_level() <= TOP_LEVEL


def test_site_is_a_source_root_not_a_package() -> None:
    assert not (SITE / "__init__.py").exists(), "site is a module of the standard library"
    assert [path.name for path in SITE.iterdir() if path.is_dir() and path.suffix != ".egg-info"
            and path.name != "__pycache__"] == ["greenmine"]  # fmt: skip


def test_every_room_says_what_it_is_for() -> None:
    rooms = [path for path in PACKAGE.rglob("*") if path != REVISIONS and any(path.glob("*.py"))]
    silent = [str(room.relative_to(SITE)) for room in rooms if not _docstring(Source(room / "__init__.py"))]
    assert not silent


def test_test_folders_are_not_packages() -> None:
    assert not list((CHECKOUT / "tests").rglob("__init__.py"))


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [source.name for source in product() if VAGUE_NAMES.fullmatch(source.path.stem)]
    assert not vague


def test_files_are_short() -> None:
    long = [
        f"{source.name}: {len(source.text.splitlines())} lines"
        for source in (*product(), *checks())
        if len(source.text.splitlines()) > FILE_LINES and source.name not in LONG_FILES
    ]
    assert not long


def test_functions_are_of_one_breath() -> None:
    long = [
        f"{at(source, function)} {function.name}: {_lines(function)} lines"
        for source in product()
        if source.path.parent != REVISIONS
        for function in source.functions()
        if _lines(function) > FUNCTION_LINES and f"{source.name}::{function.name}" not in LONG_FUNCTIONS
    ]
    assert not long


def test_allow_lists_hold_nothing_stale() -> None:
    names = {source.name for source in product()}
    listed = {*LONG_FILES, *SAFE_MARKUP, *BUILT_SQL, *(name.partition("::")[0] for name in LONG_FUNCTIONS)}
    assert listed <= names


def test_imports_stand_at_the_top() -> None:
    inside = [
        at(source, node)
        for source in product()
        for function in source.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


def test_modules_hold_no_state() -> None:
    state = [at(source, node) for source in product() for node in source.tree.body if _holds_state(node)]
    state += [
        at(source, node)
        for source in product()
        for node in source.nodes
        if isinstance(node, ast.Global) or _changed(node) & _constants(source)
    ]
    assert not state, "constants are Final or of a read-only type, and nothing changes them"


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        source.name
        for source in product()
        for node in source.nodes
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv", "os.environb"}
        and node not in _handed_on(source)
    }  # fmt: skip
    assert readers == {"site/greenmine/config/settings.py"}


@pytest.mark.parametrize("room", ["domain", "tlog"])
def test_rules_and_log_are_pure(room: str) -> None:
    sources = [source for source in product() if source.path.is_relative_to(PACKAGE / room)]
    impure = [at(source, node) for source in sources for node in source.nodes if _imports(node) & IMPURE_IMPORTS]
    impure += [at(source, call) for source in sources for call in source.calls() if called(call) in {*CLOCKS, "open"}]
    assert sources
    assert not impure, "files, clocks and chance are arguments"


def test_http_refusals_stay_in_the_doors() -> None:
    below = [
        source for source in product() if not source.name.startswith(("site/greenmine/web/", "site/greenmine/api/"))
    ]
    assert not [at(source, call) for source in below for call in source.calls() if called(call).endswith("abort")]


def test_sql_is_not_built_from_text() -> None:
    built = [
        at(source, call)
        for source in product()
        if source.name not in BUILT_SQL
        for call in source.calls()
        if called(call).rpartition(".")[2] in {"text", "execute", "exec_driver_sql", "executescript", "DDL"}
        and call.args
        and _is_built(call.args[0])
    ]
    assert not built


def test_html_is_marked_safe_in_listed_places_only() -> None:
    templates = [path for path in PACKAGE.rglob("*") if path.suffix in {".html", ".xml", ".txt", ".svg"}]
    marked = [
        path.relative_to(CHECKOUT).as_posix()
        for path in templates
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8"))
    ]
    marked += [
        source.name
        for source in product()
        for call in source.calls()
        if called(call).rpartition(".")[2] in {"Markup", "render_template_string"}
    ]
    assert set(marked) <= set(SAFE_MARKUP)


def test_every_test_can_fail() -> None:
    idle = [
        f"{at(source, function)} {function.name}"
        for source in checks()
        for function in source.functions()
        if function.name.startswith("test_") and not _can_fail(function, source)
    ]
    assert not idle


def test_our_own_code_is_never_mocked() -> None:
    mocked = [at(source, node) for source in checks() for node in source.nodes if "mock" in _imports(node)]
    assert not mocked


def _handed_on(source: Source) -> list[ast.expr]:
    """Environments given whole to a process that is started: ``{**os.environ, "PYTHONPATH": …}``."""
    dicts = [node for node in source.nodes if isinstance(node, ast.Dict)]
    return [value for node in dicts for key, value in zip(node.keys, node.values, strict=True) if key is None]


def _docstring(source: Source) -> str | None:
    return ast.get_docstring(source.tree) if source.path.exists() else None


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    whole = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return whole
    said = function.body[0]
    return whole - ((said.end_lineno or 0) - said.lineno + 1)


def _holds_state(node: ast.stmt) -> bool:
    """Whether a statement of a module binds something that can be changed in place."""
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        return names != ["__all__"] and _is_mutable(node.value)
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        promised = ast.unparse(node.annotation)
        return _is_mutable(node.value) and not re.search(rf"\b({'|'.join(READ_ONLY)})\b", promised)
    return False


def _constants(source: Source) -> set[str]:
    """Names that a module binds to something that could be changed in place."""
    bound = [node for node in source.tree.body if isinstance(node, ast.AnnAssign | ast.Assign)]
    targets = [
        target
        for node in bound
        if node.value is not None and _is_mutable(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _changed(node: ast.AST) -> set[str]:
    """Names that a statement or call changes in place: ``x[k] = v``, ``del x[k]``, ``x.append(v)``."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return {dotted(node.value)}
    if isinstance(node, ast.Call):
        name, _, method = called(node).rpartition(".")
        return {name} if method in CHANGES else set()
    return set()


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp):
        return True
    return isinstance(value, ast.Call) and called(value).rpartition(".")[2] in MAKES_MUTABLE


def _imports(node: ast.AST) -> set[str]:
    """First parts of the modules that a statement imports, and ``mock`` for unittest.mock."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or "", *(alias.name for alias in node.names if node.module == "unittest")]
    else:
        return set()
    return {part for name in names for part in (name.partition(".")[0], name.rpartition(".")[2])}


def _is_built(value: ast.expr) -> bool:
    """Whether a text is put together from parts that are not all written there."""
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in value.values)
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.Mod) or _is_built(value.left) or _is_built(value.right)
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "format"


def _can_fail(function: ast.FunctionDef | ast.AsyncFunctionDef, source: Source) -> bool:
    """An assertion, an expected error, a call of a function that asserts (in this file, or named ``assert_``),
    or a fetch that names the status it expects (``client.get(path, status=404)``)."""
    asserting = {other.name for other in source.functions() if any(isinstance(n, ast.Assert) for n in ast.walk(other))}
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = called(node)
            last = name.rpartition(".")[2]
            if name in {"pytest.raises", "pytest.warns", "pytest.fail"} or last.startswith(("assert_", "check_")):
                return True
            if last in asserting or any(keyword.arg == "status" for keyword in node.keywords):
                return True
    return False
