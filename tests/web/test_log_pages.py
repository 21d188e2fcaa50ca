"""``/log`` and its entries as a reader sees them: how the log stands, red when it must be (log-spec.md 5)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.log_site import ORIGIN, LogSite, log_site
from tests.tlog_keys import WITNESSES
from tests.web.strict_client import words

from greenmine.domain.act import KINDS
from greenmine.domain.act.log import LOG_KINDS
from greenmine.domain.seat import SYSTEM
from greenmine.store.act import ActRow, acts_after
from greenmine.store.log import add_signature, newest_head
from greenmine.store.tables import act
from greenmine.tlog.checkpoint import cosign
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.policy import NONE, Policy, Witness
from greenmine.usecases.log import rotate_key
from greenmine.usecases.log_policy import NO_WITNESSES
from greenmine.web.public.log import standing_of
from greenmine.web.public.timeline import Hearer, told

ONE_WITNESS = Policy((), (Witness("演示晚报", WITNESSES[0].verifier),), (), NONE)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    with log_site(tmp_path / "data") as made:
        made.record(1, 2, 3)
        yield made


def boxes(site: LogSite) -> list[str]:
    """Kinds of the boxes above the page's cards: ``bad`` is red."""
    classes = [str(node.get("class")) for node in site.client.get("/log").page.iter("div")]
    return [each for each in classes if each.startswith("notice ")]


def cosigned(site: LogSite, at: datetime) -> None:
    time = int(at.timestamp())
    with site.services.database.write() as tx:
        head = newest_head(tx)
        assert head is not None
        line = cosign(head.checkpoint.text, WITNESSES[0], time=time)
        add_signature(tx, head.checkpoint.size, line, at=at, time=time)


def test_the_page_says_whose_log_it_is_how_large_and_under_which_key(site: LogSite) -> None:
    page = site.client.get("/log")
    text = words(page.page.find("./body"))
    policy = site.fetch("/log/policy").decode()
    note = site.fetch("/log/checkpoint").decode().split("\n")
    assert ORIGIN in text and "3条" in text and note[2] in text and policy.split(" ")[1] in text
    assert boxes(site) == ["notice ok"]
    for href in ("/log/checkpoint", "/log/policy", "/log/verify_record.py", "/log/checkpoints.atom", "/log/entries"):
        assert href in page.links()
        site.fetch(href)


def test_the_commands_on_the_page_are_addresses_that_answer(site: LogSite) -> None:
    """A journalist copies them as they stand."""
    text = site.client.get("/log").text
    asked = [part.split()[0] for part in text.split("curl -O ")[1:]]
    assert len(asked) == 4
    for address in asked:
        site.fetch(address.removeprefix(site.client.site_url))


def test_an_unsigned_head_is_red_and_says_how_many_entries_wait(site: LogSite) -> None:
    site.hide_keys()
    site.record(4, 5)
    text = words(site.client.get("/log").page.find("./body"))
    assert boxes(site) == ["notice bad"] and "最新的2条记录还没有签名，其余3条可以核验" in text
    entry = site.client.get("/log/entry/4")
    assert "等待签名" in entry.text and "/log/proof/4.tlog-proof" not in entry.links()
    assert "/log/entry/4.json" in entry.links()


def follow(site: LogSite, *pages: str) -> None:
    """No link of these pages into the log is dead."""
    for link in sorted({link for page in pages for link in site.client.get(page).links()}):
        if link.startswith("/log"):
            site.client.get(link)


def test_a_log_that_has_not_begun_says_so(tmp_path: Path) -> None:
    with log_site(tmp_path / "data", begun=False) as site:
        site.record(1)
        assert boxes(site) == ["notice warn"] and "记录库尚未建立" in site.client.get("/log").text
        assert "尚未纳入记录头" in site.client.get("/log/entry/0").text
        follow(site, "/log", "/log/entry/0")


def test_an_empty_log_has_its_pages(tmp_path: Path) -> None:
    with log_site(tmp_path / "data") as site:
        assert boxes(site) == ["notice ok"] and "还没有记录" in site.client.get("/log").text
        assert "还没有记录" in site.client.get("/log/entries").text
        site.client.get("/log/entry/0", status=404)
        follow(site, "/log")


@pytest.mark.parametrize(("hours", "stale"), [(0, False), (23, False), (24, False), (25, True)])
def test_witnesses_that_are_silent_for_a_day_turn_the_page_red(site: LogSite, hours: int, stale: bool) -> None:
    now = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
    cosigned(site, now - timedelta(hours=hours))
    with site.services.database.read() as tx:
        standing = standing_of(tx, now=now, witnesses=ONE_WITNESS)
        unwatched = standing_of(tx, now=now, witnesses=NO_WITNESSES)
    assert standing is not None and unwatched is not None
    assert standing.seen == now - timedelta(hours=hours) and standing.witnesses == ("演示晚报",)
    assert standing.witnesses_stale is stale and not unwatched.witnesses_stale


def test_a_witness_that_never_confirmed_is_red_too(site: LogSite) -> None:
    with site.services.database.read() as tx:
        standing = standing_of(tx, now=site.clock.now, witnesses=ONE_WITNESS)
    assert standing is not None and standing.seen is None and standing.witnesses_stale


def test_a_changed_key_is_told_beside_the_one_before(site: LogSite) -> None:
    with site.services.database.write() as tx:
        rotate_key(tx, keys=site.services.log_keys, at=site.clock.now)
    assert site.client.get("/log").text.count("，现用") == 2
    site.clock.now += timedelta(days=31)
    text = site.client.get("/log").text
    assert text.count("，现用") == 1 and text.count("已更换，仍可核验此前的证据") == 1


