"""What stands before every public form: a trap, a signed mark of when it was opened, budgets; never a refusal.

A view that takes a public form begins with :func:`check_form`; its template prints :func:`form_marks` inside the
form (macros/abuse.html). Whatever looks like a program is asked a small question (question_page.py), with everything
that was typed kept; whoever answers it goes on. Source: trust.md 4, 14, 20; docs/decisions/0010.

::

    marks = URL-safe signed JSON { f: form, k: idempotency key, b: begun (epoch seconds) }
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe
from typing import Any, Final

from flask import Response, current_app, request, session
from itsdangerous import BadData, URLSafeSerializer

from greenmine.domain.errors import TooMany
from greenmine.domain.text import N_
from greenmine.web.budget import budget_rate, current_budgets
from greenmine.web.client import client_mark
from greenmine.web.context import current_services, current_settings
from greenmine.web.question_page import ANSWER_FIELDS, Doubt, Outcome, ask, read_outcome, wait_page

MARKS: Final = "marks"
TRAP: Final = "website"
"""A name that programs fill in; people do not see it."""

_OWN_FIELDS: Final = frozenset({"csrf_token", MARKS, TRAP}) | ANSWER_FIELDS

OLDEST: Final = timedelta(hours=24)
"""A form opened longer ago is asked a question; its values and its key are kept."""

REPEATS: Final = "20 per hour"
REMEMBERED: Final = 3600
"""Seconds in which a whole form that was taken may be sent again, so often, without being counted again."""

CLIENT_SHARE: Final = 4
"""One client may bring a fourth of a day's files: half a gigabyte, some hundred photos."""
CLIENT_IS_FULL: Final = N_(
    "您所用的网络今天提交的附件已达上限，这份文件没有收下。文字内容仍可照常提交，附件可在明天凭受理编号和查询码补充。"
)
_ASKED: Final = "asked"
"""In the session's cookie: a random name under which a passed question is worth a few more forms."""


class Guarded(StrEnum):
    """The public forms."""

    STEP = "step"  # a step of a long form
    COMPLAINT = "complaint"  # 投诉
    OBJECTION = "objection"  # 异议
    REPORT = "report"  # 纠错
    MESSAGE = "message"  # 补充来信
    LOOKUP = "lookup"  # 查询办理情况
    VERIFY = "verify"  # 核对记录


@dataclass(frozen=True)
class Rule:
    """What a form is held to.

    :param budget: setting with the budget of one client
    :param shared: setting with the budget of all clients together
    :param whole: a whole form, which nobody fills in within a few seconds
    :param allowance: so many more of them for a browser that has answered a question
    """

    budget: str
    shared: str = ""
    whole: bool = False
    allowance: str = "2 per hour"


_SENT: Final = Rule("budget_sent", "budget_sent_all", whole=True)
RULES: Final[Mapping[Guarded, Rule]] = {
    Guarded.STEP: Rule("budget_steps", "budget_steps_all", allowance="40 per hour"),
    Guarded.COMPLAINT: _SENT,
    Guarded.OBJECTION: _SENT,
    Guarded.REPORT: _SENT,
    Guarded.MESSAGE: Rule("budget_sent", "budget_sent_all"),
    Guarded.LOOKUP: Rule("budget_lookups", allowance="5 per hour"),
    Guarded.VERIFY: Rule("budget_steps", "budget_steps_all", allowance="40 per hour"),
}
"""All limits of public forms in one table (ASVS 2.4.1)."""


@dataclass(frozen=True)
class FormMarks:
    """What a template prints into a guarded form; :param token: signed :param trap: id of the field left empty"""

    token: str
    trap: str


@dataclass(frozen=True)
class Verdict:
    """Whether a form may be taken.

    :param key: the form's idempotency key, the same however often it is sent
    :param challenge: the answer to give instead; None: go on
    """

    key: str
    challenge: Response | None = None


@dataclass(frozen=True)
class _Marks:
    key: str
    begun: datetime


def form_marks(form: Guarded, *, key: str = "", begun: datetime | None = None) -> FormMarks:
    """The marks of a form that is shown now.

    :param key: idempotency key, when a draft holds one; :param begun: when the form was begun, if not now
    """
    since = begun or current_services().clock()
    token = _signer().dumps({"f": form.value, "k": key or new_key(), "b": int(since.timestamp())})
    return FormMarks(token=str(token), trap=f"{TRAP}-{form.value}")


def new_key() -> str:
    """A fresh idempotency key, 192 random bits: for a draft that begins."""
    return token_urlsafe(24)


