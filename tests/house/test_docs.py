"""Documentation is tested as code: every setting, route, command, kind of act and make target is told."""

import re
from pathlib import Path

import pytest
from docs.printed import commands, pages, routes
from tests.house.sources import CHECKOUT, checks, product

from greenmine.config import settings_by_field
from greenmine.domain.act import KINDS

DOCS = CHECKOUT / "docs"
READMES = ("README.md", "README.zh-CN.md")
TOLD = (
    "Makefile",
    ".ci/run",
    ".ci/matrix",
    ".ci/audit",
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
)
USED_BY_OTHER_NAMES = {
    "allowed_hosts", "mode", "secret_key",  # Settings.trusted_hosts, Settings.is_demo, ensure_secret_key
    "rate_pages", "rate_exports", "rate_forms", "rate_desk", "rate_sign_in",  # by the name of the route's limit
}  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|--(?:extra-)?index-url|--find-links")


def read(name: str) -> str:
    """Text of a file of the checkout; empty if it is not there."""
    path = CHECKOUT / name
    return path.read_text("utf-8") if path.exists() else ""


@pytest.mark.parametrize("name", sorted(pages()))
def test_printed_pages_are_up_to_date(name: str) -> None:
    assert read(f"docs/{name}") == pages()[name], "run: make docs"


def test_every_setting_in_the_code_is_documented() -> None:
    documented = {setting.env for setting in settings_by_field().values()}
    files = [*(source.path for source in product()), *(CHECKOUT / name for name in TOLD), *DOCS.rglob("*.md")]
    named = {name for path in files if path.exists() for name in _settings_in(path)}
    assert named == documented


def test_every_setting_is_used() -> None:
    files = [source.path for source in product() if "/config/" not in source.name]
    files += (CHECKOUT / "site").rglob("*.html")
    code = "\n".join(path.read_text("utf-8") for path in files)
    idle = {name for name in settings_by_field() if not re.search(rf"\b{name}\b", code)}
    assert idle <= USED_BY_OTHER_NAMES


def test_every_route_is_documented() -> None:
    told = read("docs/routes.md")
    assert not [route.endpoint for route in routes() if f"`{route.rule}`" not in told]


def test_every_command_says_what_it_does() -> None:
    assert not [path for path, command in commands() if not (command.help or "").strip()]


def test_commands_named_in_the_documents_exist() -> None:
    known = {path for path, _ in commands()}
    if not known:
        pytest.skip("the command line is not built yet")
    told = "\n".join(read(name) for name in (*READMES, "docs/operations.md", "CONTRIBUTING.md"))
    groups = {path for path, command in commands() if getattr(command, "commands", None)}
    for line in re.findall(r"`(greenmine [a-z][a-z -]*)", told):
        words = line.split()
        path = " ".join(words[: 3 if " ".join(words[:2]) in groups else 2])
        assert path in known, f"`{line}` is told but is no command"


def test_every_value_has_its_chinese_term() -> None:
    nameless = [
        line for line in pages()["values.md"].splitlines() if line.startswith("| `") and not CHINESE.search(line)
    ]
    assert not nameless, 'write the Chinese term beside the member: LISTED = "listed"  # 在册'


def test_every_kind_of_act_is_documented() -> None:
    told = read("docs/acts.md")
    assert not [kind for kind in KINDS if f"`{kind}`" not in told]


@pytest.mark.parametrize("readme", READMES)
def test_readme_tells_of_make_targets_that_exist(readme: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    told = set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)", read(readme)))
    assert {"run", "test"} <= told <= targets


def test_every_make_target_has_its_line_of_help() -> None:
    makefile = read("Makefile")
    phony = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()
    assert set(phony) == set(re.findall(r"^([a-z-]+):.*## .+$", makefile, re.MULTILINE))


def test_every_direct_package_has_its_reason_and_its_lock() -> None:
    for name in ("requirements", "requirements-dev"):
        locked = read(f"{name}.lock")
        for line in read(f"{name}.txt").splitlines():
            if line and not line.startswith("#"):
                pinned, _, reason = line.partition("#")
                assert reason.strip(), f"{name}.txt: no reason for {pinned}"
                assert re.sub(r"\[.*\]", "", pinned.strip()) in locked, f"{pinned} is not locked: run make lock"


def test_both_locks_agree() -> None:
    assert _locked("requirements.lock") <= _locked("requirements-dev.lock")
    assert read("requirements.lock").count("--hash=sha256:") > len(_locked("requirements.lock"))


def test_no_registry_is_written_down() -> None:
    files = ["Makefile", ".ci/run", ".ci/matrix", ".ci/audit", "pyproject.toml", *(f"requirements{end}" for end in
             (".txt", ".lock", "-dev.txt", "-dev.lock"))]  # fmt: skip
    assert not [name for name in files if REGISTRIES.search(read(name)) and name != "Makefile"]
    assert not re.search(r"https?://(?!127\.0\.0\.1|…)", read("Makefile"))


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (DOCS / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.name}: {target}"
        for path in (*CHECKOUT.glob("*.md"), *DOCS.rglob("*.md"))
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not broken


def test_markers_used_are_the_ones_declared() -> None:
    used = {mark for source in checks() for mark in re.findall(r"pytest\.mark\.(\w+)", source.text)}
    declared = set(re.findall(r'^ {4}"(\w+):', read("pyproject.toml"), re.MULTILINE))
    assert used - {"parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings"} <= declared


def _settings_in(path: Path) -> list[str]:
    """Whole names of settings in a file; a bare prefix ``GREENMINE_`` is none."""
    return re.findall(r"\bGREENMINE_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8"))


def _locked(name: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9-]+==\S+", read(name), re.MULTILINE))
