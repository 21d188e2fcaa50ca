"""A walk that was walked for another site is the walk of this one, and takes nothing away from it."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.web.complaint_site import CASE, NEW, RECEIPT, complaint_site, main_words

from greenmine.config import Settings


@pytest.fixture
def other(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a second site."""
    return replace(settings, data_dir=tmp_path / "other", database_url=f"sqlite:///{tmp_path / 'other' / 'site.db'}")


def test_the_check_page_is_the_one_that_a_walk_leads_to(settings: Settings, other: Settings) -> None:
    with complaint_site(settings) as one, complaint_site(other) as two:
        walking, taken = one.person(), two.person()
        walking.to_check(mine=one.register.mines["zhijin"])
        taken.at_check()
        assert main_words(walking.get(f"{NEW}/check")) == main_words(taken.get(f"{NEW}/check"))
        assert one.count() == two.count() and one.hand.now == two.hand.now
        assert walking.send().location == taken.send().location == RECEIPT
        assert one.count() == two.count()


def test_a_lodged_case_is_followed_with_the_code_of_its_receipt(settings: Settings) -> None:
    with complaint_site(settings) as site:
        person = site.person()
        number, code = person.lodged()
        assert person.receipt() == (number, code)
        assert person.follow(number, code).location == CASE


def test_a_site_that_was_used_or_taken_is_not_taken(settings: Settings, other: Settings) -> None:
    with complaint_site(settings) as used, complaint_site(other) as site:
        used.person().begin()
        with pytest.raises(AssertionError, match="would be lost"):
            used.person().at_check()
        site.person().at_check()
        with pytest.raises(AssertionError, match="two persons"):
            site.person().lodged()
