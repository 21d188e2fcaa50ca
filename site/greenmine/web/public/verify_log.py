"""The steps that read the log: a record up to the newest signed head, a proof or a head that somebody kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from greenmine.domain.errors import NotFound, Unready
from greenmine.domain.instant import from_utc_text
from greenmine.domain.noun import ENTRY, public_address
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.log_find import entry_number, head_made_at, root_then
from greenmine.store.log_read import EntryRow, continuity_of, entry_row, evidence_of
from greenmine.tlog.checkpoint import Checkpoint, parse_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.evidence import Evidence, parse_evidence
from greenmine.tlog.note import Malformed, SignedNote, parse_note
from greenmine.web.act_words import act_moment, act_title
from greenmine.web.formats import moment
from greenmine.web.forms.sheet import said
from greenmine.web.i18n import gettext as _
from greenmine.web.public.verify_given import MOST_NUMBER
from greenmine.web.public.verify_steps import (
    Kept,
    Outcome,
    Step,
    Trust,
    Value,
    continuity_step,
    leaf_step,
    origin_step,
    path_step,
    signature_step,
    tree_step,
    witness_step,
)
from greenmine.web.seat_words import author_words


@dataclass(frozen=True)
class Reading:
    """One reading of the database, and whose signatures count in it."""

    tx: Tx
    services: Services
    now: datetime
    trust: Trust

    def record(self, n: int, *, given: bytes | None = None) -> Iterator[Step]:
        """From the record to the signature over the newest head that holds it."""
        row = find(self.tx, n)
        if row is None:
            yield failed(_("记录说了什么"), _("记录库中没有第 %(n)s 号记录。", n=n), _("请核对编号。"))
            return
        yield self._told(row)
        yield leaf_step(n, row.entry, given=given)
        try:
            evidence = evidence_of(self.tx, n)
        except (NotFound, Unready) as error:
            yield waiting(_("记录头"), said(error))
            return
        head = parse_checkpoint(evidence.note.text)
        yield path_step(leaf_hash(row.entry), index=n, proof=evidence.proof, head=head)
        yield origin_step(head, self.trust.origin)
        yield signature_step(evidence.note, self.trust, kept=self._kept(head))
        yield witness_step(evidence.note, self.trust)

    def entry(self, entry: bytes, name: str, seq: int) -> Iterator[Step]:
        """A record whose bytes somebody holds."""
        n = entry_number(self.tx, name, seq)
        if n is None:
            yield failed(
                _("记录说了什么"),
                _("记录库中没有这一事项的第 %(seq)s 条记录。", seq=seq + 1),
                _("内容中写明的事项或者次序被改动过，或者不是本站的记录。"),
            )
            return
        yield from self.record(n, given=entry)

    def proof(self, text: str) -> Iterator[Step]:
        """A ``.tlog-proof`` file: of which log, which record, and whether it leads to a head of ours."""
        title = _("证据文件")
        try:
            evidence = parse_evidence(text)
            head = parse_checkpoint(evidence.note.text)
        except (Malformed, UnicodeError):
            means = _("文件不完整，或者在复制时被改动。请重新下载，或者直接上传文件。")
            yield failed(title, _("核验证据的格式有误，无法读出。"), means)
            return
        yield Step(
            title=title,
            outcome=Outcome.PASSED,
            checked=_("这是第 %(n)s 号记录的核验证据，有 %(hashes)s 个相邻哈希和一个记录头。", **_sizes(evidence)),
            means=_("证据文件只是计算的材料，对不对要看下面的结果。"),
        )
        yield origin_step(head, self.trust.origin)
        yield from self._against(evidence, head)

    def _against(self, evidence: Evidence, head: Checkpoint) -> Iterator[Step]:
        row = find(self.tx, evidence.index)
        if row is None:
            checked = _("记录库中没有第 %(n)s 号记录。", n=evidence.index)
            yield failed(_("记录说了什么"), checked, _("证据中的序号被改动过，或者本站的记录少了。"))
            return
        leaf = leaf_hash(row.entry)
        yield self._told(row)
        yield leaf_step(evidence.index, row.entry)
        yield path_step(leaf, index=evidence.index, proof=evidence.proof, head=head)
        yield from self._kept_head(evidence.note, head)

    def _kept_head(self, note: SignedNote, head: Checkpoint) -> Iterator[Step]:
        """Signature, agreement with the log of today, witnesses: of a head that somebody kept."""
        kept = self._kept(head)
        yield signature_step(note, self.trust, kept=kept)
        yield self._continued(head, kept)
        yield witness_step(note, self.trust)

    def _continued(self, head: Checkpoint, kept: Kept) -> Step:
        if kept.root != head.root:
            return tree_step(head, kept)
        try:
            hashes, newest = continuity_of(self.tx, head.size)
        except (NotFound, Unready):
            return tree_step(head, kept)
        return continuity_step(head, newest.checkpoint, hashes)

    def head(self, text: str) -> Iterator[Step]:
        """A signed head that somebody kept: ours, and is the log of today its continuation?"""
        try:
            note = parse_note(text)
            head = parse_checkpoint(note.text)
        except (Malformed, UnicodeError):
            means = _("文件不完整，或者在复制时被改动。记录头连同下面的签名行要整份粘贴。")
            yield failed(_("记录头"), _("记录头的格式有误，无法读出。"), means)
            return
        yield origin_step(head, self.trust.origin)
        yield from self._kept_head(note, head)

    def _told(self, row: EntryRow) -> Step:
        act = row.act
        by = author_words(act.by, self.services.reference.regions)
        page = public_address(act.object)
        return Step(
            title=_("记录说了什么"),
            outcome=Outcome.PASSED,
            checked=_(
                "第 %(n)s 号记录：%(title)s，对象 %(object)s，%(at)s记录。办理：%(by)s。",
                n=act.n,
                title=act_title(act.kind),
                object=act.object,
                at=moment(act_moment(act)),
                by=by,
            ),
            means=_("这是本站对记录的说明；记录的全部字段见记录页面和记录原文。"),
            values=(
                Value(_("记录"), _("第 %(n)s 号记录", n=act.n), href=ENTRY.page(act.n)),
                *((Value(_("页面"), page, href=page),) if page else ()),
            ),
        )

    def _kept(self, head: Checkpoint) -> Kept:
        if head.origin != self.trust.origin:
            return Kept(root=None)
        root = root_then(self.tx, head.size)
        at = head_made_at(self.tx, head.size) if root == head.root else None  # of another head the site says nothing
        return Kept(root=root, at=from_utc_text(at) if at else None)


def find(tx: Tx, n: int) -> EntryRow | None:
    """The record of this number, None when there is none."""
    try:
        return entry_row(tx, n) if n <= MOST_NUMBER else None
    except NotFound:
        return None


def failed(title: str, checked: str, means: str) -> Step:
    """A step that ends the proof."""
    return Step(title=title, outcome=Outcome.FAILED, checked=checked, means=means)


def waiting(title: str, checked: str) -> Step:
    """A step that cannot be taken yet."""
    return Step(title=title, outcome=Outcome.WAITING, checked=checked, means=_("请稍后再核对一次。"))


def _sizes(evidence: Evidence) -> dict[str, object]:
    return {"n": evidence.index, "hashes": len(evidence.proof)}
