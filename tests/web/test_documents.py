"""``/documents/<sha256>``: the right bytes, harmless, kept long, gone when law says so (trust.md ASVS 3.2.1, 5.3.2)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.announced import publish_notice
from tests.desk import instant
from tests.reference_data import reference
from tests.web.clock_site import Site, open_site
from tests.web.register import FIRST, NOW

from greenmine.domain.mine import Level
from greenmine.domain.notice import Attachment, NoticeDraft
from greenmine.store.act import latest_of

HOSTILE = '名单\r\nSet-Cookie: x=1"/../..\\<script>.html'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = open_site(tmp_path / "data")
    yield made
    made.services.database.close()


def publish_file(site: Site, content: bytes, *, name: str, media_type: str) -> str:
    """Publish a notice with one attachment; the attachment's hash."""
    sha256 = site.services.files.put(content)
    draft = NoticeDraft(
        kind="listing", level=Level.PROVINCIAL, region="520000", title="名录公告", issuer="示例省自然资源厅",
        attachments=(Attachment(sha256, name, media_type, len(content)),),
    )  # fmt: skip
    with site.services.database.write() as tx:
        publish_notice(tx, draft, reference=reference(), officer=FIRST, at=instant(date(2026, 11, 2)))
    return sha256


def test_a_file_is_offered_for_download_in_a_sandbox_under_its_printed_name(site: Site) -> None:
    sha256 = publish_file(site, b"%PDF-1.7 list", name="第一批名单.pdf", media_type="application/pdf")
    answer = site.client.get(f"/documents/{sha256}")
    assert answer.response.data == b"%PDF-1.7 list"
    assert answer.response.mimetype == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "filename*=UTF-8''%E7%AC%AC%E4%B8%80%E6%89%B9%E5%90%8D%E5%8D%95.pdf" in disposition  # RFC 6266
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin", "readers of feeds show pictures"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["ETag"] == f'"{sha256}"'


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xml", "application/pdf"])
def test_what_could_run_is_never_shown_in_place(site: Site, media_type: str) -> None:
    sha256 = publish_file(site, b"<script>alert(1)</script>", name="x", media_type=media_type)
    answer = site.client.browser.get(f"/documents/{sha256}", base_url=site.client.site_url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_picture_is_shown_in_place(site: Site) -> None:
    sha256 = publish_file(site, b"\x89PNG\r\n\x1a\n", name="图.png", media_type="image/png")
    assert site.client.get(f"/documents/{sha256}").headers["Content-Disposition"].startswith("inline")


def test_a_hostile_name_adds_no_header_and_no_path(site: Site) -> None:
    sha256 = publish_file(site, b"x", name=HOSTILE.replace("\r\n", " "), media_type="application/pdf")
    answer = site.client.get(f"/documents/{sha256}")
    assert "Set-Cookie" not in answer.headers
    for character in ("/", "\\", "<", "\n"):
        assert character not in answer.headers["Content-Disposition"].replace("UTF-8''", "")


def test_the_body_of_an_act_is_json_that_hashes_to_its_address(site: Site) -> None:
    publish_file(site, b"y", name="y.pdf", media_type="application/pdf")
    with site.services.database.read() as tx:
        act = latest_of(tx, "notice/2026-0001")
    assert act is not None
    sha256 = str(act.fact("body"))
    answer = site.client.get(f"/documents/{sha256}")
    assert answer.response.mimetype == "application/json"
    assert hashlib.sha256(answer.response.data).hexdigest() == sha256
    assert json.loads(answer.text)["title"] == "名录公告"


def test_bytes_that_do_not_hash_to_their_name_are_not_served(site: Site) -> None:
    sha256 = publish_file(site, b"right", name="a.pdf", media_type="application/pdf")
    path = site.services.files.root / sha256[:2] / sha256
    path.chmod(0o600)
    path.write_bytes(b"wrong")
    answer = site.client.get(f"/documents/{sha256}", status=503)
    assert "wrong" not in answer.text


def test_a_file_that_no_act_names_is_not_public(site: Site) -> None:
    sha256 = site.services.files.put(b"a draft's picture")
    assert site.client.get(f"/documents/{sha256}", status=404).status == 404


@pytest.mark.parametrize("name", ["0" * 64, "0" * 63, "..%2f..%2fetc%2fpasswd", "A" * 64, "0" * 63 + "%01", "x"])
def test_what_was_never_published_answers_404(site: Site, name: str) -> None:
    assert site.client.get(f"/documents/{name}", status=404).status == 404


def test_a_reader_who_has_it_is_told_so_and_a_part_can_be_asked_for(site: Site) -> None:
    sha256 = publish_file(site, b"0123456789", name="a.mp4", media_type="video/mp4")
    known = site.client.get(f"/documents/{sha256}", status=304, headers={"If-None-Match": f'"{sha256}"'})
    assert known.response.data == b""
    part = site.client.get(f"/documents/{sha256}", status=206, headers={"Range": "bytes=2-4"})
    assert part.response.data == b"234"
    assert site.clock.now == NOW
