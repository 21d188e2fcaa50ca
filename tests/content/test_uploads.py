"""What officers may upload: the name and the first bytes agree, pictures come out bare, the rest is refused."""

import io
import struct

import pytest
from PIL import Image
from tests.hostile_files import (
    CANARY,
    HTML,
    PDF,
    SVG,
    bomb_workbook,
    encrypted_workbook,
    flood_png,
    jpeg,
    png,
    png_header,
    workbook,
    workbook_with,
    zip_file,
)

from greenmine.content.upload import ATTACHMENTS, FILMS, MAX_BYTES, PICTURES, accept
from greenmine.domain.errors import BadInput


def film(*, moov: bytes = b"mvhd", mdat: bytes = b"pictures", long: bool = False) -> bytes:
    """An MP4 of three boxes; ``long``: the length of the last stands in eight bytes (ISO 14496-12, 4.2)."""
    last = struct.pack(">I4sQ", 1, b"mdat", 16 + len(mdat)) if long else struct.pack(">I4s", 8 + len(mdat), b"mdat")
    head = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom")
    return head + struct.pack(">I4s", 8 + len(moov), b"moov") + moov + last + mdat


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (jpeg(), "现场.JPG"),
        (jpeg(), "a.jpeg"),
        (png(), "图.png"),
        (PDF, "名单.pdf"),
        ("序号,名称\n1,甲\n".encode(), "名单.csv"),
    ],
)
def test_the_kinds_of_the_table_are_taken(data: bytes, name: str) -> None:
    taken = accept(data, name, kinds=ATTACHMENTS)
    assert (taken.name, bool(taken.content)) == (name, True)


def test_a_workbook_is_taken_as_it_is() -> None:
    book = workbook([["序号", "矿山名称"], ["1", "演示青山磷矿"]])
    assert accept(book, "名单.xlsx", kinds=ATTACHMENTS).content == book


@pytest.mark.parametrize(("data", "name"), [(jpeg(), "a.jpg"), (png(), "a.png")])
def test_asvs_14_2_8_pictures_lose_their_metadata(data: bytes, name: str) -> None:
    assert CANARY.encode() in data
    taken = accept(data, name, kinds=PICTURES)
    assert CANARY.encode() not in taken.content
    with Image.open(io.BytesIO(taken.content)) as picture:
        assert not picture.getexif()
        assert (picture.width, picture.height) == (taken.width, taken.height) == (60, 40)


def test_a_turned_photograph_stands_upright() -> None:
    taken = accept(jpeg((60, 40), turned=True), "a.jpg", kinds=PICTURES)
    assert (taken.width, taken.height) == (40, 60)


@pytest.mark.parametrize(("deep", "plain"), [(0, 0), (256, 1), (0x8000, 128), (0xFFFF, 255)])
def test_grey_of_sixteen_bits_keeps_its_tone(deep: int, plain: int) -> None:
    out = io.BytesIO()
    Image.new("I;16", (8, 8), deep).save(out, "PNG")
    with Image.open(io.BytesIO(accept(out.getvalue(), "a.png", kinds=PICTURES).content)) as picture:
        assert picture.getpixel((4, 4)) == (plain, plain, plain)


def test_large_pictures_are_made_smaller() -> None:
    taken = accept(png((3000, 100)), "a.png", kinds=PICTURES)
    assert taken.width == 2400


@pytest.mark.parametrize("tail", [zip_file(), HTML, SVG])
def test_a_second_format_behind_a_picture_is_gone(tail: bytes) -> None:
    taken = accept(png() + tail, "a.png", kinds=PICTURES)
    assert tail not in taken.content


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (SVG, "a.svg", "upload.kind"),
        (HTML, "a.html", "upload.kind"),
        (zip_file(), "a.zip", "upload.kind"),
        (b"x", "png", "upload.kind"),
        (b"", "a.png", "upload.empty"),
        (SVG, "a.png", "upload.signature"),
        (HTML, "a.png", "upload.signature"),
        (HTML, "a.csv", "upload.signature"),
        (HTML, "a.pdf", "upload.signature"),
        (b"\0\1\2", "a.csv", "upload.signature"),
        (PDF.replace(b"%%EOF", b""), "a.pdf", "upload.signature"),
        (HTML + PDF, "a.pdf", "upload.signature"),
        (jpeg(), "a.png", "upload.signature"),
        (zip_file(), "a.xlsx", "upload.signature"),
        (zip_file("xl/workbook.xml") + b"xl/vbaProject.bin", "a.xlsx", "upload.signature"),
        (b"PK\x03\x04 xl/workbook.xml", "a.xlsx", "upload.signature"),
        (zip_file("xl/workbook.xml"), "a.xlsx", "upload.signature"),
        (workbook_with("xl/run.exe"), "a.xlsx", "upload.signature"),
        (workbook_with("../../etc/x.xml"), "a.xlsx", "upload.signature"),
        (workbook([["1"]])[:-40], "a.xlsx", "upload.signature"),
        (bomb_workbook(), "a.xlsx", "sheet.bomb"),
        (encrypted_workbook(), "a.xlsx", "sheet.encrypted"),
        (PDF + b"\0" * MAX_BYTES, "a.pdf", "upload.large"),
        (png_header(2**31 - 1, 2**31 - 1), "a.png", "picture.size"),
        (png_header(0, 10), "a.png", "picture.size"),
        (png_header(6325, 6325), "a.png", "picture.size"),
        (png_header(100, 100), "a.png", "picture.broken"),
        (png()[:60], "a.png", "picture.broken"),
        (jpeg()[:-200], "a.jpg", "picture.broken"),
        (b"\xff\xd8\xff\xe0", "a.jpg", "picture.size"),
        (b"\0\0\0\x18moov", "a.mp4", "upload.signature"),
        (film(moov=b"udta\xa9xyz+26.6+106.7/"), "a.mp4", "upload.place"),
        (film(moov=b"udtaloci"), "a.mp4", "upload.place"),
        (film(moov=b"metacom.apple.quicktime.location.ISO6709"), "a.mp4", "upload.place"),
        (film(moov=b'uuid<rdf exif:GPSLatitude="26,39N"/>'), "a.mp4", "upload.place"),
        (film(moov=b"trakstsdgpmd"), "a.mp4", "upload.place"),
    ],
)  # fmt: skip
def test_asvs_5_2_2_hostile_files_are_refused(data: bytes, name: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        accept(data, name, kinds=ATTACHMENTS | FILMS)
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_asvs_14_2_8_a_film_that_says_no_place_is_kept_whatever_its_pictures_hold() -> None:
    """The mark of a place is sought in the film's own data, not among the bytes of pictures and sound."""
    for content in (film(), film(mdat=b"\xa9xyz loci"), film(mdat=b"", long=True)):
        assert accept(content, "a.mp4", kinds=FILMS).content == content


def test_a_flood_of_pixels_ends_in_the_child() -> None:
    data = flood_png()
    assert len(data) < 100_000
    try:
        assert accept(data, "a.png", kinds=PICTURES).width == 2400
    except BadInput as refused:
        assert refused.code == "picture.broken"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/名单.pdf", "名单.pdf"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("\u202efdp.pdf", "fdp.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_asvs_5_3_2_names_are_names_and_no_paths(name: str, kept: str) -> None:
    assert accept(PDF, name, kinds=ATTACHMENTS).name == kept
