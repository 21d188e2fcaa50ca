"""Decodes one hostile picture and writes it anew. Runs as a process of its own (see picture.py): it imports nothing
of ours, its memory and time are limited, and whatever happens to it happens to nobody else.

``python -I picture_child.py JPEG|PNG|HEIF LONGEST MOST_PIXELS QUALITY MOST_BYTES`` with the picture on standard
input, the new one (JPEG or PNG) on standard output. Exit status 0: done; 3: it cannot be decoded.
"""

import io
import resource
import sys
import warnings
from math import sqrt
from typing import NamedTuple

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_PIXELS = 40_000_000
REFUSED = 3
COARSER = 25


class Anew(NamedTuple):
    """How it is to be written; see picture.py."""

    longest: int
    most_pixels: int
    quality: int
    most_bytes: int


def reencode(data: bytes, *, kind: str, anew: Anew) -> bytes:
    """The picture upright, within its bounds, without any of its metadata."""
    with Image.open(io.BytesIO(data), formats=[kind]) as opened:
        has_alpha = kind == "PNG" and ("A" in opened.getbands() or "transparency" in opened.info)
        plain = _in_mode(opened, "RGBA" if has_alpha else "RGB")
        plain.thumbnail(_bounds(plain.size, anew), Image.Resampling.LANCZOS)
        plain.load()
        ImageOps.exif_transpose(plain, in_place=True)
        bare = Image.new(plain.mode, plain.size)  # a new picture: pixels and nothing else
        bare.paste(plain)
    written = _png(bare) if kind == "PNG" else b""
    return written if 0 < len(written) <= anew.most_bytes else _jpeg(bare, anew)


def _bounds(size: tuple[int, int], anew: Anew) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, anew.longest / max(size), sqrt(anew.most_pixels / (width * height)))
    return max(1, int(width * scale)), max(1, int(height * scale))


def _png(bare: Image.Image) -> bytes:
    out = io.BytesIO()
    bare.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _jpeg(bare: Image.Image, anew: Anew) -> bytes:
    """Coarser, and once more coarser, until it is short enough."""
    if bare.mode == "RGBA":
        ground = Image.new("RGB", bare.size, "white")
        ground.paste(bare, mask=bare.getchannel("A"))
        bare = ground
    for quality in (anew.quality, anew.quality - COARSER, anew.quality - 2 * COARSER):
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= anew.most_bytes:
            return out.getvalue()
    raise ValueError("the picture does not fit")


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    """The picture in this mode; one that is in it already is not copied, which would cost its memory twice.

    Grey of 16 bits is made 8 first: Pillow would clip it, so that all but black turned white.
    """
    if picture.mode == "I" or picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture if picture.mode == mode else picture.convert(mode)


def main(arguments: list[str]) -> int:
    """Read, write anew, tell by the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    kind, *numbers = arguments
    try:
        if kind == "HEIF":
            register_heif_opener(thumbnails=False)
        written = reencode(sys.stdin.buffer.read(), kind=kind, anew=Anew(*map(int, numbers)))
    except Exception:  # a decoder may raise anything at all; the caller has one sentence for all of it
        return REFUSED
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
