"""Pictures that people upload: the size is read from the header, then a process of its own writes them anew.

Nothing of the original file is published: no metadata, no appended bytes, no second format inside.
Source: trust.md 8; OWASP ASVS 5.0 5.2.2, 5.2.6, 14.2.8.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from greenmine.content.media import MAX_PIXELS, picture_size
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

LONGEST: Final = 2400
"""Longest side of a published picture, in pixels; a scanned page stays readable."""

_CHILD: Final = Path(__file__).with_name("picture_child.py")
_PATIENCE: Final = 30
"""Seconds of wall clock; the child limits its own processor time to 20."""

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG"}


@dataclass(frozen=True)
class Picture:
    """A picture written anew: its bytes, media type, width and height in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


def write_anew(data: bytes, media_type: str) -> Picture:
    """The picture decoded and encoded again, upright and bare.

    :param media_type: ``image/jpeg`` or ``image/png``, as its first bytes say
    Raises BadInput ``picture.size`` (header missing, empty or more than 40 million pixels), ``picture.broken``.
    """
    size = picture_size(data, media_type)
    if size is None or not 0 < size[0] * size[1] <= MAX_PIXELS:
        raise BadInput(
            "picture.size",
            N_("图片尺寸无法识别或超过%(most)s万像素，请缩小后再上传。"),
            field="file",
            most=MAX_PIXELS // 10_000,
        )
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD), _FORMATS[media_type], str(LONGEST)],
            input=data,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise _broken() from slow
    written = picture_size(done.stdout, media_type) if done.returncode == 0 else None
    if written is None:
        raise _broken()
    return Picture(done.stdout, media_type, *written)


def _broken() -> BadInput:
    return BadInput("picture.broken", N_("图片已损坏或内容异常，不能读取。请重新导出后再上传。"), field="file")
