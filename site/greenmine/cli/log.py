"""``greenmine log``: beginning the log, changing its key, and what its worker does. Source: log-spec.md 8, 10."""

import contextlib
from collections.abc import Callable
from urllib.parse import urlsplit

import click
from rich.console import Console

from greenmine.cli.ready import ready_services
from greenmine.cli.upkeep import LEASE
from greenmine.domain.case_number import read_number
from greenmine.services import Services
from greenmine.store.case_task import closed_before
from greenmine.store.lease import jumped_from
from greenmine.store.log import log_origin, newest_head, newest_signed_head
from greenmine.store.log_key import log_keys
from greenmine.store.log_seal import keep_head, read_head
from greenmine.tlog.checkpoint import parse_checkpoint
from greenmine.usecases.commitment_batch import due_days, list_commitments
from greenmine.usecases.erasure import KEPT, Erased, erase_case, erase_outlived
from greenmine.usecases.log import begin_log, rotate_key, sign_newest, unsigned_heads

OpenServices = Callable[[], Services]
DEMO_ORIGIN = "demo.greenmine.invalid/log"

console = Console()


@click.group("log")
def log_group() -> None:
    """记录库：建立、更换密钥、查看状态。"""


@log_group.command("init")
@click.option("--origin", help="记录库名称，不带协议的网址；不填则用站点网址加 /log。建立后不能更改。")
@click.pass_obj
def init_log(open_services: OpenServices, *, origin: str | None) -> None:
    """建立记录库：确定名称，生成签名密钥，签署第一个记录头。"""
    services = ready_services(open_services)
    name = origin or default_origin(services)
    with services.database.write() as tx:
        key = begin_log(tx, origin=name, keys=services.log_keys, at=services.clock())
    console.print(f"记录库 {name} 已建立。公开密钥：", highlight=False)
    console.print(key.vkey, highlight=False, markup=False, soft_wrap=True)
    console.print(f"签名密钥保存在 {services.log_keys.folder}，请与数据分开备份。", highlight=False, soft_wrap=True)


@log_group.command("rotate")
@click.confirmation_option(prompt="更换签名密钥将写入一条公开记录，确认更换？")
@click.pass_obj
def rotate(open_services: OpenServices) -> None:
    """更换签名密钥：写入一条由旧密钥签署的记录，新旧密钥并行签名 30 日。"""
    services = ready_services(open_services)
    with services.database.write() as tx:
        key = rotate_key(tx, keys=services.log_keys, at=services.clock())
    console.print("签名密钥已更换。新的公开密钥：", highlight=False)
    console.print(key.vkey, highlight=False, markup=False, soft_wrap=True)


@log_group.command("status")
@click.pass_obj
def status(open_services: OpenServices) -> None:
    """显示记录库的名称、规模、密钥，以及数据库之外保存的记录头。"""
    services = ready_services(open_services)
    with services.database.read() as tx:
        origin, head, keys = log_origin(tx), newest_head(tx), log_keys(tx)
    if origin is None or head is None:
        raise click.ClickException("记录库尚未建立，请先运行 greenmine log init。")
    kept = read_head(services.settings.log_head)
    console.print(f"名称：{origin}", highlight=False)
    console.print(f"规模：{head.checkpoint.size} 条，{'已签名' if head.signatures else '等待签名'}", highlight=False)
    console.print(f"库外保存的记录头：{parse_checkpoint(kept.text).size if kept else '尚无'}", highlight=False)
    for row in keys:
        place = "在本机" if services.log_keys.find(row.key) is not None else "不在本机"
        console.print(f"密钥 {row.n + 1}（{place}）：{row.key.vkey}", highlight=False, markup=False, soft_wrap=True)


def default_origin(services: Services) -> str:
    """The site's own address, as log-spec.md 4 advises."""
    return f"{urlsplit(services.settings.site_url).netloc}/log"


def begin_demo_log(services: Services) -> None:
    """The demonstration's log, made by ``make run`` unless there is one."""
    with services.database.write() as tx:
        if log_origin(tx) is None:
            begin_log(tx, origin=DEMO_ORIGIN, keys=services.log_keys, at=services.clock())


def keep_log(services: Services) -> bool:
    """Sign what was left unsigned, and keep the newest signed head outside the database; whether anything was new."""
    with services.database.read() as tx:
        if log_origin(tx) is None:
            return False
        waiting = unsigned_heads(tx, keys=services.log_keys)
    if waiting:
        with services.database.write() as tx:
            sign_newest(tx, keys=services.log_keys, at=services.clock())
    with services.database.read() as tx:
        signed = newest_signed_head(tx, [row.key.id for row in log_keys(tx)])
    return signed is not None and keep_head(services.settings.log_head, signed.note)


def list_day(services: Services) -> int:
    """Enter the commitments of the days that are over into the log. Nothing while the clock is in doubt."""
    now = services.clock()
    with services.database.read() as tx:
        if not due_days(tx, at=now) or jumped_from(tx, LEASE) is not None:
            return 0
    with services.database.write() as tx:
        return list_commitments(tx, at=now)


def erase_over(services: Services) -> int:
    """Erase the cases kept as long as was promised; how many files went. Nothing while the clock is in doubt."""
    now = services.clock()
    with services.database.read() as tx:
        if jumped_from(tx, LEASE) is not None or not closed_before(tx, now - KEPT, limit=1):
            return 0
    with services.database.write() as tx:
        erased = erase_outlived(tx, at=now)
    return finish_erasure(services, erased)


def finish_erasure(services: Services, erased: Erased) -> int:
    """What follows the commit: the write-ahead log forgets the wrapped keys, and the sealed files go.

    Returns how many went. A folder that is away or read-only keeps files that no key opens: the sweep takes them later.
    """
    services.database.checkpoint()
    gone = 0
    for file in erased.files:
        with contextlib.suppress(OSError):
            services.sealed_files.remove(file)
            gone += 1
    return gone


@click.command("erase")
@click.argument("number")
@click.confirmation_option(prompt="删除后无法恢复，确认依法删除此件？")
@click.pass_obj
def erase(open_services: OpenServices, *, number: str) -> None:
    """依法删除一件来件：销毁密钥、文字和附件，记录库只留校验值（个人信息保护法第四十七条）。"""
    services = ready_services(open_services)
    with services.database.write() as tx:
        erased = erase_case(tx, read_number(number), ground="demand", at=services.clock())
    left = len(erased.files) - finish_erasure(services, erased)
    console.print("已删除。备份中的副本须按运行说明另行处理。")
    if left:
        console.print(f"附件文件夹暂时不能写，还有 {left} 个已无密钥可开的附件文件，由后台任务随后清除。")
