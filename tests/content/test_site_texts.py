"""The news and the site's own pages that ship in content/."""

import re
from collections import Counter

import pytest
from PIL import Image
from tests.reference_data import CONTENT

from greenmine.content.documents import (
    DISCLOSURE_LABELS,
    NEWS_TYPE_LABELS,
    POLICY_STATUS_LABELS,
    SECTION_LABELS,
    DisclosureClass,
    NewsType,
    PolicyStatus,
    Section,
)
from greenmine.content.markdown import plain_text, render
from greenmine.content.media import find_media
from greenmine.content.pages import NewsFile, load_news, load_pages, load_policies

NEWS = load_news(CONTENT)
PAGES = load_pages(CONTENT)
SHIPPED = {item.path: item for item in (*load_policies(CONTENT).items, *NEWS.items, *PAGES.items)}


def test_every_shipped_file_is_served() -> None:
    assert NEWS.problems == PAGES.problems == ()
    assert {page.slug for page in PAGES.items} == {"about", "privacy", "accessibility", "help"}


def test_there_are_three_demonstration_news_of_each_type() -> None:
    shown = [item for item in NEWS.items if item.meta.demo]
    assert Counter(item.meta.type for item in shown) == dict.fromkeys(NewsType, 3)  # LN-18


@pytest.mark.parametrize("item", NEWS.items, ids=lambda item: item.slug)
def test_invented_news_say_so_in_title_and_text(item: NewsFile) -> None:
    assert item.title.startswith("演示")
    assert "演示数据" in plain_text(render(item.body_markdown))[:20]


@pytest.mark.parametrize("item", NEWS.items, ids=lambda item: item.slug)
def test_every_firm_and_mine_named_in_the_news_is_marked_as_invented(item: NewsFile) -> None:
    text = item.title + plain_text(render(item.body_markdown))
    for name in re.findall(r"[\u4e00-\u9fff]{2,}?(?:采石场|石灰岩矿|金矿|菱镁矿|砂石矿|公司)", text):
        assert "演示" in name, name


def test_pictures_are_small_decode_whole_and_carry_no_hidden_data() -> None:
    pictures = [picture for item in NEWS.items for picture in item.meta.pictures]
    assert len(pictures) >= 2
    for picture in pictures:
        found = find_media(CONTENT, picture.file)
        assert found is not None
        with Image.open(found.path) as image:
            image.load()
            assert image.size == (picture.width, picture.height)
            assert not image.getexif()
        assert found.path.stat().st_size < 200_000
        assert len(picture.alt) >= 10


def test_media_are_found_by_plain_names_only() -> None:
    assert find_media(CONTENT, "demo-water-recycling.png") is not None
    for name in ("../2026-01-12-guizhou-self-check.md", "README.txt", "gone.png", "", "a/b.png", "\0.png"):
        assert find_media(CONTENT, name) is None


def test_no_file_lies_in_the_media_folder_that_no_news_shows() -> None:
    shown = {picture.file for item in NEWS.items for picture in item.meta.pictures}
    shown |= {item.meta.video.file for item in NEWS.items if item.meta.video is not None}
    assert {path.name for path in (CONTENT / "news" / "media").iterdir()} == shown | {"README.txt"}


@pytest.mark.parametrize(
    "words", ["第十七条", "谁处理", "为什么", "保存多久", "您的权利", "72小时", "删除", "网信部门"]
)
def test_the_privacy_page_tells_what_article_17_asks(words: str) -> None:
    assert words in plain_text(render(SHIPPED["pages/privacy.md"].body_markdown))


@pytest.mark.parametrize("words", ["查一家矿山", "公示", "异议", "投诉举报", "查询进度", "匿名", "60日"])
def test_the_help_page_explains_every_errand(words: str) -> None:
    assert words in plain_text(render(SHIPPED["pages/help.md"].body_markdown))


def test_the_help_page_leaves_the_real_name_of_an_objection_to_its_notice() -> None:
    text = SHIPPED["pages/help.md"].body_markdown
    assert "| 异议 | 正在公示的事项 | 以公示写明的为准 |" in text
    assert "在矿山页面的网址后加 `?on=` 和日期" in text


@pytest.mark.parametrize("path", sorted(SHIPPED))
def test_no_page_sends_people_to_a_footer_that_may_be_empty(path: str) -> None:
    """A demonstration has neither sponsor nor contact; production must have both (tests/test_config.py)."""
    for sentence in re.findall(r"[^。\n]*页脚[^。\n]*", SHIPPED[path].body_markdown):
        assert "正式网站列在每页页脚" in sentence


@pytest.mark.parametrize("path", sorted(SHIPPED))
def test_no_stray_markup_or_half_width_punctuation_reaches_the_reader(path: str) -> None:
    text = plain_text(render(SHIPPED[path].body_markdown))
    assert "**" not in text
    assert "](" not in text
    assert re.search(r"[\u4e00-\u9fff][,;:!?][\u4e00-\u9fff]", text) is None


def test_every_word_of_the_vocabularies_has_a_chinese_label() -> None:
    assert SECTION_LABELS.keys() == set(Section)
    assert NEWS_TYPE_LABELS.keys() == set(NewsType)
    assert DISCLOSURE_LABELS.keys() == set(DisclosureClass)
    assert POLICY_STATUS_LABELS.keys() == set(PolicyStatus)
