"""Decodes one hostile picture and writes it anew. Runs as a process of its own (see picture.py): it imports nothing
of ours, its memory and time are limited, and whatever happens to it happens to nobody else.

``python -I picture_child.py JPEG|PNG LONGEST`` with the picture on standard input, the new one on standard output.
Exit status 0: done; 3: it cannot be decoded.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_PIXELS = 40_000_000
REFUSED = 3


def reencode(data: bytes, *, kind: str, longest: int) -> bytes:
    """The picture upright, at most ``longest`` pixels a side, without any of its metadata."""
    with Image.open(io.BytesIO(data), formats=[kind]) as opened:
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        has_alpha = kind == "PNG" and ("A" in upright.getbands() or "transparency" in upright.info)
        plain = _eight_bits(upright).convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    bare = Image.new(plain.mode, plain.size)  # a new picture: pixels and nothing else
    bare.paste(plain)
    out = io.BytesIO()
    if kind == "JPEG":
        bare.save(out, "JPEG", quality=85, optimize=True)
    else:
        bare.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits made 8: Pillow would clip it, so that all but black turned white."""
    if picture.mode != "I" and not picture.mode.startswith("I;16"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def main(arguments: list[str]) -> int:
    """Read, write anew, tell by the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        written = reencode(sys.stdin.buffer.read(), kind=arguments[0], longest=int(arguments[1]))
    except Exception:  # a decoder may raise anything at all; the caller has one sentence for all of it
        return REFUSED
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
