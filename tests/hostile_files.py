"""Files that officers or strangers may send: good ones, and hostile ones made here."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

import xlsxwriter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

CANARY = "CANARY-7f3a"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def jpeg(size: tuple[int, int] = (60, 40), *, turned: bool = False) -> bytes:
    """A photograph with an EXIF block that names a place, and a comment."""
    picture = Image.new("RGB", size, (30, 120, 60))
    exif = Image.Exif()
    exif[0x010E] = CANARY
    if turned:
        exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=CANARY.encode())
    return out.getvalue()


def png(size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture with a text chunk."""
    told = PngInfo()
    told.add_text("Comment", CANARY)
    out = io.BytesIO()
    Image.new("RGBA", size, (30, 120, 60, 200)).save(out, "PNG", pnginfo=told)
    return out.getvalue()


def png_header(width: int, height: int, *, rest: bytes = b"") -> bytes:
    """A PNG that says it is so large, with hardly anything in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rest) + _chunk(b"IEND", b"")


def flood_png() -> bytes:
    """38 million pixels of nothing in a few kilobytes, and then much more data than pixels."""
    return png_header(6200, 6200, rest=zlib.compress(b"\0" * 60_000_000, 9))


def zip_file(name: str = "a.txt", content: bytes = b"x") -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """An XLSX file as a spreadsheet program writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("名单")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def workbook_with(name: str, content: bytes = b"x") -> bytes:
    """A workbook with one more member."""
    out = io.BytesIO(workbook([["1"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def bomb_workbook() -> bytes:
    """A workbook of a few kilobytes that unpacks to 65 MiB."""
    return workbook_with("xl/worksheets/sheet9.xml", b" " * (65 * 1024 * 1024))


def encrypted_workbook() -> bytes:
    """A workbook whose directory says that its members are encrypted."""
    data = bytearray(workbook([["1"]]))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
