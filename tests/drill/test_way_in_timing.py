"""The page of number and code answers an unknown number like a wrong code: page, status, time (trust.md 14, 15)."""

import random
import re
import sys
from statistics import median
from time import perf_counter

import pytest
from tests.drill.test_code_guesses import fastest, welch
from tests.web.complaint_site import TRACK, ComplaintSite, complaint_site
from tests.web.strict_client import Answer

from greenmine.config import Settings
from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import read_number, show_number
from greenmine.usecases.case_code import new_case_number

SIGNED = re.compile(r'value="[^"]*"')
"""What differs from page to page: signed values, and the number as it was typed."""


def tried(site: ComplaintSite, number: str, code: str) -> tuple[Answer, float]:
    """A wrong code at this number, long after the one before; the answer and how long it took."""
    site.later(minutes=11)
    person = site.person()
    person.get(TRACK)
    begun = perf_counter()
    answer = person.follow(number, code, status=400)
    return answer, perf_counter() - begun


def a_case(site: ComplaintSite) -> str:
    number, _ = site.person().lodge()
    return read_number(number)


def test_an_unknown_number_is_answered_like_a_wrong_code(settings: Settings) -> None:
    """ASVS 6.3.8 for the way into a case: one page, one status, whatever exists."""
    with complaint_site(settings) as site:
        known, unknown = a_case(site), new_case_number(CaseKind.COMPLAINT)
        pages = [tried(site, show_number(number), "1234 5678 9012 3456")[0] for number in (known, unknown)]
    shown = [
        SIGNED.sub("", page.text.replace(number, "")) for page, number in zip(pages, (known, unknown), strict=True)
    ]
    assert shown[0] == shown[1] and "编号或查询码不正确" in shown[0]
    assert dict(pages[0].headers).keys() == dict(pages[1].headers).keys()


@pytest.mark.drill
@pytest.mark.slow
def test_whole_requests_for_known_and_unknown_numbers_take_the_same_time(settings: Settings) -> None:
    """500 whole look-ups of each, in an order drawn anew; Welch's t below 4 and medians within a tenth."""
    chance = random.Random(5)
    with complaint_site(settings) as site:
        known, unknown = a_case(site), new_case_number(CaseKind.COMPLAINT)
        times: dict[str, list[float]] = {known: [], unknown: []}
        for _ in range(500):
            for number in chance.sample(list(times), 2):
                times[number].append(tried(site, number, f"{chance.randrange(10**16):016}")[1])
    score = welch(*(fastest(taken) for taken in times.values()))
    first, second = (median(taken) for taken in times.values())
    sys.stdout.write(f"\nknown {first * 1000:.2f} ms, unknown {second * 1000:.2f} ms, Welch's t {score:.2f}\n")
    assert abs(first - second) / first < 0.10 and score < 4
