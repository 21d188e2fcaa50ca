"""Chinese is the source language; every sentence can be gathered for a catalogue."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from flask import Flask
from tests.web.shell_app import shell_app

from greenmine.web.i18n import gettext, language, ngettext
from greenmine.web.shell import SECTIONS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return shell_app(tmp_path)


def test_the_catalogue_gathers_code_templates_and_marked_sentences() -> None:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    found = {
        (Path(name).name, message)
        for name, _line, message, *_ in extract_from_dir(str(ROOT / "site"), methods, options, keywords=keywords)
    }
    assert ("shell.html", "跳到主要内容") not in found and ("layout.html", "跳到主要内容") in found
    assert {("shell.py", section.label) for section in SECTIONS} <= found
    assert ("errors.py", "没有找到页面") in found


def test_without_a_catalogue_the_chinese_source_is_shown(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert gettext("第%(n)s页", n=3) == "第3页"
        assert ngettext("还剩%(num)d天", "还剩%(num)d天", 1) == "还剩1天"
        assert language() == "zh-CN"
