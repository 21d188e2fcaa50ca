"""What somebody hands in to be checked, recognised by itself: receipt, proof, head, record, export row, address, file.

Pure: text or bytes in, one of the dataclasses below out, or BadInput with a sentence that says what is taken. Nothing
that was handed in ever stands in a message.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from greenmine.domain.errors import BadInput
from greenmine.domain.noun import DOCUMENT, ENTRY, PROOF, thing_at
from greenmine.domain.text import N_
from greenmine.tlog.entry import is_hash
from greenmine.tlog.evidence import HEADER

MOST_TEXT: Final = 1 << 20
"""Bytes of what is read as text; a larger file is only hashed."""
MOST_LINES: Final = 2000
MOST_NUMBER: Final = 2**31 - 1
LONGEST_NAME: Final = 120
LONGEST_ID: Final = 80

RECEIPT_TYPE: Final = "greenmine-receipt"
NUMBER_COLUMN: Final = "记录号"
ADDRESS_COLUMNS: Final = ("页面网址", "网址")

_NUMBER: Final = re.compile(r"(?:第|#)?\s*([0-9]{1,10})\s*(?:号(?:记录)?)?")
_CELL_NUMBER: Final = re.compile(r"'?([0-9]{1,10})")
_HEAD: Final = re.compile(r"[^\n]+\n(?:0|[1-9][0-9]{0,18})\n[A-Za-z0-9+/]{43}=\n")
_ENTRY_ID: Final = re.compile(r"([0-9]{1,10})(?:\.json|\.tlog-proof)?")
_PROOF_FILE: Final = re.compile(r"/log/proof/([0-9]{1,10})(?:\.tlog-proof)?")

NOT_KNOWN: Final = N_(
    "没有认出这是什么。可以粘贴：本站的网址、记录号、回执文件、核验证据（.tlog-proof）、记录头、记录原文，或者导出文件中的一行。"
)


@dataclass(frozen=True)
class Receipt:
    """A receipt file: whose words nobody but its holder may see."""

    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Proof:
    """A ``.tlog-proof`` file."""

    text: str


@dataclass(frozen=True)
class Head:
    """A signed head that somebody kept."""

    text: str


@dataclass(frozen=True)
class EntryBytes:
    """A record's bytes, and which record they say they are."""

    entry: bytes
    name: str
    seq: int


@dataclass(frozen=True)
class Number:
    """A record by its number."""

    n: int


@dataclass(frozen=True)
class Row:
    """A row of an export: the record it names, and the object of the page it names, empty when it names none."""

    n: int
    name: str


@dataclass(frozen=True)
class Page:
    """A page of this site, by the object it shows."""

    name: str


@dataclass(frozen=True)
class Document:
    """A published file by its hash; ``size`` is None when only the hash is known."""

    sha256: str
    size: int | None = None


Given = Receipt | Proof | Head | EntryBytes | Number | Row | Page | Document


