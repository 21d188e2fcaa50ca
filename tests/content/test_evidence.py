"""What strangers send with a form (trust.md 8): every file is refused with its reason, stripped, or kept for staff."""

import io
import random
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.hostile_files import CANARY, HTML, PDF, SVG, bomb_workbook, flood_png, jpeg, png, png_header, zip_file
from tests.hostile_photos import (
    TELLING,
    film,
    heic_saying,
    heic_with_boxes,
    nested,
    telling_heic,
    telling_jpeg,
    telling_png,
)

from greenmine.config import Settings
from greenmine.content.evidence import (
    ACCEPT,
    LIMITS,
    MOST_BYTES,
    MOST_FILES,
    PHOTO_PIXELS,
    Evidence,
    EvidenceKind,
    accept_evidence,
    require_room,
)
from greenmine.content.heic import heic_size, is_heic
from greenmine.content.picture import Anew, write_anew
from greenmine.content.slots import Slots
from greenmine.domain.errors import BadInput

WORKER_RSS = 300 * 1024
"""kB that a process of the site may hold whatever it is sent (trust.md 8)."""


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    return Slots(tmp_path / "slots", patience=0)


def opened(evidence: Evidence) -> Image.Image:
    return Image.open(io.BytesIO(evidence.content))


@pytest.mark.parametrize(
    ("data", "name", "media_type", "kept"),
    [
        (telling_jpeg(), "井口.JPG", "image/jpeg", "井口.jpg"),
        (telling_png(), "截图.png", "image/png", "截图.png"),
        (telling_heic(), "IMG_0001.HEIC", "image/jpeg", "IMG_0001.jpg"),
        (telling_heic(), "IMG_0001.heif", "image/jpeg", "IMG_0001.jpg"),
        (telling_heic(), "renamed by a chat.jpg", "image/jpeg", "renamed by a chat.jpg"),
        (telling_jpeg(), "renamed.png", "image/jpeg", "renamed.jpg"),
    ],
)
def test_asvs_14_2_8_photographs_keep_their_pixels_and_nothing_else(
    data: bytes, name: str, media_type: str, kept: str, slots: Slots
) -> None:
    evidence = accept_evidence(data, name, slots=slots)
    assert (evidence.media_type, evidence.name, evidence.kind) == (media_type, kept, EvidenceKind.PHOTO)
    assert CANARY.encode() not in evidence.content
    with opened(evidence) as picture:
        assert (picture.size, not picture.getexif(), "icc_profile" in picture.info) == ((40, 60), True, False)
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        red, green, blue = picture.convert("RGB").getpixel((20, 30))  # type: ignore[misc]
        assert (abs(red - 30) < 12, abs(green - 120) < 12, abs(blue - 60) < 12) == (True, True, True)


@pytest.mark.parametrize("data", [telling_jpeg(), telling_png(), telling_heic()])
def test_the_photographs_of_these_tests_do_tell(data: bytes) -> None:
    """A canary that was never in the file would prove nothing."""
    wanted = {"exif", "gps", "xmp", "tail"} | (set() if is_heic(data) else {"comment"})
    assert wanted <= {telling.rpartition("-")[2] for telling in TELLING if telling.encode() in data}


@pytest.mark.parametrize("tail", [zip_file(), HTML, SVG, PDF])
def test_a_second_format_in_a_photograph_is_gone(tail: bytes, slots: Slots) -> None:
    for data, name in ((jpeg() + tail, "a.jpg"), (png() + tail, "a.png")):
        assert tail not in accept_evidence(data, name, slots=slots).content


def test_markup_in_a_comment_is_gone(slots: Slots) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", comment=HTML)
    assert HTML in out.getvalue()
    assert HTML not in accept_evidence(out.getvalue(), "a.jpg", slots=slots).content


@pytest.mark.parametrize(
    ("data", "name", "media_type", "kind"),
    [
        (PDF, "材料.pdf", "application/pdf", EvidenceKind.DOCUMENT),
        (PDF + zip_file() + b"%%EOF", "材料.pdf", "application/pdf", EvidenceKind.DOCUMENT),
        (film(), "现场.mp4", "video/mp4", EvidenceKind.FILM),
        (film(b"mp42", rest=HTML), "现场.MP4", "video/mp4", EvidenceKind.FILM),
    ],
)
def test_pdf_and_mp4_are_kept_byte_for_byte(
    data: bytes, name: str, media_type: str, kind: EvidenceKind, slots: Slots
) -> None:
    """Never opened by the site, never published: sealed for the officer who handles the case."""
    evidence = accept_evidence(data, name, slots=slots)
    assert (evidence.content, evidence.media_type, evidence.kind) == (data, media_type, kind)


