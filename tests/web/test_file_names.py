"""The plain name of a download: fit for old readers, beside the Chinese one (RFC 6266)."""

from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Response
from tests.web.register import TODAY, Register
from tests.web.shell_app import shell_app
from tests.web.strict_client import StrictClient

from greenmine.web.file_names import plain_name
from greenmine.web.routing import Route


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_the_directory_has_a_plain_name_beside_its_chinese_one(client: StrictClient, kind: str) -> None:
    day = TODAY.isoformat()
    told = client.get(f"/mines.{kind}").headers["Content-Disposition"]
    assert told == (
        f"attachment; filename=mines-{day}.{kind}; filename*=UTF-8''{quote(f'演示数据-绿色矿山名录-{day}.{kind}')}"
    )


def test_the_list_of_a_notice_has_one_too(client: StrictClient, register: Register) -> None:
    number = register.closed_notice
    told = client.get(f"/notices/{number}/list.csv").headers["Content-Disposition"]
    assert told.startswith(f"attachment; filename=notice-{number}.csv; filename*=UTF-8''")


@pytest.mark.parametrize(
    ("name", "path", "plain"),
    [
        ("绿色矿山名录-2026-11-18.json", "/mines.json", "mines-2026-11-18.json"),
        ("演示数据-notices.csv", "/notices.csv", "notices.csv"),
        ("第一批名单.pdf", "/documents/" + "ab" * 32, "ab" * 20 + ".pdf"),
        ("2026年第3批.pdf", "/documents/0123", "0123.pdf"),
        ("名单", "/documents/0123", "0123"),
        ("名单", "/", "file"),
        ('图"; x=1; 片.png', '/a"b/c;d', "cd.png"),
    ],
)
def test_a_plain_name_is_a_word_and_the_ending(name: str, path: str, plain: str) -> None:
    assert plain_name(name, path) == plain


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("attachment; filename=list.csv", "attachment; filename=list.csv"),
        (
            f"inline; filename*=UTF-8''{quote('图.png')}",
            f"inline; filename=kept.png; filename*=UTF-8''{quote('图.png')}",
        ),
        (
            f"attachment; filename=\"26-0001-1.pdf\"; filename*=UTF-8''{quote('证据.pdf')}",
            f"attachment; filename=\"26-0001-1.pdf\"; filename*=UTF-8''{quote('证据.pdf')}",
        ),
    ],
)
def test_a_plain_name_that_a_view_gave_is_kept_and_a_missing_one_added(tmp_path: Path, header: str, told: str) -> None:
    def file() -> Response:
        return Response("x", mimetype="text/plain", headers={"Content-Disposition": header})

    app = shell_app(tmp_path, routes=[Route("/kept", "test.kept", file)])
    assert StrictClient(app).get("/kept").headers["Content-Disposition"] == told