def pasted(text: str, *, hosts: Collection[str]) -> Given:
    """What a text is, as a browser sends it. Raises BadInput, field ``text``."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip().removeprefix("\ufeff")
    if not plain:
        raise BadInput("verify.empty", N_("请粘贴要核对的内容，或者选择文件。"), field="text")
    found = _text_kind(plain, plain.encode("utf-8", "replace"), hosts)
    if found is None:
        raise BadInput("verify.unknown", NOT_KNOWN, field="text")
    return found


def uploaded(content: bytes, *, hosts: Collection[str]) -> Given | None:
    """What a small file is, byte for byte; None: a document, of which only the hash matters. Raises BadInput."""
    text = _decoded(content)
    if text is None or not text.strip() or "\0" in text:
        return None
    found = _text_kind(text.replace("\r\n", "\n") if "{" not in text[:3] else text, content, hosts)
    is_short = isinstance(found, Number | Page | Document)
    return None if is_short else found  # a file that holds a number or an address alone is a file


def _decoded(content: bytes) -> str | None:
    """The text of a file, in what editors on Windows save a receipt in too; None for what is no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"] if content.startswith(b"{") else ["utf-8-sig"]
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return None


def gathered() -> BadInput:
    """The refusal of a page that has no records of its own."""
    return BadInput(
        "verify.gathered",
        N_("这个页面由多条记录汇总而成，没有自己的记录。请粘贴其中某座矿山、公示等的网址，或“留痕”处的记录号。"),
        field="text",
    )


def object_of(address: str) -> Given | None:
    """What stands at an own path; None for a page without records of its own (lists, figures, forms)."""
    if (file := _PROOF_FILE.fullmatch(unquote(urlsplit(address).path))) is not None:
        return _number(file[1])
    found = thing_at(address)
    if found is None:
        return None
    noun, number = found
    if noun in (ENTRY, PROOF):
        return _number(entry[1]) if (entry := _ENTRY_ID.fullmatch(number)) is not None else None
    if noun == DOCUMENT:
        return Document(number) if DOCUMENT.fits(number) else None
    is_id = len(number) <= LONGEST_ID and number.isprintable()  # a mistyped one too: it is looked for, and not found
    return Page(noun.object(number)) if noun.in_log and is_id else None


def _text_kind(text: str, exact: bytes, hosts: Collection[str]) -> Given | None:
    if text.count("\n") > MOST_LINES:
        raise BadInput("verify.long", N_("内容超过%(most)s行，请只粘贴需要核对的部分。"), field="text", most=MOST_LINES)
    if text.startswith(HEADER):
        return Proof(_ended(text))
    if text.lstrip().startswith("{"):
        return _json_kind(text, exact, hosts)
    if _HEAD.match(text):
        return Head(_ended(text))
    if "\n" not in text.strip():
        found = _line_kind(text.strip(), hosts)
        if found is not None:
            return found
    return _table_kind(text, hosts)


def _line_kind(line: str, hosts: Collection[str]) -> Given | None:
    if (found := _NUMBER.fullmatch(line)) is not None:
        return _number(found[1])
    if is_hash(line):
        return Document(line)
    if re.match(r"https?://|/", line, re.IGNORECASE) and " " not in line:
        return _address_kind(line, hosts)
    return None


def _address_kind(line: str, hosts: Collection[str]) -> Given:
    try:
        host = urlsplit(line).hostname
        found = object_of(line)
    except ValueError as error:
        raise BadInput("verify.address", N_("网址不完整，请从浏览器地址栏整行复制。"), field="text") from error
    if (host is not None and host not in {each.strip("[]") for each in hosts}) or line.startswith("//"):
        raise BadInput("verify.host", N_("这不是本站的网址。别的网站的记录请到它的网站核对。"), field="text")
    if found is None:
        raise gathered()
    return found


def _json_kind(text: str, exact: bytes, hosts: Collection[str]) -> Given | None:
    try:
        value = json.loads(text.strip().rstrip(","), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    if value.get("type") == RECEIPT_TYPE:
        return Receipt(value)
    if isinstance(items := value.get("items"), list) and "fields" in value:
        return _only_row([each for each in items if isinstance(each, dict)], hosts)
    if {"kind", "object", "seq"} <= value.keys():
        return _entry_kind(value, exact)
    return _row_of(value, hosts) if "last_act" in value or NUMBER_COLUMN in value else None


def _entry_kind(value: Mapping[str, Any], exact: bytes) -> EntryBytes | None:
    name, seq = value["object"], value["seq"]
    is_name = isinstance(name, str) and name.isprintable() and 0 < len(name) <= LONGEST_NAME
    is_seq = type(seq) is int and 0 <= seq <= MOST_NUMBER
    return EntryBytes(exact, name, seq) if is_name and is_seq else None


def _table_kind(text: str, hosts: Collection[str]) -> Given | None:
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return None
    if not rows or len(rows[0]) < 2:
        return None
    if NUMBER_COLUMN in rows[0]:
        return _only_row([dict(zip(rows[0], row, strict=False)) for row in rows[1:]], hosts)
    return _bare_row(rows[0], hosts) if len(rows) == 1 else None


def _bare_row(cells: list[str], hosts: Collection[str]) -> Row | None:
    """A row without its headings: the number beside the address of a page of ours."""
    for place, cell in enumerate(cells):
        name = _page_name(cell, hosts)
        for beside in (place + 1, place - 1):
            number = _CELL_NUMBER.fullmatch(cells[beside]) if 0 <= beside < len(cells) else None
            if name and number is not None and int(number[1]) <= MOST_NUMBER:
                return Row(int(number[1]), name)
    return None


def _only_row(rows: list[dict[str, Any]], hosts: Collection[str]) -> Given:
    if len(rows) != 1:
        raise BadInput(
            "verify.rows", N_("请只粘贴表头和需要核对的一行；这里有%(n)s行数据。"), field="text", n=len(rows)
        )
    found = _row_of(rows[0], hosts)
    if found is None:
        raise BadInput("verify.row", N_("这一行没有记录号，无法核对。"), field="text")
    return found


def _row_of(row: Mapping[str, Any], hosts: Collection[str]) -> Row | None:
    told = row.get("last_act", row.get(NUMBER_COLUMN))
    number = _CELL_NUMBER.fullmatch(str(told)[:12])
    if number is None or int(number[1]) > MOST_NUMBER:
        return None
    told_address = next((row[key] for key in ("address", *ADDRESS_COLUMNS) if isinstance(row.get(key), str)), "")
    return Row(int(number[1]), _page_name(told_address, hosts))


def _page_name(cell: str, hosts: Collection[str]) -> str:
    """The object of an own page's address, else empty."""
    if not cell.startswith(("http://", "https://")):
        return ""
    try:
        found = _address_kind(cell, hosts)
    except BadInput:
        return ""
    return found.name if isinstance(found, Page) else ""


def _number(digits: str) -> Number:
    if int(digits) > MOST_NUMBER:
        raise BadInput("verify.number", N_("没有这么大的记录号。"), field="text")
    return Number(int(digits))


def _ended(text: str) -> str:
    return text.strip("\n") + "\n"


def _refuse(_name: str) -> None:
    raise ValueError("no JSON number")
