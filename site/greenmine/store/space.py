"""Room on the disk: forms are refused, with a clear page, before they are taken, and while readers still are served.

The last megabytes are for what was promised already: answers, acts, the write-ahead log.
Source: trust.md, disk full (low-water mark).
"""

import os
from pathlib import Path
from typing import Final

from greenmine.domain.errors import Unready
from greenmine.domain.text import N_

_FEWEST_NAMES: Final = 1000
"""A disk can be full of names (inodes) while it has bytes left."""


def require_space(path: Path, *, at_least: int) -> None:
    """Raise Unready unless the disk that holds ``path`` has room for what is about to be taken.

    :param path: a folder; one that does not exist yet is judged by the folder it will stand in
    :param at_least: bytes that must stay free for the site's own process (``settings.low_water_bytes``), plus
        what is about to be written
    """
    try:
        disk = os.statvfs(_standing(path))
    except OSError as error:
        raise Unready("space.unknown", _REFUSED) from error
    has_names = disk.f_files == 0 or disk.f_favail >= _FEWEST_NAMES  # some file systems count no names
    if disk.f_bavail * disk.f_frsize < at_least or not has_names:
        raise Unready("space.low", _REFUSED)


_REFUSED: Final = N_(
    "网站存储空间不足，暂时不能接收新的表单和附件，您填写的内容没有提交。请稍后再试，急需反映的事项请先拨打电话。"
)


def _standing(path: Path) -> Path:
    return next((folder for folder in (path, *path.parents) if folder.exists()), path)
