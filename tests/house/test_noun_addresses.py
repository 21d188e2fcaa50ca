"""An address of a noun is spelt once, in the table of domain/noun.py: code, routes and templates ask it."""

import ast
import re
from collections.abc import Iterator

from tests.house.sources import PACKAGE, Source, at, product

from greenmine.domain.noun import NOUNS

TABLE = "site/greenmine/domain/noun.py"
FOLDERS = {
    address.removesuffix("/{}") for noun in NOUNS for address in (noun.public, noun.list, noun.desk, noun.desk_list)
} - {""}
"""Derived: a new noun is looked for from its first day. Pages of the site stand at the root, in no folder."""
SPELT = re.compile(rf"(?<![\w.-])(?:{'|'.join(sorted(map(re.escape, FOLDERS), key=len, reverse=True))})(?![\w-])")
"""An address at the beginning of a text, a word or an attribute; not ``/feeds/mines``, which is the feeds' own."""


def test_no_code_spells_the_address_of_a_noun() -> None:
    found = [
        f"{at(source, node)}: {node.value!r}"
        for source in product()
        if source.name != TABLE
        for node in _texts(source)
        if SPELT.search(node.value)
    ]
    assert not found, "\n".join(["ask the table of domain/noun.py:", *found])


def test_no_template_spells_the_address_of_a_noun() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()[:120]}"
        for path in sorted((PACKAGE / "web").rglob("*"))
        if path.suffix in {".html", ".xml", ".js", ".css", ".svg"}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if SPELT.search(line)
    ]
    assert not found, "\n".join(["ask `nouns`, the table of domain/noun.py:", *found])


def test_the_search_finds_what_it_is_for() -> None:
    assert {"/notices", "/blacklist", "/desk/credits/drafts", "/log/entry"} <= FOLDERS
    spelt = (
        "/notices",
        "/notices/{}",
        '<a href="/mines/{{ id }}">',
        "在 /log/entry/7 核验",
        "/removals.csv",
        "/mines?q=",
    )
    assert all(map(SPELT.search, spelt))
    others = ("/feeds/mines/", "content/news/", "/newsletter", "desk/news.html", "greenmine/mines", "/log/checkpoint")
    assert not any(map(SPELT.search, others))


def _texts(source: Source) -> Iterator[ast.Constant]:
    """Every text of a file, parts of f-strings too, but docstrings: those may tell."""
    told = {id(node.value) for node in source.nodes if isinstance(node, ast.Expr)}
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node
