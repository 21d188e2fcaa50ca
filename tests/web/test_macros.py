"""The gallery: every macro through the strict client, and what each must say."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from tests.web.shell_app import TEMPLATES, shell_app
from tests.web.strict_client import StrictClient, words

import greenmine.web

OWN_TEMPLATES = Path(greenmine.web.__file__).parent / "templates"
ALLOWED_TAGS = {
    "if", "elif", "else", "endif", "for", "endfor", "macro", "endmacro", "call", "endcall",
    "from", "import", "extends", "block", "endblock",
}  # fmt: skip

SHARED = {"abuse.html", "desk.html", "forms.html", "lists.html", "record.html", "sources.html", "text.html"}
"""Files of macros for any page: all of them stand in the gallery."""
OF_A_NOUN = {
    "book.html", "case.html", "complaint.html", "deed_forms.html", "deeds.html", "directory.html", "feeds.html",
    "log.html", "mine.html", "mine_form.html", "notice.html", "past.html", "queues.html", "region.html", "shell.html",
    "single.html", "typed.html",
}  # fmt: skip
"""Files of macros for the pages of one noun (or for the frame): the tests of those pages show them."""
AWAITED: set[str] = set()
"""Macros that no page calls yet."""


@pytest.fixture
def client(tmp_path: Path) -> StrictClient:
    return StrictClient(shell_app(tmp_path))


def of_class(page: Element, name: str) -> list[Element]:
    return [node for node in page.iter() if name in (node.get("class") or "").split()]


def macros_of(path: Path) -> set[str]:
    return set(re.findall(r"\{% macro (\w+)", path.read_text("utf-8")))


def test_the_gallery_shows_every_macro_that_pages_share(client: StrictClient) -> None:
    client.get("/gallery")
    client.submit("/sheet", {}, status=400)
    sources = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    imported = set(re.findall(r"\w+", " ".join(re.findall(r"import (.+?) %\}", sources))))
    shared = set().union(*(macros_of(OWN_TEMPLATES / "macros" / name) for name in SHARED))
    inner = {"need", "help", "error_summary"}  # called by field and by the layout
    assert shared - inner <= imported


def test_every_file_of_macros_is_shared_or_belongs_to_the_pages_of_one_noun() -> None:
    files = {path.name for path in OWN_TEMPLATES.glob("macros/*.html")}
    assert files == SHARED | OF_A_NOUN


def test_every_macro_is_called() -> None:
    templates = [path.read_text("utf-8") for path in OWN_TEMPLATES.rglob("*.html")]
    idle = {
        name
        for path in OWN_TEMPLATES.rglob("*.html")
        for name in macros_of(path)
        if sum(len(re.findall(rf"\b{name}\(", text)) for text in templates) < 2  # one is its own definition
    }
    assert idle <= AWAITED


def test_titles_and_government_tags(client: StrictClient) -> None:
    answer = client.get("/gallery")
    assert answer.title == "织金某磷业有限公司大坪磷矿 — 绿色矿山公开与监督平台"
    wanted = {
        "SiteName": "绿色矿山公开与监督平台",
        "SiteDomain": "127.0.0.1:8000",
        "SiteIDCode": "0000000000",
        "ColumnName": "名录查询",
        "ColumnType": "信息查询",
        "ArticleTitle": "织金某磷业有限公司大坪磷矿",
        "PubDate": "2026-11-04 16:00",
        "ContentSource": "某省自然资源厅",
    }
    assert {name: answer.meta(name) for name in wanted} == wanted
    canonical = [node.get("href") for node in answer.page.iter("link") if node.get("rel") == "canonical"]
    assert canonical == ["http://127.0.0.1:8000/gallery"]


def test_the_home_page_bears_the_name_alone_and_no_crumbs(client: StrictClient, tmp_path: Path) -> None:
    crumbs = of_class(client.get("/gallery").page, "crumbs")[0]
    assert words(crumbs) == "首页 名录查询 织金某磷业有限公司大坪磷矿"


def test_the_footer_says_only_what_is_set(tmp_path: Path, client: StrictClient) -> None:
    full = words(client.get("/gallery").page.find(".//footer"))
    assert "主办单位：某省自然资源厅" in full and "我为政府网站找错" in full and "某ICP备" in full
    unset = dict.fromkeys(
        [
            "GREENMINE_SPONSOR",
            "GREENMINE_SITE_ID_CODE",
            "GREENMINE_ICP",
            "GREENMINE_POLICE_RECORD",
            "GREENMINE_CONTACT",
        ],
        "",
    )
    bare = StrictClient(shell_app(tmp_path, **unset)).get("/gallery")
    footer = words(bare.page.find(".//footer"))
    for absent in ("主办单位", "备案", "标识码", "找错", "联系方式"):
        assert absent not in footer
    assert bare.meta("SiteIDCode") == ""


def test_the_footer_leads_to_the_help_page_first(client: StrictClient) -> None:
    footer = client.get("/gallery").page.find(".//footer")
    assert footer is not None
    first = next(footer.iter("a"))
    assert (words(first), first.get("href")) == ("使用帮助", "/help")


def test_every_page_of_the_demonstration_says_so(tmp_path: Path, client: StrictClient) -> None:
    for path, status in (("/gallery", 200), ("/nowhere", 404), ("/broken", 500)):
        assert of_class(client.get(path, status=status).page, "demo")
    real = shell_app(tmp_path, GREENMINE_MODE="production", GREENMINE_SITE_URL="https://lk.example.gov.cn")
    assert "演示" not in StrictClient(real).get("/gallery").text


def test_navigation_shows_only_pages_that_exist(client: StrictClient) -> None:
    navigation = of_class(client.get("/gallery").page, "main")[0]
    links = [link.get("href") for link in navigation.iter("a")]
    assert links == ["/", "/mines", "/notices", "/removals", "/news", "/policies", "/complaints/new"]
    current = [words(link) for link in navigation.iter("a") if link.get("aria-current")]
    assert current == ["名录查询"]


def test_faults_stand_above_the_heading_in_the_words_of_the_field(client: StrictClient) -> None:
    answer = client.submit("/sheet", {"text": "太短", "kind": "entry", "level": "national"}, status=400)
    assert answer.title.startswith("错误：发布公示")
    summary = of_class(answer.page, "summary")[0]
    order = [node for node in answer.page.iter() if node is summary or node.tag == "h1"]
    assert order[0] is summary
    listed = [(link.get("href"), words(link)) for link in summary.iter("a")]
    assert listed == [
        ("#name", "请填写矿山名称"),
        ("#text", "请填写说明（至少10个字）"),
        ("#truth", "请确认内容属实"),
        ("#day", "请填写起始日期"),
        ("#word", "请填写口令"),
    ]
    assert words(summary.find("h2")) == "有5处需要修改"
    for href, sentence in listed:
        beside = next(node for node in answer.page.iter("p") if node.get("id") == f"{href[1:]}-fault")
        assert words(beside) == f"错误：{sentence}"


def test_nothing_typed_is_lost_but_the_password(client: StrictClient) -> None:
    typed = {"name": "大坪磷矿", "text": "<b>短</b>", "level": "provincial", "topics": ["water"], "word": "secret-1"}
    page = client.submit("/sheet", typed, status=400).page
    values = {
        node.get("name"): node.get("value")
        for node in page.iter("input")
        if node.get("type") == "text" and node.get("name") != "website"
    }
    assert values == {"name": "大坪磷矿"}
    assert next(node.text for node in page.iter("textarea")).strip() == "<b>短</b>"
    checked = {node.get("value") for node in page.find(".//main").iter("input") if node.get("checked") is not None}  # type: ignore[union-attr]
    assert checked == {"provincial", "water"}
    assert next(node.get("value") for node in page.iter("input") if node.get("type") == "password") in (None, "")


def test_a_field_says_what_describes_it_and_whether_it_must_be_filled(client: StrictClient) -> None:
    page = client.submit("/sheet", {}, status=400).page
    name = next(node for node in page.iter("input") if node.get("id") == "name")
    assert name.get("aria-describedby") == "name-hint name-fault" and name.get("aria-invalid") == "true"
    assert name.get("autocomplete") == "organization" and name.get("required") is not None
    needs = [words(node) for node in of_class(page, "need")]
    assert needs.count("（必填）") == 5 and needs.count("（选填）") == 3


def test_tags_carry_words_and_shape_not_colour_alone(client: StrictClient) -> None:
    tags = {(words(tag), tag.get("class")) for tag in of_class(client.get("/gallery").page, "tag")}
    assert {("在册", "tag ok"), ("公示阶段", "tag open"), ("已移出", "tag plain"), ("未入库", "tag plain")} <= tags


def test_an_act_leads_to_its_entry_and_to_its_proof(client: StrictClient) -> None:
    acts = of_class(client.get("/gallery").page, "act")
    assert words(acts[0]) == "留痕：第 5120 号记录 核对第 5120 号记录"
    assert [link.get("href") for link in acts[0].iter("a")] == ["/log/entry/5120", "/verify/entry/5120"]


def test_a_stacked_table_names_the_column_in_each_cell(client: StrictClient) -> None:
    page = client.get("/gallery").page
    table = of_class(page, "stack")[0]
    row = next(table.iterfind("./tbody/tr"))
    assert [cell.get("data-l") for cell in row] == ["序号", "矿山名称", "所在地", "矿种", "状态"]
    assert [cell.tag for cell in row].count("th") == 1


def test_the_pager_has_relations_and_the_place(client: StrictClient) -> None:
    pager = of_class(client.get("/gallery").page, "pager")[0]
    links = {link.get("rel"): link.get("href") for link in pager.iter("a") if link.get("rel")}
    assert links == {"prev": "/mines?page=6&region=520000", "next": "/mines?page=8&region=520000"}
    assert "第 7 页，共 49 页" in words(pager)


def test_an_attachment_gives_its_whole_digest(client: StrictClient) -> None:
    section = of_class(client.get("/gallery").page, "attachments")[0]
    assert "ab" * 32 in words(section) and "（XLSX 表格，1.4 MB）" in words(section)


@pytest.mark.parametrize("template", sorted(OWN_TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_only_conditions_loops_and_macros(template: Path) -> None:
    source = template.read_text("utf-8")
    assert set(re.findall(r"\{%-?\s*(\w+)", source)) <= ALLOWED_TAGS
    assert "|safe" not in source.replace(" ", "") and "autoescape" not in source
    assert not re.search(r"<(script|style)|\s(style|on\w+)=", source)


@pytest.mark.parametrize("template", sorted(OWN_TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_every_chinese_sentence_of_a_template_goes_through_gettext(template: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.S)
    source = re.sub(r"""_\((".*?"|'.*?')[^"']*?\)""", "", source)
    bare = re.findall(r"[\u4e00-\u9fff]+", source)
    assert not bare
