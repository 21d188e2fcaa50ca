"""docs/acts.md and the act schemas: what strangers read the log by may not change unnoticed."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from greenmine.cli.act_docs import acts_markdown, schema_fingerprint
from greenmine.domain.act import KINDS, Field, Kind
from greenmine.domain.act.kind import FIXED
from greenmine.domain.act.terms import COUNT

VERSIONS = json.loads((Path(__file__).parents[1] / "data" / "act_schema_versions.json").read_text(encoding="utf-8"))
"""kind → {version: SHA-256 of its schemas}. A version once entered here is never edited: add the next one."""


def unrecorded(kind: Kind) -> str | None:
    """Why this kind may not be shipped, or None."""
    known = VERSIONS.get(kind.name, {})
    for version in kind.versions:
        if str(version) not in known:
            return f"{kind.name} version {version} is not in act_schema_versions.json"
        if known[str(version)] != schema_fingerprint(kind, version):
            return f"version {version} of {kind.name} changed: raise its version to {max(map(int, known)) + 1}"
    if max(map(int, known)) != kind.version:
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
    extra = Field("extra", COUNT, "more")
    said = unrecorded(replace(kind, facts=(*kind.facts, extra)))
    assert said == f"version 1 of {kind.name} changed: raise its version to {kind.version + 1}"
    raised = replace(kind, version=kind.version + 1, facts=(*kind.facts, replace(extra, since=kind.version + 1)))
    assert unrecorded(raised) == f"{kind.name} version {raised.version} is not in act_schema_versions.json"
    assert all(schema_fingerprint(raised, old) == schema_fingerprint(kind, old) for old in kind.versions)


def test_page_says_what_the_code_says(checkout: Path) -> None:
    assert (checkout / "docs" / "acts.md").read_text(encoding="utf-8") == acts_markdown(), "run: make docs"


def test_every_kind_and_every_field_has_its_place(checkout: Path) -> None:
    page = (checkout / "docs" / "acts.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == ["Every envelope", *KINDS]
    every, *sections = page.split("\n## ")[1:]
    assert re.findall(r"^\| `(\w+)` ", every, re.MULTILINE) == [field.name for field in FIXED]
    for kind, section in zip(KINDS.values(), sections, strict=True):
        assert f"{kind.title}. Version {kind.version}." in section
        assert re.findall(r"^\| `(\w+)` ", section, re.MULTILINE) == [
            field.name for field in (*kind.facts, *(kind.body or ()))
        ]
    assert not re.search(r"\$[A-Z]|TODO", page)


def test_page_can_be_read(checkout: Path) -> None:
    """Its length and its cells: whole schemas are served, the page tells what they mean."""
    page = (checkout / "docs" / "acts.md").read_text(encoding="utf-8")
    assert len(page.splitlines()) < 25 * len(KINDS)
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert all(line.count("|") - line.count("\\|") == 6 for line in rows)
