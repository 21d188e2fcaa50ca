"""Twenty clicks at once on one button: one act, the others are told. Source: trust.md 20, ASVS 2.3.4."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.desk import CITY_OFFICER, PROVINCE_OFFICER
from tests.web.desk.test_notice import written
from tests.web.desk.test_removal import DECISION, propose
from tests.web.desk_site import DeskSite, Person, sent_by

CLICKS = 20


def at_once(person: Person, path: str, data: dict[str, str]) -> list[int]:
    """Statuses of the same POST sent by as many threads; each has a browser with the same cookies."""
    site_url = person.site_url
    cookie = person.browser.get_cookie(person.app.config["SESSION_COOKIE_NAME"], domain="127.0.0.1")
    assert cookie is not None

    def click(_number: int) -> int:
        browser = person.app.test_client()
        browser.set_cookie(cookie.key, cookie.value, domain="127.0.0.1")
        return browser.post(path, data=data, base_url=site_url, headers={"Referer": site_url + path}).status_code

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(click, range(CLICKS)))


def test_a_notice_is_published_once(site: DeskSite) -> None:
    person, draft = written(site)
    data = sent_by(person.get(f"{draft}/preview"), having="version")
    before = site.size()
    assert at_once(person, data.pop(""), data) == [303] + [409] * (CLICKS - 1)
    assert site.size() == before + 1


@pytest.mark.parametrize("outcome", ["removed", "refused"])
def test_a_removal_is_decided_once(site: DeskSite, outcome: str) -> None:
    removal = propose(site, CITY_OFFICER)
    person = site.as_(PROVINCE_OFFICER)
    token = sent_by(person.get(f"{removal}/decide"), having="organ")["csrf_token"]
    data = {**DECISION, "outcome": outcome, "rectify_until": "", "csrf_token": token, "step": "publish"}
    before = site.size()
    assert at_once(person, f"{removal}/decide", data) == [303] + [409] * (CLICKS - 1)
    assert site.size() == before + 1
