"""Tables beside the public record: what is derived and disposable, and the private side.

Private: staff, sessions, drafts, the append-only journal, and cases sealed with a key each.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from greenmine.store.tables import act, act_subject, metadata
from greenmine.store.tables_log import LOG_TABLES

figure = Table(
    "figure",
    metadata,
    Column("region", String(6), primary_key=True),
    Column("measure", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)
projection_cursor = Table(
    "projection_cursor",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)
lease = Table(
    "lease",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", String(20), nullable=False),
    Column("beat_at", String(20), nullable=False),
    Column("jumped_from", String(20)),
)
site_fact = Table(
    "site_fact",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(60), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("totp_secret", LargeBinary),
    Column("totp_counter", Integer, nullable=False, server_default="0"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", String(20), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)
staff_seat = Table(
    "staff_seat",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id"), nullable=False),
    Column("role", String(40), nullable=False),
    Column("scope", String(60), nullable=False),
    Column("departments", Text, nullable=False, server_default=""),
    UniqueConstraint("staff", "role", "scope"),
)
staff_link = Table(
    "staff_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id"), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    Column("used_at", String(20)),
)
staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id"), nullable=False),
    Column("seat", Integer, ForeignKey("staff_seat.id")),
    Column("stage", String(20), nullable=False),
    Column("started_at", String(20), nullable=False),
    Column("seen_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    Column("ended_at", String(20)),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("totp_pending", LargeBinary),
    Index("ix_staff_session_staff", "staff"),
)
staff_recovery = Table(
    "staff_recovery",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id"), nullable=False),
    Column("used_at", String(20)),
    Index("ix_staff_recovery_staff", "staff"),
)
staff_device = Table(
    "staff_device",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff", Integer, ForeignKey("staff.id"), nullable=False),
    Column("since", String(20), nullable=False),
    Index("ix_staff_device_staff", "staff"),
)
staff_attempt = Table(
    "staff_attempt",
    metadata,
    Column("login_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", String(20), nullable=False),
)
desk_draft = Table(
    "desk_draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("object", String(120), nullable=False, server_default=""),
    Column("region", String(6), nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("data", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_by", Integer, ForeignKey("staff.id"), nullable=False),
    Column("updated_by", Integer, ForeignKey("staff.id"), nullable=False),
    Column("created_at", String(20), nullable=False),
    Column("updated_at", String(20), nullable=False),
    Column("act", Integer),
    Index("ix_desk_draft_kind_state", "kind", "state"),
)
journal = Table(
    "journal",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("at", String(20), nullable=False),
    Column("event", String(40), nullable=False),
    Column("staff", Integer),
    Column("act", Integer),
    Column("case_file", String(32)),
    Column("detail", Text, nullable=False, server_default=""),
    Index("ix_journal_act", "act"),
    Index("ix_journal_case_file", "case_file"),
)
case_file = Table(
    "case_file",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("region", String(6), nullable=False),
    Column("opened_at", String(20), nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("erased_at", String(20)),
)
case_part = Table(
    "case_part",
    metadata,
    Column("case_file", String(32), ForeignKey("case_file.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("label", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", String(20), nullable=False),
)

APPEND_ONLY: Final = (act, act_subject, journal, *LOG_TABLES)
"""Triggers refuse UPDATE, DELETE and TRUNCATE here on both databases; never batch-migrated (design.md)."""
