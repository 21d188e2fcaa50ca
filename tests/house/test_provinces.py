"""No province stands in the code: which provinces there are, and what is so in one of them, is data (content/).

Looked for in every text of the package: strings of Python (docstrings and comments may give examples), templates
without their comments, scripts and sheets. Found are codes of provinces in full and names of provinces, full and short.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest
from tests.house.sources import CHECKOUT, PACKAGE, at, product
from tests.reference_data import shipped_regions

from greenmine.domain.region import COUNTRY

INVENTED: Final = ("site/greenmine/cli/demo/", "site/greenmine/usecases/demo_sign_in.py")
"""The demonstration: its story is set in provinces of its choice, and hides no other."""

COMPLETE: Final = ("site/greenmine/domain/mine_likeness.py",)
"""Names all provinces to find them in names of mines; tests/domain/test_mine_name.py holds it to content/regions."""

EXAMPLES: Final[Mapping[str, str]] = {
    "site/greenmine/web/forms/notice.py": "贵州省",
    "site/greenmine/web/templates/search.html": "贵州",
}
"""File → the one province it may name: in an example of what to type, which says 如 or shows how words are joined."""

PROVINCES: Final = shipped_regions().children(COUNTRY)
FORMS: Final = sorted((form for each in PROVINCES for form in (each.name, each.short)), key=len, reverse=True)
CODES: Final = [each.code for each in PROVINCES]
NAMED: Final = re.compile(f"(?:{'|'.join(FORMS)})(?!时间)|(?<![0-9])(?:{'|'.join(CODES)})(?![0-9])")
"""北京时间 is a time of day, not a province."""

COMMENT: Final = re.compile(r"\{#.*?#\}", re.DOTALL)
TEXTS: Final = {".html", ".js", ".css", ".txt", ".svg", ".xml", ".toml", ".json", ".csv"}


def named_in(text: str) -> list[str]:
    """Provinces a text names, by name or code, percent-encoded ones too."""
    return NAMED.findall(unquote(text))


def strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Strings of a file that are no docstrings: parts of f-strings too."""
    nodes = tuple(ast.walk(tree))
    told = {id(node.value) for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node


def findings() -> Iterator[tuple[str, str, str]]:
    """File, where in it, and the province it names."""
    for source in product():
        for node in strings(source.tree):
            yield from ((source.name, at(source, node), found) for found in named_in(str(node.value)))
    for path in sorted(each for each in PACKAGE.rglob("*") if each.suffix in TEXTS):
        name = path.relative_to(CHECKOUT).as_posix()
        for line, text in _lines(path):
            yield from ((name, f"{name}:{line}", found) for found in named_in(text))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines by number, those of Jinja's comments empty."""
    text = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), path.read_text("utf-8"))
    yield from enumerate(text.split("\n"), 1)


def test_no_province_stands_in_the_code() -> None:
    hard_wired = [
        f"{place}: {found}"
        for name, place, found in findings()
        if not name.startswith((*INVENTED, *COMPLETE)) and EXAMPLES.get(name) != found
    ]
    assert not hard_wired, "a province is a file of content/: docs/rule-books.md"


def test_every_exception_is_still_needed_and_an_example_is_one_line() -> None:
    found = set(findings())
    for name, example in EXAMPLES.items():
        assert len({place for file, place, word in found if (file, word) == (name, example)}) == 1, name
    for prefix in (*INVENTED, *COMPLETE):
        assert any(file.startswith(prefix) for file, _place, _word in found), prefix


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("520000", ["520000"]),
        ("/regions/520000.atom", ["520000"]),
        ("region=%E8%B4%B5%E5%B7%9E", ["贵州"]),
        ("广西壮族自治区和广西", ["广西壮族自治区", "广西"]),
        ("91520000MA6DPG6X0W", []),
        ("北京时间16:00", []),
        ("GM-520524-0001 000000 999999 100000", []),
    ],
)
def test_names_and_codes_are_found_and_other_numbers_are_not(text: str, found: list[str]) -> None:
    assert named_in(text) == found


def test_docstrings_are_passed_by_and_parts_of_f_strings_are_not() -> None:
    tree = ast.parse('"""贵州"""\nA = f"{1}四川"\n\n\ndef f():\n    """浙江"""\n    return {"210000": 1}\n')
    assert sorted(found for node in strings(tree) for found in named_in(str(node.value))) == ["210000", "四川"]
