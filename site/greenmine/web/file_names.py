"""The plain name beside a Chinese one: a download has ``filename`` for old readers and ``filename*`` for all others.

Werkzeug leaves of ``绿色矿山名录-2026-11-18.json`` only ``-2026-11-18.json``. Source: RFC 6266 4.3, appendix D.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from flask import Flask, Response, request

LONGEST_STEM: Final = 40
_EXTENDED: Final = re.compile(r"filename\*=UTF-8''([^;]+)")
_PLAIN: Final = re.compile(r'filename=("[^"]*"|[^;]*)')
_TAIL: Final = re.compile(r"[A-Za-z0-9._-]*$")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9-]+")


def init_file_names(app: Flask) -> None:
    """Give every download whose name is not ASCII a plain one."""
    app.after_request(_with_plain_name)


def plain_name(name: str, path: str) -> str:
    """What stands at the end of a name in ASCII; behind the last part of the address when it has no word in it.

    ``绿色矿山名录-2026-11-18.json`` of ``/mines.json`` is ``mines-2026-11-18.json``.
    """
    found = _TAIL.search(name)
    tail = found.group().lstrip("-_") if found else ""
    if tail[:1].isalpha():
        return tail
    stem = _UNFIT.sub("", path.rpartition("/")[2].partition(".")[0])[:LONGEST_STEM] or "file"
    return f"{stem}{tail}" if tail.startswith(".") or not tail else f"{stem}-{tail}"


def _with_plain_name(response: Response) -> Response:
    header = response.headers.get("Content-Disposition", "")
    extended = _EXTENDED.search(header)
    if extended is None:
        return response
    name = unquote(extended.group(1))
    plain = _PLAIN.search(header)
    if plain is None or plain.group(1).strip('"') == _stripped(name):
        way = header.partition(";")[0]
        told = f"{way}; filename={plain_name(name, request.path)}; {extended.group()}"
        response.headers["Content-Disposition"] = told
    return response


def _stripped(name: str) -> str:
    """The name as Werkzeug writes it plainly: without all that is not ASCII."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
