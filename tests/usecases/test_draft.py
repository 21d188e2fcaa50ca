"""Who wrote in a draft is known to the journal, and none of them decides what it says (LN-13; trust.md ASVS 2.3.5)."""

import pytest
from sqlalchemy import select
from tests.announced import announce_books
from tests.desk import BIJIE, CITY_OFFICER, PROVINCE_COLLEAGUE, PROVINCE_OFFICER, Desk
from tests.reference_data import reference
from tests.seats import give_accounts
from tests.usecases.test_credit import DAY, SALT, entry

from greenmine.domain.errors import NotAllowed
from greenmine.domain.officer import Officer
from greenmine.store.draft import DraftKind, get_draft, with_writers
from greenmine.store.journal import writers_of_drafts
from greenmine.store.tables_private import journal
from greenmine.usecases.draft import DraftMoved, propose_draft, save_draft, start_draft
from greenmine.usecases.publish_draft import decide_credit_draft


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The desk with accounts for those who write."""
    with desk.database.write() as tx:
        give_accounts(tx, CITY_OFFICER, PROVINCE_OFFICER, PROVINCE_COLLEAGUE)
    return desk.at(DAY)


def start(desk: Desk, officer: Officer) -> int:
    with desk.database.write() as tx:
        return start_draft(
            tx, DraftKind.CREDIT, region=BIJIE, title="", data={}, reference=reference(), officer=officer, at=desk.now
        )


def save(desk: Desk, draft: int, officer: Officer, text: str, *, seen: int) -> int:
    with desk.database.write() as tx:
        return save_draft(
            tx, draft, title="", region=BIJIE, data={"conduct": text}, seen_version=seen, reference=reference(),
            officer=officer, at=desk.now,
        )  # fmt: skip


def saved_lines(desk: Desk) -> list[tuple[int, str]]:
    with desk.database.read() as tx:
        query = select(journal.c.staff, journal.c.detail).where(journal.c.event == "draft.saved").order_by(journal.c.n)
        return [(row.staff, row.detail) for row in tx.execute(query)]


def test_each_save_that_changes_a_draft_is_journalled_with_its_writer_and_no_word_of_it(desk: Desk) -> None:
    draft = start(desk, CITY_OFFICER)
    assert saved_lines(desk) == []
    seen = save(desk, draft, PROVINCE_OFFICER, "甲", seen=1)
    assert save(desk, draft, PROVINCE_COLLEAGUE, "甲", seen=seen) == seen, "nothing changed"
    with pytest.raises(DraftMoved):
        save(desk, draft, PROVINCE_COLLEAGUE, "乙", seen=1)
    assert saved_lines(desk) == [(PROVINCE_OFFICER.id, f"draft={draft}")]


def test_writers_are_told_apart_by_draft_even_when_one_number_begins_another(desk: Desk) -> None:
    drafts = [start(desk, CITY_OFFICER) for _each in range(10)]
    save(desk, drafts[0], PROVINCE_OFFICER, "甲", seen=1)
    save(desk, drafts[9], PROVINCE_COLLEAGUE, "乙", seen=1)
    with desk.database.read() as tx:
        saved = writers_of_drafts(tx, [drafts[0], drafts[5], drafts[9]])
        (written,) = with_writers(tx, [get_draft(tx, drafts[0])])
    assert saved == {
        drafts[0]: frozenset({PROVINCE_OFFICER.id}), drafts[5]: frozenset(),
        drafts[9]: frozenset({PROVINCE_COLLEAGUE.id}),
    }  # fmt: skip
    assert written.writers == {CITY_OFFICER.id, PROVINCE_OFFICER.id}


def test_asvs_2_3_5_a_writer_between_opening_and_handing_over_does_not_decide(desk: Desk) -> None:
    draft = start(desk, CITY_OFFICER)
    seen = save(desk, draft, PROVINCE_OFFICER, "甲", seen=1)
    with desk.database.write() as tx:
        announce_books(tx, reference(), at=desk.now)
        propose_draft(tx, draft, seen_version=seen, reference=reference(), officer=CITY_OFFICER, at=desk.now)

    def decide(officer: Officer) -> str:
        with desk.database.write() as tx:
            return decide_credit_draft(
                tx, draft, entry(region=BIJIE), seen_version=seen + 1, salt=SALT, reference=reference(),
                officer=officer, at=desk.now,
            )  # fmt: skip

    with pytest.raises(NotAllowed) as refused:
        decide(PROVINCE_OFFICER)
    assert refused.value.code == "officer.same_person"
    assert decide(PROVINCE_COLLEAGUE)
