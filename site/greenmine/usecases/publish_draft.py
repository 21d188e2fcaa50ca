"""Publishing what a draft says: the act and the draft's end in one transaction, so that a second click finds it used.

The caller reads the draft at the version the officer previewed; here that version must still be the newest.
"""

from datetime import datetime

from greenmine.domain.article import Article
from greenmine.domain.credit import CreditDraft
from greenmine.domain.errors import RuleBroken
from greenmine.domain.notice import NoticeDraft
from greenmine.domain.officer import Officer, require_other_person
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store.act import latest_of
from greenmine.store.database import Tx
from greenmine.store.draft import DraftKind, DraftRow, DraftState, get_draft, with_writers
from greenmine.usecases.article import change_article, publish_article
from greenmine.usecases.credit import add_credit
from greenmine.usecases.draft import DraftMoved, DraftUsed, use_up_draft
from greenmine.usecases.notice import publish_notice


def publish_notice_draft(
    tx: Tx,
    number: int,
    notice: NoticeDraft,
    *,
    seen_version: int,
    reference: Reference,
    officer: Officer,
    at: datetime,
) -> str:
    """Publish the notice a draft says; returns the notice's number.

    Raises DraftUsed (published or thrown away before), DraftMoved, and what
    publish_notice raises. Source: trust.md 20 and ASVS 2.3.4 (one act out of any number of clicks).
    """
    _fresh(tx, number, kind=DraftKind.NOTICE, seen_version=seen_version)
    published = publish_notice(tx, notice, reference=reference, officer=officer, at=at)
    _use_up(tx, number, f"notice/{published}", seen_version=seen_version, officer=officer, at=at)
    return published


def publish_news_draft(
    tx: Tx, number: int, article: Article, *, seen_version: int, reference: Reference, officer: Officer, at: datetime
) -> None:
    """Publish the article a draft says, or the change of one that the draft is about. Raises as above."""
    draft = _fresh(tx, number, kind=DraftKind.NEWS, seen_version=seen_version)
    if draft.object:
        seen_act = int(draft.data["seen_act"])
        change_article(tx, article, seen_act=seen_act, reference=reference, officer=officer, at=at)
    else:
        publish_article(tx, article, reference=reference, officer=officer, at=at)
    _use_up(tx, number, article.object, seen_version=seen_version, officer=officer, at=at)


def decide_credit_draft(
    tx: Tx,
    number: int,
    credit: CreditDraft,
    *,
    seen_version: int,
    salt: str,
    reference: Reference,
    officer: Officer,
    at: datetime,
) -> str:
    """Publish a proposed credit entry; never by anybody who wrote in it or proposed it. Returns the entry's number.

    Raises RuleBroken (not proposed), NotAllowed (wrote in it), and as above. Source: trust.md ASVS 2.3.5.
    """
    draft = _fresh(tx, number, kind=DraftKind.CREDIT, seen_version=seen_version)
    if draft.state is not DraftState.PROPOSED:
        raise RuleBroken("draft.not_proposed", N_("这份草稿尚未提交决定。"))
    (written,) = with_writers(tx, [draft])
    for writer in written.writers:
        require_other_person(writer, officer)
    entry = add_credit(tx, credit, proposed_by=draft.updated_by, salt=salt, reference=reference, officer=officer, at=at)
    _use_up(tx, number, f"credit/{entry}", seen_version=seen_version, officer=officer, at=at)
    return entry


def _fresh(tx: Tx, number: int, *, kind: DraftKind, seen_version: int) -> DraftRow:
    draft = get_draft(tx, number, lock=True)
    if draft.kind is not kind:
        raise RuleBroken("draft.other_kind", N_("这份草稿属于另一类事项。"))
    if draft.state not in (DraftState.OPEN, DraftState.PROPOSED):
        raise DraftUsed(draft.act)
    if draft.version != seen_version:
        raise DraftMoved(draft)
    return draft


def _use_up(tx: Tx, number: int, name: str, *, seen_version: int, officer: Officer, at: datetime) -> None:
    act = latest_of(tx, name)
    assert act is not None
    use_up_draft(tx, number, seen_version=seen_version, act=act.n, officer=officer, at=at)