@pytest.mark.parametrize(
    ("data", "name", "code", "reason"),
    [
        (zip_file(), "报告.docx", "evidence.kind", "另存为PDF"),
        (bomb_workbook(), "炸弹.docx", "evidence.kind", "另存为PDF"),
        (bomb_workbook(), "名单.xlsx", "evidence.kind", "另存为PDF"),
        (b"\xd0\xcf\x11\xe0", "旧.doc", "evidence.kind", "另存为PDF"),
        (zip_file(), "照片.zip", "evidence.kind", "压缩包"),
        (b"Rar!", "照片.rar", "evidence.kind", "压缩包"),
        (SVG, "图.svg", "evidence.kind", "截图"),
        (HTML, "页.html", "evidence.kind", "截图"),
        (b"hello", "说明.txt", "evidence.kind", "情况说明"),
        (b"GIF89a", "动.gif", "evidence.kind", "JPEG或PNG"),
        (b"RIFF", "图.webp", "evidence.kind", "JPEG或PNG"),
        (film(b"qt  "), "现场.mov", "evidence.kind", "MP4"),
        (b"ID3", "录音.mp3", "evidence.kind", "录音"),
        (b"MZ", "程序.exe", "evidence.kind", "只接收照片"),
        (zip_file(), "没有后缀", "evidence.kind", "压缩包"),
        (jpeg(), "jpg", "evidence.kind", "只接收照片"),
        (b"", "", "evidence.kind", "只接收照片"),
        (b"", "a.jpg", "evidence.empty", "空的"),
        (SVG, "a.png", "evidence.signature", "截图"),
        (b"\xef\xbb\xbf\n <svg/>", "a.jpg", "evidence.signature", "截图"),
        (HTML, "a.pdf", "evidence.signature", "截图"),
        (b"GIF89a", "a.png", "evidence.signature", "JPEG或PNG"),
        (zip_file(), "a.jpg", "evidence.signature", "压缩包"),
        (zip_file(), "a.pdf", "evidence.signature", "压缩包"),
        (zip_file() + PDF, "a.pdf", "evidence.signature", "压缩包"),
        (PDF, "a.jpg", "evidence.signature", "不符"),
        (PDF, "a.mp4", "evidence.signature", "不符"),
        (PDF.replace(b"%%EOF", b""), "a.pdf", "evidence.signature", "不符"),
        (telling_heic(), "a.mp4", "evidence.signature", "不符"),
        (film(), "a.heic", "evidence.signature", "不符"),
        (film(b"qt  "), "a.mp4", "evidence.signature", "不符"),
        (film(b"avif"), "a.heic", "evidence.signature", "不符"),
        (film(b"mif1"), "a.heic", "evidence.signature", "不符"),
        (b"\0\0\0\x18moov", "a.mp4", "evidence.signature", "不符"),
        (b"\xff\xff\xff\xffftypisom", "a.mp4", "evidence.signature", "不符"),
        (png_header(2**31 - 1, 2**31 - 1), "a.png", "picture.size", "4000万像素"),
        (png_header(6325, 6325), "a.png", "picture.size", "4000万像素"),
        (png_header(0, 10), "a.png", "picture.size", "尺寸"),
        (heic_saying(2**32 - 1, 2**32 - 1), "a.heic", "picture.size", "4000万像素"),
        (heic_saying(6325, 6325), "a.heic", "picture.size", "4000万像素"),
        (heic_saying(0, 0), "a.heic", "picture.size", "尺寸"),
        (heic_with_boxes(), "a.heic", "picture.size", "尺寸"),
        (heic_with_boxes(nested(b"\0\0\0\x3c\0\0\0\x28")), "a.heic", "picture.broken", "损坏"),
        (telling_heic()[:-180], "a.heic", "picture.broken", "损坏"),
        (png_header(100, 100), "a.png", "picture.broken", "损坏"),
        (png()[:60], "a.png", "picture.broken", "损坏"),
        (jpeg()[:-200], "a.jpg", "picture.broken", "损坏"),
        (b"\xff\xd8\xff\xe0", "a.jpg", "picture.size", "尺寸"),
    ],
)  # fmt: skip
def test_asvs_5_2_2_all_else_is_refused_with_its_reason(
    data: bytes, name: str, code: str, reason: str, slots: Slots
) -> None:
    with pytest.raises(BadInput, match=reason) as refused:
        accept_evidence(data, name, slots=slots)
    assert (refused.value.code, refused.value.field) == (code, "file")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (jpeg(), "a.jpg", EvidenceKind.PHOTO),
        (PDF, "a.pdf", EvidenceKind.DOCUMENT),
        (film(), "a.mp4", EvidenceKind.FILM),
    ],
)
def test_asvs_5_2_1_one_file_is_not_larger_than_its_kind_may_be(
    data: bytes, name: str, kind: EvidenceKind, slots: Slots
) -> None:
    with pytest.raises(BadInput, match=f"{LIMITS[kind] // 1024 // 1024} MB") as refused:
        accept_evidence(data + bytes(LIMITS[kind] + 1 - len(data)), name, slots=slots)
    assert refused.value.code == "evidence.large"


