"""docs/acts.md and the act schemas: what strangers read the log by may not change unnoticed (design.md)."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from greenmine.cli.act_docs import acts_markdown, schema_fingerprint
from greenmine.domain.act_schema import KINDS, Kind

VERSIONS = json.loads((Path(__file__).parents[1] / "data" / "act_schema_versions.json").read_text(encoding="utf-8"))
"""kind → {version: SHA-256 of its schemas}. A version once entered here is never edited: add the next one."""


def unrecorded(kind: Kind) -> str | None:
    """Why this kind may not be shipped, or None."""
    known = VERSIONS.get(kind.name, {})
    if str(kind.version) not in known:
        return f"{kind.name} version {kind.version} is not in act_schema_versions.json"
    if known[str(kind.version)] != schema_fingerprint(kind):
        return f"the schema of {kind.name} changed: raise its version to {max(map(int, known)) + 1}"
    if int(max(known, key=int)) != kind.version:
        return f"{kind.name} went back to version {kind.version}"
    return None


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_changed_schema_has_a_new_version(kind: Kind) -> None:
    assert unrecorded(kind) is None


def test_no_kind_that_was_ever_recorded_is_forgotten() -> None:
    """Old entries stay in the log for good, so their kind stays known."""
    assert set(VERSIONS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_schema_changed_by_one_field_is_noticed(kind: Kind) -> None:
    widened = replace(kind, facts={**kind.facts, "extra": {"const": 1}})
    assert unrecorded(widened) == f"the schema of {kind.name} changed: raise its version to {kind.version + 1}"
    assert unrecorded(replace(kind, version=kind.version + 1)) is not None


def test_page_says_what_the_code_says(checkout: Path) -> None:
    assert (checkout / "docs" / "acts.md").read_text(encoding="utf-8") == acts_markdown(), "run: make docs"


def test_every_kind_is_documented(checkout: Path) -> None:
    page = (checkout / "docs" / "acts.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == list(KINDS)
    for kind in KINDS.values():
        assert f"{kind.title}. Version {kind.version}." in page
    assert not re.search(r"\$[A-Z]|TODO", page)


def test_schemas_on_the_page_are_whole(checkout: Path) -> None:
    """A reader can copy each block into a validator."""
    page = (checkout / "docs" / "acts.md").read_text(encoding="utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)]
    wanted = [s for kind in KINDS.values() for s in (kind.envelope_schema(), kind.body) if s is not None]
    assert blocks == wanted
