"""The complaint form against hostile words and busy lines (trust.md 4, 6; ASVS 1.2.1, 2.4.1)."""

import io

from tests.web.complaint_site import CASE, NAMED, NEW, RECEIPT, complaint_site, main_words, photo
from tests.web.desk_site import sent_by
from tests.web.guarded_site import hidden, question, solve

from greenmine.config import Settings

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}%(x)s\\"


def test_hostile_words_are_words_on_every_page_that_shows_them(settings: Settings) -> None:
    """The strict client finds no live markup on any of these pages."""
    with complaint_site(settings) as site:
        person = site.person()
        person.to_check({**NAMED, "name": HOSTILE}, mine=site.register.mines["hostile"], place=HOSTILE)
        person.answer("story", {"text": HOSTILE})
        person.answer("files", {"do": "add", "file": (io.BytesIO(photo()), "<b>x</b>.jpg")})
        assert main_words(person.get(f"{NEW}/check")).count(HOSTILE) == 3
        person.send()
        number, code = person.receipt()
        person.follow(number, code)
        person.fill(CASE, {"text": HOSTILE}, having="text")
        text = main_words(person.get(CASE))
        assert text.count(HOSTILE) == 3 and "49" not in text.replace(number, "")


def test_a_busy_line_is_asked_a_question_and_loses_nothing(settings: Settings) -> None:
    """A challenge instead of a refusal: what was typed goes on with the answer."""
    with complaint_site(settings) as site:
        person = site.person()
        person.at_check()
        shown = sent_by(person.get(f"{NEW}/story"), having="seen")
        object.__setattr__(site.app.extensions["greenmine.settings"], "budget_steps", "1 per 10 minutes")
        typed = {**shown, "text": "新写的话"}
        person.post(f"{NEW}/story", typed, status=None)
        asked = person.post(f"{NEW}/story", typed, status=429)
        taken = person.post(f"{NEW}/story", {**hidden(asked), "answer": solve(question(asked))})
        assert taken.location == f"{NEW}/files"
        assert sent_by(person.get(f"{NEW}/story"), having="seen")["text"] == "新写的话"


def test_who_fills_the_trap_is_asked_and_still_heard(settings: Settings) -> None:
    with complaint_site(settings) as site:
        person = site.person()
        person.at_check()
        site.later(seconds=30)
        shown = sent_by(person.get(f"{NEW}/check"), having="declared")
        asked = person.post(f"{NEW}/check", {**shown, "declared": "y", "website": "http://x"}, status=429)
        assert site.count()["complaint"] == 0
        person.post(f"{NEW}/check", {**hidden(asked), "answer": solve(question(asked))})
        assert site.count()["complaint"] == 1


def test_one_form_that_was_taken_carries_no_other_draft_past_the_budgets(settings: Settings) -> None:
    """trust.md 4: marks are good for the draft they were made for, however often that one is sent."""
    with complaint_site(settings, budget_sent="1 per hour") as site:
        first, second = site.person(), site.person()
        for person in (first, second):
            person.to_check(mine=site.register.mines["zhijin"])
        passed = sent_by(first.get(f"{NEW}/check"), having="declared")
        site.later(seconds=30)
        for _ in range(2):
            assert first.post(f"{NEW}/check", {**passed, "declared": "y"}).location == RECEIPT
        own = sent_by(second.get(f"{NEW}/check"), having="declared")
        asked = second.post(f"{NEW}/check", {**own, "declared": "y", "marks": passed["marks"]}, status=429)
        assert site.count()["complaint"] == 1
        answered = {**hidden(asked), "answer": solve(question(asked))}
        assert second.post(f"{NEW}/check", answered).location == RECEIPT
        assert site.count()["complaint"] == 2