def test_the_largest_file_fits_into_a_request_with_its_form(settings: Settings) -> None:
    assert max(LIMITS.values()) + settings.form_bytes <= settings.request_bytes
    assert max(LIMITS.values()) <= MOST_BYTES


def test_asvs_5_2_4_a_case_holds_so_many_files_and_bytes() -> None:
    require_room([1] * (MOST_FILES - 1), added=1)
    require_room([MOST_BYTES - 5], added=5)
    with pytest.raises(BadInput, match=str(MOST_FILES)):
        require_room([1] * MOST_FILES, added=1)
    with pytest.raises(BadInput, match="60 MB"):
        require_room([MOST_BYTES - 5], added=6)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/名单.pdf", "名单.pdf"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("\u202efdp.pdf", "fdp.pdf"),
        ("a\0.pdf", "a.pdf"),
        ("a.pdf\0.exe", "a.pdf.exe"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        (".pdf", ".pdf"),
    ],
)  # fmt: skip
def test_asvs_5_3_2_names_are_names_and_no_paths(name: str, kept: str, slots: Slots) -> None:
    if kept.endswith(".exe"):
        with pytest.raises(BadInput, match="只接收照片"):
            accept_evidence(PDF, name, slots=slots)
        return
    assert accept_evidence(PDF, name, slots=slots).name == kept


def test_the_field_offers_what_is_taken(slots: Slots) -> None:
    samples = {".pdf": PDF, ".mp4": film(), ".png": png(), ".heic": telling_heic(), ".heif": telling_heic()}
    for ending in ACCEPT.split(","):
        assert accept_evidence(samples.get(ending, jpeg()), f"a{ending}", slots=slots).content


def test_a_phones_photograph_keeps_its_size_and_a_large_one_is_made_smaller(slots: Slots) -> None:
    with opened(accept_evidence(jpeg((4032, 3024)), "a.jpg", slots=slots)) as kept:
        assert kept.size == (4032, 3024)
    with opened(accept_evidence(png((1080, 9000)), "长截图.png", slots=slots)) as kept:
        assert kept.size == (1080, 9000)
    with opened(accept_evidence(jpeg((7200, 5400)), "a.jpg", slots=slots)) as kept:
        assert kept.size[0] * kept.size[1] <= PHOTO_PIXELS
        assert kept.size[0] > 4500


def test_a_turned_png_stands_upright(slots: Slots) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(out, "PNG", exif=exif)
    with opened(accept_evidence(out.getvalue(), "a.png", slots=slots)) as kept:
        assert kept.size == (40, 60)


RED = Image.new("RGB", (60, 40), "red")
SECOND = {"save_all": True, "append_images": [Image.new("RGB", (60, 40))]}