def check_form(form: Guarded, *, asked: bool = False, key: str = "") -> Verdict:
    """Whether this POST may be taken. Call it before anything is hashed or stored.

    :param asked: ask a question in any case (guesses at a case's code are slowed)
    :param key: what the held draft is lodged under; marks with another key are none, so that one form that was taken
        lets no other draft through uncounted
    """
    marks, rule = _read_marks(form, key), RULES[form]
    key = marks.key if marks else key or new_key()
    if marks is not None and _is_repeat(rule, key):
        return Verdict(key)
    challenge = _challenged(form, marks, rule, key, asked=asked)
    if challenge is None and rule.whole:
        current_budgets().is_first("taken", key, seconds=REMEMBERED)
    return Verdict(key, challenge)


def _is_repeat(rule: Rule, key: str) -> bool:
    """Whether this whole form was let through before: a double click, the back button. It makes no second case."""
    budgets = current_budgets()
    return rule.whole and budgets.is_told("taken", key) and budgets.take(REPEATS, "repeats", key)


def _challenged(form: Guarded, marks: _Marks | None, rule: Rule, key: str, *, asked: bool) -> Response | None:
    """The page to answer with instead of taking the form; None lets it through."""
    client = client_mark()
    if ANSWER_FIELDS.isdisjoint(request.form):
        doubt = _doubt(marks, rule, client, asked=asked)
        return None if doubt is None else ask(doubt, **_kept(form, marks, key))
    outcome = read_outcome(form, key)
    if outcome is not Outcome.RIGHT:
        return ask(Doubt.WRONG if outcome is Outcome.WRONG else Doubt.ANOTHER, **_kept(form, marks, key))
    if not current_budgets().take(budget_rate("budget_answers"), "answers", client):
        seconds = current_budgets().wait(budget_rate("budget_answers"), "answers", client)
        return wait_page(seconds, **_kept(form, marks, key))
    session[_ASKED] = token_urlsafe(16)  # a new name, so that a fresh allowance begins
    return None


def take_client_bytes(size: int) -> None:
    """Count a file against its client's share of the day, so that one client does not use up the day of all.

    Raises TooMany (field ``file``) above :data:`CLIENT_SHARE` of the day's cap.
    """
    brought = current_budgets().add(size, "evidence", client_mark(), seconds=24 * 3600)
    if brought > current_settings().daily_evidence_bytes // CLIENT_SHARE:
        raise TooMany("evidence.client_full", CLIENT_IS_FULL, field="file")


def _doubt(marks: _Marks | None, rule: Rule, client: str, *, asked: bool) -> Doubt | None:
    """Why a question must be asked, or None. An allowance answers every doubt: its browser was asked already."""
    if _has_allowance(rule):
        return None
    if asked:
        return Doubt.GUESSED
    return _strange(marks, rule) or _over_budget(rule, client)


def _strange(marks: _Marks | None, rule: Rule) -> Doubt | None:
    """Whether it looks filled in by a program, or by nobody lately."""
    if request.form.get(TRAP):
        return Doubt.TRAP
    age = current_services().clock() - marks.begun if marks else None
    if age is None or age > OLDEST:
        return Doubt.STALE
    is_fast = rule.whole and age < timedelta(seconds=current_settings().form_seconds)
    return Doubt.FAST if is_fast else None


def _over_budget(rule: Rule, client: str) -> Doubt | None:
    """Counts the form where both budgets have room; a client over its own does not use up the one of all."""
    budgets = current_budgets()
    if not budgets.take(budget_rate(rule.budget), rule.budget, client):
        return Doubt.BUSY
    if rule.shared and not budgets.take(budget_rate(rule.shared), rule.shared):
        return Doubt.CROWD
    return None


def _has_allowance(rule: Rule) -> bool:
    name = session.get(_ASKED)
    if not isinstance(name, str):
        return False
    return current_budgets().take(rule.allowance, "allowance", rule.budget, name)


def _kept(form: Guarded, marks: _Marks | None, key: str) -> dict[str, Any]:
    """What goes on to the question: fresh marks with the same key, and everything typed."""
    begun = marks.begun if marks else None
    if begun is None or current_services().clock() - begun > OLDEST:
        begun = current_services().clock()
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN_FIELDS]
    return {
        "form_name": form,
        "key": key,
        "hidden": [(MARKS, form_marks(form, key=key, begun=begun).token), *typed],
        "with_files": any(storage.filename for storage in request.files.values()),
    }


def _read_marks(form: Guarded, key: str) -> _Marks | None:
    """The marks of this form, None when they are missing, forged, another form's or, with ``key``, another draft's."""
    try:
        found = _signer().loads(request.form.get(MARKS, ""))
        if found["f"] != form.value or (key and found["k"] != key):
            return None
        return _Marks(key=str(found["k"]), begun=datetime.fromtimestamp(found["b"], UTC))
    except (BadData, KeyError, TypeError, ValueError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="greenmine form marks")
