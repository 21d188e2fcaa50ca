"""The outbox: sealed rows in the transaction of their case, taken in order, never lost (trust.md, faults)."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.desk import NOON, ZHIJIN

from greenmine.domain.errors import BadInput, Gone, NotFound
from greenmine.domain.letter import LetterState
from greenmine.store.case import erase, open_case
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.outbox import (
    ERASED,
    FARTHEST,
    STUCK_AFTER,
    TAKEN,
    TAKEN_FOR,
    TOLD_FOR,
    Counts,
    Taken,
    counts,
    drop_letters_of,
    give_up,
    has_due,
    letters_of,
    mark_sent,
    mark_waiting,
    post,
    retry,
    stuck,
    take,
    undelivered,
)
from greenmine.store.sealed import MasterKey
from greenmine.store.tables_case import outbox

MASTER = MasterKey(bytes(range(32)))
TO = "zhang.san@example.com"
SUBJECT = "您反映的问题有新消息"
TEXT = "演示：请凭受理编号和查询码登录查看。\nhttps://mines.example.gov.cn/track\n"
HOST = "mines.example.gov.cn"
MINUTE = timedelta(minutes=1)


def begin(database: Database, *cases: str) -> None:
    with database.write() as tx:
        for case in cases:
            open_case(tx, case=case, kind="complaint", region=ZHIJIN, at=NOON, master=MASTER)


def put(database: Database, case: str = "c1", *, text: str = TEXT, subject: str = SUBJECT, to: str = TO) -> None:
    with database.write() as tx:
        post(tx, case=case, recipient=to, subject=subject, text=text, at=NOON, master=MASTER)


def taken(database: Database, *, minutes: int = 0, master: MasterKey = MASTER) -> Taken | None:
    with database.write() as tx:
        return take(tx, now=NOON + minutes * MINUTE, host=HOST, master=master)


def text_of(found: Taken | None) -> str:
    assert found is not None
    assert found.letter is not None
    return found.letter.text


def counted(database: Database) -> Counts:
    with database.read() as tx:
        return counts(tx, now=NOON)


def test_a_letter_is_taken_as_it_was_posted(database: Database) -> None:
    begin(database, "c1")
    put(database)
    found = taken(database)
    assert found is not None
    assert found.letter is not None
    assert (found.letter.recipient, found.letter.subject, found.letter.text) == (TO, SUBJECT, TEXT)
    assert found.letter.written_at == NOON
    assert found.attempts == 1


def test_a_letter_whose_case_is_rolled_back_is_not_there(database: Database) -> None:
    """ASVS 2.3.3: case and letter commit together."""
    with pytest.raises(RuntimeError), database.write() as tx:
        open_case(tx, case="c1", kind="complaint", region=ZHIJIN, at=NOON, master=MASTER)
        post(tx, case="c1", recipient=TO, subject=SUBJECT, text=TEXT, at=NOON, master=MASTER)
        raise RuntimeError("the disk is full")
    assert taken(database) is None


def test_what_is_no_address_is_refused_and_nothing_is_kept(database: Database) -> None:
    begin(database, "c1")
    with pytest.raises(BadInput):
        put(database, to="zhang@example.com\r\nBcc: li@example.com")
    assert counted(database).waiting == 0


def test_a_letter_needs_a_case_that_stands(database: Database) -> None:
    begin(database, "c1")
    with pytest.raises(NotFound):
        put(database, "none")
    with database.write() as tx:
        erase(tx, case="c1", at=NOON)
    with pytest.raises(Gone):
        put(database)


def test_the_message_id_never_changes_from_the_first_attempt_on(database: Database) -> None:
    """Also when the site has moved to another address meanwhile."""
    begin(database, "c1")
    put(database)
    first = taken(database)
    with database.write() as tx:
        again = take(tx, now=NOON + TAKEN_FOR, host="moved.example.gov.cn", master=MASTER)
    assert first is not None and first.letter is not None
    assert again is not None and again.letter is not None
    assert first.letter == again.letter
    token, _at, host = first.letter.message_id.partition("@")
    assert host == HOST
    assert len(token) == 32
    assert set(token) <= set("0123456789abcdef")
    assert again.attempts == 2


def test_what_is_in_hand_is_left_alone_and_taken_again_when_its_sender_died(database: Database) -> None:
    begin(database, "c1")
    put(database)
    assert taken(database) is not None
    for minute in (0, 5, 9):
        assert taken(database, minutes=minute) is None
    assert taken(database, minutes=10) is not None


def test_letters_of_a_case_keep_their_order(database: Database) -> None:
    """The second waits while the first waits, whatever its time; another case's goes its own way."""
    begin(database, "c1", "c2")
    put(database, text="first")
    put(database, text="second")
    put(database, "c2", text="other")
    first = taken(database)
    assert text_of(first) == "first"
    assert text_of(taken(database)) == "other"
    assert taken(database) is None
    assert first is not None
    with database.write() as tx:
        mark_waiting(tx, first.id, next_at=NOON + 60 * MINUTE, result="451", attempts=1)
    assert text_of(taken(database, minutes=59)) == "other", "its sender died"
    assert text_of(taken(database, minutes=60)) == "first"
    with database.write() as tx:
        mark_sent(tx, first.id, at=NOON, result="250")
    assert text_of(taken(database, minutes=60)) == "second"