def saved(picture: Image.Image, form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (saved(RED, "MPO", **SECOND), "a.jpg"),
        (saved(Image.new("CMYK", (60, 40), (0, 255, 255, 0)), "JPEG"), "a.jpg"),
        (saved(RED, "JPEG", progressive=True), "a.jpg"),
        (saved(RED.convert("P"), "PNG", transparency=3), "a.png"),
        (saved(Image.new("RGBA", (60, 40), (255, 0, 0, 255)), "PNG"), "a.png"),
        (saved(RED, "PNG", **SECOND), "a.png"),
    ],
    ids=["two in one", "for print", "progressive", "palette", "see-through", "animated"],
)  # fmt: skip
def test_odd_photographs_are_taken_with_their_colours(data: bytes, name: str, slots: Slots) -> None:
    with opened(accept_evidence(data, name, slots=slots)) as kept:
        red, green, blue = kept.convert("RGB").getpixel((30, 20))  # type: ignore[misc]
        assert (kept.size, getattr(kept, "n_frames", 1)) == ((60, 40), 1)
        assert red > 230
        assert max(green, blue) < 40


def test_a_see_through_picture_too_long_as_png_becomes_a_jpeg_on_white(slots: Slots) -> None:
    """The bound of what is kept holds for what was written anew too."""
    noise = Image.frombytes("RGBA", (64, 64), random.Random(1).randbytes(64 * 64 * 4))
    written = write_anew(saved(noise, "PNG"), "image/png", anew=Anew(2000, 16_000_000, 88, most_bytes=9000))
    assert (written.media_type, len(written.content) <= 9000) == ("image/jpeg", True)
    with pytest.raises(BadInput):
        write_anew(saved(noise, "PNG"), "image/png", anew=Anew(2000, 16_000_000, 88, most_bytes=100))


def test_heic_that_lies_about_its_size_ends_in_the_child(slots: Slots) -> None:
    """The boxes say 8 × 8, the coded picture is larger: what comes out is small, or the file is refused."""
    try:
        with opened(accept_evidence(heic_saying(8, 8), "a.heic", slots=slots)) as kept:
            assert max(kept.size) <= 64
    except BadInput as refused:
        assert refused.code == "picture.broken"


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_reading_of_boxes(data: bytes) -> None:
    for sample in (data, heic_with_boxes(data), heic_with_boxes(nested(data[:8])), telling_heic()[:200] + data):
        size = heic_size(sample)
        assert size is None or len(size) == 2
        assert is_heic(sample) in (True, False)


def test_the_largest_image_of_a_container_counts() -> None:
    """A thumbnail named first hides nothing."""
    boxes = nested(b"\0\0\0\x3c\0\0\0\x28") + nested(b"\0\1\0\0\0\1\0\0")
    assert heic_size(heic_with_boxes(boxes)) == (65536, 65536)
    assert heic_size(telling_heic((640, 480))) == (640, 480)


def test_a_container_of_endless_boxes_is_read_in_no_time() -> None:
    many = heic_with_boxes(nested(bytes(8), copies=50_000), b"\0\0\0\x08free" * 500_000)
    assert heic_size(many) is not None


@pytest.mark.usefixtures("processes")
def test_trust_8_the_worker_stays_below_300_megabytes(tmp_path: Path, checkout: Path) -> None:
    """The hostile set in a process of its own; the kernel says how much that process ever held."""
    noise = png_header(2200, 2200, rest=zlib.compress(bytes(range(256)) * 80_000, 0))
    files = {"flood.png": flood_png(), "noise.png": noise, "phone.heic": telling_heic((4000, 3000)),
             "large.jpg": jpeg((7300, 5400)), "lies.heic": heic_saying(8, 8), "broken.jpg": jpeg()[:-200]}  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    code = f"""
import re, sys
sys.path.insert(0, "site")
from pathlib import Path
from greenmine.content.evidence import accept_evidence
from greenmine.content.slots import Slots
from greenmine.domain.errors import BadInput
slots, taken = Slots(Path({str(tmp_path / "slots")!r})), 0
for path in sorted(Path({str(tmp_path)!r}).glob("*.*")):
    try:
        taken += bool(accept_evidence(path.read_bytes(), path.name, slots=slots).content)
    except BadInput as refused:
        print(path.name, refused.code)
print(taken, re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    taken, rss = map(int, done.stdout.splitlines()[-1].split())
    assert taken >= 2, done.stdout
    assert rss < WORKER_RSS
