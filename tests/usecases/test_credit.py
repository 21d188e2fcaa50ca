"""Credit entries: what they need, how long they are shown, who decides, and how they end (LN-13, ZJ-14; rules.md)."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.announced import add_credit
from tests.desk import (
    ADMINISTRATOR,
    ANJI,
    CITY_OFFICER,
    COUNTY_OFFICER,
    FIRM_CODE,
    GUIZHOU,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
    Desk,
)
from tests.reference_data import reference
from tests.seats import seated

from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.errors import BadInput, Gone, NotAllowed, RuleBroken
from greenmine.domain.ground import CreditLevel
from greenmine.domain.mine import Library
from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role
from greenmine.store.act import get_document
from greenmine.store.credit import CreditFilter, CreditRow, count_ended, get_credit, running_credits
from greenmine.store.tables import credit_entry
from greenmine.usecases.credit import end_due_credits

DAY = date(2026, 5, 6)
"""A day on which 信用修复管理办法 (from 2026-04-01) is in force."""
SALT = "5a" * 32


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return desk.at(DAY)


def entry(**values: Any) -> CreditDraft:
    return replace(
        CreditDraft(
            level=CreditLevel.GENERAL,
            subject=Subject.FIRM,
            region=GUIZHOU,
            name="演示失信企业",
            conduct="提供虚假材料",
            basis="LN-13",
            decision_no="演示〔2026〕1号",
            organ="演示自然资源厅",
            decided=DAY,
            until=date(2026, 11, 6),
            credit_code=FIRM_CODE,
        ),
        **values,
    )


def add(desk: Desk, *, proposed_by: int = PROVINCE_OFFICER.id, officer: Officer = PROVINCE_COLLEAGUE, salt: str = SALT,
        **values: Any) -> str:  # fmt: skip
    with desk.database.write() as tx:
        return add_credit(
            tx, entry(**values), proposed_by=proposed_by, salt=salt, reference=reference(), officer=officer, at=desk.now
        )


def row(desk: Desk, number: str, *, today: date = DAY) -> CreditRow:
    with desk.database.read() as tx:
        return get_credit(tx, number, today=today)


def end(desk: Desk, today: date) -> int:
    with desk.database.write() as tx:
        return end_due_credits(tx, today=today, at=desk.at(today).now)


def test_an_entry_says_who_why_by_whom_and_until_when(desk: Desk) -> None:
    """rules.md: subject, kind of conduct, legal basis, decision number, organ, date, from, until."""
    found = row(desk, add(desk))
    assert (found.id, found.name, found.credit_code, found.register) == (
        "2026-0001", "演示失信企业", FIRM_CODE, "general",
    )  # fmt: skip
    assert (found.conduct, found.basis, found.decision_no, found.organ) == (
        "提供虚假材料", "LN-13", "演示〔2026〕1号", "演示自然资源厅",
    )  # fmt: skip
    assert (found.since, found.until, found.running) == (DAY, date(2026, 11, 6), True)


def test_an_entry_keeps_its_decision_day_and_the_removal_behind_it_while_it_runs(desk: Desk) -> None:
    """rules.md: the date of the decision, from which the term runs; LN-13: all that names the subject ends with it."""
    mine = desk.register()
    desk.enlist(mine, Library.PROVINCIAL)
    removal = desk.propose(mine)
    desk.decide(removal)
    number = add(desk, mine=mine, removal=removal)
    found = row(desk, number)
    assert (found.decided, found.removal) == (entry().decided, removal)
    assert not {"decided", "removal"} & set(desk.acts()[-1].envelope)
    end(desk, found.until)
    with desk.database.read() as tx:
        stored = tx.execute(select(credit_entry.c.decided, credit_entry.c.removal)).one()
    assert tuple(stored) == (None, None)
    over = row(desk, number, today=found.until)
    assert (over.decided, over.removal) == (None, None)


def test_the_envelope_names_nobody_and_the_body_is_salted(desk: Desk) -> None:
    """log-spec.md 1: once the body is gone, nobody finds the subject by hashing guesses."""
    add(desk)
    add(desk, salt="77" * 32)
    one, other = desk.acts()
    assert "演示" not in str(one.envelope)
    assert FIRM_CODE not in str(one.envelope)
    assert one.envelope["body"] != other.envelope["body"]
    national = reference().books.in_force("000000", DAY).stamp
    assert one.envelope["basis"] == [{"book": national, "provision": "credit/general"}]


def test_an_end_by_term_rests_on_the_term_the_entry_was_decided_with(desk: Desk) -> None:
    """信用修复管理办法: publication stops by itself at the maximum."""
    number = add(desk)
    end(desk, row(desk, number).until)
    added, ended = desk.acts()
    assert ended.kind == "credit.ended" and ended.envelope["basis"] == added.envelope["basis"] != []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        *(({name: " "}, name) for name in ("name", "conduct", "basis", "decision_no", "organ")),
        ({"conduct": "演示某，身份证52250119800101001X"}, "conduct"),
        ({"name": "演示某 522501198001010011"}, "name"),
        ({"credit_code": ""}, "credit_code"),
        ({"credit_code": FIRM_CODE[:-1] + "0"}, "credit_code"),
        ({"decided": date(2026, 5, 7)}, "decided"),
        ({"decided": date(2026, 3, 31), "until": date(2026, 9, 1)}, "decided"),
    ],
)
def test_what_an_entry_cannot_be_published_without(desk: Desk, values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        add(desk, **values)
    assert refusal.value.field == field
    assert desk.acts() == []


@pytest.mark.parametrize(
    ("level", "until", "allowed"),
    [
        (CreditLevel.GENERAL, date(2026, 8, 5), False),
        (CreditLevel.GENERAL, date(2026, 8, 6), True),
        (CreditLevel.GENERAL, date(2027, 5, 6), True),
        (CreditLevel.GENERAL, date(2027, 5, 7), False),
        (CreditLevel.SERIOUS, date(2027, 5, 5), False),
        (CreditLevel.SERIOUS, date(2027, 5, 6), True),
        (CreditLevel.SERIOUS, date(2029, 5, 6), True),
        (CreditLevel.SERIOUS, date(2029, 5, 7), False),
    ],
)
def test_an_entry_is_shown_neither_shorter_nor_longer_than_the_rule_says(
    desk: Desk, level: CreditLevel, until: date, allowed: bool
) -> None:
    """信用修复管理办法: 一般 3 months to 1 year, 严重 1 to 3 years, counted from the deciding document."""
    if allowed:
        assert row(desk, add(desk, level=level, until=until)).until == until
    else:
        with pytest.raises(BadInput, match="公示截止日"):
            add(desk, level=level, until=until)


def test_the_term_runs_from_the_decision_and_not_from_publication(desk: Desk) -> None:
    with pytest.raises(BadInput, match="2027-04-02"):
        add(desk, decided=date(2026, 4, 2), until=date(2027, 5, 6))
    late = desk.at(date(2027, 4, 2))
    with pytest.raises(RuleBroken, match="期限已过"):
        add(late, decided=date(2026, 4, 2), until=date(2027, 4, 2))


def test_minor_breaches_are_not_published(desk: Desk) -> None:
    with pytest.raises(RuleBroken, match="不予公示"):
        add(desk, level=CreditLevel.MINOR, until=date(2026, 7, 1))


def test_a_person_is_named_only_where_the_decision_names_them(desk: Desk) -> None:
    """LN-13 相关负责人: name only by legal basis, identity numbers never."""
    person = {"subject": Subject.PERSON, "name": "演示某", "credit_code": ""}
    with pytest.raises(RuleBroken, match="未载明姓名"):
        add(desk, **person)
    number = add(desk, **person, named_in_decision=True)
    found = row(desk, number)
    assert (found.subject, found.name, found.credit_code) == ("person", "演示某", None)


def test_who_proposed_does_not_decide(desk: Desk) -> None:
    """trust.md ASVS 2.3.5."""
    with pytest.raises(NotAllowed, match="提出人"):
        add(desk, proposed_by=PROVINCE_COLLEAGUE.id)
    assert desk.acts() == []


@pytest.mark.parametrize("officer", [COUNTY_OFFICER, CITY_OFFICER, ADMINISTRATOR])
def test_the_province_decides(desk: Desk, officer: Officer) -> None:
    with pytest.raises(NotAllowed):
        add(desk, officer=officer)
    with pytest.raises(NotAllowed):
        add(desk, region="330000")


def removed_mine(desk: Desk, ground: str, *, removed: bool = True) -> tuple[str, str]:
    mine = desk.register(f"演示{ground}矿")
    desk.enlist(mine, Library.PROVINCIAL)
    number = desk.propose(mine, ground)
    if removed:
        desk.decide(number)
    return mine, number


@pytest.mark.parametrize("ground", ["mine_closed", "reserves_exhausted", "voluntary_exit"])
def test_a_neutral_removal_never_leads_to_an_entry(desk: Desk, ground: str) -> None:
    """rules.md: mine_closed, reserves_exhausted, voluntary_exit are neutral and never lead to the blacklist."""
    mine, removal = removed_mine(desk, ground)
    with pytest.raises(RuleBroken, match="中性移出"):
        add(desk, mine=mine, removal=removal)


def test_an_adverse_removal_may_lead_to_one_once_it_is_decided(desk: Desk) -> None:
    """ZJ-14: 除名, 曝光, 企业+负责人黑名单, in this order."""
    mine, removal = removed_mine(desk, "fraud", removed=False)
    with pytest.raises(RuleBroken, match="尚未作出移出决定"):
        add(desk, mine=mine, removal=removal)
    desk.decide(removal)
    assert row(desk, add(desk, mine=mine, removal=removal)).mine == mine


def test_the_removal_is_that_of_the_mine_and_the_mine_lies_in_the_region(desk: Desk) -> None:
    _, removal = removed_mine(desk, "fraud")
    with pytest.raises(BadInput, match="不是这座矿山"):
        add(desk, mine=desk.register("演示他矿"), removal=removal)
    with pytest.raises(BadInput, match="不在该行政区"):
        add(desk, mine=desk.register("演示安吉矿", region=ANJI, officer=None))


def test_a_subject_vanishes_on_the_day_the_term_ends_even_if_no_job_runs(desk: Desk) -> None:
    """信用修复管理办法: publication stops by itself; trust.md: told from dates, not from a job."""
    number = add(desk)
    last, first_without = date(2026, 11, 5), date(2026, 11, 6)
    assert row(desk, number, today=last).name == "演示失信企业"
    over = row(desk, number, today=first_without)
    assert {over.name, over.credit_code, over.mine, over.conduct, over.basis, over.decision_no, over.organ} == {None}
    assert over.running is False
    with desk.database.read() as tx:
        assert running_credits(tx, CreditFilter(), today=last, limit=9)[1] == 1
        assert running_credits(tx, CreditFilter(), today=first_without, limit=9) == ([], 0)
        assert (count_ended(tx, today=last), count_ended(tx, today=first_without)) == (0, 1)


def test_the_end_is_recorded_once_and_takes_the_document(desk: Desk) -> None:
    number = add(desk)
    body = desk.acts()[0].envelope["body"]
    assert end(desk, date(2026, 11, 5)) == 0
    assert end(desk, date(2026, 11, 6)) == 1
    assert end(desk, date(2026, 11, 7)) == 0
    ended = desk.acts()[-1]
    assert (ended.kind, ended.by, ended.object) == ("credit.ended", "system@000000", f"credit/{number}")
    assert ended.envelope["removes"] == [body]
    with desk.database.read() as tx, pytest.raises(Gone):
        get_document(tx, body, today=DAY)
    assert row(desk, number, today=DAY).name is None


def test_only_the_entry_whose_term_is_over_ends(desk: Desk) -> None:
    first, second = add(desk, until=date(2026, 8, 6)), add(desk, until=date(2026, 11, 6), salt="77" * 32)
    assert end(desk, date(2026, 8, 6)) == 1
    assert row(desk, first).ended_on == date(2026, 8, 6)
    assert row(desk, second).name == "演示失信企业"


def test_no_table_keeps_a_word_of_an_ended_entry(desk: Desk) -> None:
    """rules.md: when an entry ends, no view names the subject; so nothing is kept to be named."""
    add(desk, name="绝无仅有之名")
    end(desk, date(2026, 11, 6))
    desk.database.checkpoint()
    path = desk.database.engine.url.database
    assert path is not None
    assert "绝无仅有之名".encode() not in Path(path).read_bytes()


@pytest.mark.parametrize(
    ("values", "field"), [({"mine": "GM-520524-9999"}, "mine"), ({"removal": "2026-9999"}, "removal")]
)
def test_what_an_entry_refers_to_must_exist(desk: Desk, values: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        add(desk, **values)
    assert refused.value.field == field and desk.acts() == []


def test_no_entry_rests_on_a_removal_of_another_province(desk: Desk) -> None:
    mine = desk.register()
    desk.enlist(mine, Library.PROVINCIAL)
    removal = desk.propose(mine)
    desk.decide(removal)
    elsewhere = seated(PROVINCE_COLLEAGUE.id, Role.PROVINCE, "330000")
    with pytest.raises(BadInput, match="不在该行政区内") as refused:
        add(desk, region="330000", removal=removal, officer=elsewhere)
    assert refused.value.field == "removal"
