"""The complaint form as a person fills it in over a real connection: each page, the receipt, the way back."""

import re
import time

from tests.drill.flood import READING, Opened
from tests.drill.visitor import Seen, Visitor, form_of
from tests.web.strict_client import words

NEW = "/complaints/new"
RECEIPT = "/complaints/receipt"
TRACK = "/complaints/track"
CASE = "/complaints/track/case"
ANSWERS = {
    "target": {"by": "place", "do": "continue", "region": "520524"},
    "kind": {"matter": "environment:dust", "about": "mine"},
    "story": {"text": "矿车夜间扬尘，晾的衣服都是灰。"},
    "files": {"do": "continue"},
    "place": {"place": "某村东侧路口", "when": ""},
    "contact": {"complainant": "resident", "named": "anonymous"},
}


def begin(person: Visitor, *, until: str = "check") -> Seen:
    """From the notice to this page, which is returned as it is shown."""
    page = person.send(person.get(NEW), {})
    for step, answers in ANSWERS.items():
        if step == until:
            break
        assert page.path.endswith(f"/{step}"), f"{page.path} instead of {step}: {page.text[:1500]}"
        page = person.send(page, answers, action=f"{NEW}/{step}")
    assert page.path.endswith(f"/{until}"), page.text[:1500]
    return page


def lodge(person: Visitor) -> tuple[str, str]:
    """A whole complaint; number and code as the receipt shows them."""
    page = begin(person)
    time.sleep(READING)
    page = person.send(page, {"declared": "y"}, action=f"{NEW}/check")
    text = words(page.document.find(".//main"))
    number, code = re.search(r"编号 ?([TYG](?: \d+)+)", text), re.search(r"查询码 ?(\d{4} \d{4} \d{4} \d{4})", text)
    assert page.path == RECEIPT and number and code, f"{page.path}: {text[:1500]}"
    return number[1], code[1]


def receipt(person: Visitor) -> str:
    """A whole complaint; its number."""
    return lodge(person)[0]


def follow(person: Visitor, number: str, code: str) -> Seen:
    """The page of number and code, filled in."""
    return person.send(person.get(TRACK), {"number": number, "code": code}, action=TRACK)


def at_the_start(visitor: Visitor, _: int) -> Opened:
    """What a flood sends that wants no trouble: the first page, over and over."""
    return form_of(visitor.get(NEW), NEW)


def at_the_story(visitor: Visitor, place: int) -> Opened:
    """What a flood sends: to one half of the addresses the first page, to the other a long story into a draft."""
    return form_of(begin(visitor, until="story"), f"{NEW}/story") if place % 2 else at_the_start(visitor, place)


def at_the_way_in(visitor: Visitor, _: int) -> Opened:
    """What guesses at a code are typed into."""
    return form_of(visitor.get(TRACK), TRACK)
