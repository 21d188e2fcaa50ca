"""What the file of a rule book holds, read from its bytes alone: anybody can look it up who has the published file."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class BookTable:
    """A table of a rule book's file.

    :param attribute: where a ``RuleBook`` keeps what stands in it
    :param key: the field that tells its entries apart
    """

    attribute: str
    key: str = "code"


BOOK_TABLES: Final[Mapping[str, BookTable]] = {
    "library": BookTable("libraries", "library"),
    "step": BookTable("steps"),
    "clock": BookTable("clocks"),
    "window": BookTable("windows"),
    "notice": BookTable("notice_rules", "kind"),
    "notice_preset": BookTable("notice_presets"),
    "objection": BookTable("objection_rules"),
    "ground": BookTable("grounds"),
    "credit": BookTable("credit_terms", "level"),
    "spot_check": BookTable("spot_checks"),
    "gate": BookTable("gates"),
    "exemption": BookTable("exemptions"),
    "quota": BookTable("quotas"),
    "scorecard": BookTable("scorecards"),
    "target_table": BookTable("target_tables"),
    "indicator": BookTable("indicators"),
    "statistic": BookTable("statistics"),
    "zone": BookTable("zone_rules"),
    "zone_tier": BookTable("zone_tiers", "level"),
    "benefit": BookTable("benefits"),
    "duty": BookTable("duties"),
    "budget": BookTable("budget_lines"),
    "list": BookTable("lists"),
}
"""Name of a table → what it is; provisions are named by it: ``<table>/<code>``."""


def provisions_in(content: bytes) -> tuple[str, ...]:
    """Every provision of a book's file, ``<table>/<code>``, sorted, each once; none for bytes that are no such file."""
    try:
        tables = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return ()
    return tuple(sorted(set(_named(tables))))


def _named(tables: Mapping[str, Any]) -> Iterator[str]:
    for name, table in BOOK_TABLES.items():
        rows = tables.get(name, ())
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and isinstance(row.get(table.key), str):
                yield f"{name}/{row[table.key]}"
