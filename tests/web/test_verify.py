"""``/verify``: whatever carries a proof is checked step by step; a fault is shown at its step (issue 4, 4)."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.log_site import LogSite, log_site
from tests.tlog_keys import WITNESSES
from tests.web.strict_client import words
from tests.web.test_verify_given import TRICKS
from tests.web.verify_site import (
    FAILED,
    PASSED,
    WAITING,
    check,
    outcome,
    steps,
    unasked,
    upload,
    verify_site,
)
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from greenmine.store.act import acts_after
from greenmine.store.log_find import concerns
from greenmine.store.log_key import log_keys
from greenmine.tlog.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.evidence import Evidence, parse_evidence
from greenmine.tlog.merkle import node_hash
from greenmine.tlog.note import SignedNote, SignerKey, parse_note
from greenmine.usecases.log import rotate_key

# --- a record ------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    with verify_site(tmp_path / "data") as made:
        yield made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogSite]:
    with log_site(tmp_path_factory.mktemp("filled") / "data", filled=True) as made:
        unasked(made)
        yield made


def test_a_record_is_proved_from_its_words_to_the_signature(site: LogSite) -> None:
    page = site.client.get("/verify/entry/1")
    text = words(page.page.find("./body"))
    evidence = parse_evidence(site.fetch("/log/proof/1.tlog-proof").decode())
    assert outcome(page) == PASSED
    assert steps(page) == ["记录说了什么", "原文的哈希", "从叶哈希算到根哈希", "记录头", "本站的签名", "见证方"]
    assert leaf_hash(site.fetch("/log/entry/1.json")).hex() in text
    assert all(sibling.hex() in text for sibling in evidence.proof)
    assert text.count("相邻哈希在左边") == 1 and text.count("相邻哈希在右边") == 1
    assert site.fetch("/log/policy").decode().split(" ")[1] in text
    assert "不证明所公布的内容属实" in text and "/log/verify_record.py" in page.links()


def test_a_records_proof_is_public_and_says_which_address_it_has(site: LogSite) -> None:
    answer = site.client.get("/verify?entry=2", status=302)
    assert answer.location == "/verify/entry/2"
    page = site.client.get("/verify/entry/2")
    assert page.headers["Cache-Control"] == "no-cache"
    assert site.client.get("/verify").headers["Cache-Control"] == "no-store"
    assert check(site, "2").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", ["3", "99999", "2147483647", "99999999999", "x", "-1", "1e3", "１"])
def test_a_record_there_is_not_is_not_found(site: LogSite, number: str) -> None:
    answer = site.client.get(f"/verify?entry={number}", status=None)
    if answer.status == 302:
        answer = site.client.get(answer.location, status=None)
    assert answer.status == 404
    site.client.get("/verify/entry/01", status=404)


def test_an_unknown_number_fails_at_the_record(site: LogSite) -> None:
    answer = check(site, "第 99 号记录")
    assert outcome(answer) == FAILED and steps(answer) == ["记录说了什么"] and "没有第 99 号" in answer.text


def test_a_record_that_awaits_its_signature_waits_at_the_head(site: LogSite) -> None:
    site.hide_keys()
    site.record(4)
    answer = site.client.get("/verify/entry/3")
    assert outcome(answer) == WAITING and steps(answer)[-1] == "记录头" and "正在等待签名" in answer.text


def test_a_log_that_has_not_begun_says_so(tmp_path: Path) -> None:
    with log_site(tmp_path / "data", begun=False) as site:
        site.record(1)
        assert outcome(site.client.get("/verify/entry/0")) == WAITING
        assert outcome(check(site, "0")) == WAITING


def test_records_under_a_changed_key_are_proved_still(site: LogSite) -> None:
    old = site.fetch("/log/proof/0.tlog-proof").decode()
    with site.services.database.write() as tx:
        rotate_key(tx, keys=site.services.log_keys, at=site.clock.now)
    assert outcome(site.client.get("/verify/entry/0")) == PASSED and outcome(check(site, old)) == PASSED


# --- bytes and proofs ----------------------------------------------------------------------------------------


def test_a_records_bytes_are_compared_and_a_changed_one_is_named(site: LogSite) -> None:
    entry = site.fetch("/log/entry/1.json")
    assert outcome(check(site, entry.decode())) == PASSED and outcome(upload(site, entry)) == PASSED
    bent = upload(site, entry.replace(b'"v":1', b'"v":2'))
    assert outcome(bent) == FAILED and steps(bent) == ["记录说了什么", "原文的哈希"]
    place = entry.index(b'"v":1') + len('"v":1')
    assert f"第一处不同在第 {place} 个字节" in bent.text
    unknown = upload(site, entry.replace(b'"seq":0', b'"seq":9'))
    assert outcome(unknown) == FAILED and steps(unknown) == ["记录说了什么"]


def test_a_proof_stays_good_while_the_log_grows(site: LogSite) -> None:
    proof = site.fetch("/log/proof/1.tlog-proof")
    site.record(4, 5)
    for answer in (check(site, proof.decode()), upload(site, proof)):
        assert outcome(answer) == PASSED
        assert "与最新的记录头是否一致" in steps(answer) and "前 3 条记录没有被改动" in answer.text


def bent_proofs(site: LogSite) -> dict[str, tuple[str, str]]:
    """What was done to a proof → the proof, and the step at which it must fail."""
    evidence = parse_evidence(site.fetch("/log/proof/1.tlog-proof").decode())
    head = parse_checkpoint(evidence.note.text)
    other = replace(head, origin="other.example/log")
    unsigned = sign_checkpoint(head, [WITNESSES[0]])
    flipped = [bytes([evidence.proof[0][0] ^ 1]) + evidence.proof[0][1:], *evidence.proof[1:]]
    grown = SignedNote(evidence.note.text.replace("\n3\n", "\n4\n"), evidence.note.signatures)
    return {
        "another number": (str(replace(evidence, index=0)), "从叶哈希算到根哈希"),
        "an unknown number": (str(replace(evidence, index=10**18)), "记录说了什么"),
        "a flipped bit": (str(replace(evidence, proof=flipped)), "从叶哈希算到根哈希"),
        "a hash less": (str(replace(evidence, proof=evidence.proof[:-1])), "从叶哈希算到根哈希"),
        "another size of the same shape": (str(replace(evidence, note=grown)), "本站的签名"),
        "another log": (str(replace(evidence, note=sign_checkpoint(other, [WITNESSES[0]]))), "记录头"),
        "no signature of ours": (str(replace(evidence, note=unsigned)), "本站的签名"),
        "cut short": (str(evidence)[:-30], "证据文件"),
    }


def test_each_fault_of_a_proof_is_shown_at_the_step_that_fails(site: LogSite) -> None:
    for what, (proof, step) in bent_proofs(site).items():
        for answer in (check(site, proof), upload(site, proof.encode())):
            assert outcome(answer) == FAILED, what
            assert steps(answer)[-1] == step, what


def test_a_head_that_was_kept_shows_whether_the_log_was_rewritten(site: LogSite) -> None:
    kept = site.fetch("/log/checkpoint").decode()
    site.record(4)
    answer = check(site, kept)
    assert outcome(answer) == PASSED and "签发时间" in answer.text
    note = parse_note(kept)
    key = signing_key(site)
    forged = sign_checkpoint(Checkpoint(key.name, 3, b"r" * 32), [key])
    larger = sign_checkpoint(Checkpoint(key.name, 10**18, b"r" * 32), [key])
    for text in (str(forged), str(larger)):
        answer = check(site, text)
        assert outcome(answer) == FAILED and "它们就是证据" in answer.text
        assert "签发时间" not in answer.text, "the site never made this head, and says no time for it"
    assert outcome(check(site, str(SignedNote(note.text.replace("\n3\n", "\n2\n"), note.signatures)))) == FAILED


def signing_key(site: LogSite) -> SignerKey:
    with site.services.database.read() as tx:
        key = site.services.log_keys.find(log_keys(tx)[0].key)
    assert key is not None
    return key


def test_a_fork_inside_a_proof_is_evidence_against_the_site(site: LogSite) -> None:
    key, entry = signing_key(site), site.fetch("/log/entry/0.json")
    fork = Evidence(0, [], sign_checkpoint(Checkpoint(key.name, 1, leaf_hash(entry)), [key]))
    assert outcome(check(site, str(fork))) == PASSED, "the true root at size 1"
    fork = Evidence(
        0, [b"x" * 32], sign_checkpoint(Checkpoint(key.name, 2, node_hash(leaf_hash(entry), b"x" * 32)), [key])
    )
    answer = check(site, str(fork))
    assert outcome(answer) == FAILED and steps(answer)[-1] == "与现在的记录库是否一致"


# --- pages, rows, documents ----------------------------------------------------------------------------------


def test_a_page_shows_the_records_behind_it(filled: LogSite) -> None:
    assert filled.register is not None
    mine = filled.register.mines["zhijin"]
    answer = check(filled, f"{filled.client.site_url}/mines/{mine}?on=2020-01-01")
    assert outcome(answer) == PASSED
    assert steps(answer)[:3] == ["页面背后的记录", "同一事项的记录是否首尾相接", "是否都在记录库中"]
    links = [link for link in answer.links() if link.startswith("/verify/entry/")]
    assert len(links) >= 3
    assert all(outcome(filled.client.get(link)) == PASSED for link in links)


@pytest.mark.parametrize("path", ["/mines", "/regions/520000", "/", "/nowhere", "/mines/GM-520524-0001/x", "/status"])
def test_a_page_without_records_of_its_own_says_which_to_take(filled: LogSite, path: str) -> None:
    assert "由多条记录汇总而成" in check(filled, f"{filled.client.site_url}{path}", status=400).text


def test_the_page_of_a_mine_there_is_not_fails(filled: LogSite) -> None:
    assert outcome(check(filled, "/mines/GM-520524-9999")) == FAILED


def test_another_sites_page_is_not_ours_to_check(filled: LogSite) -> None:
    assert "不是本站的网址" in check(filled, "https://other.example/mines/GM-520524-0001", status=400).text


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_row_of_an_export_leads_to_its_record(filled: LogSite, kind: str) -> None:
    whole = filled.fetch(f"/mines.{kind}").decode("utf-8-sig")
    if kind == "csv":
        heading, row = whole.split("\r\n")[:2]
        texts = [f"{heading}\n{row}", row]
    else:
        texts = [whole.split("\n")[1], whole.split("\n")[1].rstrip(",")]
    for text in texts:
        answer = check(filled, text)
        assert outcome(answer) == PASSED and steps(answer)[0] == "导出的这一行"
    if kind == "csv":
        refused = check(filled, whole.replace("\r\n", "\n"), status=400)
        assert "只粘贴表头和需要核对的一行" in refused.text, [words(n) for n in refused.page.iter("p")]


def test_a_row_whose_number_was_changed_fails_at_the_row(filled: LogSite) -> None:
    assert filled.register is not None
    mine = filled.register.mines["zhijin"]
    row = {"last_act": "0", "address": f"{filled.client.site_url}/mines/{mine}"}
    with filled.services.database.read() as tx:
        foreign = next(act.n for act in acts_after(tx, 0, limit=500) if not concerns(tx, f"mine/{mine}", act.n))
    for number in (foreign, 99999):
        answer = check(filled, json.dumps({**row, "last_act": str(number)}))
        assert outcome(answer) == FAILED and steps(answer) == ["导出的这一行"]


def test_a_document_is_known_by_its_bytes(filled: LogSite) -> None:
    with filled.services.database.read() as tx:
        act = next(act for act in acts_after(tx, 0, limit=500) if act.kind == "mine.registered")
    body = str(act.fact("body"))
    content = filled.fetch(f"/documents/{body}")
    answer = upload(filled, content)
    assert outcome(answer) == PASSED and "--document" in answer.text
    assert steps(answer)[:3] == ["文件的哈希", "是否公布过", "哪条记录写着它"]
    assert outcome(check(filled, body)) == PASSED
    assert outcome(check(filled, f"{filled.client.site_url}/documents/{body}")) == PASSED
    changed = upload(filled, content + b" ")
    assert outcome(changed) == FAILED and steps(changed)[-1] == "是否公布过"


def test_a_removed_document_tells_its_ground_and_is_proved_still(tmp_path: Path) -> None:
    with log_site(tmp_path / "data", filled=True) as site:
        with site.services.database.read() as tx:
            act = next(act for act in acts_after(tx, 0, limit=500) if act.kind == "credit.added")
        body = str(act.fact("body"))
        content = site.fetch(f"/documents/{body}")
        site.clock.now = site.clock.now.replace(year=2029)
        answer = upload(site, content)
        assert outcome(answer) == PASSED and "已停止公开" in answer.text
        assert "示例辽东镁业有限公司" not in answer.text


def test_a_large_file_is_hashed_piece_by_piece(site: LogSite) -> None:
    hidden = {node.get("name"): node.get("value") for node in site.client.get("/verify").page.iter("input")}
    file = FileStorage(io.BytesIO(b"{" * (3 << 20)), "file.bin")
    boundary, body = encode_multipart({name: hidden[name] for name in ("csrf_token", "marks")} | {"file": file})
    answer = site.client.post("/verify", body, status=200, content_type=f"multipart/form-data; boundary={boundary}")
    assert outcome(answer) == FAILED and "（3 MB）" in answer.text


# --- what cannot be taken ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "  \n", "某某煤矿", "{", "\u202e", "x\n" * 3000])
def test_what_is_not_recognised_is_refused_beside_the_field(site: LogSite, text: str) -> None:
    answer = check(site, text, status=400)
    assert answer.title.startswith("错误：")
    area = next(node for node in answer.page.iter("textarea"))
    assert area.get("aria-invalid") == "true" and not (area.text or "").strip()


def test_an_empty_file_and_two_things_at_once_are_refused(site: LogSite) -> None:
    assert "这个文件是空的" in upload(site, b"", status=400).text
    both = {"text": "1", "file": (io.BytesIO(b"x"), "file")}
    assert "一次核对一项" in site.client.submit("/verify", both, status=400).text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TRICKS, as_file=st.booleans())
def test_no_text_and_no_file_makes_the_page_fail(filled: LogSite, text: str, as_file: bool) -> None:
    content = text.encode("utf-8", "replace")
    if as_file:
        assert upload(filled, content or b"x", status=None).status in (200, 400)
    else:
        assert check(filled, content.decode(), status=None).status in (200, 400)
