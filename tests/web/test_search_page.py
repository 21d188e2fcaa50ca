"""``/search``: what a reader sees, and what nobody ever sees. Sources: issue 3, 1; trust.md 6, 9, 10, 15, 24; LN-18."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element

import pytest
from tests.announced import add_credit, publish_notice
from tests.desk import EDITOR, FIRM_CODE, GUIZHOU, article, draft
from tests.hostile_queries import HOSTILE_QUERIES
from tests.migrated import fill
from tests.reference_data import reference
from tests.statements import statements
from tests.web.clock_site import Site, open_site
from tests.web.register import FIRST, NOW, SECOND, Register, build
from tests.web.strict_client import Answer, words

from greenmine.cli.upkeep import keep_search
from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.ground import CreditLevel
from greenmine.domain.instant import legal_day
from greenmine.domain.search_query import parse_query
from greenmine.projections.search import find, objects_matching
from greenmine.store.search import sources_of
from greenmine.usecases.article import publish_article, withdraw_article
from greenmine.usecases.credit import end_due_credits

HOSTILE = "<img src=x onerror=alert(1)>\"'&<script>"


@dataclass
class Filled:
    """A site with the small register and its index."""

    site: Site
    register: Register

    def get(self, q: str, **more: Any) -> Answer:
        status = more.pop("status", 200)
        return self.site.client.get(f"/search?{urlencode({'q': q, **more})}", status=status)

    def main(self, q: str, **more: Any) -> Element:
        return next(self.get(q, **more).page.iter("main"))

    def hits(self, q: str, **more: Any) -> list[str]:
        """Where the results lead."""
        lists = [node for node in self.main(q, **more).iter("ol") if node.get("class") == "hits"]
        return [head.find("a").get("href", "") for node in lists for head in node.iter("h2")]  # type: ignore[union-attr]

    def keep(self) -> None:
        keep_search(self.site.services)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    """A site of the test's own."""
    yield from _opened(tmp_path)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """One that is only read."""
    yield from _opened(tmp_path_factory.mktemp("still"))


def _opened(folder: Path) -> Iterator[Filled]:
    site = open_site(folder / "data")
    made = Filled(site, fill(site.services.database, build))
    made.site.clock.now = NOW
    made.keep()
    yield made
    site.services.database.close()


def marks(node: Element) -> set[str]:
    return {words(mark) for mark in node.iter("mark")}


def facet_numbers(node: Element) -> dict[str, str]:
    """Words of each filter's options → their counts."""
    forms = [each for each in node.iter("form") if each.get("class") == "facets"]
    return {words(line.find("a")): words(line.find("span")) for form in forms for line in form.iter("li")}


def test_results_lead_to_the_pages_and_are_marked(still: Filled) -> None:
    mine = f"/mines/{still.register.mines['zhijin']}"
    assert still.hits("云岭煤矿") == [mine, f"/notices/{still.register.closed_notice}"]
    assert marks(still.main("云岭煤矿")) == {"云岭煤矿", "云岭"}
    for href in still.hits("矿"):
        still.site.client.get(href)


def test_traditional_characters_find_and_mark_the_same(still: Filled) -> None:
    assert still.hits("雲嶺煤礦") == still.hits("云岭煤矿") != []
    assert "云岭煤矿" in marks(still.main("雲嶺煤礦"))


def test_filters_count_what_they_leave(still: Filled) -> None:
    main = still.main("石灰岩")
    numbers = facet_numbers(main)
    assert numbers["浙江省"] == str(len(still.hits("石灰岩", region="330000")))
    for kind, word in (("mine", "矿山"), ("notice", "公示公告")):
        assert numbers[word] == str(len(still.hits("石灰岩", type=kind))) != "0"
    assert still.hits("石灰岩", region="330522", type="mine") == [f"/mines/{still.register.mines['changxing']}"]
    assert still.hits("石灰岩", region="520000") == []


def test_the_total_is_the_number_of_results_on_all_pages(filled: Filled) -> None:
    with filled.site.services.database.write() as tx:
        for _ in range(30):
            publish_notice(
                tx, draft(title="演示多页公示", first_day=legal_day(NOW)), reference=reference(), officer=FIRST, at=NOW
            )
    filled.keep()
    first, second = filled.hits("演示多页公示"), filled.hits("演示多页公示", page=2)
    assert (len(first), len(set(first + second))) == (25, 30)
    assert "共 30 条" in words(filled.main("演示多页公示"))


def test_the_page_is_not_for_search_engines_and_the_box_keeps_the_query(still: Filled) -> None:
    answer = still.get("煤矿 -移出")
    assert answer.meta("robots") == "noindex"
    (box,) = [node for node in answer.page.iter("input") if node.get("id") == "search-q"]
    assert box.get("value") == "煤矿 -移出"


