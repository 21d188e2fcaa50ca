"""Objections sent twice: two windows, files, no token; one case, nothing typed lost (trust.md 20)."""

import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from tests.web.desk_site import DeskSite, desk_site
from tests.web.objection_site import (
    SECRETS,
    WHOLE,
    code_on,
    fill,
    lodged,
    old_form,
    press_send,
    publish,
)
from tests.web.strict_client import Answer

from greenmine.config import Settings
from greenmine.store.case_attachment import attachments_of
from greenmine.store.tables_case import case_attachment, form_draft


@pytest.fixture
def site(settings: Settings) -> DeskSite:
    return desk_site(settings)


def test_sent_twice_is_one_objection(site: DeskSite) -> None:
    """trust.md 20: double click, back button, and the same page sent after the code was typed."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    site.later(minutes=1)
    old = old_form(person.get(f"{path}/check"), having="form_key")
    for _ in range(3):
        assert person.post(f"{path}/check", old).location == "/objections/receipt"
    _number, code = code_on(person.get("/objections/receipt"))
    person.send("/objections/receipt", {"code": code}, form="code")
    assert "没有重复登记" in person.post(f"{path}/check", old, status=409).text
    assert len(lodged(site)) == 1


def test_twenty_identical_posts_at_once_make_one_objection(site: DeskSite) -> None:
    """Issue 3, done when: 20 parallel identical posts make one case."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    site.later(minutes=1)
    old = old_form(person.get(f"{path}/check"), having="form_key")
    cookie = "; ".join(f"{each.key}={each.value}" for each in (person.browser._cookies or {}).values())

    def press(_n: int) -> tuple[int, str]:
        headers = {"Cookie": cookie, "Referer": f"{person.site_url}{path}/check"}
        answer = site.app.test_client(use_cookies=False).post(
            f"{path}/check", data=old, base_url=person.site_url, headers=headers
        )
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(press, range(20)))
    assert len(lodged(site)) == 1
    assert answers[(303, "/objections/receipt")] >= 1
    assert set(answers) <= {(303, "/objections/receipt"), (429, "")}  # many at once are asked a question, none refused


def test_the_marks_of_a_sent_objection_carry_no_other_past_the_budgets(settings: Settings) -> None:
    """trust.md 4: one passed form is one form, whatever draft stands behind the cookie."""
    site = desk_site(settings, budget_sent="1 per hour")
    path, one, other = f"/notices/{publish(site)}/objection", site.as_(None), site.as_(None)
    for person in (one, other):
        fill(person, path)
    site.later(minutes=1)
    passed, own = (old_form(person.get(f"{path}/check"), having="form_key") for person in (one, other))
    for _ in range(2):
        assert one.post(f"{path}/check", passed).location == "/objections/receipt"
    other.post(f"{path}/check", {**own, "marks": passed["marks"]}, status=429)
    assert len(lodged(site)) == 1


def test_two_windows_do_not_overwrite_each_other(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    old = old_form(person.get(path))
    fill(person, path, text="第一个窗口")
    page = person.post(path, {**old, **WHOLE, "text": "第二个窗口"}, status=409)
    assert "另一个窗口" in page.text and "第二个窗口" in page.text
    assert "第一个窗口" in person.get(path).text


def test_a_draft_about_another_notice_is_not_thrown_away_unasked(site: DeskSite) -> None:
    one, other = (f"/notices/{publish(site)}/objection" for _ in range(2))
    person = site.as_(None)
    fill(person, one)
    page = person.get(other)
    assert one in {node.get("href") for node in page.page.iter("a")}
    person.send(other, {"do": "replace"}, form="marks")
    assert "暗号丁" not in person.get(other).text
    fill(person, other)
    press_send(person, other)
    assert "查询码还没有核对" in person.get(one).text


def test_an_old_window_takes_no_receipt_away(site: DeskSite) -> None:
    """trust.md 20: whoever clears or replaces there has not seen that the form was sent from another window."""
    one, other = (f"/notices/{publish(site)}/objection" for _ in range(2))
    person = site.as_(None)
    fill(person, one)
    clearing = old_form(person.get(one), having="do")
    replacing = old_form(person.get(other), having="marks")
    press_send(person, one)
    code = code_on(person.get("/objections/receipt"))
    assert person.post(one, {**clearing, "do": "clear"}, status=303).location == "/objections/receipt"
    asked = person.post(other, {**replacing, "do": "replace"}, status=409)
    assert "查询码还没有核对" in asked.text
    assert code_on(person.get("/objections/receipt")) == code
    person.send(other, {"do": "replace-sent"}, form="marks", status=303)
    assert person.get("/objections/receipt", status=410) and "暗号丁" not in person.get(other).text


def test_a_photograph_is_kept_sealed_and_a_refused_file_takes_no_words(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    check = f"{path}/check"

    def upload(name: str, content: bytes, *, status: int) -> Answer:
        values = old_form(person.get(check), having="do", skip=("drop",))
        return person.post(check, {**values, "do": "add", "file": (io.BytesIO(content), name)}, status=status)

    refused = upload("名单.docx", b"PK\x03\x04", status=400)
    assert "名单.docx" in refused.text and "暗号丁" in refused.text
    upload("证据.pdf", b"%PDF-1.4\n%%EOF", status=303)
    assert "证据.pdf" in person.get(check).text
    press_send(person, path)
    (task,) = lodged(site)
    with site.services.database.read() as tx:
        (file,) = attachments_of(tx, task.case, master=site.services.master)
        assert tx.execute(select(func.count()).select_from(case_attachment)).scalar_one() == 1
    assert site.services.sealed_files.get(file.file, file.key).startswith(b"%PDF")
    assert file.name == "证据.pdf"


def test_a_form_without_its_token_is_shown_again_with_every_word(site: DeskSite) -> None:
    """The session's cookie was lost while the person typed (ui.md 5)."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    values = {**old_form(person.get(path)), **WHOLE}
    del values["csrf_token"]
    page = person.post(path, values, status=400)
    assert all(secret in page.text for secret in SECRETS) and "页面打开时间过长" in page.text
    record = f"/corrections/new?record=notice/{path.split('/')[2]}"
    again = person.post(record, {"wrong": "暗号甲", "right": "暗号乙"}, status=400)
    assert "暗号甲" in again.text and "暗号乙" in again.text


def test_a_file_that_is_too_large_takes_no_words_and_leads_back(settings: Settings) -> None:
    site = desk_site(replace(settings, request_bytes=300_000, form_bytes=200_000))
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    values = old_form(person.get(f"{path}/check"), having="do", skip=("drop",))
    large = (io.BytesIO(b"%PDF-1.4" + b"x" * 400_000), "大.pdf")
    page = person.post(f"{path}/check", {**values, "do": "add", "file": large}, status=413)
    assert f"{path}/check" in {node.get("href") for node in page.page.iter("a")}
    assert "暗号丁" in person.get(f"{path}/check").text


def test_clearing_forgets_everything(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    values = old_form(person.get(path), having="do", skip=("who",))
    person.post(path, {**values, "do": "clear"})
    assert "暗号" not in person.get(path).text
    with site.services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(form_draft)).scalar_one() == 0
