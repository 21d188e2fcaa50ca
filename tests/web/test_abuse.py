"""The abuse floor: traps and budgets lead to a question, never to a refusal, and nothing typed is lost.

trust.md 4 (spam flood), 20 (doubled forms); issue 3, item 8; OWASP ASVS 5.0 2.4.1, 4.1.3.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from tests.web.guarded_site import TYPED, GuardedSite, base_services, guarded_site, hidden, question, solve, trap_of
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.config import Settings
from greenmine.domain.errors import TooMany
from greenmine.services import Services
from greenmine.web.abuse import RULES, Guarded, take_client_bytes

TAKEN, ASKED = 200, 429


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("guarded")
    environment = {"GREENMINE_DATA_DIR": str(folder), "GREENMINE_CONTENT_DIR": str(checkout / "content")}
    made = base_services(Settings.from_environment(environment, base=folder))
    yield made
    made.database.close()


@pytest.fixture
def site(base: Services) -> GuardedSite:
    return guarded_site(base)


@pytest.fixture
def tight(base: Services) -> GuardedSite:
    """Two of anything by one client, five by all together."""
    budgets = dict.fromkeys(("budget_steps", "budget_sent", "budget_lookups"), "2 per hour")
    return guarded_site(base, **budgets, budget_sent_all="5 per hour")


def reply(client: StrictClient, asked: Answer, answer: str | None = None, form: str = "complaint") -> Answer:
    """Answer the question on the page, rightly unless told otherwise."""
    given = solve(question(asked)) if answer is None else answer
    return client.post(f"/form/{form}", {**hidden(asked), "answer": given}, status=None)


def test_a_form_filled_in_by_a_person_is_taken_as_it_is(site: GuardedSite) -> None:
    assert site.send(site.reader()).status == TAKEN
    assert [(form, text) for form, _, text in site.taken] == [("complaint", TYPED)]


@pytest.mark.parametrize("form", list(Guarded))
def test_every_public_form_has_its_budgets_in_the_one_table(tight: GuardedSite, form: Guarded) -> None:
    """ASVS 2.4.1: limits in one table, tested from it."""
    assert set(RULES) == set(Guarded)
    client = tight.reader()
    assert [tight.send(client, form).status for _ in range(3)] == [TAKEN, TAKEN, ASKED]


def test_above_its_budget_a_client_is_asked_and_then_taken_with_everything_typed(tight: GuardedSite) -> None:
    client = tight.reader()
    for _ in range(2):
        tight.send(client)
    asked = tight.send(client)
    assert asked.status == ASKED and asked.h1 == "还差一步" and len(tight.taken) == 2
    assert "不会丢失" in asked.text and asked.headers["Cache-Control"] == "no-store"
    assert hidden(asked)["text"] == TYPED
    assert reply(client, asked).status == TAKEN
    assert tight.taken[-1][2] == TYPED


def test_a_wrong_answer_loses_nothing_and_asks_again(tight: GuardedSite) -> None:
    tight.asked = True
    client = tight.reader()
    asked = reply(client, tight.send(client), "1")
    assert asked.status == ASKED and asked.title.startswith("错误：") and "答案不对" in asked.text
    asked = reply(client, asked, "不知道")
    assert reply(client, asked).status == TAKEN
    assert [text for _, _, text in tight.taken] == [TYPED]


def test_another_question_can_be_asked_for(tight: GuardedSite) -> None:
    tight.asked = True
    client = tight.reader()
    first = tight.send(client)
    second = client.post("/form/complaint", {**hidden(first), "answer": "", "another": "1"}, status=ASKED)
    assert not second.title.startswith("错误：") and hidden(second)["challenge"] != hidden(first)["challenge"]
    assert reply(client, second).status == TAKEN


def test_a_question_is_good_once(tight: GuardedSite) -> None:
    tight.asked = True
    client = tight.reader()
    asked = tight.send(client, "step")
    assert [reply(client, asked, form="step").status for _ in range(3)] == [TAKEN, ASKED, ASKED]
    assert len(tight.taken) == 1


def test_a_question_is_good_for_its_own_form_only_and_for_some_hours(tight: GuardedSite) -> None:
    tight.asked = True
    client = tight.reader()
    asked, other = tight.send(client), tight.send(client)
    moved = {**hidden(other), "challenge": hidden(asked)["challenge"], "answer": solve(question(asked))}
    assert client.post("/form/complaint", moved, status=None).status == ASKED
    assert reply(client, asked, form="report").status == ASKED
    late = tight.send(client)
    tight.later(hours=5)
    assert reply(client, late).status == ASKED
    assert tight.taken == []


def test_a_forged_question_is_none(tight: GuardedSite) -> None:
    tight.asked = True
    client = tight.reader()
    sent = hidden(tight.send(client))
    for challenge in ("", "x", sent["challenge"][:-2], sent["challenge"] + "x", sent["marks"]):
        assert client.post("/form/complaint", {**sent, "challenge": challenge, "answer": "7"}, status=ASKED)
    assert tight.taken == []


def test_a_passed_question_is_worth_more_forms_to_this_browser_only(tight: GuardedSite) -> None:
    client, neighbour = tight.reader(), tight.reader()
    for _ in range(2):
        tight.send(client)
    assert reply(client, tight.send(client)).status == TAKEN
    assert [tight.send(client).status for _ in range(3)] == [TAKEN, TAKEN, ASKED]
    assert tight.send(neighbour).status == ASKED, "the same network, another browser"


def test_a_whole_form_sent_again_keeps_its_key_and_is_counted_once(tight: GuardedSite) -> None:
    """trust.md 20: a double click, the back button: no question in between, one key for the one case."""
    client = tight.reader()
    opened = client.get("/form/complaint")
    tight.later(seconds=5)
    form = {**hidden(opened), "text": TYPED}
    for _ in range(5):
        client.post("/form/complaint", form, status=TAKEN)
    assert len({key for _, key, _ in tight.taken}) == 1
    assert [tight.send(client).status for _ in range(2)] == [TAKEN, ASKED], "two of two"
    assert len({key for _, key, _ in tight.taken}) == 2


def test_a_double_click_on_the_answer_makes_no_second_question(tight: GuardedSite) -> None:
    tight.asked = True
    client = tight.reader()
    asked = tight.send(client)
    assert [reply(client, asked).status for _ in range(3)] == [TAKEN] * 3
    assert len({key for _, key, _ in tight.taken}) == 1


def test_who_was_only_asked_is_not_let_through_by_sending_again(tight: GuardedSite) -> None:
    client = tight.reader()
    for _ in range(2):
        tight.send(client)
    opened = client.get("/form/complaint")
    tight.later(seconds=5)
    for _ in range(3):
        assert client.post("/form/complaint", {**hidden(opened), "text": TYPED}, status=ASKED).status == ASKED


def test_sending_the_same_form_again_has_its_end_too(site: GuardedSite) -> None:
    client = site.reader()
    opened = client.get("/form/complaint")
    site.later(seconds=5)
    form = {**hidden(opened), "text": TYPED}
    statuses = [client.post("/form/complaint", form, status=None).status for _ in range(40)]
    assert statuses[:21] == [TAKEN] * 21 and statuses[-1] == ASKED


def test_too_fast_a_form_is_asked_and_taken(site: GuardedSite) -> None:
    client = site.reader()
    asked = site.send(client, after=1)
    assert asked.status == ASKED and "用时很短" in asked.text
    assert reply(client, asked).status == TAKEN
    assert site.send(site.reader(), "step", after=0).status == TAKEN, "one step is no whole form"


def test_how_fast_is_too_fast_is_a_setting(base: Services) -> None:
    site = guarded_site(base, form_seconds=0)
    assert site.send(site.reader(), after=0).status == TAKEN


def test_a_form_left_open_for_days_keeps_its_values_and_its_key(site: GuardedSite) -> None:
    client = site.reader()
    opened = client.get("/form/complaint")
    site.later(days=3)
    form = {**hidden(opened), "text": TYPED}
    asked = client.post("/form/complaint", form, status=ASKED)
    assert "时间过长" in asked.text
    assert reply(client, asked).status == TAKEN
    client.post("/form/complaint", form, status=TAKEN)  # the back button: within the allowance, with the same key
    assert len({key for _, key, _ in site.taken}) == 1 and site.taken[0][2] == TYPED


@pytest.mark.parametrize("marks", ["", "x", "eyJmIjoiY29tcGxhaW50In0.x", "另一份"])
def test_forged_or_missing_marks_are_asked_and_lose_nothing(site: GuardedSite, marks: str) -> None:
    client = site.reader()
    asked = site.send(client, marks=marks)
    assert asked.status == ASKED
    assert reply(client, asked).status == TAKEN and site.taken[0][2] == TYPED


def test_marks_of_another_form_are_none(site: GuardedSite) -> None:
    client = site.reader()
    other = hidden(client.get("/form/lookup"))["marks"]
    assert site.send(client, marks=other).status == ASKED


def test_a_filled_trap_is_asked_and_taken_because_browsers_fill_fields_too(site: GuardedSite) -> None:
    client = site.reader()
    asked = site.send(client, website="http://spam.example")
    assert asked.status == ASKED and "spam.example" not in asked.text
    assert reply(client, asked).status == TAKEN


def test_the_trap_tells_people_who_cannot_see_it_to_leave_it_empty(site: GuardedSite) -> None:
    page = site.reader().get("/form/complaint")
    trap = trap_of(page)
    assert trap.get("autocomplete") == "off" and trap.get("tabindex") == "-1" and not trap.get("value")
    label = next(node for node in page.page.iter("label") if node.get("for") == trap.get("id"))
    assert "不要填写" in words(label)
    css = (Path(__file__).parents[2] / "site/greenmine/web/static/gm.css").read_text("utf-8")
    assert ".trap { position: absolute; left: -999rem;" in css, "hidden by the stylesheet, not by an attribute"


def test_all_clients_together_have_a_budget_that_asks_each_of_them(tight: GuardedSite) -> None:
    statuses = [tight.send(tight.reader(f"198.51.100.{number}")).status for number in range(7)]
    assert statuses == [TAKEN] * 5 + [ASKED] * 2
    client = tight.reader("203.0.113.9")
    asked = tight.send(client)
    assert "全站" in asked.text and reply(client, asked).status == TAKEN


def test_who_is_over_their_own_budget_does_not_use_up_the_one_of_all(tight: GuardedSite) -> None:
    spammer = tight.reader()
    for _ in range(20):
        tight.send(spammer)
    assert [tight.send(tight.reader(f"198.51.100.{number}")).status for number in range(4)] == [TAKEN] * 3 + [ASKED]


def test_a_program_that_answers_waits_its_turn_and_its_neighbour_is_served(base: Services) -> None:
    """Above the budget of right answers nobody is refused: the question is not asked again, only time passes."""
    site = guarded_site(base, budget_answers="3 per minute")
    site.asked = True
    answers = []
    for _ in range(4):
        client = site.reader()
        answers.append(reply(client, site.send(client)))
    assert [answer.status for answer in answers] == [TAKEN] * 3 + [ASKED]
    wait = answers[-1]
    assert wait.h1 == "请稍候" and 1 <= int(wait.headers["Retry-After"]) <= 61
    assert hidden(wait)["text"] == TYPED and "answer" not in {node.get("name") for node in wait.page.iter("input")}
    other = site.reader("203.0.113.9")
    assert reply(other, site.send(other)).status == TAKEN


def test_whoever_waited_is_taken_without_another_question(base: Services) -> None:
    site = guarded_site(base, budget_answers="1 per second")
    site.asked = True
    first, second = site.reader(), site.reader()
    pages = [site.send(first), site.send(second)]
    answers = [reply(first, pages[0]), reply(second, pages[1])]
    while answers[-1].status == ASKED:
        assert answers[-1].h1 == "请稍候"
        answers.append(second.post("/form/complaint", hidden(answers[-1]), status=None))
    assert [text for _, _, text in site.taken] == [TYPED, TYPED]


def test_forwarded_addresses_count_only_behind_configured_proxies(base: Services) -> None:
    """ASVS 4.1.3: the budget cannot be dodged by a header."""
    budget = {"budget_sent": "2 per hour"}
    site = guarded_site(base, **budget)
    assert [send_forwarded(site, f"192.0.2.{n}") for n in range(3)] == [TAKEN, TAKEN, ASKED]
    site = guarded_site(base, **budget, trusted_proxies=1)
    assert [send_forwarded(site, f"192.0.2.{n}") for n in range(3)] == [TAKEN] * 3
    assert [send_forwarded(site, f"10.0.0.{n}, 192.0.2.77") for n in range(3)] == [TAKEN, TAKEN, ASKED]


def send_forwarded(site: GuardedSite, forwarded: str) -> int:
    client = site.reader("198.51.100.1")
    client.browser.environ_base["HTTP_X_FORWARDED_FOR"] = forwarded
    return site.send(client).status


def test_addresses_of_one_ipv6_line_are_one_client(base: Services) -> None:
    site = guarded_site(base, budget_sent="2 per hour")
    line = [site.send(site.reader(f"2001:db8:0:1:{n}::1")).status for n in range(3)]
    assert line == [TAKEN, TAKEN, ASKED]
    assert site.send(site.reader("2001:db8:0:2::1")).status == TAKEN


def test_files_cannot_be_kept_and_the_page_says_so(tight: GuardedSite) -> None:
    tight.asked = True
    client = tight.reader()
    opened = client.get("/form/step")
    data = {**hidden(opened), "text": TYPED, "photo": (BytesIO(b"jpeg"), "机密村名.jpg")}
    asked = client.post("/form/step", data, status=ASKED, content_type="multipart/form-data")
    assert "重新选择" in asked.text and "机密村名" not in asked.text


def test_no_address_is_kept_in_the_counts(tight: GuardedSite) -> None:
    """trust.md 1, 4; ASVS 16.2.5: neither rates nor budgets know an address."""
    client = tight.reader("203.0.113.77")
    for _ in range(4):
        tight.send(client)
    storage = tight.app.extensions["greenmine.budgets"].windows.storage
    kept = f"{storage.counted} {storage.windows}"
    assert "budget_sent" in kept and "pages" in kept and "203.0.113.77" not in kept


def test_one_client_cannot_use_up_the_files_of_everybodys_day(base: Services) -> None:
    """trust.md 4: above its fourth of the day a client is told; others, and text, are taken."""
    site = guarded_site(base, daily_evidence_bytes=400)

    def bring(size: int, address: str) -> None:
        with site.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            take_client_bytes(size)

    bring(60, "192.0.2.1")
    bring(40, "192.0.2.1")
    with pytest.raises(TooMany) as refused:
        bring(1, "192.0.2.1")
    assert refused.value.field == "file" and "文字内容仍可照常提交" in str(refused.value)
    bring(100, "192.0.2.2")
