"""Tables of the cases people bring: complaints, objections, error reports, and what surrounds them.

Only codes, dates and numbers stand here in the clear; every word that a person wrote, every name and address is a
sealed part of its case (store/case.py) or a sealed file. Source: design.md "Private data"; trust.md 1, 8, 14, 20.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from greenmine.store.tables import metadata
from greenmine.store.tables_private import case_file, staff

case_task = Table(  # one row a case, whatever its kind: the desk's inbox
    "case_task",
    metadata,
    Column("case_file", String(32), ForeignKey(case_file.c.id), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("number", String(20), nullable=False, unique=True),
    Column("region", String(6), nullable=False),
    Column("body_region", String(6), nullable=False),
    Column("department", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("staff", Integer, ForeignKey(staff.c.id)),
    Column("due", String(10)),
    Column("due_provisional", Boolean, nullable=False, server_default=text("false")),
    Column("received_at", String(20), nullable=False),
    Column("closed_at", String(20)),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_case_task_body", "body_region", "department", "closed_at", "due"),
)
complaint = Table(
    "complaint",
    metadata,
    Column("case_file", String(32), ForeignKey(case_file.c.id), primary_key=True),
    Column("mine", String(20)),
    Column("risk", String(20), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("about", String(20), nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("cluster", String(32), nullable=False),
    Column("accept_due", String(10), nullable=False),
    Column("accepted_at", String(20)),
    Column("decide_due", String(10)),
    Column("extended", Boolean, nullable=False, server_default=text("false")),
    Column("answered_at", String(20)),
    Column("outcome", String(20)),
    Column("commitment", LargeBinary(32), nullable=False, unique=True),
    Column("log_due", String(20), nullable=False),
    Index("ix_complaint_cluster", "cluster"),
)
objection = Table(
    "objection",
    metadata,
    Column("case_file", String(32), ForeignKey(case_file.c.id), primary_key=True),
    Column("notice", String(20), nullable=False),
    Column("by_unit", Boolean, nullable=False),
    Column("outcome", String(20)),
    Index("ix_objection_notice", "notice"),
)
error_report = Table(
    "error_report",
    metadata,
    Column("case_file", String(32), ForeignKey(case_file.c.id), primary_key=True),
    Column("object", String(120), nullable=False),
    Column("act", Integer),
    Column("outcome", String(20)),
)
case_access = Table(  # number + code is the only way in for whoever brought the case
    "case_access",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("case_file", String(32), ForeignKey(case_file.c.id), nullable=False, unique=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False),
)
case_guess = Table(  # wrong codes per number, known or not: slowed, never refused
    "case_guess",
    metadata,
    Column("number_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", String(20), nullable=False),
)
case_visit = Table(
    "case_visit",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("case_file", String(32), ForeignKey(case_file.c.id), nullable=False),
    Column("expires_at", String(20), nullable=False),
    Index("ix_case_visit_case_file", "case_file"),
)
case_message = Table(
    "case_message",
    metadata,
    Column("case_file", String(32), ForeignKey(case_file.c.id), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("at", String(20), nullable=False),
    Column("staff", Integer, ForeignKey(staff.c.id)),
)
case_attachment = Table(
    "case_attachment",
    metadata,
    Column("file", String(32), primary_key=True),
    Column("case_file", String(32), ForeignKey(case_file.c.id), nullable=False),
    Column("n", Integer, nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("message", Integer),
    Index("ix_case_attachment_case_file", "case_file"),
)
sent_form = Table(  # a form sent twice makes one case
    "sent_form",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("case_file", String(32), ForeignKey(case_file.c.id), nullable=False),
    Column("at", String(20), nullable=False),
)
form_draft = Table(
    "form_draft",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", String(20), nullable=False),
    Index("ix_form_draft_expires_at", "expires_at"),
)
form_draft_file = Table(
    "form_draft_file",
    metadata,
    Column("file", String(32), primary_key=True),
    Column("draft", String(64), ForeignKey(form_draft.c.id_hash), nullable=False),
    Column("size", Integer, nullable=False),
    Index("ix_form_draft_file_draft", "draft"),
)
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(120), nullable=False, unique=True),
    Column("case_file", String(32), ForeignKey(case_file.c.id), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", String(20), nullable=False),
    Column("next_at", String(20), nullable=False),
    Column("last_result", String(40), nullable=False, server_default=""),
    Column("sent_at", String(20)),
    Index("ix_outbox_state_next_at", "state", "next_at"),
    Index("ix_outbox_case_file", "case_file"),
)
client_salt = Table(  # forgotten when its day is over: what was counted cannot be traced back to an address
    "client_salt",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("salt", LargeBinary(32), nullable=False),
)
CASE_TABLES = (
    case_task,
    complaint,
    objection,
    error_report,
    case_access,
    case_guess,
    case_visit,
    case_message,
    case_attachment,
    sent_form,
    form_draft,
    form_draft_file,
    outbox,
    client_salt,
)
