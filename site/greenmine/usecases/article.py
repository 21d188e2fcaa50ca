"""Publishing, changing and withdrawing articles; and keeping the site in step with the files of content/."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from greenmine.domain.act import KINDS, Act
from greenmine.domain.article import Article, check_article
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, RuleBroken
from greenmine.domain.identity_number import require_no_identity_number
from greenmine.domain.instant import legal_day
from greenmine.domain.officer import Deed, Officer, require
from greenmine.domain.reference import Reference
from greenmine.domain.region import COUNTRY
from greenmine.domain.text import N_
from greenmine.store.act import latest_of
from greenmine.store.apply import require_fit
from greenmine.store.article import ArticleRow, get_article, slugs_from_files
from greenmine.store.database import Tx
from greenmine.tlog.entry import canonical
from greenmine.usecases.record import author, record


@dataclass(frozen=True)
class SyncReport:
    """What a synchronisation recorded: object names.

    :param refused: files whose address an article of the desk has
    :param unfit: files that no act can hold, each with the sentence that says why
    """

    published: tuple[str, ...]
    changed: tuple[str, ...]
    withdrawn: tuple[str, ...]
    refused: tuple[str, ...] = ()
    unfit: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SyncPlan:
    """What a synchronisation would record, in order, and what it leaves alone."""

    acts: tuple[Act, ...]
    refused: tuple[str, ...]
    unfit: Mapping[str, str]


_SYNCED: Final = ("published", "changed", "withdrawn")


def publish_article(tx: Tx, article: Article, *, reference: Reference, officer: Officer, at: datetime) -> None:
    """Publish an article written at the desk. Raises BadInput, NotAllowed, Conflict (address taken). Source: LN-18."""
    check_article(article, today=legal_day(at))
    _require(article, reference, officer)
    if latest_of(tx, article.object) is not None:
        raise Conflict("article.slug_taken", N_("这个地址名已用过，请换一个。"), field="slug")
    record(tx, _act("content.published", article, officer, at), at=at, officer=officer)


def change_article(
    tx: Tx, article: Article, *, seen_act: int, reference: Reference, officer: Officer, at: datetime
) -> None:
    """Publish a corrected text; ``note`` says what was changed and why.

    Raises BadInput, NotAllowed, Conflict (changed since ``seen_act``), RuleBroken (withdrawn, or kept in a file).
    """
    row = _own_article(tx, article.section, article.slug, reference, officer)
    if row.last_act != seen_act:
        raise Conflict("article.changed_meanwhile", N_("您打开后，这篇文章已有变化，请核对后再提交。"))
    check_article(article, today=legal_day(at))
    _require(article, reference, officer)
    if not article.note.strip():
        raise BadInput("article.note_missing", N_("请写明更正说明，说明将公开。"), field="note")
    if replace(article, note="") == replace(row.article, note=""):
        raise BadInput("article.nothing_changed", N_("没有任何改动。"))
    record(tx, _act("content.changed", article, officer, at), at=at, officer=officer)


def withdraw_article(
    tx: Tx, section: str, slug: str, *, reason: str, reference: Reference, officer: Officer, at: datetime
) -> None:
    """Withdraw an article; its page stays and says so, and why."""
    row = _own_article(tx, section, slug, reference, officer)
    if not reason.strip():
        raise BadInput("article.reason_missing", N_("请写明撤下理由，理由将公开。"), field="reason")
    require_no_identity_number(reason, field="reason")
    record(tx, _withdrawal(row.article, reason.strip(), officer, at), at=at, officer=officer)


def plan_sync(tx: Tx, articles: Iterable[Article], *, at: datetime, withheld: frozenset[str] = frozenset()) -> SyncPlan:
    """What is new, changed or gone in the files of content/ since the last time; reads only.

    :param withheld: sections in which nothing is withdrawn, because a file of theirs cannot be read: an article
        whose file has a slip of the pen stays as it was published
    """
    acts: list[Act] = []
    refused: list[str] = []
    present: set[tuple[str, str]] = set()
    for article in articles:
        present.add((article.section, article.slug))
        latest = latest_of(tx, article.object)
        if latest is None or latest.kind == "content.withdrawn":
            acts.append(_act("content.published", article, None, at))
        elif latest.fact("origin") != "file":
            refused.append(article.object)
        elif not _says_the_same(latest.envelope, act := _act("content.changed", article, None, at)):
            acts.append(act)
    gone = (name for name in sorted(slugs_from_files(tx) - present) if name[0] not in withheld)
    acts += (_withdrawal(get_article(tx, *name).article, "内容文件已撤下", None, at) for name in gone)
    unfit = {act.object: sentence for act in acts if (sentence := _refusal(tx, act, at))}
    return SyncPlan(tuple(act for act in acts if act.object not in unfit), tuple(refused), unfit)


def sync_articles(
    tx: Tx, articles: Iterable[Article], *, at: datetime, withheld: frozenset[str] = frozenset()
) -> SyncReport:
    """Record what :func:`plan_sync` finds; idempotent."""
    plan = plan_sync(tx, articles, at=at, withheld=withheld)
    for act in plan.acts:
        record(tx, act, at=at, officer=None)
    by_kind = {kind: tuple(act.object for act in plan.acts if act.kind == f"content.{kind}") for kind in _SYNCED}
    return SyncReport(**by_kind, refused=plan.refused, unfit=plan.unfit)


def _refusal(tx: Tx, act: Act, at: datetime) -> str:
    """Why no act can hold the file as it is (too long, words that law removed), else nothing."""
    try:
        require_fit(tx, act, at=at)
    except GreenmineError as error:
        return str(error)
    return ""


def _own_article(tx: Tx, section: str, slug: str, reference: Reference, officer: Officer) -> ArticleRow:
    row = get_article(tx, section, slug)
    _require(row.article, reference, officer)
    if row.withdrawn:
        raise RuleBroken("article.withdrawn", N_("这篇文章已经撤下。"))
    if row.article.origin != "desk":
        raise RuleBroken("article.in_file", N_("这篇文章由内容文件维护，请修改文件。"))
    return row


def _require(article: Article, reference: Reference, officer: Officer) -> None:
    require(officer, Deed.PUBLISH_NEWS, region=article.region or COUNTRY, regions=reference.regions)


def _act(kind: str, article: Article, officer: Officer | None, at: datetime) -> Act:
    facts: dict[str, Any] = {
        "section": article.section,
        "origin": article.origin,
        "published": article.published.isoformat(),
        "media": [media.sha256 for media in article.media],
    }
    facts |= {
        name: getattr(article, name) for name in ("type", "region", "disclosure") if getattr(article, name) is not None
    }
    return Act(
        kind=kind,
        object=article.object,
        by=author(officer),
        valid_from=legal_day(at),
        facts=facts,
        body=_body(article),
    )


def _withdrawal(article: Article, reason: str, officer: Officer | None, at: datetime) -> Act:
    return Act(
        kind="content.withdrawn",
        object=article.object,
        by=author(officer),
        valid_from=legal_day(at),
        facts={"section": article.section, "origin": article.origin},
        body={"reason": reason},
    )


def _body(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "summary": article.summary,
        "markdown": article.markdown,
        "meta": dict(article.meta),
        "media": [asdict(media) for media in article.media],
        **({"note": article.note} if article.note else {}),
    }


def _says_the_same(envelope: Mapping[str, Any], act: Act) -> bool:
    """Whether the article stands already as the file has it: same words, and same type, region, class and date."""
    told = {name: envelope[name] for name in (field.name for field in KINDS[act.kind].facts) if name in envelope}
    digest = hashlib.sha256(canonical(act.body or {})).hexdigest()
    return told == dict(act.facts) and envelope.get("body") == digest