def test_an_entry_page_shows_the_envelope_its_hash_its_head_and_its_neighbours(site: LogSite) -> None:
    entry = site.fetch("/log/entry/1.json")
    page = site.client.get("/log/entry/1")
    text = words(page.page.find("./body"))
    assert leaf_hash(entry).hex() in text and "共3条时首次纳入" in text and page.h1 == "第 1 号记录"
    (shown,) = [words(node) for node in page.page.iter("pre")]
    assert json.loads(shown) == json.loads(entry)
    document = json.loads(entry)["body"]
    for href in ("/log/entry/0", "/log/entry/2", f"/documents/{document}", "/log/proof/1.tlog-proof"):
        assert href in page.links()
        site.fetch(href)
    assert "/log/entry/3" not in site.client.get("/log/entry/2").links()


def test_entries_of_one_object_lead_to_each_other(tmp_path: Path) -> None:
    with log_site(tmp_path / "data", filled=True) as site:
        assert site.register is not None
        name = f"mine/{site.register.mines['zhijin']}"
        with site.services.database.read() as tx:
            own = list(tx.execute(select(act.c.n).where(act.c.object == name).order_by(act.c.n)).scalars())
        assert len(own) >= 3
        links = site.client.get(f"/log/entry/{own[1]}").links()
        assert {f"/log/entry/{own[0]}", f"/log/entry/{own[2]}"} <= set(links)


def test_every_kind_of_act_there_is_has_a_page_in_words(tmp_path: Path) -> None:
    with log_site(tmp_path / "data", filled=True) as site:
        with site.services.database.write() as tx:
            rotate_key(tx, keys=site.services.log_keys, at=site.clock.now)
        with site.services.database.read() as tx:
            first = {row.kind: row.n for row in reversed(acts_after(tx, 0, limit=1000))}
        assert len(first) >= 10 and set(first) <= set(KINDS)
        for kind, n in first.items():
            page = site.client.get(f"/log/entry/{n}")
            assert str(KINDS[kind].title) in page.text, kind


@pytest.mark.parametrize(
    ("kind", "name", "facts", "words_of_it"),
    [
        ("complaint.batch", "batch/2026-11-17", {"day": "2026-11-17", "commitments": [f"{n:064x}" for n in range(16)]},
         "2026年11月17日受理的投诉，共16个校验值"),
        ("document.removed", f"document/{'ab' * 32}", {"document": "ab" * 32, "ground": "court"}, "依据：生效裁判要求"),
        ("record.erased", f"erased/{'cd' * 32}", {"commitment": "cd" * 32}, "对应的个人信息已删除"),
        ("key.rotated", "log/key", {"old": "01020304", "new": "05060708", "public": "ab" * 32},
         "01020304更换为05060708"),
        ("checkpoint.recovered", "log/recovery", {"size": 5, "root": "ab" * 32}, "自第5条之后继续"),
    ],
)  # fmt: skip
def test_what_the_log_says_of_itself_is_told_in_words(
    site: LogSite, kind: str, name: str, facts: dict[str, object], words_of_it: str
) -> None:
    assert kind in {each.name for each in LOG_KINDS}
    row = ActRow(7, kind, name, "2026-11-18T04:00:00Z", "2026-11-18", SYSTEM, facts, None)
    with site.app.test_request_context("/log/entry/7"):
        shown = told(row, Hearer(site.services.reference))
    assert words_of_it in shown.text and shown.title == KINDS[kind].title


def test_the_list_goes_on_by_key_so_a_page_stays_the_same_while_the_log_grows(site: LogSite) -> None:
    site.record(*range(4, 61))
    first = site.client.get("/log/entries")
    assert "/log/entry/59" in first.links() and "/log/entries?before=35" in first.links()
    older = site.client.get("/log/entries?before=35")
    assert "/log/entry/34" in older.links() and "/log/entry/35" not in older.links()
    site.record(61)
    again = site.client.get("/log/entries?before=35")
    assert [link for link in again.links() if "/log/entry/" in link] == [
        link for link in older.links() if "/log/entry/" in link
    ]
    last = site.client.get("/log/entries?before=10")
    assert "/log/entry/0" in last.links() and not any("before=0" in link for link in last.links())


@pytest.mark.parametrize("value", ["0", "-1", "x", "4", "99999999999", "1e3", "١"])
def test_a_page_the_list_does_not_have_is_not_found(site: LogSite, value: str) -> None:
    assert "没有" in site.client.get(f"/log/entries?before={value}", status=404).h1


def test_a_removed_document_is_told_and_its_hash_stays(tmp_path: Path) -> None:
    """Issue C 5: a removed document answers 410 with its ground and the log still verifies."""
    with log_site(tmp_path / "data", filled=True) as site:
        assert site.register is not None
        with site.services.database.read() as tx:
            row = next(row for row in acts_after(tx, 0, limit=1000) if row.kind == "credit.added")
        body = str(row.fact("body"))
        assert f"/documents/{body}" in site.client.get(f"/log/entry/{row.n}").links()
        site.clock.now = site.clock.now.replace(year=2029)
        site.client.get(f"/documents/{body}", status=410)
        assert body in site.client.get(f"/log/entry/{row.n}").text


def test_an_entry_names_nobody(tmp_path: Path) -> None:
    """rules.md: the subject of a credit entry is named on the entry's own page alone, while it runs."""
    with log_site(tmp_path / "data", filled=True) as site:
        with site.services.database.read() as tx:
            rows = [row for row in acts_after(tx, 0, limit=1000) if row.kind.startswith("credit.")]
        for row in rows:
            assert "示例辽东镁业有限公司" not in site.client.get(f"/log/entry/{row.n}").text
        assert rows
