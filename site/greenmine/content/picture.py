"""Pictures that people upload: the size is read from the header, then a process of its own writes them anew.

Nothing of the original file is kept: no metadata, no appended bytes, no second format inside.
Source: trust.md 8; OWASP ASVS 5.0 5.2.2, 5.2.6, 14.2.8.
"""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from greenmine.content.heic import heic_size
from greenmine.content.media import MAX_PIXELS, picture_size
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

HEIC: Final = "image/heic"
LONGEST: Final = 2400
"""Longest side of a published picture, in pixels; a scanned page stays readable."""

_CHILD: Final = Path(__file__).with_name("picture_child.py")
_PATIENCE: Final = 30
"""Seconds of wall clock; the child limits its own processor time to 20."""

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", HEIC: "HEIF"}


@dataclass(frozen=True)
class Anew:
    """How a picture is written anew.

    :param longest: most pixels a side; larger ones are made smaller
    :param most_pixels: most pixels in all
    :param quality: of JPEG
    :param most_bytes: a PNG that would grow longer becomes a JPEG, a JPEG that would grow longer a coarser one
    """

    longest: int
    most_pixels: int
    quality: int
    most_bytes: int


PUBLISHED: Final = Anew(longest=LONGEST, most_pixels=MAX_PIXELS, quality=85, most_bytes=64 * 1024 * 1024)


@dataclass(frozen=True)
class Picture:
    """A picture written anew: its bytes, media type, width and height in pixels."""

    content: bytes = field(repr=False)
    media_type: str
    width: int
    height: int


def write_anew(data: bytes, media_type: str, *, anew: Anew = PUBLISHED) -> Picture:
    """The picture decoded and encoded again, upright and bare; HEIC becomes JPEG.

    :param media_type: ``image/jpeg``, ``image/png`` or ``image/heic``, as its first bytes say
    Raises BadInput ``picture.size`` (header missing, empty or more than 40 million pixels), ``picture.broken``.
    """
    size = heic_size(data) if media_type == HEIC else picture_size(data, media_type)
    if size is None or not 0 < size[0] * size[1] <= MAX_PIXELS:
        raise BadInput(
            "picture.size",
            N_("图片尺寸无法识别或超过%(most)s万像素，请缩小后再上传。"),
            field="file",
            most=MAX_PIXELS // 10_000,
        )
    numbers = (str(number) for number in (anew.longest, anew.most_pixels, anew.quality, anew.most_bytes))
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD), _FORMATS[media_type], *numbers],
            input=data,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise _broken() from slow
    return _written(done.stdout if done.returncode == 0 else b"")


def _written(content: bytes) -> Picture:
    """What the child wrote, told from its own header. Raises BadInput."""
    for media_type in ("image/jpeg", "image/png"):
        size = picture_size(content, media_type)
        if size is not None:
            return Picture(content, media_type, *size)
    raise _broken()


def _broken() -> BadInput:
    return BadInput("picture.broken", N_("图片已损坏或内容异常，不能读取。请重新导出后再上传。"), field="file")
