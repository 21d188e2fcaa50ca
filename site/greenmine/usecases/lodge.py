"""Taking in what people bring: everything of a case in one transaction, files sealed on disk before it.

The door puts the receipt into the sender's sealed draft in the same transaction, so that whoever sends the same
form again finds the receipt and makes no second case (trust.md 20, fault "kill -9").
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from greenmine.domain.body import Body, competent_body
from greenmine.domain.case import CaseKind
from greenmine.domain.clock import DueDay
from greenmine.domain.complaint import (
    About,
    Complaint,
    accept_due,
    check_complaint,
    decide_due,
    identity_of,
    matter_of,
    private_record,
)
from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.instant import legal_day, utc_text, whole_second
from greenmine.domain.receipt import Receipt, log_due
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.case import add_part, open_case
from greenmine.store.case_access import Access, add_access, take_form
from greenmine.store.case_attachment import attach
from greenmine.store.case_task import open_task
from greenmine.store.complaint import ComplaintRow, add_complaint
from greenmine.store.database import Tx
from greenmine.store.log_key import LogKeys
from greenmine.store.mine import get_mine
from greenmine.store.sealed import MasterKey
from greenmine.store.sealed_files import SealedFile
from greenmine.tlog.commitment import SALT, commit
from greenmine.tlog.entry import canonical
from greenmine.usecases.promise import sign_promise

MATTER: Final = "matter"
IDENTITY: Final = "identity"
SALT_LABEL: Final = "salt"


@dataclass(frozen=True)
class KeptFile:
    """A file that stands sealed on disk.

    :param name: as the person called it; sealed with the case
    :param sha256: hex, of the bytes as kept
    """

    sealed: SealedFile
    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True)
class NewCase:
    """What every kind of case begins with.

    :param access: number and hashed code, made before the transaction (scrypt takes its time)
    :param form_key: the form's own key, used once
    """

    kind: CaseKind
    access: Access
    form_key: str
    files: Sequence[KeptFile]


def lodge_complaint(
    tx: Tx,
    complaint: Complaint,
    *,
    new: NewCase,
    cluster: str,
    reference: Reference,
    at: datetime,
    master: MasterKey,
    keys: LogKeys | None = None,
) -> Receipt:
    """Take a complaint in; the receipt says everything but the code.

    :param keys: with which the promise on the receipt is signed
    Raises BadInput beside the field, Conflict (the form was sent before).
    Source: GO-18; 矿产资源法 61; 信访工作条例 22.
    """
    check_complaint(complaint)
    at = whole_second(at)
    _require_place(tx, complaint)
    conflict = complaint.about is About.AUTHORITY
    body = competent_body(complaint.risk, region=complaint.region, conflict=conflict, regions=reference.regions)
    accept = accept_due(reference, region=complaint.region, received=legal_day(at))
    case = open_file(tx, new, region=complaint.region, body=body, due=accept, at=at, master=master)
    record, salt = _sealed_record(tx, case, complaint, new=new, at=at, master=master)
    row = _row(case, complaint, cluster=cluster, due=accept, commitment=commit(record, salt=salt), at=at)
    add_complaint(tx, row)
    return Receipt(
        kind=CaseKind.COMPLAINT,
        number=new.access.number,
        received_at=at,
        body=body,
        accept_due=accept,
        decide_due=decide_due(reference, region=complaint.region, accepted=accept.day),
        salt=salt.hex(),
        commitment=row.commitment.hex(),
        log_due=row.log_due,
        record=record,
        promise=sign_promise(tx, row.commitment.hex(), due=row.log_due, keys=keys, at=at) if keys else "",
    )


def _sealed_record(
    tx: Tx, case: str, complaint: Complaint, *, new: NewCase, at: datetime, master: MasterKey
) -> tuple[dict[str, Any], bytes]:
    """Seal words and salt into the case; the record the commitment binds, and the salt."""
    matter, identity = matter_of(complaint), identity_of(complaint)
    keep_words(tx, case, matter=matter, identity=identity, at=at, master=master)
    salt = secrets.token_bytes(SALT)
    add_part(tx, case=case, label=SALT_LABEL, plain=salt, at=at, master=master)
    files = [file.sha256 for file in new.files]
    number, received = new.access.number, utc_text(at)
    record = private_record(number=number, received_at=received, matter=matter, identity=identity, files=files)
    return record, salt


def _row(
    case: str, complaint: Complaint, *, cluster: str, due: DueDay, commitment: bytes, at: datetime
) -> ComplaintRow:
    """A complaint's codes and dates as it comes in."""
    return ComplaintRow(
        case=case,
        mine=complaint.mine,
        risk=complaint.risk,
        kind=complaint.kind,
        about=complaint.about,
        anonymous=complaint.contact is None,
        cluster=cluster,
        accept_due=due.day,
        accepted_at=None,
        decide_due=None,
        extended=False,
        answered_at=None,
        outcome=None,
        commitment=commitment,
        log_due=log_due(at),
    )


def open_file(
    tx: Tx, new: NewCase, *, region: str, body: Body, due: DueDay | None, at: datetime, master: MasterKey
) -> str:
    """Open a case of any kind: key, way in, inbox row, files; returns its id.

    Raises Conflict when the form was sent before.
    """
    case = secrets.token_hex(16)
    open_case(tx, case=case, kind=new.kind, region=region, at=at, master=master)
    take_form(tx, new.form_key, case=case, at=at)
    add_access(tx, new.access, case=case)
    open_task(tx, case=case, kind=new.kind, number=new.access.number, region=region, body=body, due=due, at=at)
    for n, file in enumerate(new.files, start=1):
        attach(tx, case=case, n=n, sealed=file.sealed, name=file.name, media_type=file.media_type, at=at, master=master)
    journal.note(tx, "case.received", at=at, case=case, detail=f"kind={new.kind} to={body.code}")
    return case


def keep_words(
    tx: Tx,
    case: str,
    *,
    matter: Mapping[str, object],
    identity: Mapping[str, object],
    at: datetime,
    master: MasterKey,
) -> None:
    """Seal what the person wrote, and apart from it who the person is."""
    add_part(tx, case=case, label=MATTER, plain=canonical(matter), at=at, master=master)
    if identity:
        add_part(tx, case=case, label=IDENTITY, plain=canonical(identity), at=at, master=master)


def _require_place(tx: Tx, complaint: Complaint) -> None:
    """A mine that is named exists, and stands in the county that is named."""
    if complaint.mine is None:
        return
    try:
        mine = get_mine(tx, complaint.mine)
    except NotFound as error:
        raise BadInput("complaint.mine_unknown", N_("没有这座矿山，请重新选择。"), field="mine") from error
    if mine.facts.region != complaint.region:
        raise BadInput("complaint.mine_moved", N_("这座矿山的所在地已有变动，请重新选择。"), field="mine")
