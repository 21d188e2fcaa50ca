"""A document taken down by law: no page, search, feed or file shows its words, and the log still verifies.

Source: 个人信息保护法 47; issue C 5.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.announced import publish_notice
from tests.desk import PROVINCE_OFFICER, draft
from tests.log_site import LogSite, log_site
from tests.reference_data import reference
from tests.web.strict_client import words

from greenmine.cli.verify import run_verify
from greenmine.domain.document_removal import RemovalGround
from greenmine.domain.instant import legal_day
from greenmine.domain.notice import Attachment, NoticeItem
from greenmine.domain.search_query import parse_query
from greenmine.projections.search import find
from greenmine.projections.search_keeper import keep_up, make_anew
from greenmine.store.act import acts_of
from greenmine.usecases.document import remove_document


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    with log_site(tmp_path, filled=True) as made:
        keep_up(made.services.search, reference=made.services.reference)
        yield made


def take_down(site: LogSite, sha256: str) -> None:
    """As the command does it."""
    services = site.services
    with services.database.write() as tx:
        removed = remove_document(tx, sha256, ground=RemovalGround.COURT, at=site.clock.now)
    for file in removed.files:
        services.files.remove(file)
    make_anew(services.search, reference=services.reference)


def publish(site: LogSite, **values: Any) -> str:
    with site.services.database.write() as tx:
        wanted = draft(first_day=legal_day(site.clock.now), **values)
        return publish_notice(tx, wanted, reference=reference(), officer=PROVINCE_OFFICER, at=site.clock.now)


def test_the_body_of_a_notice(site: LogSite) -> None:
    title, text = "演示白鹭绿色矿山公示", "现将苍鹭名单予以公示。"
    number = publish(site, title=title, text=text, items=(NoticeItem("演示夜鹭矿", ("1", "演示夜鹭矿")),))
    keep_up(site.services.search, reference=site.services.reference)
    assert find(site.services.search, parse_query("白鹭")).total == 1
    with site.services.database.read() as tx:
        (act,) = acts_of(tx, f"notice/{number}")
    take_down(site, str(act.fact("body")))
    page = words(site.client.get(f"/notices/{number}").page)
    assert "正文已依法停止公开" in page and "生效裁判要求" in page
    for path in (f"/notices/{number}", "/notices", "/notices.csv", "/feeds/all.atom", "/", f"/log/entry/{act.n}"):
        body = site.fetch(path).decode()
        assert not [word for word in ("白鹭", "苍鹭", "夜鹭") if word in body], path
    for word in ("白鹭", "苍鹭", "夜鹭"):
        assert find(site.services.search, parse_query(word)).total == 0
    assert "生效裁判要求" in site.fetch(f"/documents/{act.fact('body')}", status=410).decode()
    verified, lines = run_verify(site.services, files=False)
    assert verified.faults == 0, lines


def test_an_attachment_alone(site: LogSite) -> None:
    sha256 = site.services.files.put(b"%PDF-1.7 demo")
    file = Attachment(sha256, "演示附件.pdf", "application/pdf", 13)
    number = publish(site, attachments=(file,))
    assert site.fetch(f"/documents/{sha256}") == b"%PDF-1.7 demo"
    take_down(site, sha256)
    page = words(site.client.get(f"/notices/{number}").page)
    assert "演示附件.pdf 已停止公开 依据：生效裁判要求" in page and "正文已依法停止公开" not in page
    site.fetch(f"/documents/{sha256}", status=410)
    assert not site.services.files.has(sha256)
    assert run_verify(site.services, files=False)[0].faults == 0


def test_a_body_takes_its_files_with_it(site: LogSite) -> None:
    sha256 = site.services.files.put(b"%PDF-1.7 other")
    file = Attachment(sha256, "演示附件.pdf", "application/pdf", 14)
    number = publish(site, attachments=(file,))
    with site.services.database.read() as tx:
        (act,) = acts_of(tx, f"notice/{number}")
    take_down(site, str(act.fact("body")))
    site.fetch(f"/documents/{sha256}", status=410)
    assert run_verify(site.services, files=False)[0].faults == 0
