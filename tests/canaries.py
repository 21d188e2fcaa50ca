"""Marked words for the test that none of them leaks, and the finder that knows them in any dress (trust.md 1).

Every word a person writes holds :data:`BIRDS` or :data:`HERON`, every number of a person is one of :data:`NUMBERS`;
what stands beside the mark tells whose word it was.
"""

import base64
import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

BIRDS: Final = "鹮鸻鹬"
"""Three birds that stand beside each other in no text of ours."""
HERON: Final = "qxheron"
NUMBERS: Final = ("13907316942", "13845207719", "13670941582", "522426199001017316")
"""Telephones of the complainant, the objector and the reporter; an identity number."""
MARKS: Final = (BIRDS, HERON, *NUMBERS)

DEEPEST: Final = 3
"""Packed files in packed files that are still opened."""
MOST_UNPACKED: Final = 64_000_000


def _base64(mark: bytes, shift: int) -> bytes:
    """The characters that stand whatever comes before and after; ``shift``: bytes of the last group before it."""
    packed = base64.b64encode(b"\0" * shift + mark)
    first = -(-shift * 8 // 6)
    return packed[first : (shift + len(mark)) * 8 // 6]


def _utf8_hex(mark: str) -> str:
    return mark.encode().hex()


_DRESSES: Final[Mapping[str, Callable[[str], bytes]]] = {
    "UTF-8": lambda mark: mark.encode(),
    "UTF-16 LE": lambda mark: mark.encode("utf-16-le"),
    "UTF-16 BE": lambda mark: mark.encode("utf-16-be"),
    "GB 18030": lambda mark: mark.encode("gb18030"),
    "percent": lambda mark: "".join(f"%{byte:02X}" for byte in mark.encode()).encode(),
    "quoted-printable": lambda mark: "".join(f"={byte:02X}" for byte in mark.encode()).encode(),
    "hex": lambda mark: _utf8_hex(mark).encode(),
    "repr of bytes": lambda mark: "".join(f"\\x{byte:02x}" for byte in mark.encode()).encode(),
    "JSON": lambda mark: "".join(f"\\u{ord(char):04x}" for char in mark).encode(),
    "decimal entities": lambda mark: "".join(f"&#{ord(char)};" for char in mark).encode(),
    "hexadecimal entities": lambda mark: "".join(f"&#x{ord(char):x};" for char in mark).encode(),
    "base64": lambda mark: _base64(mark.encode(), 0),
    "base64, shifted by one": lambda mark: _base64(mark.encode(), 1),
    "base64, shifted by two": lambda mark: _base64(mark.encode(), 2),
    "base64url": lambda mark: _base64(mark.encode(), 0).translate(bytes.maketrans(b"+/", b"-_")),
    "base64url, shifted by one": lambda mark: _base64(mark.encode(), 1).translate(bytes.maketrans(b"+/", b"-_")),
    "base64url, shifted by two": lambda mark: _base64(mark.encode(), 2).translate(bytes.maketrans(b"+/", b"-_")),
    "base64 of UTF-16": lambda mark: base64.b64encode(mark.encode("utf-16-le"))[: len(mark) * 16 // 6],
    "grouped by blanks": lambda mark: _grouped(mark, " "),
    "grouped by hyphens": lambda mark: _grouped(mark, "-"),
}
_CASED: Final = ("base64",)
"""Dresses in which a letter's case matters."""


def _grouped(mark: str, between: str) -> bytes:
    """As telephones are written; other marks as they are."""
    if not mark.isdigit():
        return mark.encode()
    return between.join((mark[:3], *(mark[first : first + 4] for first in range(3, len(mark), 4)))).encode()


def _needles() -> dict[tuple[str, bytes, bool], str]:
    """Mark, bytes and whether their case matters → the first dress that looks so."""
    made: dict[tuple[str, bytes, bool], str] = {}
    for name, dress in _DRESSES.items():
        for mark in MARKS:
            cased = name.startswith(_CASED)
            made.setdefault((mark, dress(mark) if cased else dress(mark).lower(), cased), name)
    return made


_NEEDLES: Final = _needles()


def find(content: bytes, *, deep: int = DEEPEST) -> list[str]:
    """Every mark in these bytes, with the dress it was found in and what stands around it; looks into packed files."""
    folded, found = content.lower(), []
    for (mark, needle, cased), dress in _NEEDLES.items():
        where = (content if cased else folded).find(needle)
        if where >= 0:
            around = content[max(0, where - 60) : where + len(needle) + 60]
            found.append(f"{mark} as {dress}: …{around.decode('utf-8', 'backslashreplace')}…")
    if deep:
        for name, inner in _unpacked(content):
            found += [f"in {name}: {each}" for each in find(inner, deep=deep - 1)]
    return found


def find_text(text: str) -> list[str]:
    """Every mark in a text."""
    return find(text.encode("utf-8", "surrogatepass"))


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed here: gzip, zlib, the members of a zip (XLSX is one), entities and escapes of a text."""
    for name, wbits in (("gzip", 31), ("zlib", 15)):
        if (name == "gzip" and content[:2] == b"\x1f\x8b") or (name == "zlib" and content[:1] == b"\x78"):
            try:
                yield name, zlib.decompressobj(wbits).decompress(content, MOST_UNPACKED)
            except zlib.error:
                continue
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for member in packed.infolist():
                yield f"member {member.filename}", member.filename.encode() + b"\n" + packed.read(member)


def dressed(mark: str = BIRDS) -> dict[str, bytes]:
    """The mark in many dresses, made by other means than the finder's: what the finder must find."""
    words = f"前言{mark}后语"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", f"<t>{words}</t>")
    return {
        "a page": f"<p>{words}</p>".encode(),
        "an XLSX": zipped.getvalue(),
        "gzip": gzip.compress(words.encode()),
        "zlib": zlib.compress(words.encode()),
        "gzip of an XLSX": gzip.compress(zipped.getvalue()),
        "UTF-16": words.encode("utf-16"),
        "UTF-16 BE": words.encode("utf-16-be"),
        "GB 18030": words.encode("gb18030"),
        "an address": f"/search?q={quote(words)}".encode(),
        "an address in lower case": f"/search?q={quote(words).lower()}".encode(),
        "JSON": json.dumps({"text": words}).encode(),
        "a repr": repr(words.encode()).encode(),
        "capitals": words.upper().encode(),
        "hex": words.encode().hex().encode(),
        "entities": words.encode("ascii", "xmlcharrefreplace"),
        "escaped": html.escape(words).encode(),
        **{f"base64 after {n}": base64.b64encode(b"x" * n + words.encode()) for n in range(3)},
        **{f"base64url after {n}": base64.urlsafe_b64encode(b"x" * n + words.encode()) for n in range(3)},
        "a telephone as it is written": re.sub(r"^(\d{3})(\d{4})(\d{4})$", r"\1 \2 \3", mark).encode(),
    }


def marked_jpeg() -> bytes:
    """A photograph with marks in EXIF (artist, description, comment, place), XMP and a comment."""
    picture, exif = Image.new("RGB", (64, 48), (40, 90, 60)), Image.Exif()
    exif[0x010E], exif[0x013B] = f"{HERON}-description", f"{HERON}-artist"
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + f"{HERON}-comment".encode()
    exif.get_ifd(0x8825).update(
        {
            1: "N",
            2: (IFDRational(26), IFDRational(40), IFDRational(1234, 100)),
            3: "E",
            4: (IFDRational(105), IFDRational(46), IFDRational(5678, 100)),
            0x1C: b"ASCII\0\0\0" + f"{HERON}-gps-area".encode(),
        }
    )
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif, comment=f"{HERON}-jpeg-comment".encode(), xmp=_xmp())
    return made.getvalue()


def marked_png() -> bytes:
    """A picture with marks in a text chunk, an international one, XMP and EXIF."""
    info, exif, made = PngInfo(), Image.Exif(), io.BytesIO()
    info.add_text("Author", f"{HERON}-png-author")
    info.add_itxt("Comment", f"{BIRDS}图片说明")
    info.add_itxt("XML:com.adobe.xmp", _xmp().decode())
    info.add_text("Packed", f"{HERON}-png-packed", zip=True)
    exif[0x013B] = f"{HERON}-png-artist"
    Image.new("RGB", (40, 30), (90, 90, 60)).save(made, "PNG", pnginfo=info, exif=exif)
    return made.getvalue()


def marked_pdf() -> bytes:
    """A paper with marks in its title, its author and its content."""
    title = f"{BIRDS}证明".encode("utf-16-be").hex().upper()
    stream = f"BT /F1 12 Tf 20 100 Td ({HERON}-pdf-content {NUMBERS[3]}) Tj ET".encode()
    return b"".join(
        (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n",
            b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n" % (len(stream), stream),
            f"5 0 obj<</Title<FEFF{title}>/Author({HERON}-pdf-author)>>endobj\n".encode(),
            b"trailer<</Root 1 0 R/Info 5 0 R>>\n%%EOF\n",
        )
    )


def _xmp() -> bytes:
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="{BIRDS}拍摄者"/></rdf:RDF></x:xmpmeta>'
        f'<?xpacket end="w"?>'
    ).encode()
