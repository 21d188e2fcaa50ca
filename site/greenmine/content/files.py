"""Reading what an editor wrote: safe paths, honest encodings, a reason and a line for what cannot be taken.

Nothing here raises because of what a file holds: a function answers with the thing read or with a
:class:`Problem`, so that one bad file never hides the good ones (trust.md, "malformed content file").
"""

import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Generic, TypeVar

import yaml

from greenmine.domain.text import N_

T = TypeVar("T")

MAX_BYTES: Final = 1024 * 1024
"""Longest text file taken (1 MiB)."""

MAX_FRONT_MATTER: Final = 64 * 1024
"""Longest front matter taken, in characters: the YAML reader is slow and needs no more."""

_FENCE: Final = "---"
_BOM: Final = "\ufeff"
_UNFIT_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no XML document may hold; one such character in a title would break a whole feed."""


@dataclass(frozen=True)
class Problem:
    """Why a file, or a part of it, is not served; for the staff page and the start-up report.

    :param path: from the content folder, ``news/2026-03-05-open-day.md``
    :param line: counted from 1; None when the file as a whole is meant
    :param message: Chinese sentence, already with its values
    """

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place} {self.message}"


@dataclass(frozen=True)
class Loaded(Generic[T]):
    """What could be read, what could not, and the SHA-256 over the names and bytes of all that was read."""

    items: tuple[T, ...]
    problems: tuple[Problem, ...]
    digest: str


@dataclass(frozen=True)
class SourceFile:
    """The bytes of one file; ``path`` is from the content folder, ``digest`` is SHA-256 in hex."""

    path: str
    data: bytes
    digest: str


@dataclass(frozen=True)
class FrontMatter:
    """The YAML head of a Markdown file and the Markdown after it.

    :param values: as YAML's safe types
    :param lines: line in the file of each value, by the way to it (``("key_figures", 0, "unit")``)
    :param body: Markdown with ``\\n`` line ends
    :param body_line: line of the file on which the body begins
    """

    values: Mapping[str, object]
    lines: Mapping[tuple[str | int, ...], int]
    body: str
    body_line: int


def shown_path(root: Path, path: Path) -> str:
    """``path`` from ``root`` with ``/``, printable even when the file name is not UTF-8."""
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    return os.fsencode(inside.as_posix()).decode("utf-8", "backslashreplace")


def list_files(root: Path, *, folder: str, suffix: str, deep: bool = False) -> tuple[Path, ...]:
    """Files of ``root/folder`` whose name ends in ``suffix``, in the order of their names.

    Names that begin with a dot or an underscore are left out (drafts, editors' swap files). A missing
    folder holds nothing. Links and folders with such a name are listed, for :func:`read_bytes` to refuse.
    """
    try:
        found = (root / folder).glob(f"**/*{suffix}" if deep else f"*{suffix}")
        return tuple(sorted((path for path in found if path.name[0] not in "._"), key=os.fsencode))
    except OSError:
        return ()


def read_bytes(root: Path, path: Path, *, limit: int = MAX_BYTES) -> SourceFile | Problem:
    """Read ``path``: a regular file inside ``root``, behind no symbolic link, of at most ``limit`` bytes."""
    shown = shown_path(root, path)
    refusal = _refuse_place(root, path)
    if refusal is not None:
        return Problem(shown, None, refusal)
    try:
        # NONBLOCK: a named pipe must not hold up the start of the site.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return Problem(shown, None, N_("不是普通文件"))
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return Problem(shown, None, N_("文件无法读取：%(reason)s") % {"reason": reason})
    if len(data) > limit:
        return Problem(shown, None, N_("文件超过 %(limit)d KB，未予读取") % {"limit": limit // 1024})
    return SourceFile(shown, data, sha256(data).hexdigest())


def _refuse_place(root: Path, path: Path) -> str | None:
    """The sentence that refuses a path outside ``root`` or behind a link; None when it may be opened."""
    if not path.is_relative_to(root) or ".." in path.relative_to(root).parts:
        return N_("路径超出内容目录")
    step = root
    for part in path.relative_to(root).parts:
        step = step / part
        try:
            if step.is_symlink():
                return N_("不接受符号链接")
        except (OSError, ValueError):
            return N_("路径无法识别")
    return None


def read_text(source: SourceFile) -> str | Problem:
    """The file as text: UTF-8 with or without a byte order mark, line ends made ``\\n``.

    A byte that is not UTF-8, or a character that no feed can carry, is refused with its line.
    """
    try:
        text = source.data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        return Problem(source.path, line, N_("不是 UTF-8 编码"))
    text = text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
    unfit = _UNFIT_CHARACTER.search(text)
    if unfit is not None:
        line = text.count("\n", 0, unfit.start()) + 1
        return Problem(source.path, line, N_("含有不可见的控制字符 U+%(code)04X") % {"code": ord(unfit.group())})
    return text


def has_unfit_character(text: str) -> bool:
    """Whether ``text`` holds a character that no XML document may hold (YAML escapes can make one)."""
    return _UNFIT_CHARACTER.search(text) is not None


def digest_of(sources: Iterable[SourceFile]) -> str:
    """SHA-256 over the paths and digests of ``sources``; the same set gives the same digest in any order."""
    whole = sha256()
    for line in sorted(f"{source.path}\0{source.digest}\n" for source in sources):
        whole.update(line.encode("utf-8"))
    return whole.hexdigest()


def read_front_matter(text: str, *, path: str) -> FrontMatter | Problem:
    """Split ``text`` (see :func:`read_text`) into its YAML head, between two lines ``---``, and its body."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return Problem(path, 1, N_("缺少文件头：第一行应为 ---"))
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        return Problem(path, 1, N_("文件头没有结束：缺少第二个 ---"))
    head = "\n".join(lines[1:end]) + "\n"
    if len(head) > MAX_FRONT_MATTER:
        return Problem(path, 1, N_("文件头过长"))
    parsed = _parse_yaml(head, path=path)
    if isinstance(parsed, Problem):
        return parsed
    values, places = parsed
    return FrontMatter(values, places, "\n".join(lines[end + 1 :]).strip("\n") + "\n", end + 2)


class _StrictLoader(yaml.SafeLoader):
    """Safe types only, and no aliases: a few lines of aliases can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # types-PyYAML leaves it bare
            raise yaml.composer.ComposerError(None, None, N_("不接受 YAML 别名"), event.start_mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:  # 30 February and the like: say on which line
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


_Parsed = tuple[Mapping[str, object], Mapping[tuple[str | int, ...], int]]


def _parse_yaml(head: str, *, path: str) -> _Parsed | Problem:
    try:
        loader = _StrictLoader(head)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            return Problem(path, 2, N_("文件头应由“字段: 值”组成"))
        places: dict[tuple[str | int, ...], int] = {}
        _note_lines(node, way=(), places=places)
        return loader.construct_document(node), places
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 2 if mark is not None else 1
        return Problem(path, line, N_("文件头不是有效的 YAML：%(reason)s") % {"reason": error.problem})
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, TypeError) as error:
        reason = "嵌套过深" if isinstance(error, RecursionError) else str(error).splitlines()[0][:120]
        return Problem(path, 1, N_("文件头不是有效的 YAML：%(reason)s") % {"reason": reason})


def _note_lines(node: yaml.Node, *, way: tuple[str | int, ...], places: dict[tuple[str | int, ...], int]) -> None:
    """Write down the line of every value; a name given twice in one mapping is refused."""
    # YAML counts lines from 0 and does not see the first fence.
    places.setdefault(way, node.start_mark.line + 2)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            if (*way, name) in places:
                raise yaml.composer.ComposerError(None, None, f"字段 {name} 重复", key.start_mark)
            places[(*way, name)] = key.start_mark.line + 2
            _note_lines(value, way=(*way, name), places=places)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note_lines(item, way=(*way, number), places=places)