def test_every_page_has_the_search_in_its_head_and_the_home_page_its_own(still: Filled) -> None:
    for path in ("/", "/mines", "/notices"):
        page = still.site.client.get(path).page
        forms = [node for node in page.iter("form") if node.get("role") == "search"]
        assert [node.get("action") for node in forms] == ["/search"], path


def test_without_a_query_it_tells_how_to_search_and_what_others_need(still: Filled) -> None:
    main = still.main("")
    hot = [node for node in main.iter("p") if node.get("class") == "hot"]
    links = [link.get("href", "") for node in hot for link in node.iter("a")]
    assert len(links) > 5
    for href in {link.get("href", "") for link in main.iter("a")}:
        still.site.client.get(href)
    assert "怎样搜索" in words(main)


def test_nothing_found_offers_single_words_and_other_ways(still: Filled) -> None:
    main = still.main("云岭煤矿 独角兽")
    ways = {words(link): link.get("href", "") for link in main.iter("a")}
    assert ways["云岭"] == f"/search?q={quote('云岭')}"
    assert not any("独角兽" in label for label in ways)
    assert {"/mines", "/notices", "/policies", "/sitemap"} <= set(ways.values())


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("-煤矿", "只写了要排除的词"),
        ("？！", "没有文字或数字"),
        ("煤" * 200, "最多128个字"),
        (" ".join(f"词{n}" for n in range(30)), "16个词"),
    ],
)
def test_what_was_not_used_is_said(still: Filled, typed: str, told: str) -> None:
    assert told in words(still.main(typed))


def test_while_the_index_is_made_anew_the_page_says_so_and_finds_names(filled: Filled) -> None:
    with without_index(filled):
        assert "正在重建索引" in words(filled.main("云岭"))
        assert f"/mines/{filled.register.mines['zhijin']}" in filled.hits("云岭")
    assert "正在重建索引" not in words(filled.main("云岭"))


def test_markup_in_names_titles_and_queries_is_text(filled: Filled) -> None:
    now = filled.site.clock.now
    evil = article("evil", title=f"磷矿{HOSTILE}", markdown=f"磷矿 `{HOSTILE}`", published=legal_day(now))
    with filled.site.services.database.write() as tx:
        publish_article(tx, evil, reference=reference(), officer=EDITOR, at=now)
    filled.keep()
    for typed in ("磷矿", f"磷矿 {HOSTILE}", HOSTILE, "HYPERLINK", 'evil.example"><script>alert(1)</script>'):
        answer = filled.get(typed)
        main = next(answer.page.iter("main"))
        assert not [node for node in main.iter() if node.tag in ("img", "script", "b") and node.get("src") != ""]
        assert not [name for node in main.iter() for name in node.attrib if name.startswith("on")]
    assert HOSTILE in words(filled.main("磷矿"))
    assert marks(filled.main("img onerror")) >= {"img", "onerror"}


@pytest.mark.parametrize("typed", HOSTILE_QUERIES.values(), ids=HOSTILE_QUERIES.keys())
def test_no_query_whatever_breaks_the_search(still: Filled, typed: str) -> None:
    """trust.md 9: each 200 or 400, never 500. That each ends in time is for tests/bench and the drills."""
    answer = still.get(typed, status=None)
    assert answer.status in (200, 400)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("q=%FF%FE%ED%A0%80", 200),
        ("q=%00", 400),
        ("q=a&q=b", 200),
        ("q[]=a", 200),
        ("q=%E7%85%A4&page=1000000000", 404),
        ("q=%E7%85%A4&page=999999", 404),
        ("q=%E7%85%A4&page=-1", 404),
        ("q=%E7%85%A4&page=0", 404),
        ("q=%E7%85%A4&page=%D9%A3", 404),
        ("q=%E7%85%A4&type=staff", 404),
        ("q=%E7%85%A4&type=credit", 404),
        ("q=%E7%85%A4&region=999999", 404),
        ("q=%E7%85%A4&region='", 404),
        ("type=mine&region=520000", 200),
        ("q=%E7%85%A4&type=response", 200),
    ],
)
def test_odd_addresses_are_answered(still: Filled, raw: str, status: int) -> None:
    assert still.site.client.get(f"/search?{raw}", status=status).h1


def test_a_page_of_results_costs_a_fixed_number_of_statements(still: Filled) -> None:
    """No query per result."""
    engine = still.site.services.database.engine
    with statements(engine) as few:
        still.get("云岭煤矿")
    with statements(engine) as many:
        still.get("矿")
    assert len(still.hits("矿")) > 15
    assert len(many) - len(few) <= 6  # the kinds of result that the narrow query does not have
    assert len(many) <= 16


# --- what nobody ever sees (trust.md 24) ---------------------------------------------------------------------


