"""``/status``: whether the site works, from what it can see itself. No secrets, no addresses, no names."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask import make_response
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import GreenmineError
from greenmine.domain.instant import day_starts, legal_day
from greenmine.domain.text import N_
from greenmine.store.act import get_act, size
from greenmine.store.content_problem import content_problems
from greenmine.store.database import Tx
from greenmine.store.lease import get_lease, jumped_from
from greenmine.store.log import log_origin
from greenmine.store.log_health import LogHealth, log_health
from greenmine.store.mail_line import line_fault
from greenmine.store.migrate import head, revision
from greenmine.store.outbox import stuck, undelivered
from greenmine.store.verified import Verified, last_verified
from greenmine.usecases.case_unstaffed import unstaffed_bodies
from greenmine.usecases.log_witness import WITNESS_FAULT_LABELS, WitnessStanding, witness_standings
from greenmine.web.act_words import act_moment
from greenmine.web.context import current_services
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.routing import Route

LEASE: Final = "worker"
SILENCE: Final = timedelta(minutes=5)
"""Health is red when the worker has given no sign of life for so long (trust.md, faults)."""
PUBLIC_WORDS: Final[Mapping[str, str]] = {
    "log.behind_head": N_(
        "数据库落后于已签名的记录（已签名至%(size)s条），可能是恢复了旧备份。"
        "补齐之前不记录新的事项，已公开的内容仍可查阅，投诉照常受理。"
    ),
    "log.forked": N_("数据库前%(size)s条记录与已签名的记录不一致，核查期间不记录新的事项，投诉照常受理。"),
    "log.key_missing": N_("签名密钥不在本机：事项照常记录，等待签名。"),
}
"""What everybody is told of a refusal, by its code."""


def status() -> ResponseReturnValue:
    """Schema, acts, log, last audit, worker, content, letters. What a notice is never hangs on the worker."""
    services = current_services()
    now = services.clock()
    at, wanted = revision(services.database), head()
    with services.database.read() as tx:
        acts = size(tx)
        last = act_moment(get_act(tx, acts - 1)) if acts else None
        lease = get_lease(tx, LEASE)
        problems = len(content_problems(tx))
        leapt = jumped_from(tx, LEASE) is not None
        today = legal_day(now)
        unstaffed = sum(count.waiting for count in unstaffed_bodies(tx, today=today, before=day_starts(today)))
        mail = _mail_values(tx, now)
        watch = witness_standings(tx, services.witnesses, now=now) if log_origin(tx) else ()
        log = log_health(tx, keys=services.log_keys, head_file=services.settings.log_head)
        verified = last_verified(tx)
    seen = lease.beat_at if lease else None
    response = make_response(
        render(
            "status.html",
            Page(title=_("运行状态"), section="/about", crumbs=(Crumb(_("关于本站"), "/about"),), canonical="/status"),
            now=now,
            revision=at or "",
            schema_ok=at == wanted,
            acts=acts,
            last=last,
            clock_ok=last is None or now >= last - SILENCE,
            seen=seen,
            worker_ok=seen is not None and abs(now - seen) <= SILENCE,
            leapt=leapt,
            problems=problems,
            unstaffed=unstaffed,
            **mail,
            **_log_values(log, verified, watch),
            sends_mail=services.settings.sends_mail,
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _mail_values(tx: Tx, now: datetime) -> dict[str, Any]:
    """What the page says of letters: those late and those given up, since when the mail server fails."""
    late, lost, fault = stuck(tx, now=now), undelivered(tx, now=now), line_fault(tx)
    told = ((late, N_("%(n)s封超过24小时没有发出")), (lost, N_("7天内有%(n)s封未能送达")))
    return {
        "letters": tuple(_(words, n=number) for number, words in told if number),
        "mail_fails_since": fault.since if fault else None,
    }


def _log_values(log: LogHealth, verified: Verified | None, watch: Sequence[WitnessStanding]) -> dict[str, Any]:
    """What the page says of the log."""
    told = (error for error in (log.refusal, log.unsigned) if error is not None)
    return {
        "log": log,
        "log_sentences": tuple(_publicly(error) for error in told),
        "log_ok": _log_ok(log, verified),
        "verified": verified,
        "watch": watch,
        "missing": tuple(each.name for each in watch if each.is_missing),
        "faults": WITNESS_FAULT_LABELS,
    }


def _log_ok(log: LogHealth, verified: Verified | None) -> bool:
    return not log.is_red and (verified is None or verified.faults == 0)


def _publicly(error: GreenmineError) -> str:
    """The sentence without the folders of the machine: those are for the console and the desk."""
    return _(PUBLIC_WORDS.get(error.code, N_("记录库暂停记录新的事项，等待网站管理人员处理；投诉照常受理。"))) % {
        "size": error.params.get("size", "")
    }


STATUS_ROUTES: Final = (Route("/status", "status.page", status),)
