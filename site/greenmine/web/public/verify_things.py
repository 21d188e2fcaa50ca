"""The steps for what stands on a record: a row of an export, a page, a published file, a receipt."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from greenmine.domain.errors import Gone, NotFound, Unready
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import DOCUMENT, ERASED, PROOF
from greenmine.store.act import acts_of, get_document
from greenmine.store.log_find import chain_of, concerns, entry_number, first_naming, later_ones, listing_of
from greenmine.store.log_read import entry_row, evidence_of
from greenmine.tlog.checkpoint import parse_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.merkle import verify_inclusion
from greenmine.web.act_words import act_moment, act_title
from greenmine.web.formats import file_size, moment
from greenmine.web.forms.sheet import said
from greenmine.web.i18n import gettext as _
from greenmine.web.public.verify_given import gathered
from greenmine.web.public.verify_log import Reading, failed, find, waiting
from greenmine.web.public.verify_receipt import commitment_of, receipt_steps
from greenmine.web.public.verify_steps import Outcome, Step, Value, chain_step

BEHIND: Final = 30
"""Records behind a page that are listed and checked; a page with more says how many there are."""
BEFORE_DUE: Final = timedelta(days=10)
"""A commitment stands in a list of the days before its deadline; searched there first."""


def row_steps(reading: Reading, n: int, name: str) -> Iterator[Step]:
    """A row of an export: the record it names, and whether that concerns the page it names."""
    title = _("导出的这一行")
    if find(reading.tx, n) is None:
        yield failed(title, _("这一行写明第 %(n)s 号记录，记录库中没有这个编号。", n=n), _("编号被改动过。"))
        return
    if name and not concerns(reading.tx, name, n):
        means = _("行中的记录号与网址对不上，其中一项被改动过。")
        yield failed(title, _("第 %(n)s 号记录与这一行所写的页面无关。", n=n), means)
        return
    later = later_ones(reading.tx, name, n) if name else 0
    since = _("导出以后又有 %(n)s 条新的记录，页面可能已有变化。", n=later) if later else ""
    yield Step(
        title=title,
        outcome=Outcome.PASSED if name else Outcome.NOTED,
        checked=_("这一行写明第 %(n)s 号记录%(own)s。%(since)s", n=n, own=_own(name), since=since),
        means=_("证明这个编号的记录确有其事。行中其余各列由这条和此前的记录得出，并未逐列核对，请与页面比较。"),
    )
    yield from reading.record(n)


def page_steps(reading: Reading, name: str) -> Iterator[Step]:
    """A page of this site: the records behind it, hanging together, all of them in the log; the newest in full.

    Raises BadInput for a page that has none.
    """
    title, acts = _("页面背后的记录"), acts_of(reading.tx, name, limit=BEHIND)
    if not acts and name.startswith("content/pages/"):
        raise gathered()
    if not acts:
        yield failed(title, _("记录库中没有这个页面的记录。"), _("本站没有公布过这一事项，或者网址有误。"))
        return
    total = later_ones(reading.tx, name, -1)
    more = _("，这里列出最近 %(n)s 条", n=len(acts)) if total > len(acts) else ""
    yield Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_("这个页面由 %(n)s 条公开记录得出%(more)s。", n=total, more=more),
        means=_("页面上的每一项内容都应当能在这些记录及其正文文件中找到。这一步没有比较页面文字。"),
        values=tuple(
            Value(
                act_title(act.kind),
                _("第 %(n)s 号记录，%(at)s", n=act.n, at=moment(act_moment(act))),
                href=PROOF.page(act.n),
            )
            for act in acts
        ),
    )
    chain = chain_of(reading.tx, name, limit=BEHIND)
    if chain:
        yield chain_step([(link.n, link.entry, json.loads(link.entry).get("prev")) for link in chain])
    yield _all_held(reading, [act.n for act in acts])
    yield from reading.record(acts[0].n)


def _all_held(reading: Reading, numbers: list[int]) -> Step:
    title = _("是否都在记录库中")
    for n in numbers:
        try:
            evidence, row = evidence_of(reading.tx, n), entry_row(reading.tx, n)
        except (NotFound, Unready) as error:
            return waiting(title, said(error))
        head = parse_checkpoint(evidence.note.text)
        leaf = leaf_hash(row.entry)
        if not verify_inclusion(leaf, index=n, size=head.size, proof=evidence.proof, root=head.root):
            return failed(title, _("第 %(n)s 号记录不在签名的记录头之下。", n=n), _("这条记录被改动过。"))
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_("上面的 %(n)s 条记录逐条算到了同一个根哈希。", n=len(numbers)),
        means=_("证明它们都原样在记录库中。下面以最新的一条为例，逐步列出计算过程；其余各条可点开查看。"),
    )


def document_steps(reading: Reading, sha256: str, size: int | None) -> Iterator[Step]:
    """A file: its hash, whether it was published, which record names it, and that record."""
    yield Step(
        title=_("文件的哈希"),
        outcome=Outcome.PASSED if size is not None else Outcome.NOTED,
        checked=_("对您提供的文件（%(size)s）计算 SHA-256。文件没有保存。", size=file_size(size))
        if size is not None
        else _("您提供的是一份文件的 SHA-256。"),
        means=_("内容相同的文件哈希相同；改动一个字节，哈希就不同。"),
        values=(Value(_("SHA-256"), sha256),),
    )
    n = first_naming(reading.tx, sha256)
    if n is None:
        yield failed(
            _("是否公布过"),
            _("本站没有公布过这个哈希的文件。"),
            _("文件不是本站公布的，或者内容有改动（另存、转换格式、添加批注都会改变内容）。"),
        )
        return
    yield _published(reading, sha256)
    yield _naming(reading, sha256, n)
    yield from reading.record(n)


def _published(reading: Reading, sha256: str) -> Step:
    try:
        get_document(reading.tx, sha256, today=legal_day(reading.now))
    except Gone as error:
        return Step(
            title=_("是否公布过"),
            outcome=Outcome.NOTED,
            checked=said(error),
            means=_("文件曾经公布，现在不再提供；它的哈希留在记录中，所以仍能证明这份文件就是当时公布的那一份。"),
        )
    return Step(
        title=_("是否公布过"),
        outcome=Outcome.PASSED,
        checked=_("本站公布过这份文件，现在仍可下载。"),
        values=(Value(_("文件"), DOCUMENT.page(sha256), href=DOCUMENT.page(sha256)),),
    )


def _naming(reading: Reading, sha256: str, n: int) -> Step:
    title, row = _("哪条记录写着它"), entry_row(reading.tx, n)
    if sha256 in set(_texts(row.act.envelope)):
        checked = _("第 %(n)s 号记录中写有这个哈希。", n=n)
    elif sha256 in set(_texts(row.act.body or {})):
        checked = _("第 %(n)s 号记录写有其正文文件的哈希，正文文件中写有这个哈希。", n=n)
    else:
        return Step(
            title=title,
            outcome=Outcome.NOTED,
            checked=_("文件由第 %(n)s 号记录公布，写有它的正文文件现在不能公开读取。", n=n),
        )
    means = _("证明文件就是这条记录公布的那一份，一个字节也没有变。")
    return Step(title=title, outcome=Outcome.PASSED, checked=checked, means=means)


def receipt_proof(reading: Reading, fields: Mapping[str, Any]) -> Iterator[Step]:
    """A receipt, and the day's list that holds its commitment."""
    yield from receipt_steps(
        fields, origin=reading.trust.origin, keys=reading.trust.keys, now=reading.now, find=partial(_listed, reading)
    )
    commitment = commitment_of(fields)
    if not commitment:
        return
    erased = entry_number(reading.tx, ERASED.object(commitment), 0)
    if erased is not None:
        yield Step(
            title=_("依法删除"),
            outcome=Outcome.NOTED,
            checked=_("这份投诉的内容已依法删除（第 %(n)s 号记录），校验值仍在记录库中。", n=erased),
        )
    n = _listed(reading, commitment, None)
    if n is not None:
        yield from reading.record(n)


def _listed(reading: Reading, commitment: str, due: datetime | None) -> int | None:
    since = legal_day(due - BEFORE_DUE) if due is not None else legal_day(reading.now)
    return listing_of(reading.tx, commitment, since=since)


def _own(name: str) -> str:
    return _("，与所写的页面是同一事项") if name else ""


def _texts(value: Any) -> Iterator[str]:
    """Every text of a JSON value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)
