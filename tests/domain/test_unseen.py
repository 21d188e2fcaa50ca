"""Characters nobody sees are kept out of names and titles, each with a sentence beside its field (trust.md 6)."""

import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk import FIRM_CODE, article, draft, facts
from tests.reference_data import reference

from greenmine.domain.article import ArticleMedia, check_article
from greenmine.domain.credit import CreditDraft, Subject, check_credit
from greenmine.domain.errors import BadInput
from greenmine.domain.ground import CreditLevel
from greenmine.domain.mine_facts import check_facts
from greenmine.domain.notice import NoticeItem, check_draft
from greenmine.domain.unseen import has_unseen, without_hidden

TODAY = date(2025, 3, 3)
TURNED = "演示\u202e矿山"
DECIDED = date(2026, 5, 6)


@pytest.mark.parametrize("char", [chr(code) for code in (0, 7, 27, 0x7F, 0x85, 0x2028, 0xD800,
                                                         *range(0x202A, 0x202F), *range(0x2066, 0x206A),
                                                         0x200E, 0x200F, 0x061C)], ids=ascii)  # fmt: skip
def test_control_and_direction_characters_are_unseen(char: str) -> None:
    assert has_unseen(f"演示{char}矿")


@pytest.mark.parametrize("text", ["\u200b", "\u2060\ufeff", "\u3164", "\u2800", " \u200d ", "\u0301", "\u00ad",
                                  "\ufe0f"], ids=ascii)  # fmt: skip
def test_a_name_of_nothing_is_unseen(text: str) -> None:
    assert has_unseen(text)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "演示青山磷矿", "𠮷矿", "نىلقا\u200cناھىيىسى", "👩\u200d🏭", "一\n二", "(甲)－１", "ᠮᠣᠩᠭᠣᠯ\u180b"],
    ids=ascii,
)
def test_names_of_every_script_are_seen(text: str) -> None:
    """Joiners are part of Uyghur and of emoji, selectors of Mongolian."""
    assert not has_unseen(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1))
def test_letters_figures_and_signs_are_never_refused(text: str) -> None:
    seen = any(unicodedata.category(char) != "Zs" and char not in "\u115f\u1160\u2800\u3164\uffa0" for char in text)
    assert has_unseen(text) is (bool(text.strip()) and not seen)


def credit(**values: str) -> CreditDraft:
    return replace(
        CreditDraft(CreditLevel.GENERAL, Subject.FIRM, "520000", "演示企业", "演示行为", "演示依据", "演示〔2026〕1号",
                    "演示机关", DECIDED, date(2026, 11, 6), credit_code=FIRM_CODE),
        **values,
    )  # fmt: skip


def checked_credit(**values: str) -> None:
    term = reference().books.credit_term("520000", CreditLevel.GENERAL, DECIDED)
    check_credit(credit(**values), term, today=DECIDED)


CHECKS: dict[str, Callable[[], None]] = {
    "name": lambda: check_facts(facts(TURNED), reference(), today=TODAY),
    "holder": lambda: check_facts(facts(holder=TURNED), reference(), today=TODAY),
    "aliases": lambda: check_facts(facts(aliases=("演示别名", "\u200b")), reference(), today=TODAY),
    "title": lambda: check_draft(draft(title=TURNED)),
    "issuer": lambda: check_draft(draft(issuer=TURNED)),
    "items": lambda: check_draft(draft(items=(NoticeItem(TURNED, ("1", "演示矿")),))),
    "columns": lambda: check_draft(draft(columns=("序号", TURNED))),
    "summary": lambda: check_article(article(summary=TURNED), today=TODAY),
    "alt": lambda: check_article(
        article(media=(ArticleMedia("ab" * 32, "image/png", "a.png", 1, alt=TURNED),)), today=TODAY
    ),
    "organ": lambda: checked_credit(organ=TURNED),
    "decision_no": lambda: checked_credit(decision_no=TURNED),
}


@pytest.mark.parametrize("field", CHECKS)
def test_every_name_and_title_is_checked_and_told_beside_its_field(field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        CHECKS[field]()
    assert (refusal.value.code, refusal.value.field) == ("text.unseen", field)


def test_what_is_seen_passes() -> None:
    check_facts(facts(aliases=("演示别名",)), reference(), today=TODAY)
    check_draft(draft(items=(NoticeItem("演示矿", ("1", "")),)))
    check_article(article(), today=TODAY)
    checked_credit()


def test_a_title_of_news_is_checked() -> None:
    with pytest.raises(BadInput) as refusal:
        check_article(article(title="\u2067演示"), today=TODAY)
    assert refusal.value.field == "title"


@given(st.text())
def test_what_is_left_holds_nothing_hidden(text: str) -> None:
    left = without_hidden(text)
    assert left == "".join(char for char in text if not has_unseen(f"x{char}"))


@pytest.mark.parametrize("char", ["<", "长", "\u202e", "\u200b"], ids=ascii)
def test_a_million_characters_are_soon_judged(char: str) -> None:
    """trust.md 4, 9: one request of a public form may not hold a worker for a minute."""
    start = time.process_time()
    has_unseen(char * 1_000_000)
    without_hidden(char * 1_000_000)
    assert time.process_time() - start < 1
