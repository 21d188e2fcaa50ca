"""Pages of documentation that the code itself knows best, from settings to seats. ``make docs`` writes them.

A test of the house compares what is printed with what is committed, so that neither drifts.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from docs.printed_seats import seats_page

from greenmine.config import settings_page

FOLDER = Path(__file__).resolve().parent
DOMAIN = FOLDER.parent / "site" / "greenmine" / "domain"
COMMANDS = "greenmine.cli.root"
ACTS = "greenmine.cli.act_docs"
WIDTH = 100
"""Columns of the help texts: the page must not depend on the terminal it was printed in."""

HELP_OPTIONS = ["-h", "--help"]
"""As the command line itself: click keeps the help option it made first, so a page printed without them loses -h."""

ROUTES = ("greenmine.web.routes", "greenmine.api.routes")


def pages() -> Mapping[str, str]:
    """File name to text, of every printed page."""
    acts = _module(ACTS)
    return {
        **({"acts.md": acts.acts_markdown()} if acts else {}),
        "settings.md": settings_page(),
        "routes.md": routes_page(),
        "seats.md": seats_page(routes()),
        "commands.md": commands_page(),
        "values.md": values_page(),
    }


def routes_page() -> str:
    """Every address, who may come and what counts it."""
    lines = [
        "# Routes",
        "",
        "Printed from the lists of routes in the code by `make docs`. Every address answers HEAD and OPTIONS besides.",
        "",
        "| address | methods | endpoint | who | region | personal | rate |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for route in routes():
        who = "、".join(sorted(role.value for role in route.access.roles)) or route.access.door.value
        methods = " ".join(sorted(route.methods))
        personal = "yes" if route.is_personal else ""
        lines.append(
            f"| `{route.rule}` | {methods} | `{route.endpoint}` | {who} | {route.region} | {personal} | {route.limit} |"
        )
    return "\n".join(lines) + "\n"


def routes() -> Iterator[Any]:
    """The entries of every list of routes there is."""
    for name in ROUTES:
        module = _module(name)
        if module is not None:
            yield from module.ROUTES


def values_page() -> str:
    """Every enumeration of the rules with the Chinese term beside each member."""
    lines = ["# Values of every enumeration", "", "Printed from `site/greenmine/domain` by `make docs`.", ""]
    for path in sorted(DOMAIN.rglob("*.py")):
        text = path.read_text("utf-8")
        for item in ast.parse(text).body:
            if isinstance(item, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in item.bases):
                lines += [f"## {item.name} (`domain/{path.relative_to(DOMAIN).as_posix()}`)", ""]
                lines += [*_members(item, text.splitlines()), ""]
    return "\n".join(lines).rstrip() + "\n"


def _members(enumeration: ast.ClassDef, text: list[str]) -> Iterator[str]:
    yield (ast.get_docstring(enumeration) or "").partition("\n")[0]
    yield from ("", "| code | 中文 |", "| --- | --- |")
    for item in enumeration.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            comment = text[(item.end_lineno or item.lineno) - 1].partition("  # ")[2]
            term = comment.partition("  # ")[0]  # behind it stand marks for the checkers
            yield f"| `{item.targets[0].id}` | {term} |"


def commands_page() -> str:
    """Every command with its help, arguments and options."""
    lines = ["# Commands", "", "Printed from the command line itself by `make docs`.", ""]
    for path, command in commands():
        context = click.Context(command, info_name=path, terminal_width=WIDTH, help_option_names=HELP_OPTIONS)
        lines += [f"## {path}", "", "```", command.get_help(context), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def commands() -> list[tuple[str, click.Command]]:
    """(``greenmine import mines``, command) of the whole tree; empty while there is no command line."""
    module = _module(COMMANDS)
    return list(_below("greenmine", module.greenmine)) if module else []


def _below(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from _below(f"{path} {name}", child)


def _module(name: str) -> ModuleType | None:
    """The module, or None while it is not written yet; an error inside it is not hidden."""
    try:
        return import_module(name) if find_spec(name) else None
    except ModuleNotFoundError as missing:
        if missing.name and name.startswith(missing.name):
            return None
        raise


def main() -> None:
    """Write every printed page beside this file."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
