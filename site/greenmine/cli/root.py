"""The command ``greenmine``: what an operator does from the shell."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from greenmine.cli.backup import backup, restore
from greenmine.cli.cases import cases
from greenmine.cli.demo.cases import demo_case_line
from greenmine.cli.documents import documents
from greenmine.cli.import_mines import import_group
from greenmine.cli.log import erase, log_group
from greenmine.cli.log_copy import trust
from greenmine.cli.log_replay import replay_log
from greenmine.cli.log_source import source_at
from greenmine.cli.mirror import mirror_command
from greenmine.cli.outbox import outbox
from greenmine.cli.prepare import prepare, tell_log
from greenmine.cli.ready import ready_services, require_ready
from greenmine.cli.rebuild_site import Rebuilt, policy_at, rebuild_site
from greenmine.cli.serve import require_free, serve
from greenmine.cli.staff import demo_link_lines, staff
from greenmine.cli.upkeep import LEASE, PROJECTIONS, SyncSummary, record_due, sync_content
from greenmine.cli.verify import verify
from greenmine.cli.witness import witness_group
from greenmine.cli.worker import work
from greenmine.config import ensure_secret_key
from greenmine.config.parsers import parse_database_url
from greenmine.domain.errors import BadInput, Conflict
from greenmine.domain.text import N_
from greenmine.projections.runner import rebuild
from greenmine.projections.search_keeper import make_anew
from greenmine.services import Services
from greenmine.store.act import entries, size
from greenmine.store.database import Database, open_database
from greenmine.store.lease import confirm_clock, jumped_from
from greenmine.store.migrate import revision, upgrade
from greenmine.store.rebuild import differences, replay_all
from greenmine.tlog.policy import Policy

OpenServices = Callable[[], Services]
"""How a command gets its tools: built on first use, so that ``--help`` touches nothing."""

console: Final = Console()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def greenmine() -> None:
    """绿色矿山信息公开平台：命令行工具。"""


greenmine.add_command(backup)
greenmine.add_command(cases)
greenmine.add_command(documents)
greenmine.add_command(erase)
greenmine.add_command(import_group)
greenmine.add_command(log_group)
log_group.add_command(replay_log)
greenmine.add_command(mirror_command)
greenmine.add_command(outbox)
greenmine.add_command(restore)
greenmine.add_command(staff)
greenmine.add_command(verify)
greenmine.add_command(witness_group)


@greenmine.command()
@click.option("--empty", is_flag=True, help="建立空白站点，不生成演示名录。")
@click.pass_obj
def init(open_services: OpenServices, *, empty: bool) -> None:
    """建立或升级数据库，载入内容文件。"""
    services = open_services()
    prepare_site(services, empty=empty)
    console.print(f"数据目录 {services.settings.data_dir} 已就绪。")


@greenmine.command("serve")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="网页进程数。")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="每个进程的线程数。")
@click.option("--target", default="wsgi:app", show_default=True, help="WSGI 应用的导入路径。")
@click.pass_obj
def serve_site(open_services: OpenServices, *, workers: int, threads: int, target: str) -> None:
    """准备站点并启动网页服务和后台任务（python wsgi.py 即此命令）。"""
    services = open_services()
    settings = services.settings
    require_free(settings.host, settings.port)
    prepare_site(services, empty=False)
    ensure_secret_key(settings)
    lines = _demo_lines(services) if settings.is_demo else ()
    services.database.close()
    console.print(f"请打开 {settings.site_url}/ （按 Ctrl+C 停止）", highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    raise SystemExit(serve(settings, target=target, workers=workers, threads=threads))


def _demo_lines(services: Services) -> tuple[str, ...]:
    """What a visitor of the demonstration is told: links into the desk, a case to follow."""
    with services.database.read() as tx:
        case = demo_case_line(tx)
    return (*demo_link_lines(services), *([case] if case else ()))


@greenmine.command()
@click.option("--supervisor", type=int, metavar="PID", help="由这个进程启动：该进程结束时随之结束。")
@click.pass_obj
def worker(open_services: OpenServices, *, supervisor: int | None) -> None:
    """运行后台任务：时限、内容同步、统计、邮件。同一时刻只有一个在工作。"""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if supervisor is not None:
        threading.Thread(target=_follow, args=(stop, supervisor), daemon=True).start()
    services = ready_services(open_services)
    tell_log(services)
    work(services, stop=stop)
    services.database.close()


def _follow(stop: threading.Event, supervisor: int) -> None:
    """Set ``stop`` once our parent is not the process that started us, however it went and however early."""
    while os.getppid() == supervisor:
        if stop.wait(1):
            return
    stop.set()


@greenmine.group()
def content() -> None:
    """内容文件。"""


@content.command("sync")
@click.pass_obj
def content_sync(open_services: OpenServices) -> None:
    """把 content/ 中新增、修改、撤下的文件记录为公开事项。"""
    services = ready_services(open_services)
    summary = sync_content(services)
    for kind, number in summary.recorded.items():
        console.print(f"{kind}: {number}", highlight=False)
    _report(summary)


@greenmine.command()
@click.option("--confirm", is_flag=True, help="已核对时间：解除暂停，并记录现在到期的事项。")
@click.pass_obj
def clocks(open_services: OpenServices, *, confirm: bool) -> None:
    """查看自动到期处理；时钟跳动或到期事项过多而暂停时，核对时间后用 --confirm 恢复。"""
    services = ready_services(open_services)
    console.print(f"当前时间：{services.clock():%Y-%m-%d %H:%M:%S} UTC", highlight=False)
    if not confirm:
        with services.database.read() as tx:
            leapt = jumped_from(tx, LEASE)
        console.print(
            f"自上次运行（{leapt:%Y-%m-%d %H:%M} UTC）以来间隔过长，已暂停。" if leapt else "没有暂停。",
            highlight=False,
        )
        return
    with services.database.write() as tx:
        confirm_clock(tx, LEASE, now=services.clock())
    console.print(f"已记录 {record_due(services)} 件到期事项。", highlight=False)


@greenmine.command("rebuild")
@click.pass_obj
def rebuild_projections(open_services: OpenServices) -> None:
    """由公开记录重新生成统计、搜索索引等派生数据。"""
    services = ready_services(open_services)
    rebuild(services.database, PROJECTIONS, reference=services.reference)
    make_anew(services.search, reference=services.reference)
    with services.database.read() as tx:
        console.print(f"已由 {size(tx)} 条记录重新生成。", highlight=False)


@greenmine.command()
@click.argument("target")
@click.option("--compare", is_flag=True, help="重放后逐行比较两个数据库的公开数据。")
@click.option("--key", metavar="VKEY", help="TARGET 为网址或镜像时：记录库的公钥。")
@click.option("--policy", type=click.Path(path_type=Path, exists=True), help="同上：核验依据文件。")
@click.pass_obj
def replay(open_services: OpenServices, target: str, *, compare: bool, key: str | None, policy: Path | None) -> None:
    """把全部公开记录重放到空数据库 TARGET（sqlite:///… 或 postgresql+psycopg://…）。

    TARGET 是网址或镜像文件夹时相反：从那里的公开记录和文件重建本机的空数据库，并列出依规停止公开的文件。
    """
    services = open_services()
    if "://" not in target or target.startswith(("http://", "https://")):
        if compare:
            raise click.UsageError("--compare 只用于重放到数据库。")
        _rebuild_from(services, target, trust(key, policy))
        return
    require_ready(services)
    other = _open_target(target)
    try:
        with services.database.read() as tx:
            for done in replay_all(other, entries(tx)):
                console.print(f"已重放 {done} 条", end="\r", highlight=False)
        console.print()
        if compare:
            _compare(services.database, other)
    finally:
        other.close()


def _rebuild_from(services: Services, place: str, given: Policy | None) -> None:
    source = source_at(place)
    believed = given or policy_at(source)
    if given is None:
        console.print("未给出公钥，采用对方自己公布的，请与其他来源核对：", highlight=False)
        for log in believed.logs:
            console.print(log.key.vkey, highlight=False, markup=False, soft_wrap=True)
    made: Rebuilt = rebuild_site(services, source, believed)
    console.print(f"已由 {made.size} 条记录重建。依规停止公开的文件 {len(made.removed)} 份。", highlight=False)
    for item in made.removed:
        line = f"{item.sha256}  {item.ground}  第 {item.entry} 号记录"
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _open_target(target: str) -> Database:
    """The database to be filled; looked at before anything is changed in it."""
    try:
        other = open_database(parse_database_url(target))
    except ValueError as refused:
        raise BadInput("replay.target", N_("TARGET %(reason)s。"), reason=str(refused)) from refused
    if revision(other) is not None:
        other.close()
        raise Conflict("replay.not_empty", N_("目标数据库不是空的：只能重放到空数据库。"))
    upgrade(other)
    return other


def _compare(one: Database, two: Database) -> None:
    with one.read() as here, two.read() as there:
        differing = differences(here, there)
    if differing:
        raise Conflict("replay.differs", N_("以下表不一致：%(tables)s。"), tables="、".join(differing))
    console.print("两个数据库的公开数据逐行一致。")


def prepare_site(services: Services, *, empty: bool) -> None:
    """Prepare the site, showing how far the demonstration register has come when one is made."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("生成演示名录", total=None, visible=False)

        def show(at: datetime) -> None:
            bar.update(task, description=f"生成演示名录：{at:%Y-%m}", visible=True)

        readiness = prepare(services, empty=empty, progress=show)
    if readiness.made_demo:
        console.print("已生成演示名录（演示数据，均为虚构）。", highlight=False)
    _report(readiness.content)


def _report(summary: SyncSummary) -> None:
    for problem in summary.problems:
        console.print(f"未载入：{problem}", highlight=False, markup=False)
