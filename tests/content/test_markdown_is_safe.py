"""Markdown becomes HTML that can do no harm (ASVS 1.3.5, trust.md threat 6) and reads as Chinese is written."""

from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenmine.content.markdown import is_safe_link, is_safe_picture, plain_text, render, summary

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:x'>a</a>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x1;javascript:x)",
    "[a](data:text/html;base64,PHN2Zz4=)",
    "[a](vbscript:x)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example)",
    "[a](/\\evil.example)",
    "[a](\\\\evil.example)",
    "[a](/\t/evil.example)",
    "[a](https:evil.example)",
    "[a](https://user@evil.example)",
    "[a](http:///evil.example)",
    "[a]( javascript:x )",
    "<javascript:alert(1)>",
    '<https://evil.example/"onmouseover=x>',
    "![a](https://evil.example/p.png)",
    "![a](data:image/svg+xml,x)",
    "![a](//evil.example/p.png)",
    "![a](/media/../etc/passwd)",
    "![a](/media/a.png?x)",
    "![a](/static/a.png)",
    '![a" onerror="x](/media/a.png)',
    '[a](/mines "t\\" onclick=x")',
    "[r]: javascript:alert(1)\n\n[r]",
    "[![x](javascript:1)](/mines)",
    '```" onclick=x\n<b>\n```',
    "# <img src=x onerror=y>",
    "|<script>|\n|---|\n|<b onclick=x>|",
    "<style>*{}</style>",
    "<!-- --><iframe src=//e>",
    "&lt;script&gt;",
    "[a](ftp://x.example)",
    "[a](mailto:a@b.cn?bcc=c@d.cn)",
)

ALLOWED = {
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "th": {"scope", "class"},
    "td": {"class"},
    "p": set(),
    "br": set(),
    "hr": set(),
    "blockquote": set(),
    "pre": set(),
    "code": set(),
    "em": set(),
    "strong": set(),
    "ul": set(),
    "li": set(),
    "table": set(),
    "thead": set(),
    "tbody": set(),
    "tr": set(),
}