def test_a_letter_given_up_lets_those_behind_it_go(database: Database) -> None:
    begin(database, "c1")
    put(database, text="first")
    put(database, text="second")
    first = taken(database)
    assert first is not None
    with database.write() as tx:
        give_up(tx, first.id, result="550")
    assert text_of(taken(database)) == "second"


def test_the_least_tried_go_first(database: Database) -> None:
    """One letter that never gets through keeps nobody else waiting."""
    begin(database, "c1", "c2")
    put(database, text="tried")
    tried = taken(database)
    assert tried is not None
    with database.write() as tx:
        mark_waiting(tx, tried.id, next_at=NOON, result="451", attempts=1)
    put(database, "c2", text="fresh")
    assert text_of(taken(database)) == "fresh"
    assert text_of(taken(database)) == "tried"


def test_letters_of_an_erased_case_are_given_up_and_hold_nothing(database: Database) -> None:
    """个人信息保护法 47: the key is gone, so is what it sealed."""
    begin(database, "c1", "c2")
    put(database)
    put(database)
    put(database, "c2", text="other")
    with database.write() as tx:
        erase(tx, case="c1", at=NOON)
    assert text_of(taken(database)) == "other"
    assert (counted(database).given_up, counted(database).results) == (2, {ERASED: 2, TAKEN: 1})
    with database.read() as tx:
        assert {
            bytes(row) for row in tx.execute(select(outbox.c.sealed).where(outbox.c.case_file == "c1")).scalars()
        } == {b""}
    with database.write() as tx:
        assert retry(tx, now=NOON, given_up=True) == 0


def test_a_letter_that_was_sent_stays_sent_when_its_case_is_erased(database: Database) -> None:
    """What the console counts as not delivered was not delivered."""
    begin(database, "c1", "c2")
    for _ in range(2):
        put(database)
    first = taken(database)
    assert first is not None
    with database.write() as tx:
        mark_sent(tx, first.id, at=NOON, result="250")
        erase(tx, case="c1", at=NOON)
        drop_letters_of(tx, "c1")
        assert retry(tx, now=NOON, given_up=True) == 0
    found = counted(database)
    assert (found.sent, found.given_up, found.waiting, found.results) == (1, 1, 0, {ERASED: 1})
    with database.read() as tx:
        assert set(tx.execute(select(outbox.c.sealed)).scalars()) == {b""}


def test_what_cannot_be_opened_now_is_not_given_up(database: Database) -> None:
    """A master key that was not put back yet: an operator's fault loses no letter."""
    begin(database, "c1")
    put(database)
    found = taken(database, master=MasterKey(bytes(32)))
    assert found is not None
    assert found.letter is None
    assert text_of(taken(database, minutes=10)) == TEXT


def test_a_row_moved_to_another_place_does_not_open(database: Database) -> None:
    """Sealed bytes are bound to their case and their message id."""
    begin(database, "c1", "c2")
    put(database, text="first")
    put(database, "c2", text="second")
    with database.write() as tx:
        one, two = tx.execute(select(outbox.c.id, outbox.c.sealed, outbox.c.message_id).order_by(outbox.c.id)).all()
        tx.execute(update(outbox).where(outbox.c.id == one.id).values(sealed=two.sealed))
        tx.execute(update(outbox).where(outbox.c.id == two.id).values(message_id="0" * 32))
    for _ in range(2):
        found = taken(database)
        assert found is not None
        assert found.letter is None


