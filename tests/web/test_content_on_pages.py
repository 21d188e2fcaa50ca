"""News, policies, procedures, targets, clauses, pages of the site; and that no link of the site is dead."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from tests.reference_data import reference
from tests.rule_books import shipped_books, shipped_clauses
from tests.web.clock_site import Site, open_site, text_of
from tests.web.register import NOW, Register, build
from tests.web.strict_client import words

from greenmine.cli.log import begin_demo_log
from greenmine.cli.upkeep import run_projections, sync_content
from greenmine.domain.region import COUNTRY
from greenmine.store.act import size
from greenmine.store.lease import take_lease
from greenmine.usecases.article import sync_articles


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Register]]:
    """A site with the small register, its log, and all of content/."""
    site = open_site(tmp_path_factory.mktemp("content") / "data")
    begin_demo_log(site.services)
    register = build(site.services.database)
    sync_content(site.services)
    run_projections(site.services)
    yield site, register
    site.services.database.close()


def test_news_carry_the_tags_of_a_government_site_and_their_pictures(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    answer = site.client.get("/news/2026-02-10-case-terraces")
    assert answer.meta("ArticleTitle") == answer.h1
    assert answer.meta("PubDate") == "2026-02-10 08:45"
    assert answer.meta("ContentSource") == "演示数据"
    (picture,) = [node for node in answer.page.iter("img") if node.get("src", "").startswith("/documents/")]
    assert "六级采石台阶" in picture.get("alt", "")
    assert site.client.get(picture.get("src", "")).response.mimetype == "image/jpeg"
    assert "上一篇" in words(answer.page.find("./body"))
    assert "http://127.0.0.1:8000/news/2026-02-10-case-terraces" in answer.text


def test_a_film_has_its_transcript_beside_it(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    answer = site.client.get("/news/2026-04-08-video-regreening")
    (film,) = answer.page.iter("video")
    assert site.client.get(film.get("src", "")).response.mimetype == "video/mp4"
    assert "第四幅，字幕：第三步，种树种草。" in words(answer.page.find("./body"))


def test_news_are_counted_by_type(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    text = text_of(site, "/news")
    assert "全部 12 动态 3 典型经验 3 曝光 3 视频 3" in " ".join(text.split())
    assert len([link for link in site.client.get("/news?type=video").links() if "/news/2026" in link]) == 3
    site.client.get("/news?type=gossip", status=404)


def test_a_policy_tells_number_issuer_status_figures_and_what_is_to_be_verified(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    answer = site.client.get("/policies/zhejiang-three-year-action-2018")
    text = words(answer.page.find("./body"))
    for word in ("浙土资发〔2018〕10号", "浙江省环境保护厅", "已失效", "主动公开", "与您有什么关系", "印发日期"):
        assert word in text
    assert "/clauses" in answer.links()
    assert {"#ZJ-02", "#ZJ-12"} <= {node.get("href", "")[8:] for node in answer.page.iter("a")}


@pytest.mark.parametrize(
    ("query", "slug", "present"),
    [
        ("region=330000", "zhejiang-three-year-action-2018", True),
        ("region=330000", "petition-regulations-2022", False),
        ("status=expired", "zhejiang-three-year-action-2018", True),
        ("status=in_force", "zhejiang-three-year-action-2018", False),
        ("q=浙土资发〔2018〕10号", "zhejiang-three-year-action-2018", True),
        ("q=不存在的词", "zhejiang-three-year-action-2018", False),
    ],
)
def test_policies_are_narrowed(filled: tuple[Site, Register], query: str, slug: str, present: bool) -> None:
    site, _register = filled
    assert (f"/policies/{slug}" in site.client.get(f"/policies?{query}").links()) is present


@pytest.mark.parametrize("address", ["/news?type=video", "/policies?region=330000", "/search?q=绿色矿山"])
def test_a_page_beyond_the_last_leads_back_with_the_filters(filled: tuple[Site, Register], address: str) -> None:
    site, _register = filled
    answer = site.client.get(f"{address}&page=99", status=404)
    main = next(answer.page.iter("main"))
    assert answer.h1 == "没有这一页"
    assert [unquote(link.get("href", "")) for link in main.iter("a")][-1] == address


def test_a_policy_expires_by_its_date(tmp_path: Path) -> None:
    site = open_site(tmp_path / "data")
    sync_content(site.services)
    path = "/policies/liaoning-special-plan-2021-2025"
    assert "已失效" in site.client.get(path).h1
    site.services.database.close()


@pytest.mark.parametrize("code", ["000000", "210000", "330000", "510000", "520000"])
def test_procedures_hold_every_provision_of_the_books(filled: tuple[Site, Register], code: str) -> None:
    site, _register = filled
    text = text_of(site, f"/procedures/{code}")
    for book in shipped_books().of_region(code):
        for step in book.steps:
            assert step.name in text
        for part in (book.clocks, book.grounds, book.benefits):
            for provision in part:
                assert provision.name in text
        for card in book.scorecards:
            assert f"满分{card.total}分，{len(card.items)}项" in text


def test_a_province_without_a_book_is_sent_to_the_national_one(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    assert "/procedures/000000" in site.client.get("/procedures/110000").links()
    site.client.get("/procedures/520524", status=404)
    site.client.get("/procedures/xx", status=404)


def test_target_tables_are_shown_with_their_sums(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    page = site.client.get("/targets").page
    sums = [[words(cell) for cell in row] for table in page.iter("table") for row in table.iter("tr")]
    assert ["合计（本站相加）", "800"] in sums  # GO-03
    assert next(row for row in sums if row[0].startswith("合计") and len(row) > 3)[1:4] == ["526", "92", "180"]  # ZJ-03


def test_every_clause_has_its_anchor_document_and_summary(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    page = site.client.get("/clauses").page
    ids = {node.get("id") for node in page.iter("tr")}
    assert {clause.code for clause in shipped_clauses().all()} <= ids


def test_every_fragment_of_an_own_link_exists(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    anchors: dict[str, set[str]] = {}
    for path in ("/clauses", "/targets", "/procedures/330000", "/procedures/520000", "/procedures/000000",
                 "/policies/zhejiang-three-year-action-2018"):  # fmt: skip
        for node in site.client.get(path).page.iter("a"):
            target, _hash, fragment = node.get("href", "").partition("#")
            if fragment and target.startswith("/"):
                if target not in anchors:
                    anchors[target] = {each.get("id", "") for each in site.client.get(target).page.iter()}
                assert fragment in anchors[target], (path, node.get("href"))


def test_no_link_of_the_site_is_dead(filled: tuple[Site, Register]) -> None:
    site, register = filled
    known = site.client.crawl("/", most=2000)
    for path in (f"/notices/{register.closed_notice}", f"/removals/{register.adverse}", f"/blacklist/{register.credit}",
                 "/about", "/help", "/privacy", "/accessibility", "/status", "/procedures/520000"):  # fmt: skip
        assert path in known, path
    assert not any(path.startswith("/media/") for path in known)


def test_the_site_map_for_people_lists_every_province(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    main = site.client.get("/sitemap").page.find(".//main")
    assert main is not None
    links = {link.get("href"): words(link) for link in main.iter("a")}
    assert links["/regions"] == "全国"
    provinces = reference().regions.children(COUNTRY)
    assert len(provinces) == 34
    assert {each.name for each in provinces} == {links[f"/regions/{each.code}"] for each in provinces}


def test_the_site_map_for_machines_lists_what_may_be_kept(filled: tuple[Site, Register]) -> None:
    site, register = filled
    answer = site.client.get("/sitemap.xml")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {node.text for node in ElementTree.fromstring(answer.text).iter(f"{space}loc")}
    origin = site.client.site_url
    assert {f"{origin}/notices", f"{origin}/notices/{register.running_notice}", f"{origin}/clauses"} <= found
    assert {f"{origin}/regions", f"{origin}/regions/520000", f"{origin}/procedures/330000"} <= found
    assert not [each for each in found if each and "blacklist" in each]
    for address in found:
        assert address is not None
        site.client.get(address.removeprefix(origin))
    robots = site.client.get("/robots.txt").text
    assert f"Sitemap: {origin}/sitemap.xml" in robots
    assert "Disallow: /desk" in robots


def test_the_status_page_turns_red_five_minutes_after_the_last_sign_of_life(tmp_path: Path) -> None:
    site = open_site(tmp_path / "data")
    assert "没有运行中的后台任务" in text_of(site, "/status")
    begin_demo_log(site.services)
    with site.services.database.write() as tx:
        take_lease(tx, "worker", holder="secret-holder", now=NOW, term=timedelta(seconds=30))
    site.clock.now = NOW + timedelta(minutes=5)
    assert "运行正常" in text_of(site, "/status")
    site.clock.now = NOW + timedelta(minutes=5, seconds=1)
    text = text_of(site, "/status")
    assert "有需要处理的情况" in text
    assert "超过5分钟没有响应" in text
    assert "secret-holder" not in site.client.get("/status").text
    assert str(site.services.settings.data_dir) not in text
    site.services.database.close()


def test_a_withdrawn_text_says_so_and_why(tmp_path: Path) -> None:
    site = open_site(tmp_path / "data")
    sync_content(site.services)
    with site.services.database.write() as tx:
        sync_articles(tx, [], at=NOW)
    answer = site.client.get("/news/2026-02-10-case-terraces")
    text = words(answer.page.find("./body"))
    assert answer.h1 == "本文已撤下"
    assert "内容文件已撤下" in text and "2026年" in text
    assert answer.meta("robots") == "noindex" and answer.meta("ArticleTitle") is None
    for path in ("/policies/zhejiang-three-year-action-2018", "/help"):
        gone = site.client.get(path)
        assert gone.h1 == "本文已撤下" and gone.meta("robots") == "noindex"
    assert "还没有这类新闻" in text_of(site, "/news")
    site.services.database.close()


def test_rule_books_themselves_can_be_fetched_under_their_digest(filled: tuple[Site, Register]) -> None:
    site, _register = filled
    for book in shipped_books().all():
        answer = site.client.get(f"/documents/{book.digest}")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_lost_file_of_a_known_book_is_put_back_with_the_next_sync(filled: tuple[Site, Register]) -> None:
    """Every version that decided something stays readable; the act that made it known is not told twice."""
    site, _register = filled
    book = shipped_books().all()[0]
    with site.services.database.read() as tx:
        before = size(tx)
    site.services.files.remove(book.digest)
    sync_content(site.services)
    with site.services.database.read() as tx:
        assert size(tx) == before
    assert site.client.get(f"/documents/{book.digest}").status == 200
