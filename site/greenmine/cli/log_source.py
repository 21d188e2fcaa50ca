"""Where a log is read from: a site, or the folder of a mirror. Nothing that comes from there is believed.

A folder has the site's own addresses as paths: ``log/checkpoint``, ``log/tile/entries/000``, ``documents/<sha256>``.
What is asked for is always an address of our own making, never a name from the other side.
"""

import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, Protocol

from greenmine.cli.http_door import Unanswered, ask
from greenmine.domain.errors import Conflict, NotFound, Unready
from greenmine.domain.text import N_
from greenmine.tlog.entry import MAX_ENTRY
from greenmine.tlog.tile import WIDTH, Tile, unbundle

SECONDS: Final = 120.0
"""For one file."""
TRIES: Final = 4
LONGEST_WAIT: Final = 60
LONGEST_NOTE: Final = 65_536
LONGEST_BUNDLE: Final = WIDTH * (2 + MAX_ENTRY)
LONGEST_DOCUMENT: Final = 256 * 1024 * 1024


class Missing(Enum):
    """Why a file is not there."""

    ABSENT = 404
    REMOVED = 410


class Source(Protocol):
    """Gives files by their address."""

    @property
    def name(self) -> str:
        """As it is told to people."""

    def fetch(self, path: str, *, limit: int) -> bytes | Missing:
        """The bytes. Raises Unready when it does not answer, or with more than ``limit`` bytes."""


@dataclass(frozen=True)
class Site:
    """A site at an address; waits when it asks to be left alone for a while."""

    name: str

    def fetch(self, path: str, *, limit: int) -> bytes | Missing:
        """The bytes at an address of the site."""
        url = f"{self.name}/{path}"
        tries = TRIES
        while True:
            try:
                answer = ask(url, limit=limit, seconds=SECONDS)
            except Unanswered as error:
                raise _unread(url, error.trouble.value) from error
            tries -= 1
            if answer.status == 200:
                return answer.body
            if answer.status in (404, 410):
                return Missing(answer.status)
            if answer.status not in (429, 503) or not tries:
                raise _unread(url, f"HTTP {answer.status}")
            time.sleep(min(max(answer.retry_after, 1), LONGEST_WAIT))


@dataclass(frozen=True)
class Folder:
    """The folder of a mirror."""

    root: Path

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.root)

    def fetch(self, path: str, *, limit: int) -> bytes | Missing:
        """The bytes of a file of the mirror."""
        file = self.root / path
        try:
            with file.open("rb") as opened:
                content = opened.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return Missing.ABSENT
        if len(content) > limit:
            raise _unread(str(file), "too large")
        return content


def source_at(place: str) -> Source:
    """The site at an ``http(s)://`` address, with or without ``/log``; else the folder."""
    if place.startswith(("http://", "https://")):
        return Site(place.rstrip("/").removesuffix("/log"))
    folder = Path(place)
    if not (folder / "log" / "checkpoint").is_file():
        raise NotFound("mirror.no_folder", N_("%(place)s 不是网址，也不是镜像文件夹。"), place=place)
    return Folder(folder)


def text_at(source: Source, path: str) -> str:
    """A short text. Raises NotFound, Conflict."""
    content = source.fetch(path, limit=LONGEST_NOTE)
    if isinstance(content, Missing):
        raise NotFound("mirror.absent", N_("%(place)s 没有 %(path)s。"), place=source.name, path=path)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise bad_file(source, path) from error


def bundle_at(source: Source, tile: Tile) -> list[bytes]:
    """The entries of a bundle; where a partial one is no longer kept, the beginning of the full one."""
    for asked in dict.fromkeys((tile, Tile(None, tile.number))):
        path = f"log/{asked.path}"
        content = source.fetch(path, limit=LONGEST_BUNDLE)
        if isinstance(content, Missing):
            continue
        try:
            entries = unbundle(content)
        except ValueError as error:
            raise bad_file(source, path) from error
        if len(entries) != asked.width:
            raise bad_file(source, path)
        return entries[: tile.width]
    raise NotFound("mirror.absent", N_("%(place)s 没有 %(path)s。"), place=source.name, path=f"log/{tile.path}")


def bad_file(source: Source, path: str) -> Conflict:
    """What is there is not what the address promises."""
    return Conflict("mirror.bad_file", N_("%(place)s 的 %(path)s 不合格式或已损坏。"), place=source.name, path=path)


def _unread(url: str, reason: str) -> Unready:
    return Unready("mirror.unread", N_("无法读取 %(url)s（%(reason)s），请稍后重新运行。"), url=url, reason=reason)
