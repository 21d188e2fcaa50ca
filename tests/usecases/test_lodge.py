"""Taking a complaint in: one transaction, all sealed, routed, once (GO-18; 信访工作条例 18, 22; 矿产资源法 61)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.complaints import (
    CANARIES,
    CONTACT,
    FILE_NAME,
    MASTER,
    TEXT,
    complaint,
    journal,
    lodge,
    new_case,
    task_of,
)
from tests.desk import BIJIE, NAYONG, NOON, ZHIJIN, Desk
from tests.reference_data import reference

from greenmine.domain.body import COMPETENT, Body, RiskClass
from greenmine.domain.case import CaseKind, Stage
from greenmine.domain.complaint import KINDS_OF, About
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, Conflict
from greenmine.store import tables_case
from greenmine.store.case import erase
from greenmine.store.case_attachment import attachments_of
from greenmine.store.cluster import cluster_of
from greenmine.store.complaint import get_complaint, open_in_cluster
from greenmine.store.sealed_files import SealedFiles
from greenmine.tlog.commitment import commit
from greenmine.usecases.case_step import identity_of_case, matter_of_case
from greenmine.usecases.lodge import KeptFile, lodge_complaint


def rows(desk: Desk) -> dict[str, int]:
    with desk.database.read() as tx:
        return {
            table.name: int(tx.execute(select(func.count()).select_from(table)).scalar_one())
            for table in tables_case.CASE_TABLES
        }


def kept(folder: Path) -> KeptFile:
    sealed = SealedFiles(folder).put("暗号夜鹭 photograph".encode())
    return KeptFile(sealed, name=FILE_NAME, media_type="image/jpeg", sha256="ab" * 32)


@pytest.mark.parametrize("risk", list(RiskClass))
def test_go_18_each_class_reaches_its_department_with_15_days_to_accept(desk: Desk, risk: RiskClass) -> None:
    receipt = lodge(desk.database, risk=risk, kind=KINDS_OF[risk][0])
    task = task_of(desk.database, receipt.number)
    assert receipt.body == task.body == Body(ZHIJIN, COMPETENT[risk])
    assert (task.kind, task.stage, task.staff, task.region) == (CaseKind.COMPLAINT, Stage.RECEIVED, None, ZHIJIN)
    assert task.due == receipt.accept_due.day == date(2025, 3, 18)  # 信访工作条例 22: 15 days after 3 March
    assert receipt.decide_due is not None and receipt.decide_due.day == date(2025, 5, 17)  # 34: 60 more


def test_xinfang_18_a_complaint_about_the_county_itself_reaches_the_prefecture(desk: Desk) -> None:
    receipt = lodge(desk.database, about=About.AUTHORITY)
    assert task_of(desk.database, receipt.number).body == Body(BIJIE, Department.ECOLOGY)


def test_what_happened_and_who_tells_it_are_sealed_apart_and_open_again(desk: Desk) -> None:
    receipt = lodge(desk.database)
    case = task_of(desk.database, receipt.number).case
    with desk.database.read() as tx:
        assert matter_of_case(tx, case, master=MASTER)["text"] == TEXT
        assert identity_of_case(tx, case, master=MASTER)["name"] == CONTACT.name
        assert get_complaint(tx, case).anonymous is False


def test_an_anonymous_complaint_keeps_no_identity_at_all(desk: Desk) -> None:
    case = task_of(desk.database, lodge(desk.database, contact=None).number).case
    with desk.database.read() as tx:
        assert identity_of_case(tx, case, master=MASTER) == {}
        assert get_complaint(tx, case).anonymous is True


def test_the_receipt_proves_the_record_it_was_given_for(desk: Desk) -> None:
    """log-spec.md 6: salt and record of the receipt give the commitment that the row keeps."""
    receipt = lodge(desk.database)
    assert receipt.record is not None
    commitment = commit(receipt.record, salt=bytes.fromhex(receipt.salt))
    with desk.database.read() as tx:
        row = get_complaint(tx, task_of(desk.database, receipt.number).case)
    assert row.commitment == commitment == bytes.fromhex(receipt.commitment)
    assert row.log_due == receipt.log_due
    changed = {**receipt.record, "received_at": "2020-01-01T00:00:00Z"}
    assert commit(changed, salt=bytes.fromhex(receipt.salt)) != commitment


def test_files_are_attached_in_order_with_their_names_sealed(desk: Desk, tmp_path: Path) -> None:
    file = kept(tmp_path / "sealed")
    receipt = lodge(desk.database, files=[file, replace(file, sealed=SealedFiles(tmp_path / "sealed").put(b"two"))])
    with desk.database.read() as tx:
        one, two = attachments_of(tx, task_of(desk.database, receipt.number).case, master=MASTER)
    assert (one.n, two.n, one.name, one.message) == (1, 2, FILE_NAME, None)
    assert receipt.record is not None and receipt.record["files"] == ["ab" * 32, "ab" * 32]


def test_trust_20_a_form_sent_twice_makes_one_case(desk: Desk) -> None:
    lodge(desk.database, form_key="one form")
    before = rows(desk)
    with pytest.raises(Conflict) as refused:
        lodge(desk.database, form_key="one form")
    assert refused.value.code == "form.sent_before"
    assert rows(desk) == before


def test_a_complaint_that_does_not_hold_what_it_must_leaves_nothing(desk: Desk) -> None:
    before = rows(desk)
    with pytest.raises(BadInput):
        lodge(desk.database, text=" ")
    assert rows(desk) == before and journal(desk.database) == []


def test_a_named_mine_exists_and_stands_in_the_named_county(desk: Desk, mine: str) -> None:
    receipt = lodge(desk.database, mine=mine, place="")
    with desk.database.read() as tx:
        assert get_complaint(tx, task_of(desk.database, receipt.number).case).mine == mine
    for values, code in (
        ({"mine": "GM-520524-9999"}, "complaint.mine_unknown"),
        ({"mine": mine, "region": NAYONG}, "complaint.mine_moved"),
    ):
        with pytest.raises(BadInput) as refused:
            lodge(desk.database, **values)
        assert (refused.value.code, refused.value.field) == (code, "mine")


def test_alike_wordings_are_counted_together_while_they_are_open(desk: Desk) -> None:
    lodge(desk.database)
    lodge(desk.database, text=f"  {TEXT}！！ ")
    lodge(desk.database, text="另一件事")
    with desk.database.read() as tx:
        assert open_in_cluster(tx, cluster_of(TEXT, master=MASTER)) == 2


def test_trust_1_no_word_of_the_person_stands_in_any_byte_of_the_disk(desk: Desk, tmp_path: Path) -> None:
    """The raw database, its write-ahead log and the sealed files, read as bytes."""
    folder = tmp_path / "sealed"
    lodge(desk.database, files=[kept(folder)])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".db", ".db-wal"} and any(folder in path.parents for path in files)
    found = [(path.name, word) for path in files for word in CANARIES if word.encode() in path.read_bytes()]
    assert found == []
    assert any(b"case.received" in path.read_bytes() for path in files)  # what is in the clear is found this way


def test_the_journal_keeps_kind_and_body_and_no_words(desk: Desk) -> None:
    lodge(desk.database)
    (line,) = journal(desk.database)
    assert (line.event, line.detail) == ("case.received", "kind=complaint to=520524/ecology")


def test_an_erased_case_can_be_read_by_nobody(desk: Desk) -> None:
    """个人信息保护法 47: the key is gone, every sealed part with it."""
    case = task_of(desk.database, lodge(desk.database).number).case
    with desk.database.write() as tx:
        erase(tx, case=case, at=NOON)
    with desk.database.read() as tx, pytest.raises(Exception) as refused:
        matter_of_case(tx, case, master=MASTER)
    assert getattr(refused.value, "code", "") == "case.erased"


def test_seconds_are_whole_in_record_and_row(desk: Desk) -> None:
    at = NOON.replace(microsecond=987654)
    with desk.database.write() as tx:
        receipt = lodge_complaint(
            tx, complaint(), new=new_case(), cluster="c", reference=reference(), at=at, master=MASTER
        )
    assert receipt.received_at == NOON == task_of(desk.database, receipt.number).received_at
