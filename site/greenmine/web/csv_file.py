"""A short list as a CSV download; web/table_file.py writes it."""

from collections.abc import Iterable, Sequence

from flask import Response, send_file

from greenmine.web.demo_mark import marked_name
from greenmine.web.table_file import csv_table


def csv_file(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """``<name>.csv`` to be kept as a file, in demo mode ``演示数据-<name>.csv``.

    ``rows`` are read to their end before anything is answered.

    :param name: ASCII file name without its ending
    """
    lines = ([None if cell is None else str(cell) for cell in row] for row in rows)
    file = csv_table(heading, lines)
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=marked_name(f"{name}.csv"))
