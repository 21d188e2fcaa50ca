"""Photographs as phones make them, with everything in them that tells on whoever took them; and hostile ones."""

import io
import struct
from typing import Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pillow_heif import from_pillow
from tests.hostile_files import CANARY

TELLING: Final = tuple(
    f"{CANARY}-{place}" for place in ("exif", "gps", "xmp", "iptc", "icc", "comment", "tail", "text")
)
"""Marked strings, one for each place where a file can hide something."""

_EXIF, _GPS, _XMP, _IPTC, _ICC, _COMMENT, _TAIL, _TEXT = TELLING
_TURNED: Final = 6


def telling_jpeg(size: tuple[int, int] = (60, 40)) -> bytes:
    """A photograph with EXIF, GPS, a thumbnail, XMP, IPTC, a colour profile, a comment and bytes behind its end."""
    out = io.BytesIO()
    Image.new("RGB", size, (30, 120, 60)).save(
        out,
        "JPEG",
        exif=_exif(),
        xmp=f"<x:xmpmeta>{_XMP}</x:xmpmeta>".encode(),
        icc_profile=_ICC.encode() * 8,
        comment=_COMMENT.encode(),
    )
    data = out.getvalue()
    photoshop = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(_IPTC)) + _IPTC.encode()
    segment = b"\xff\xed" + struct.pack(">H", len(photoshop) + 2) + photoshop
    return data[:2] + segment + data[2:] + _TAIL.encode()


def telling_png(size: tuple[int, int] = (60, 40)) -> bytes:
    """The same of a PNG: tEXt, iTXt (XMP), zTXt, eXIf, iCCP and bytes behind its end."""
    told = PngInfo()
    told.add_text("Comment", _TEXT)
    told.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{_XMP}</x:xmpmeta>")
    told.add_itxt("Author", _COMMENT)
    out = io.BytesIO()
    Image.new("RGB", size, (30, 120, 60)).save(out, "PNG", pnginfo=told, exif=_exif(), icc_profile=_ICC.encode() * 8)
    return out.getvalue() + _TAIL.encode()


def telling_heic(size: tuple[int, int] = (60, 40), *, quality: int = 60) -> bytes:
    """The same of a HEIC: Exif and XMP items, a thumbnail and bytes behind its end."""
    coded = from_pillow(Image.new("RGB", size, (30, 120, 60)))
    out = io.BytesIO()
    xmp = f"<x:xmpmeta>{_XMP}</x:xmpmeta>".encode()
    coded.save(out, quality=quality, exif=_exif().tobytes(), xmp=xmp)
    return out.getvalue() + _box(b"free", _TAIL.encode())


def heic_saying(width: int, height: int) -> bytes:
    """A HEIC whose boxes say that its images are so large."""
    data = bytearray(telling_heic())
    at = data.find(b"ispe")
    while at >= 0:
        data[at + 8 : at + 16] = struct.pack(">II", width, height)
        at = data.find(b"ispe", at + 4)
    return bytes(data)


def heic_with_boxes(*boxes: bytes) -> bytes:
    """The first box of a HEIC, and whatever comes then."""
    return _box(b"ftyp", b"heic\0\0\0\0mif1heic") + b"".join(boxes)


def nested(size: bytes, *, copies: int = 1) -> bytes:
    """The boxes around ``ispe``, with this payload in it."""
    ispe = _box(b"ispe", bytes(4) + size) * copies
    return _box(b"meta", bytes(4) + _box(b"iprp", _box(b"ipco", ispe)))


def film(brand: bytes = b"isom", *, rest: bytes = b"") -> bytes:
    """A film that says it follows this brand."""
    return _box(b"ftyp", brand + b"\0\0\2\0" + b"isomiso2mp41") + _box(b"free", b"") + rest


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = _EXIF
    exif[0x0112] = _TURNED
    exif.get_ifd(0x8825).update({1: "N", 2: (26.0, 39.0, 1.5), 0x1B: _GPS.encode()})
    return exif


def _box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload) + 8) + kind + payload
