"""The rule books that the site ships, and a small hand-made one to break."""

from functools import cache
from pathlib import Path

from tests.reference_data import CONTENT

from greenmine.content.books import load_books
from greenmine.content.clauses import load_clauses
from greenmine.domain.clause import Clauses
from greenmine.domain.rulebook import RuleBook, RuleBooks

CLAUSES_TOML = """
[[document]]
code = "XX"
title = "某省绿色矿山建设办法"
seen = "full"

[[document]]
code = "YY"
title = "未见原文的办法"
seen = "none"

[[clause]]
code = "XX-01"
document = "XX"
place = "第一条"
summary = "写明公示期限。"
contents = "data"

[[clause]]
code = "YY-01"
document = "YY"
place = "第一条"
summary = "尚未见到。"
contents = "data"
"""

NATIONAL_TOML = """
[book]
region = "000000"
name = "全国"
from = 2013-01-01
period_verified = true
documents = ["XX"]

[[objection]]
code = "real_name"
name = "实名"
accepted = true
real_name = true
person_parts = ["facts", "real_name", "contact"]
unit_parts = ["facts", "seal"]
refused = ["anonymous", "late", "incomplete"]
source = ["XX-01"]

[[notice]]
kind = "province_list"
publisher = "province"
unit = "workday"
days = 5
first_day_counted = false
rolls_over = true
objection = "real_name"
source = ["XX-01"]

[[ground]]
code = "mine_closed"
name = "矿山已关闭"
kind = "neutral"
blacklist = "never"
source = ["XX-01"]
"""

PROVINCE_TOML = """
[book]
region = "330000"
name = "某省"
from = 2018-01-01
until = 2020-12-31
period_verified = true
documents = ["XX"]

[[notice]]
kind = "province_list"
publisher = "province"
unit = "workday"
days = 7
first_day_counted = true
rolls_over = false
cutoff = 16:00:00
objection = "real_name"
source = ["XX-01"]
"""


def write_content(root: Path, **files: str) -> Path:
    """A content folder with clauses.toml, the national book and the given ones (``r330000_2018_01_01``)."""
    books = {"r000000_2013_01_01": NATIONAL_TOML, **files}
    (root / "rules").mkdir(parents=True)
    (root / "rules/clauses.toml").write_text(CLAUSES_TOML, encoding="utf-8")
    for name, text in books.items():
        region, day = name[1:7], name[8:].replace("_", "-")
        folder = root / "rules" / region
        folder.mkdir(exist_ok=True)
        (folder / f"{day}.toml").write_text(text, encoding="utf-8")
    return root


@cache
def shipped_books() -> RuleBooks:
    """The books of content/rules; fails loudly when one is not taken."""
    loaded = load_books(CONTENT)
    assert loaded.problems == ()
    return RuleBooks(loaded.items)


@cache
def shipped_clauses() -> Clauses:
    """The clauses of content/rules/clauses.toml; fails loudly when one is not taken."""
    loaded = load_clauses(CONTENT)
    assert loaded.problems == ()
    return loaded.items[0]


def shipped_book(key: str) -> RuleBook:
    """A shipped book by its key, ``520000/2018-01-01``."""
    return next(book for book in shipped_books().all() if book.key == key)
