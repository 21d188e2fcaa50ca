"""Proves whatever was handed in: which steps, and which record they end in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.log import log_origin
from greenmine.store.log_find import chain_of, entry_number, first_naming, listing_of
from greenmine.store.log_key import log_keys
from greenmine.usecases.log_policy import known_witnesses
from greenmine.web.i18n import gettext as _
from greenmine.web.public.verify_given import Document, EntryBytes, Given, Head, Number, Page, Proof, Receipt, Row
from greenmine.web.public.verify_log import Reading, find, waiting
from greenmine.web.public.verify_receipt import commitment_of
from greenmine.web.public.verify_steps import Step, Trust, until_fault
from greenmine.web.public.verify_things import document_steps, page_steps, receipt_proof, row_steps

_WORDS: Final[Mapping[type, str]] = {
    Receipt: N_("回执文件"),
    Proof: N_("核验证据文件"),
    Head: N_("留存的记录头"),
    EntryBytes: N_("记录原文"),
    Row: N_("导出文件中的一行"),
    Page: N_("本站的页面"),
    Document: N_("公开文件"),
}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was handed in, in words, its steps, and the record whose files prove it offline, if there is one."""

    what: str
    steps: tuple[Step, ...]
    n: int | None = None
    is_receipt: bool = False
    is_document: bool = False


def prove(given: Given, *, tx: Tx, services: Services, now: datetime) -> Checked:
    """The steps up to the first fault. Raises BadInput for a page that has no records of its own."""
    origin = log_origin(tx)
    if origin is None:
        sentence = _("记录库尚未建立，事项还没有签名，暂时不能核对。")
        return Checked(what=_what(given), steps=(waiting(_("公开记录库"), sentence),))
    keys = [row.key for row in log_keys(tx)]
    trust = Trust(origin=origin, keys=keys, witnesses=known_witnesses(services.settings))
    return Checked(
        what=_what(given),
        steps=until_fault(_steps(Reading(tx, services, now, trust), given)),
        n=_record_of(tx, given, now=now),
        is_receipt=isinstance(given, Receipt),
        is_document=isinstance(given, Document),
    )


def _steps(reading: Reading, given: Given) -> Iterator[Step]:
    match given:
        case Number(n):
            yield from reading.record(n)
        case EntryBytes(entry, name, seq):
            yield from reading.entry(entry, name, seq)
        case Row(n, name):
            yield from row_steps(reading, n, name)
        case Page(name):
            yield from page_steps(reading, name)
        case Document(sha256, size):
            yield from document_steps(reading, sha256, size)
        case Proof(text):
            yield from reading.proof(text)
        case Head(text):
            yield from reading.head(text)
        case Receipt(fields):
            yield from receipt_proof(reading, fields)


def _record_of(tx: Tx, given: Given, *, now: datetime) -> int | None:
    """The record whose files the reader is offered for checking offline."""
    match given:
        case Number(n) | Row(n):
            return n if find(tx, n) else None
        case EntryBytes(_entry, name, seq):
            return entry_number(tx, name, seq)
        case Document(sha256):
            return first_naming(tx, sha256)
        case Page(name):
            chain = chain_of(tx, name, limit=1)
            return chain[0].n if chain else None
        case Receipt(fields):
            stated = commitment_of(fields)
            return listing_of(tx, stated, since=legal_day(now)) if stated else None
        case Proof() | Head():
            return None


def _what(given: Given) -> str:
    """What was recognised, in words."""
    return _("第 %(n)s 号记录", n=given.n) if isinstance(given, Number) else _(_WORDS[type(given)])
