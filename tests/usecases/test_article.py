"""Articles from the desk and from files alike, and reference data made known (LN-18, SC-09; design.md)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.desk import (
    ADMINISTRATOR,
    COUNTY_OFFICER,
    EDITOR,
    NOON,
    PROVINCE_OFFICER,
    Desk,
    article,
    known_until,
)
from tests.reference_data import reference

from greenmine.domain.article import Article, ArticleMedia
from greenmine.domain.document_removal import RemovalGround
from greenmine.domain.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from greenmine.domain.officer import Officer
from greenmine.store.act import acts_after
from greenmine.store.article import ArticleFilter, ArticleRow, count_by_type, get_article, list_articles
from greenmine.usecases.article import SyncReport, change_article, publish_article, sync_articles, withdraw_article
from greenmine.usecases.document import remove_document
from greenmine.usecases.reference import announce_book, announce_calendar

PICTURE = ArticleMedia("ab" * 32, "image/png", "图.png", 5, alt="演示图", caption="演示说明")


def publish(desk: Desk, wanted: Article, *, officer: Officer = EDITOR) -> None:
    with desk.database.write() as tx:
        publish_article(tx, wanted, reference=reference(), officer=officer, at=desk.now)


def change(desk: Desk, slug: str = "first", *, seen: int | None = None, officer: Officer = EDITOR, note: str = "补充",
           **values: Any) -> None:  # fmt: skip
    with desk.database.write() as tx:
        row = get_article(tx, "news", slug)
        change_article(
            tx, replace(row.article, note=note, **values), seen_act=row.last_act if seen is None else seen,
            reference=reference(), officer=officer, at=desk.now,
        )  # fmt: skip


def withdraw(desk: Desk, *, reason: str = "内容有误", section: str = "news", slug: str = "first",
             officer: Officer = EDITOR) -> None:  # fmt: skip
    with desk.database.write() as tx:
        withdraw_article(tx, section, slug, reason=reason, reference=reference(), officer=officer, at=desk.now)


def sync(desk: Desk, *files: Article) -> SyncReport:
    with desk.database.write() as tx:
        return sync_articles(tx, files, at=desk.now)


def row(desk: Desk, section: str = "news", slug: str = "first") -> ArticleRow:
    with desk.database.read() as tx:
        return get_article(tx, section, slug)


def file(slug: str = "law", **values: Any) -> Article:
    return article(slug, **{"section": "policies", "origin": "file", "type": None, "disclosure": "proactive", **values})


@pytest.mark.parametrize("published", [date(1949, 9, 30), date(2025, 3, 4), date(9999, 1, 1)])
def test_an_article_is_not_published_on_a_day_that_cannot_be(desk: Desk, published: date) -> None:
    """LN-18, ZJ-15: neither later than today nor before there was an authority."""
    with pytest.raises(BadInput) as refusal:
        publish(desk, article(published=published))
    assert refusal.value.field == "published"
    publish(desk, article())
    with pytest.raises(BadInput):
        change(desk, published=published)
    assert len(desk.acts()) == 1


def test_an_article_is_read_back_as_it_was_written(desk: Desk) -> None:
    wanted = article(summary="摘要", media=(PICTURE,), meta={"来源": ["演示"], "时长": 3})
    publish(desk, wanted)
    found = row(desk)
    assert found.article == wanted
    assert (found.published_at, found.changed_at, found.withdrawn) == (NOON, None, False)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        *(({"slug": slug}, "slug") for slug in ("", "Upper", "a/b", "..", "-a", "中文", "a" * 81, "a\n")),
        ({"title": " "}, "title"),
        ({"markdown": "\n"}, "markdown"),
        ({"media": (replace(PICTURE, alt=" "),)}, "alt"),
        ({"markdown": "字" * 500_001}, "markdown"),
    ],
)
def test_what_an_article_cannot_be_published_without(desk: Desk, values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        publish(desk, article(**values))
    assert refusal.value.field == field
    assert desk.acts() == []


@pytest.mark.parametrize("officer", [COUNTY_OFFICER, ADMINISTRATOR])
def test_editors_and_the_province_publish(desk: Desk, officer: Officer) -> None:
    with pytest.raises(NotAllowed):
        publish(desk, article(), officer=officer)
    publish(desk, article(), officer=PROVINCE_OFFICER)


@pytest.mark.parametrize("region", [None, "330000", "000000"])
def test_nobody_speaks_for_another_region_or_the_country(desk: Desk, region: str | None) -> None:
    with pytest.raises(NotAllowed):
        publish(desk, article(region=region))


def test_an_address_is_used_once(desk: Desk) -> None:
    """A double click publishes once; an address stays with its article also after withdrawal."""
    publish(desk, article())
    with pytest.raises(Conflict, match="已用过"):
        publish(desk, article(title="另一篇"))
    withdraw(desk)
    with pytest.raises(Conflict):
        publish(desk, article(title="另一篇"))


def test_a_change_keeps_the_first_time_and_says_what_changed(desk: Desk) -> None:
    publish(desk, article())
    later = Desk(desk.database, now=NOON + timedelta(days=1))
    change(later, markdown="新的正文。", note="改正数字")
    found = row(desk)
    assert (found.article.markdown, found.article.note) == ("新的正文。", "改正数字")
    assert (found.published_at, found.changed_at) == (NOON, later.now)
    assert [act.kind for act in desk.acts()] == ["content.published", "content.changed"]


def test_a_change_needs_a_note_and_a_difference(desk: Desk) -> None:
    publish(desk, article())
    with pytest.raises(BadInput, match="更正说明"):
        change(desk, markdown="新", note=" ")
    with pytest.raises(BadInput, match="没有任何改动"):
        change(desk)


def test_the_second_editor_is_told_that_the_article_has_changed(desk: Desk) -> None:
    publish(desk, article())
    seen = row(desk).last_act
    change(desk, markdown="甲", seen=seen)
    with pytest.raises(Conflict, match="已有变化"):
        change(desk, markdown="乙", seen=seen)
    assert row(desk).article.markdown == "甲"


def test_a_withdrawn_article_stays_and_says_why(desk: Desk) -> None:
    publish(desk, article())
    withdraw(desk)
    found = row(desk)
    assert (found.withdrawn, found.withdrawn_reason) == (True, "内容有误")
    for call in (lambda: withdraw(desk), lambda: change(desk, markdown="新")):
        with pytest.raises(RuleBroken, match="已经撤下"):
            call()
    with pytest.raises(NotFound):
        withdraw(desk, slug="none")


def test_a_withdrawal_needs_a_reason_and_the_right(desk: Desk) -> None:
    publish(desk, article())
    with pytest.raises(BadInput):
        withdraw(desk, reason=" ")
    with pytest.raises(NotAllowed):
        withdraw(desk, officer=COUNTY_OFFICER)


def test_lists_count_what_is_published(desk: Desk) -> None:
    """LN-18: 动态, 典型经验, 曝光, 视频."""
    publish(desk, article("a", published=date(2025, 3, 1)))
    publish(desk, article("b", type="case", published=date(2025, 3, 2)))
    publish(desk, article("c", type="case"))
    with desk.database.write() as tx:
        withdraw_article(tx, "news", "c", reason="误", reference=reference(), officer=EDITOR, at=desk.now)
    with desk.database.read() as tx:
        assert count_by_type(tx, "news") == {"activity": 1, "case": 1}
        assert [r.article.slug for r in list_articles(tx, ArticleFilter("news"), limit=9)[0]] == ["b", "a"]
        assert list_articles(tx, ArticleFilter("news", withdrawn=None), limit=1)[1] == 3


def test_sync_records_new_changed_and_gone_files_and_then_nothing(desk: Desk) -> None:
    law, note = "content/policies/law", "content/policies/note"
    assert sync(desk, file(), file("note")) == SyncReport((law, note), (), ())
    count = len(desk.acts())
    assert sync(desk, file(), file("note")) == SyncReport((), (), ())
    assert len(desk.acts()) == count
    assert sync(desk, file(markdown="新"), file("note")) == SyncReport((), (law,), ())
    assert sync(desk, file(markdown="新")) == SyncReport((), (), (note,))
    assert sync(desk, file(markdown="新")) == SyncReport((), (), ())
    assert sync(desk, file(markdown="新"), file("note")) == SyncReport((note,), (), ())
    assert row(desk, "policies", "note").withdrawn is False
    assert {act.by for act in desk.acts()} == {"system@000000"}


@pytest.mark.parametrize(
    "values",
    [{"disclosure": "on_request"}, {"region": "330000"}, {"region": None}, {"published": date(2025, 3, 4)},
     {"type": "case"}, {"summary": "新摘要"}, {"meta": {"a": 1}}, {"media": (PICTURE,)}],
    ids=str,
)  # fmt: skip
def test_sync_sees_every_change_of_a_file(desk: Desk, values: dict[str, Any]) -> None:
    """Type, region, class and date stand in the envelope, words in the body: both count."""
    sync(desk, file())
    assert sync(desk, file(**values)).changed == ("content/policies/law",)
    found = row(desk, "policies", "law").article
    assert all(getattr(found, name) == value for name, value in values.items())
    assert sync(desk, file(**values)) == SyncReport((), (), ())


def test_a_file_does_not_take_the_address_of_an_article_of_the_desk(desk: Desk) -> None:
    publish(desk, article())
    taken = article(origin="file", title="冒名")
    assert sync(desk, taken) == SyncReport((), (), (), ("content/news/first",))
    assert row(desk).article.title == "演示动态"


def test_articles_of_files_are_changed_in_their_files(desk: Desk) -> None:
    sync(desk, article(origin="file"))
    for call in (lambda: withdraw(desk), lambda: change(desk, markdown="新")):
        with pytest.raises(RuleBroken, match="内容文件"):
            call()


def test_calendar_and_books_are_made_known_once_per_version(desk: Desk) -> None:
    book = reference().books.all()[0]
    near = known_until(date(2025, 4, 30)).calendar
    with desk.database.write() as tx:
        assert announce_calendar(tx, near, at=desk.now)
        assert not announce_calendar(tx, near, at=desk.now)
        assert announce_calendar(tx, reference().calendar, at=desk.now)
        assert announce_book(tx, book, size=10, at=desk.now)
        assert not announce_book(tx, book, size=10, at=desk.now)
        assert announce_book(tx, replace(book, digest="ab" * 32), size=11, at=desk.now)
        assert announce_book(tx, book, size=10, at=desk.now)
    with desk.database.read() as tx:
        acts = [act for act in acts_after(tx, 0, limit=10) if act.kind == "book.published"]
    assert acts[0].body == {"title": book.name, "provisions": list(book.provisions())}
    assert [act.envelope["seq"] for act in acts] == [0, 1, 2]
    assert acts[0].envelope["digest"] == acts[2].envelope["digest"] == book.digest


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"summary": "字" * 2_001}, "最多 2000 字"), ({"markdown": "字" * 500_001}, "最多 500000 字"),
     ({"slug": "a" * 81}, "不合格式")],
)  # fmt: skip
def test_a_file_that_no_act_can_hold_is_named_and_the_rest_is_published(
    desk: Desk, values: dict[str, Any], sentence: str
) -> None:
    """Issue 2, 3: a malformed file is reported; the rest is served."""
    unfit = file("unfit", **{key: value for key, value in values.items() if key != "slug"})
    unfit = replace(unfit, slug=values.get("slug", "unfit"))
    report = sync(desk, file("first"), unfit, file("last"))
    assert report.published == ("content/policies/first", "content/policies/last")
    assert list(report.unfit) == [unfit.object] and sentence in report.unfit[unfit.object]
    assert len(desk.acts()) == 2


def test_words_that_law_removed_do_not_come_back_with_an_old_file(desk: Desk) -> None:
    old = file(markdown="依法停止公开的原文。")
    sync(desk, old)
    (body,) = [act.envelope["body"] for act in desk.acts()]
    sync(desk, file(markdown="改正后的文字。"))
    with desk.database.write() as tx:
        remove_document(tx, body, ground=RemovalGround.PERSONAL, at=desk.now)
    report = sync(desk, old, file("other"))
    assert report.published == ("content/policies/other",) and "依法停止公开" in report.unfit["content/policies/law"]
    assert row(desk, "policies", "law").article.markdown == "改正后的文字。"
