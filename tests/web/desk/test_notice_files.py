"""Attachments of a notice: kept in the draft as soon as they are sent, published with it under their hash."""

import hashlib
import io

import pytest
from tests.desk import NEIGHBOUR
from tests.hostile_files import CANARY, HTML, PDF, SVG, jpeg, png_header, workbook, zip_file
from tests.web.desk.test_notice import written
from tests.web.desk_site import DeskSite
from tests.web.strict_client import words

from greenmine.store.draft import get_draft


def names(site: DeskSite, draft: str) -> list[str]:
    with site.services.database.read() as tx:
        return [file["name"] for file in get_draft(tx, int(draft.rpartition("/")[2])).data.get("files", ())]


def test_files_of_every_kind_are_published_with_their_hash(site: DeskSite) -> None:
    person, draft = written(site)
    sent = [(io.BytesIO(PDF), "公示名单.pdf"), (io.BytesIO(workbook([["序号"], ["1"]])), "名单.xlsx"),
            (io.BytesIO("序号,矿山\n1,甲\n".encode()), "名单.csv"), (io.BytesIO(jpeg()), "盖章页.jpg")]  # fmt: skip
    person.send(f"{draft}/files", {"file": sent}, form="file")
    assert names(site, draft) == ["公示名单.pdf", "名单.xlsx", "名单.csv", "盖章页.jpg"]
    digest = hashlib.sha256(PDF).hexdigest()
    own = person.get(f"{draft}/files/{digest}")
    assert own.headers["Content-Disposition"].startswith("attachment") and own.response.data == PDF
    assert f"{draft}/files/{digest}" in person.get(f"{draft}/preview").links()
    site.as_(None).get(f"/documents/{digest}", status=404)
    person.send(f"{draft}/preview", form="version")
    assert site.as_(None).get(f"/documents/{digest}").response.data == PDF
    for sha256 in site.last_act().envelope["attachments"]:
        assert CANARY.encode() not in site.as_(None).get(f"/documents/{sha256}").response.data


@pytest.mark.parametrize(
    ("data", "name"),
    [(SVG, "a.svg"), (HTML, "a.png"), (zip_file(), "a.zip"), (zip_file(), "a.xlsx"), (b"", "a.pdf"),
     (png_header(2**31 - 1, 7), "a.png"), (b"MZ", "a.exe"), (HTML + PDF, "a.pdf")],
)  # fmt: skip
def test_asvs_5_2_2_hostile_attachments_are_refused_and_the_others_stay(site: DeskSite, data: bytes, name: str) -> None:
    person, draft = written(site)
    person.send(f"{draft}/files", {"file": (io.BytesIO(PDF), "一.pdf")}, form="file")
    person.send(f"{draft}/files", {"file": (io.BytesIO(data), name)}, form="file", status=400)
    assert names(site, draft) == ["一.pdf"]


def test_eleven_files_are_one_too_many(site: DeskSite) -> None:
    person, draft = written(site)
    sent = [(io.BytesIO(PDF + str(number).encode()), f"{number}.pdf") for number in range(11)]
    answer = person.send(f"{draft}/files", {"file": sent}, form="file", status=400)
    assert "最多还能添加10个文件" in words(answer.page) and names(site, draft) == []
    person.send(f"{draft}/files", {"file": [(io.BytesIO(PDF + bytes([number])), "n.pdf") for number in range(10)]},
                form="file")  # fmt: skip
    assert len(names(site, draft)) == 10


def test_a_file_can_be_taken_out_again(site: DeskSite) -> None:
    person, draft = written(site)
    person.send(f"{draft}/files", {"file": (io.BytesIO(PDF), "一.pdf")}, form="file")
    drop = f"{draft}/files/{hashlib.sha256(PDF).hexdigest()}/drop"
    version = [
        n.get("value", "") for n in person.get(f"{draft}/files").page.iter("input") if n.get("name") == "version"
    ]
    token = [
        n.get("value", "") for n in person.get(f"{draft}/files").page.iter("input") if n.get("name") == "csrf_token"
    ]
    person.post(drop, {"csrf_token": token[0], "version": version[0]})
    assert names(site, draft) == []


def test_a_file_of_a_draft_is_nobody_elses(site: DeskSite) -> None:
    person, draft = written(site)
    person.send(f"{draft}/files", {"file": (io.BytesIO(PDF), "一.pdf")}, form="file")
    foreign = site.as_(NEIGHBOUR).get(f"{draft}/files/{hashlib.sha256(PDF).hexdigest()}", status=404)
    assert foreign.status == 404
