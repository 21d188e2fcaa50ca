"""The stylesheet: one file, its floor (Chromium 86), both themes alike, nothing from elsewhere."""

import re

import pytest

from greenmine.web.assets import STATIC

CSS = (STATIC / "gm.css").read_text("utf-8")
TOO_NEW = [
    r":has\(", r":is\(", r":where\(", r"(?m)^\s*&", r"\binset\s*:", r"(margin|padding)-(inline|block)\s*:", r"@layer",
    r"@container", r"color-mix\(", r"\d(dvh|svh|lvh)\b", r"@property", r"aspect-ratio", r"light-dark\(",
]  # fmt: skip


@pytest.mark.parametrize("pattern", TOO_NEW)
def test_nothing_newer_than_the_floor(pattern: str) -> None:
    assert not re.search(pattern, CSS)


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in CSS and "@import" not in CSS and "@font-face" not in CSS
    assert [path.name for path in STATIC.glob("*.css")] == ["gm.css"]


def test_the_dark_theme_is_the_same_by_device_and_by_choice() -> None:
    blocks = re.findall(r":root(?::not\(\[data-theme=light\]\)|\[data-theme=dark\]) \{(.*?)\}", CSS, re.S)
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


def test_every_colour_of_the_light_theme_has_a_dark_one() -> None:
    light, dark = (
        set(re.findall(r"(--[\w-]+): #", block)) for block in re.findall(r":root[^{]*\{(.*?)\}", CSS, re.S)[:2]
    )
    assert light - {"--focus"} == dark  # the ring is yellow within ink on either ground


def test_every_variable_is_defined() -> None:
    assert set(re.findall(r"var\((--[\w-]+)", CSS)) <= set(re.findall(r"(--[\w-]+):", CSS))