class Page(HTMLParser):
    """What a browser would make of a fragment: elements with attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"declaration {decl!r}")

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def assert_harmless(html: str) -> None:
    page = Page(html)
    for tag, attributes in page.elements:
        assert tag in ALLOWED, tag
        assert attributes.keys() <= ALLOWED[tag], (tag, attributes)
    assert all(is_safe_link(address) for address in page.values("href"))
    assert all(is_safe_picture(address) for address in page.values("src"))
    ids = page.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_leaves_no_live_markup(text: str) -> None:
    assert_harmless(render(text))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.startswith("[a](")])
def test_a_refused_link_keeps_its_label_and_loses_its_address(text: str) -> None:
    page = Page(render(text))
    assert page.values("href") in ([], ["/mines"])
    assert "a" in plain_text(render(text))


PIECES = (*HOSTILE, *"*_：这“\n#|`[()!>-\\&<", "**", "\n\n", "# ", "](", "- ", "http://a.cn")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_mixture_of_hostile_pieces_is_harmless(text: str) -> None:
    assert_harmless(render(text))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_any_text_is_harmless_and_rendering_it_twice_gives_the_same(text: str) -> None:
    html = render(text)
    assert_harmless(html)
    assert render(text) == html


@pytest.mark.parametrize(
    "address",
    ["/mines", "/policies/x#s-一", "#top", "https://www.mnr.gov.cn/a?b=1", "http://a.cn", "mailto:a@b.cn", "tel:12345"],
)
def test_ordinary_addresses_are_kept(address: str) -> None:
    assert is_safe_link(address)
    assert Page(render(f"[看]({address})")).values("href") != []


@pytest.mark.parametrize("start", ["mailto:", "https://", "/media/", "tel:", "/"])
@pytest.mark.parametrize("piece", ["a", "@", "a@", "/a", ".", "-", "?", "#"])
def test_judging_a_long_address_takes_less_than_a_tenth_of_a_second(start: str, piece: str) -> None:
    address = start + piece * (100_000 // len(piece)) + "\\"  # ASVS 1.3.12: 100 kB that match but for the last sign
    began = process_time()
    assert not is_safe_link(address)
    assert not is_safe_picture(address)
    assert process_time() - began < 0.1


def test_only_links_to_other_sites_carry_rel() -> None:
    page = Page(render("[外](https://www.mnr.gov.cn/) [内](/mines)"))
    assert [attributes.get("rel") for tag, attributes in page.elements if tag == "a"] == ["noopener", None]


def test_a_picture_of_our_own_is_shown_and_a_foreign_one_becomes_its_words() -> None:
    assert Page(render("![矿区](/media/a-1.png)")).values("src") == ["/media/a-1.png"]
    assert render("![矿区](https://x.cn/a.png)") == "<p>矿区</p>\n"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**注意：**这是", "<strong>注意：</strong>这是"),
        ("请看**（一）**条", "请看<strong>（一）</strong>条"),
        ("达到**85%**以上", "达到<strong>85%</strong>以上"),
        ("叫**“绿色矿山”**的", "叫<strong>“绿色矿山”</strong>的"),
        ("**期限：**2026年", "<strong>期限：</strong>2026年"),
        ("**全部。***注意*", "<strong>全部。</strong><em>注意</em>"),
        ("*《条例》*规定", "<em>《条例》</em>规定"),
        ("a * b * c", "a * b * c"),
        ("2*3*4", "2<em>3</em>4"),
        ("** 空格**这", "** 空格**这"),
        ('a**"b"**c', 'a**"b"**c'),
        ("snake_case_name", "snake_case_name"),
        ("\\*\\*不是\\*\\*", "**不是**"),
    ],
)
def test_emphasis_beside_chinese_punctuation_and_nowhere_it_should_not_be(text: str, html: str) -> None:
    assert render(text) == f"<p>{html}</p>\n"


def test_headings_begin_at_h2_and_skip_no_level() -> None:
    page = Page(render("# 一\n\n#### 二\n\n## 三\n\n# 四\n\n###### 五\n"))
    assert [tag for tag, _ in page.elements if tag.startswith("h")] == ["h2", "h3", "h3", "h2", "h3"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["一", "一-2", "一 2", "", "!", "A"])), max_size=12))
def test_heading_ids_are_unique_and_levels_rise_by_one(headings: list[tuple[int, str]]) -> None:
    html = render("\n".join(f"{'#' * level} {words}" for level, words in headings))
    assert_harmless(html)
    levels = [int(tag[1]) for tag, _ in Page(html).elements]
    assert len(levels) == len(headings)
    assert all(now <= before + 1 for before, now in zip([1, *levels], levels, strict=False))


def test_ids_of_two_texts_on_one_page_are_kept_apart_by_their_prefix() -> None:
    assert Page(render("# 一", id_prefix="a-")).values("id") == ["a-一"]


def test_a_table_scrolls_by_keyboard_and_aligns_without_style_attributes() -> None:
    html = render("| 地区 | 数 |\n| --- | ---: |\n| 甲 | 1 |\n")
    assert '<div class="table-scroll" role="group" tabindex="0" aria-label="表格：地区、数">' in html
    assert '<td class="align-right">1</td>' in html
    assert html.count('scope="col"') == 2
    assert "style=" not in html


def test_a_line_break_between_chinese_characters_is_no_space() -> None:
    assert render("第一行\n第二行\nabc\ndef") == "<p>第一行第二行\nabc\ndef</p>\n"


@pytest.mark.parametrize(
    "piece", ["*", "_", "[", "![[", "> ", "`", "# 同\n", "**a", "（“**", "|a|", "<", "&", "http://", "- \n"]
)
def test_a_long_monotonous_text_is_rendered_in_bounded_time(piece: str) -> None:
    assert_harmless(render(piece * 5_000))


def test_plain_text_is_what_a_reader_sees() -> None:
    assert plain_text(render("# 题\n\n**注意：**[看](/a) <b> &amp;\n\n- 甲\n- 乙\n")) == "题 注意：看 <b> & 甲 乙"


def test_a_summary_is_cut_with_an_ellipsis() -> None:
    assert summary("甲" * 10, length=10) == "甲" * 10
    assert summary("甲" * 11, length=10) == "甲" * 9 + "…"