def withdrawn_article(filled: Filled) -> str:
    now = filled.site.clock.now
    with filled.site.services.database.write() as tx:
        wanted = article("gone", title="珊瑚礁稿件", markdown="珊瑚礁正文", published=legal_day(now))
        publish_article(tx, wanted, reference=reference(), officer=EDITOR, at=now)
    filled.keep()
    assert filled.hits("珊瑚礁") == ["/news/gone"]
    with filled.site.services.database.write() as tx:
        withdraw_article(tx, "news", "gone", reason="有误", reference=reference(), officer=EDITOR, at=now)
    return "珊瑚礁"


def person_in_a_credit_entry(filled: Filled) -> str:
    return _entered(filled, Subject.PERSON, days=200)


def firm_in_a_credit_entry(filled: Filled) -> str:
    return _entered(filled, Subject.FIRM, days=200)


def firm_whose_entry_ends_by_date(filled: Filled) -> str:
    """No worker has recorded the end yet."""
    name = _entered(filled, Subject.FIRM, days=100)
    filled.site.clock.now += timedelta(days=101)
    return name


def firm_whose_entry_has_ended(filled: Filled) -> str:
    name = firm_whose_entry_ends_by_date(filled)
    now = filled.site.clock.now
    with filled.site.services.database.write() as tx:
        end_due_credits(tx, today=legal_day(now), at=now)
    return name


def _entered(filled: Filled, subject: Subject, *, days: int) -> str:
    now: datetime = filled.site.clock.now
    wanted = CreditDraft(
        level=CreditLevel.GENERAL, subject=subject, region=GUIZHOU, name="珊瑚礁某", conduct="珊瑚礁行为",
        basis="LN-13", credit_code=FIRM_CODE if subject is Subject.FIRM else "", decision_no="珊瑚礁决〔2026〕3号",
        organ="珊瑚礁机关", decided=legal_day(now), mine=None,
        until=legal_day(now) + timedelta(days=days), named_in_decision=True,
    )  # fmt: skip
    with filled.site.services.database.write() as tx:
        add_credit(
            tx, wanted, proposed_by=FIRST.id, salt="cd" * 32, reference=reference(), officer=SECOND, at=now
        )  # fmt: skip
    return "珊瑚礁"


STATES = (
    withdrawn_article,
    person_in_a_credit_entry,
    firm_in_a_credit_entry,
    firm_whose_entry_ends_by_date,
    firm_whose_entry_has_ended,
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_is_hidden_is_in_no_list_snippet_count_or_suggestion(filled: Filled, state: Any) -> None:
    """With the index and without it, before the worker has come and after."""
    word = state(filled)
    for worker_comes in (False, True):
        if worker_comes:
            filled.keep()
        _shows_nothing_of(filled, word)
        with without_index(filled):
            _shows_nothing_of(filled, word)
    files = [path for path in filled.site.services.settings.search_index.rglob("*") if path.is_file()]
    assert word.encode() not in b"".join(path.read_bytes().replace(b"\x1f", b"") for path in files)


def _shows_nothing_of(filled: Filled, word: str) -> None:
    index = filled.site.services.search
    for typed in (word, f'"{word}"', f"{word}某", f"云岭 {word}", f"{word} -云岭"):
        query = parse_query(typed)
        found = find(index, query)
        assert (found.total, found.hits, dict(found.counts_by_kind), dict(found.counts_by_region)) == (0, (), {}, {})
        assert objects_matching(index, query) == ()
        assert word not in words(filled.main(typed)).replace(f"没有找到与“{query}”有关的内容", "")


@contextmanager
def without_index(filled: Filled) -> Iterator[None]:
    marks_of = list(filled.site.services.settings.search_index.rglob("current"))
    for path in marks_of:
        path.rename(path.with_suffix(".away"))
    yield
    for path in marks_of:
        path.with_suffix(".away").rename(path)


def test_what_waits_at_the_desk_is_no_object_of_search(still: Filled) -> None:
    """Drafts are sealed rows without acts: search reads public rows by name, and there is none for them."""
    with still.site.services.database.read() as tx:
        assert list(sources_of(tx, ["draft/1", "staff/1", "credit/2026-0001", "case/1", "content/pages/about"])) == []


def test_a_withdrawn_notice_says_so_among_the_results(still: Filled) -> None:
    href = f"/notices/{still.register.withdrawn_notice}"
    main = still.main(still.register.withdrawn_notice)
    line = next(node for node in main.iter("li") if any(link.get("href") == href for link in node.iter("a")))
    assert "已撤回" in words(line)


def test_a_query_is_kept_in_no_table_and_no_file(filled: Filled, tmp_path: Path) -> None:
    filled.get("独角兽寻找者")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert "独角兽".encode() not in path.read_bytes()
            assert quote("独角兽").encode() not in path.read_bytes()