def test_what_was_sent_is_no_longer_kept_and_never_taken_again(database: Database) -> None:
    begin(database, "c1")
    put(database)
    found = taken(database)
    assert found is not None
    with database.write() as tx:
        mark_sent(tx, found.id, at=NOON + MINUTE, result="250")
        mark_waiting(tx, found.id, next_at=NOON, result="timeout", attempts=1)  # a second sender, late
        give_up(tx, found.id, result="550")
    assert taken(database, minutes=60) is None
    with database.read() as tx:
        assert bytes(tx.execute(select(outbox.c.sealed)).scalar_one()) == b""
        (row,) = letters_of(tx, "c1")
    assert (row.state, row.sent_at, row.last_result) == (LetterState.SENT, NOON + MINUTE, "250")


def test_an_attempt_set_by_a_clock_that_had_leapt_binds_nobody(database: Database) -> None:
    """trust.md 21."""
    begin(database, "c1")
    put(database)
    with database.write() as tx:
        tx.execute(update(outbox).values(next_at="2031-01-01T00:00:00Z"))
    assert taken(database) is not None
    with database.write() as tx:
        mark_waiting(tx, 1, next_at=NOON + FARTHEST, result="451", attempts=3)
    assert taken(database) is None


def test_letters_older_than_a_day_are_stuck(database: Database) -> None:
    begin(database, "c1", "c2")
    put(database)
    put(database, "c2")
    with database.write() as tx:
        give_up(tx, 2, result="550")
        assert stuck(tx, now=NOON + STUCK_AFTER - MINUTE) == 0
        assert stuck(tx, now=NOON + STUCK_AFTER) == 1


def test_letters_given_up_are_undelivered_for_a_week_after_their_last_attempt(database: Database) -> None:
    begin(database, "c1", "c2")
    put(database)
    put(database, "c2")
    tried = NOON + timedelta(days=3)
    with database.write() as tx:
        for result in ("554", ERASED):
            found = take(tx, now=tried, host=HOST, master=MASTER)
            assert found is not None
            assert undelivered(tx, now=tried) == (result == ERASED), "what is in hand is not given up"
            give_up(tx, found.id, result=result)
        assert undelivered(tx, now=tried) == 1
        assert undelivered(tx, now=tried + TOLD_FOR - MINUTE) == 1
        assert undelivered(tx, now=tried + TOLD_FOR) == 0


def test_counts_tell_numbers_and_codes_only(database: Database) -> None:
    begin(database, "c1", "c2", "c3")
    for case in ("c1", "c2", "c3", "c3"):
        put(database, case)
    with database.write() as tx:
        mark_sent(tx, 1, at=NOON, result="250")
        give_up(tx, 2, result="550")
        mark_waiting(tx, 3, next_at=NOON + MINUTE, result="451", attempts=1)
    assert counted(database) == Counts(
        waiting=2, sent=1, given_up=1, stuck=0, oldest=NOON, results={"451": 1, "550": 1}
    )


def test_retry_makes_the_waiting_due_and_on_request_the_given_up_wait_again(database: Database) -> None:
    begin(database, "c1", "c2", "c3")
    for case in ("c1", "c2", "c3"):
        put(database, case)
    with database.write() as tx:
        mark_waiting(tx, 1, next_at=NOON + 60 * MINUTE, result="451", attempts=9)
        give_up(tx, 2, result="550")
    third = taken(database)
    assert third is not None
    assert third.id == 3
    with database.read() as tx:
        assert not has_due(tx, now=NOON)
    with database.write() as tx:
        assert retry(tx, now=NOON) == 1
    first = taken(database)
    assert first is not None
    assert (first.id, first.attempts) == (1, 1)
    with database.write() as tx:
        assert retry(tx, now=NOON, given_up=True) == 1
        assert has_due(tx, now=NOON)
    assert text_of(taken(database)) == TEXT


def test_neither_address_nor_words_stand_in_the_files(tmp_path: Path) -> None:
    """Waiting, sent and given up: database and write-ahead log, byte by byte."""
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(database)
    begin(database, "c1", "c2", "c3")
    for case in ("c1", "c2", "c3"):
        put(database, case, text=TEXT * 50)
    with database.write() as tx:
        mark_sent(tx, 1, at=NOON, result="250")
        give_up(tx, 2, result="550")
    assert taken(database) is not None
    left = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert b"c3" in left
    for encoding in ("utf-8", "utf-16-le", "unicode-escape"):
        for words in (TO, "zhang.san", SUBJECT, "受理编号", "mines.example.gov.cn/track"):
            assert words.encode(encoding) not in left, words
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
