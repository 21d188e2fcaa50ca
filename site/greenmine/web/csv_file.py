"""Tables as CSV files: what spreadsheet programs open without harm and without guessing the encoding."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from flask import Response

_LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
"""A cell that begins so is a formula to a spreadsheet program (ASVS 1.2.10)."""


def harmless(text: str) -> str:
    """The text, behind an apostrophe when a spreadsheet program would compute it."""
    return f"'{text}" if text.startswith(_LIVE) else text


def csv_file(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download in UTF-8 with byte order mark (Excel needs it) and CRLF line ends (RFC 4180).

    :param name: ASCII file name without its ending
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([harmless("" if cell is None else str(cell)) for cell in row] for row in rows)
    response = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-cache"
    return response
