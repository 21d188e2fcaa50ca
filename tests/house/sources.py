"""The project's own source files, parsed once, for the tests of the house."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SITE = CHECKOUT / "site"
PACKAGE = SITE / "greenmine"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path as seen from the checkout, its text, its tree."""

    path: Path

    @property
    def name(self) -> str:
        """``site/greenmine/store/apply.py``."""
        return self.path.relative_to(CHECKOUT).as_posix()

    @cached_property
    def text(self) -> str:
        """What the file says."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """What Python makes of it."""
        return ast.parse(self.text, filename=self.name)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The whole tree, node by node."""
        return tuple(ast.walk(self.tree))

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in self.nodes:
            if isinstance(node, Function):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        """Every call."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node


def product() -> list[Source]:
    """Files of the package, and the front door if there is one."""
    door = CHECKOUT / "wsgi.py"
    return [*_below(PACKAGE), *([Source(door)] if door.exists() else [])]


def checks() -> list[Source]:
    """Files of the tests."""
    return [*_below(CHECKOUT / "tests")]


@functools.cache
def _below(folder: Path) -> tuple[Source, ...]:
    return tuple(Source(path) for path in sorted(folder.rglob("*.py")))


def called(call: ast.Call) -> str:
    """The dotted name that is called: ``abort``, ``tx.execute``; empty for anything fancier."""
    return dotted(call.func)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for names and attributes of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def at(source: Source, node: ast.AST) -> str:
    """Where a finding stands: ``file:line``."""
    return f"{source.name}:{getattr(node, 'lineno', 1)}"


def top_level() -> set[str]:
    """Names at the top of the checkout that belong to it: what git tracks."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    return {name.partition("/")[0] for name in listed.split("\0") if name}
