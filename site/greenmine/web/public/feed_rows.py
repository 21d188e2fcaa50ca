"""Everything the items of one feed are told from, read by a fixed number of queries however many items there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from greenmine.domain.notice import Attachment
from greenmine.store.act import removed_documents
from greenmine.store.article import ArticleRow, articles_at
from greenmine.store.credit import CreditRow, credits_numbered
from greenmine.store.database import Tx
from greenmine.store.feed import Thread, ToldAct, acts_told, mine_names
from greenmine.store.notice import ItemRow, NoticeRow, attachments_numbered, items_numbered, notices_numbered
from greenmine.store.removal import RemovalRow, removals_numbered


@dataclass(frozen=True)
class FeedRows:
    """Acts by the thread's name, rows by number; ``gone`` are documents that law removed."""

    acts: Mapping[str, Sequence[ToldAct]]
    notices: Mapping[str, NoticeRow]
    lists: Mapping[str, Sequence[ItemRow]]
    files: Mapping[str, Sequence[Attachment]]
    removals: Mapping[str, RemovalRow]
    credits: Mapping[str, CreditRow]
    articles: Mapping[tuple[str, str], ArticleRow]
    mines: Mapping[str, tuple[str, str]]
    gone: frozenset[str]


def read_rows(tx: Tx, threads: Sequence[Thread], *, today: date) -> FeedRows:
    """Read them; what law or time lets vanish is not among them."""
    numbers: dict[str, set[str]] = {noun: set() for noun in ("notice", "removal", "credit", "mine", "content")}
    for thread in threads:
        noun, number = thread.object.split("/", 1)
        numbers[noun].add(number)
    notices = numbers["notice"]
    articles = articles_at(tx, {_place(name) for name in numbers["content"]})
    media = {item.sha256 for row in articles.values() for item in row.article.media}
    return FeedRows(
        acts=acts_told(tx, threads),
        notices=notices_numbered(tx, notices),
        lists=items_numbered(tx, notices),
        files=attachments_numbered(tx, notices),
        removals=removals_numbered(tx, numbers["removal"]),
        credits=credits_numbered(tx, numbers["credit"], today=today),
        articles=articles,
        mines=mine_names(tx, numbers["mine"]),
        gone=removed_documents(tx, media),
    )


def _place(name: str) -> tuple[str, str]:
    section, slug = name.split("/", 1)
    return section, slug
