"""What readers see of the witnesses: the policy, who is missing, and proofs that are good from the first second."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.log_site import LogSite, log_site
from tests.one_app import app_for
from tests.tlog_keys import WITNESSES
from tests.web.strict_client import StrictClient, words

from greenmine.store.log import newest_head
from greenmine.store.log_read import entry_row
from greenmine.tlog.checkpoint import cosign
from greenmine.tlog.evidence import check_evidence, parse_evidence
from greenmine.tlog.note import Malformed
from greenmine.tlog.policy import Group, Policy, Witness, parse_policy
from greenmine.usecases.log_witness import WitnessFault, Word, keep_word, note_no_word

PAPER = Witness("演示晚报", WITNESSES[0].verifier, "https://paper.example/witness")
COLLEGE = Witness("演示学院", WITNESSES[1].verifier, "https://college.example")
POLICY = Policy((), (PAPER, COLLEGE), (Group("both", 1, (PAPER.name, COLLEGE.name)),), "both")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    with log_site(tmp_path / "data") as made:
        services = replace(made.services, witnesses=POLICY)
        app = app_for(services)
        watched = LogSite(app, services, made.clock, StrictClient(app), made.register)
        watched.record(1, 2, 3)
        yield watched


def cosigned(site: LogSite, place: int, *, at: datetime | None = None) -> None:
    moment = at or site.clock.now
    with site.services.database.write() as tx:
        head = newest_head(tx)
        assert head is not None
        line = cosign(head.checkpoint.text, WITNESSES[place], time=int(moment.timestamp()))
        word = Word(line, int(moment.timestamp()))
        keep_word(tx, (PAPER, COLLEGE)[place], word, size=head.checkpoint.size, at=moment)


def text_of(site: LogSite, path: str) -> str:
    return words(site.client.get(path).page.find("./body"))


def test_the_policy_lists_the_witnesses_and_the_quorum(site: LogSite) -> None:
    policy = parse_policy(site.fetch("/log/policy").decode())
    assert (policy.witnesses, policy.groups, policy.quorum) == (POLICY.witnesses, POLICY.groups, POLICY.quorum)
    assert len(policy.logs) == 1


def test_a_witness_that_is_missing_is_named_on_both_pages(site: LogSite) -> None:
    cosigned(site, 0)
    cosigned(site, 1, at=site.clock.now - timedelta(hours=25))
    assert "演示学院超过24小时没有确认，其他见证方照常" in text_of(site, "/log")
    assert "演示学院超过24小时没有确认" in text_of(site, "/status")
    assert "演示晚报超过24小时" not in text_of(site, "/status")


def test_what_is_wrong_with_a_witness_is_told_in_words(site: LogSite) -> None:
    cosigned(site, 0)
    cosigned(site, 1)
    with site.services.database.write() as tx:
        note_no_word(tx, COLLEGE, WitnessFault.FALSE, at=site.clock.now)
    for path in ("/log", "/status"):
        assert "签名无效，未采用" in text_of(site, path)
        assert "没有确认" not in text_of(site, path)


def test_witnesses_in_order_leave_nothing_to_tell(site: LogSite) -> None:
    cosigned(site, 0)
    cosigned(site, 1)
    page = text_of(site, "/log")
    assert "全部记录均已签名" in page
    assert "演示晚报 正常" in page
    assert "已确认3条" in page


def test_a_proof_taken_before_the_witnesses_saw_the_newest_head_has_the_quorum_all_the_same(site: LogSite) -> None:
    cosigned(site, 1)
    site.record(4)
    policy = parse_policy(site.fetch("/log/policy").decode())
    evidence = parse_evidence(site.fetch("/log/proof/1.tlog-proof").decode())
    with site.services.database.read() as tx:
        leaf = entry_row(tx, 1).leaf
        newest = entry_row(tx, 3).leaf
    judged = check_evidence(evidence, leaf=leaf, policy=policy)
    assert (judged.checkpoint.size, len(judged.cosignatures)) == (3, 1)
    early = parse_evidence(site.fetch("/log/proof/3.tlog-proof").decode())
    with pytest.raises(Malformed, match="quorum"):
        check_evidence(early, leaf=newest, policy=policy)
    cosigned(site, 0)
    late = parse_evidence(site.fetch("/log/proof/3.tlog-proof").decode())
    assert check_evidence(late, leaf=newest, policy=policy).has_quorum
