"""The outbox in the worker and at the console: letters are sent, counted, tried at once; never shown."""

import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import click
from rich.console import Console

from greenmine.cli.ready import ready_services
from greenmine.cli.smtp import MailDoor
from greenmine.config import MailServer
from greenmine.services import Services
from greenmine.store.mail_line import line_fault
from greenmine.store.outbox import counts
from greenmine.usecases.outbox import Sender, send_at_once, send_due

console: Final = Console()


def send_mail(services: Services, *, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due; without a mail server letters wait. The worker's job.

    :param goes_on: asked before each letter: whether it is still ours to send
    """
    server = services.settings.mail_server
    return 0 if server is None else send_due(replace(sender_for(services, server), goes_on=goes_on))


def sender_for(services: Services, server: MailServer) -> Sender:
    """What sending needs, from the settings."""
    settings = services.settings
    host = mail_host(settings.site_url)
    door = MailDoor(server, sender=settings.mail_from, sender_name=settings.site_name, hello=host)
    return Sender(
        database=services.database,
        connect=door.connect,
        clock=services.clock,
        chance=secrets.SystemRandom().random,
        master=services.master,
        site_url=settings.site_url,
        host=host,
    )


def mail_host(site_url: str) -> str:
    """The site's host as mail writes it: a name in ASCII, or an address in brackets (RFC 5321 4.1.3)."""
    host = urlsplit(site_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.encode("idna").decode("ascii")
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


@click.group(invoke_without_command=True)
@click.pass_context
def outbox(context: click.Context) -> None:
    """查看待发邮件的数量和状态；不显示收件人和内容。"""
    if context.invoked_subcommand is None:
        _show(ready_services(context.obj))


@outbox.command("retry")
@click.option("--given-up", is_flag=True, help="连同已判定送不到的一并重发（例如邮件服务器设置错误已改正）。")
@click.pass_obj
def retry_now(open_services: Callable[[], Services], *, given_up: bool) -> None:
    """不等间隔，立即重试全部待发邮件；由后台任务发出。"""
    services = ready_services(open_services)
    with services.database.write() as tx:
        due = send_at_once(tx, now=services.clock(), given_up=given_up)
    console.print(f"{due} 封邮件将立即重试。", highlight=False)


def _show(services: Services) -> None:
    now = services.clock()
    with services.database.read() as tx:
        found, fault = counts(tx, now=now), line_fault(tx)
    lines = [
        f"待发送 {found.waiting} 封，其中超过 24 小时 {found.stuck} 封；已发送 {found.sent} 封；"
        f"未能送达 {found.given_up} 封。"
    ]
    if not services.settings.sends_mail:
        lines.append("没有设置 GREENMINE_SMTP_URL：不发送邮件。")
    if found.oldest is not None:
        lines.append(f"最早的待发邮件：{found.oldest:%Y-%m-%d %H:%M} UTC。")
    if fault is not None:
        lines.append(
            f"邮件服务器自 {fault.since:%Y-%m-%d %H:%M} UTC 起不能使用（{fault.result}，连续 {fault.failures} 次），"
            f"下次尝试 {fault.until:%Y-%m-%d %H:%M:%S} UTC。"
        )
    lines += (f"最近结果 {result}：{number} 封。" for result, number in found.results.items())
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
