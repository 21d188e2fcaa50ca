"""What is found, in which order, and what never is. Sources: issue 3, 1; trust.md 6, 15, 24; rules.md (credit)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.announced import add_credit
from tests.desk import ANJI, EDITOR, FIRM_CODE, GUIZHOU, PROVINCE_COLLEAGUE, PROVINCE_OFFICER, ZHIJIN, Desk, article
from tests.reference_data import reference
from tests.search_scan import WORDS, scanned
from tests.story import Story

from greenmine.domain.article import Article
from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.ground import CreditLevel
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import Library
from greenmine.domain.notice import NoticeItem
from greenmine.domain.search_query import Query, SearchKind, parse_query
from greenmine.projections.search import Found, SearchIndex, find, objects_matching
from greenmine.projections.search_keeper import keep_up, make_anew
from greenmine.projections.search_marks import Pieces, marked, marker, snippet
from greenmine.projections.search_plain import plain
from greenmine.store.article import get_article
from greenmine.store.database import Database
from greenmine.usecases.article import change_article, publish_article, sync_articles, withdraw_article
from greenmine.usecases.notice import withdraw_notice


@pytest.fixture
def index(database: Database, tmp_path: Path) -> SearchIndex:
    return SearchIndex(tmp_path / "search_index", database)


def look(index: SearchIndex, typed: str, **narrowed: object) -> Found:
    """After the worker has caught up."""
    keep_up(index, reference=reference())
    found = find(index, parse_query(typed), **narrowed)  # type: ignore[arg-type]
    assert not found.rebuilding
    return found


def names(found: Found) -> list[str]:
    return [hit.object for hit in found.hits]


def shown(pieces: Pieces) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


def publish(desk: Desk, wanted: Article) -> None:
    with desk.database.write() as tx:
        publish_article(tx, wanted, reference=reference(), officer=EDITOR, at=desk.now)


def post(desk: Desk, day: date, **values: object) -> str:
    return desk.at(day).publish(first_day=day, **values)


PARTS = (
    "青山", "青山磷矿", "山磷", "织金青山", "織金縣青山磷礦", "磷", "织金县", "毕节", "贵州省", "贵州 磷矿",
    "演示青山矿业", "GM-520524-0001", "gm-520524-0001", "520524", "GM-5205", "ＧＭ－520524－0001", "贵州磷矿",
    "C5200002010011120000001", "C52000020100111", "青山礦業有限責任公司", "云岭二号井", "云岭2号井", "雲嶺２號井",
    '"青山磷矿"', "大型", "化起",
)  # fmt: skip
OTHERS = ("山青", "青山煤矿", '"金县磷矿"', "青山 -磷矿", "安吉", "0001520524", "浙江磷", "5201")


def test_a_mine_is_found_by_any_part_of_what_its_page_says(index: SearchIndex, desk: Desk) -> None:
    mine = desk.register(
        aliases=("云岭二号井",), permit_no="C5200002010011120000001", place="化起镇", credit_code=FIRM_CODE
    )
    found = {typed: names(look(index, typed)) for typed in (*PARTS, *OTHERS)}
    assert found == {**{key: [f"mine/{mine}"] for key in PARTS}, **{key: [] for key in OTHERS}}


WRITTEN = (
    "浙土资发〔2018〕10号", "浙土资发[2018]10号", "浙土资发（2018）10号", "浙土资发［２０１８］１０號",
    "浙土资发2018 10号", "〔2018〕10号", "2018年第10号", "2018年10号", "2018 10号", '"〔2018〕10号"',
)  # fmt: skip


def test_a_document_number_is_found_however_it_is_typed(index: SearchIndex, desk: Desk) -> None:
    wanted = desk.publish(number="浙土资发〔2018〕10号")
    desk.publish(number="浙土资发〔2018〕11号")
    desk.publish(number="浙土资发〔2010〕18号")
    found = {typed: names(look(index, typed)) for typed in WRITTEN}
    assert found == {key: [f"notice/{wanted}"] for key in WRITTEN}


def test_every_kind_is_found_and_counted_by_kind_and_region(index: SearchIndex, desk: Desk) -> None:
    mine = desk.register("演示翠湖矿")
    desk.enlist(mine, Library.PROVINCIAL)
    notice = desk.publish(mine, items=(NoticeItem("演示翠湖矿", ("1", "演示翠湖矿"), mine=mine),))
    removal = desk.propose(mine)
    desk.decide(removal)
    publish(desk, article("lake", title="翠湖矿的一天"))
    publish(
        desk, article("rule", section="policies", type=None, title="办法", markdown="## 翠湖矿\n适用于**翠湖**矿。")
    )
    found = look(index, "翠湖矿")
    assert set(names(found)) == {
        f"mine/{mine}", f"notice/{notice}", f"removal/{removal}", "content/news/lake", "content/policies/rule",
    }  # fmt: skip
    assert found.total == 5
    assert dict(found.counts_by_kind) == dict.fromkeys(set(SearchKind) - {SearchKind.RESPONSE}, 1)
    assert dict(found.counts_by_region) == {ZHIJIN: 2, GUIZHOU: 3}
    only_mine = look(index, "翠湖矿", kinds=[SearchKind.MINE], region=ZHIJIN)
    assert names(only_mine) == [f"mine/{mine}"]
    assert sum(only_mine.counts_by_kind.values()) == 2  # the kinds are left open
    assert dict(only_mine.counts_by_region) == {ZHIJIN: 1}  # the region is left open
    assert look(index, "翠湖矿", region=ANJI).total == 0


def test_names_come_first_then_one_piece_then_the_newer(index: SearchIndex, desk: Desk) -> None:
    post(desk, date(2025, 3, 3), title="无关", text="青山之外还有磷矿。")
    post(desk, date(2025, 3, 4), title="无关", text="见青山磷矿的名单。")
    post(desk, date(2025, 3, 5), title="无关", text="见青山磷矿的名单。")
    post(desk, date(2025, 3, 6), title="磷矿与青山")
    post(desk, date(2025, 3, 6), title="关于青山磷矿的公示")
    mine = desk.at(date(2025, 3, 7)).register("青山磷矿", holder="")
    assert names(look(index, "青山磷矿")) == [
        f"mine/{mine}", "notice/2025-0005", "notice/2025-0004", "notice/2025-0003", "notice/2025-0002",
        "notice/2025-0001",
    ]  # fmt: skip


def test_pages_hold_every_result_once(index: SearchIndex, desk: Desk) -> None:
    for number in range(23):
        desk.register(f"演示第{number}矿")
    whole = [name for page in range(1, 5) for name in names(look(index, "演示", page=page, per_page=10))]
    assert len(whole) == len(set(whole)) == look(index, "演示").total == 23
    assert names(look(index, "演示", page=10**9)) == []


def test_objects_of_a_search_come_newest_first_for_its_feed(index: SearchIndex, desk: Desk) -> None:
    for day, text in ((3, "公示"), (4, "通告"), (5, "公示")):
        post(desk, date(2025, 3, day), title=f"演示{text}", text="公示")
    keep_up(index, reference=reference())
    query = parse_query("公示")
    assert [hit.object[-1] for hit in find(index, query).hits] == ["3", "1", "2"]
    assert objects_matching(index, query) == ("notice/2025-0003", "notice/2025-0002", "notice/2025-0001")
    assert objects_matching(index, query, limit=1) == ("notice/2025-0003",)
    assert objects_matching(index, query, kinds=[SearchKind.NEWS]) == ()
    assert objects_matching(index, Query()) == ()


@pytest.mark.parametrize("typed", ["", "-公示", "-公示 -演示", "？", "*"])
def test_nothing_to_look_for_finds_nothing(index: SearchIndex, desk: Desk, typed: str) -> None:
    desk.publish()
    assert look(index, typed) == Found(0, (), {}, {}, rebuilding=False)


def test_a_corrected_mine_is_found_by_its_new_name_and_no_more_by_the_old(index: SearchIndex, desk: Desk) -> None:
    mine = desk.register("演示老名字矿")
    assert names(look(index, "老名字")) == [f"mine/{mine}"]
    desk.correct(mine, name="演示新名字矿")
    assert names(look(index, "老名字")) == []
    assert names(look(index, "新名字")) == [f"mine/{mine}"]


def test_a_removal_is_found_by_the_new_name_of_its_mine(index: SearchIndex, desk: Desk) -> None:
    mine = desk.register("演示老名字矿")
    desk.enlist(mine, Library.PROVINCIAL)
    removal = desk.propose(mine)
    look(index, "老名字")
    desk.correct(mine, name="演示新名字矿")
    assert names(look(index, "老名字")) == []
    assert f"removal/{removal}" in names(look(index, "新名字"))


def test_a_withdrawn_article_is_gone_at_once_even_before_the_worker_comes(index: SearchIndex, desk: Desk) -> None:
    publish(desk, article("gone", title="撤下的稿子", markdown="珊瑚礁"))
    assert names(look(index, "珊瑚礁")) == ["content/news/gone"]
    with desk.database.write() as tx:
        withdraw_article(tx, "news", "gone", reason="有误", reference=reference(), officer=EDITOR, at=desk.now)
    before_the_worker = find(index, parse_query("珊瑚礁"))
    assert (before_the_worker.total, before_the_worker.hits) == (0, ())
    assert dict(before_the_worker.counts_by_kind) == dict(before_the_worker.counts_by_region) == {}
    assert objects_matching(index, parse_query("珊瑚礁")) == ()
    assert look(index, "珊瑚礁").total == 0


def test_the_words_of_a_withdrawn_article_leave_the_files_of_the_index(index: SearchIndex, desk: Desk) -> None:
    publish(desk, article("stays", markdown="海百合"))
    publish(desk, article("gone", markdown="珊瑚礁"))
    look(index, "珊瑚礁")
    assert "珊瑚".encode() in bytes_of(index).replace(b"\x1f", b"")
    with desk.database.write() as tx:
        withdraw_article(tx, "news", "gone", reason="有误", reference=reference(), officer=EDITOR, at=desk.now)
    look(index, "海百合")
    assert "海百合".encode() in bytes_of(index).replace(b"\x1f", b"")
    assert "珊瑚".encode() not in bytes_of(index).replace(b"\x1f", b"")


def bytes_of(index: SearchIndex) -> bytes:
    return b"".join(path.read_bytes() for path in index.folder.rglob("*") if path.is_file())


def test_an_article_published_again_is_found_again(index: SearchIndex, desk: Desk) -> None:
    def sync(*articles: Article) -> None:
        with desk.database.write() as tx:
            sync_articles(tx, articles, at=desk.now)

    kept = article("kept", section="policies", type=None, origin="file")
    sync(kept, replace(kept, slug="back", markdown="珊瑚礁"))
    assert names(look(index, "珊瑚礁")) == ["content/policies/back"]
    sync(kept)
    assert look(index, "珊瑚礁").total == 0
    sync(kept, replace(kept, slug="back", markdown="海百合"))
    assert names(look(index, "海百合")) == ["content/policies/back"]
    assert look(index, "珊瑚礁").total == 0


def test_a_changed_article_shows_no_old_word_even_before_the_worker_comes(index: SearchIndex, desk: Desk) -> None:
    publish(desk, article("mend", title="标题", markdown="原来写的是珊瑚礁。"))
    look(index, "珊瑚礁")
    with desk.database.write() as tx:
        row = get_article(tx, "news", "mend")
        changed = article("mend", title="标题", markdown="现在写的是海百合。", note="更正")
        change_article(tx, changed, seen_act=row.last_act, reference=reference(), officer=EDITOR, at=desk.now)
    (hit,) = find(index, parse_query("珊瑚礁")).hits
    assert shown(hit.snippet) == "现在写的是海百合。"
    assert look(index, "珊瑚礁").total == 0


def test_a_withdrawn_notice_keeps_its_page_and_is_found_as_withdrawn(index: SearchIndex, desk: Desk) -> None:
    """Its page stays public with what was printed (ZJ-13); the result says that it was withdrawn."""
    notice = desk.publish()
    with desk.database.write() as tx:
        withdraw_notice(tx, notice, reason="有误", reference=reference(), officer=PROVINCE_OFFICER, at=desk.now)
    (hit,) = look(index, "名单公示").hits
    assert (hit.object, hit.state) == (f"notice/{notice}", "withdrawn")


@pytest.mark.parametrize("subject", list(Subject))
def test_a_credit_entry_is_never_in_the_index(index: SearchIndex, desk: Desk, subject: Subject) -> None:
    """rules.md: no search names who is entered; neither results nor the bytes of the index."""
    desk = desk.at(date(2026, 5, 11))
    wanted = CreditDraft(
        level=CreditLevel.GENERAL, subject=subject, region=GUIZHOU, name="演示鲸鱼某", conduct="提供虚假材料",
        basis="LN-13", decision_no="演示〔2025〕77号", organ="演示厅", decided=legal_day(desk.now) - timedelta(days=5),
        until=legal_day(desk.now) + timedelta(days=100), credit_code=FIRM_CODE if subject is Subject.FIRM else "",
        mine=None, named_in_decision=True,
    )  # fmt: skip
    with desk.database.write() as tx:
        add_credit(
            tx, wanted, proposed_by=PROVINCE_OFFICER.id, salt="5a" * 32, reference=reference(),
            officer=PROVINCE_COLLEAGUE, at=desk.now,
        )  # fmt: skip
    assert look(index, "鲸鱼").total == look(index, "演示〔2025〕77号").total == 0
    assert "鲸".encode() not in bytes_of(index)


def test_while_there_is_no_index_names_and_numbers_are_found_in_the_database(index: SearchIndex, desk: Desk) -> None:
    mine = desk.register("演示翠湖矿")
    notice = desk.publish(number="浙土资发〔2018〕10号", title="甲乙")
    publish(desk, article("lake", title="翠湖矿的一天"))
    for typed, objects in (
        ("翠湖", {f"mine/{mine}", "content/news/lake"}),
        ("翠湖 -一天", {f"mine/{mine}"}),
        ("翠湖礦", {f"mine/{mine}", "content/news/lake"}),
        ("浙土资发[2018]10号", {f"notice/{notice}"}),
        ("100%", set()),
    ):
        found = find(index, parse_query(typed))
        assert found.rebuilding
        assert set(names(found)) == objects
        assert found.total == len(objects)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_index_finds_what_a_look_through_the_database_finds(
    database: Database, index: SearchIndex, seed: int
) -> None:
    """After a long random history, taken act by act in uneven steps, and again after making it anew."""
    story = Story(database, seed)
    story.begin()
    for _ in range(6):
        story.live(12)
        keep_up(index, reference=reference())
    for again in (False, True):
        if again:
            make_anew(index, reference=reference())
        for typed in WORDS:
            query = parse_query(typed)
            assert set(objects_matching(index, query)) == scanned(index, query), typed
    assert len(scanned(index, parse_query("演示"))) > 20


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def test_a_snippet_is_plain_text_whatever_stands_in_it(index: SearchIndex, desk: Desk) -> None:
    publish(desk, article("evil", title=f"磷矿{HOSTILE}", markdown=f"磷矿 {HOSTILE}"))
    (hit,) = look(index, "磷矿").hits
    assert "".join(piece.text for piece in hit.title) == f"磷矿{HOSTILE}"
    assert HOSTILE in "".join(piece.text for piece in hit.snippet)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("贵州省织金县磷矿", "織金 磷礦", "贵州省[织金]县[磷矿]"),
        ("浙土资发〔2018〕10号文", "浙土资发[2018]10号", "[浙土资发〔2018〕10号]文"),
        ("面积3㎡，Ⅱ号井", "II号", "面积3㎡，[Ⅱ号]井"),
        ("example x", "x", "example [x]"),
        ("GM-520524-0007", "520524", "GM-[520524]-0007"),
        ("矿矿矿", "矿", "[矿][矿][矿]"),
        ("煤", "-煤", "煤"),
    ],
)
def test_what_was_looked_for_is_marked_as_printed(text: str, typed: str, expected: str) -> None:
    assert shown(marked(text, marker(parse_query(typed)))) == expected


@given(st.text(max_size=200), st.text(max_size=40))
def test_marking_changes_no_character(text: str, typed: str) -> None:
    pattern = marker(parse_query(typed))
    assert "".join(piece.text for piece in marked(text, pattern)) == text
    assert len("".join(piece.text for piece in snippet([text * 3], pattern))) <= 122


def test_a_snippet_shows_the_place_where_it_stands() -> None:
    text = "前" * 200 + "磷矿" + "后" * 200
    assert shown(snippet(["无关", text], marker(parse_query("磷矿")))) == f"…{'前' * 30}[磷矿]{'后' * 88}…"


def test_markdown_is_shown_as_its_words() -> None:
    assert plain(
        "# 标题\n\n**粗**与[链接](/a)\n\n- 一\n- 二\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n\n![图](/x.png)"
    ) == ("标题 粗与链接 一 二 甲 乙 1 2 图")
