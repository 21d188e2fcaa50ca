"""Telling a person by mail that a case has moved: never what it says, never the code (trust.md 1; ASVS 14.2.1)."""

from dataclasses import dataclass
from datetime import datetime

from greenmine.domain.text import N_
from greenmine.store.case_task import TaskRow
from greenmine.store.database import Tx
from greenmine.store.outbox import post
from greenmine.store.sealed import MasterKey

_SUBJECT = N_("您提交的事项有新进展")
_TEXT = N_(
    "您好：\n\n您在“%(site)s”提交的事项有新进展。请打开 %(address)s ，凭编号和查询码查看。\n\n"
    "为保护您的信息，邮件中不写明事项内容和编号。本邮件由系统自动发送，请勿回复。\n"
)


@dataclass(frozen=True)
class Mailer:
    """What a mail needs to know of the site.

    :param site_url: address readers use, without a slash at its end
    """

    site_url: str
    site_name: str


def tell_by_mail(tx: Tx, task: TaskRow, *, recipient: str, mailer: Mailer, at: datetime, master: MasterKey) -> None:
    """Post the news to the address the person left; nothing for those who left none."""
    if not recipient:
        return
    text = _TEXT % {"site": mailer.site_name, "address": f"{mailer.site_url}/complaints/track"}
    post(tx, case=task.case, recipient=recipient, subject=_SUBJECT, text=text, at=at, master=master)
