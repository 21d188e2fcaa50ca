"""``greenmine documents``: taking a published document down by law, from the console only.

Source: 个人信息保护法 47; log-spec.md 6.
"""

from collections.abc import Callable

import click
from rich.console import Console

from greenmine.cli.ready import ready_services
from greenmine.cli.upkeep import PROJECTIONS, run_projections
from greenmine.domain.document_removal import REMOVAL_GROUND_LABELS, RemovalGround
from greenmine.projections.runner import rebuild
from greenmine.projections.search_keeper import make_anew
from greenmine.services import Services
from greenmine.store.act import acts_with_body, files_gone_with
from greenmine.usecases.document import remove_document

OpenServices = Callable[[], Services]

console = Console()


@click.group("documents")
def documents() -> None:
    """公开文件。"""


@documents.command("remove")
@click.argument("sha256")
@click.option("--ground", required=True, type=click.Choice([str(ground) for ground in RemovalGround]), help="依据。")
@click.option("--yes", is_flag=True, help="不再询问。")
@click.pass_obj
def remove(open_services: OpenServices, *, sha256: str, ground: str, yes: bool) -> None:
    """依法停止公开一份文件：内容从各处删除，校验值、依据和这条记录保留。"""
    services = ready_services(open_services)
    wanted = RemovalGround(ground)
    for line in _consequences(services, sha256):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if not yes:
        click.confirm(f"依据“{REMOVAL_GROUND_LABELS[wanted]}”停止公开，无法撤销。确认？", abort=True)
    with services.database.write() as tx:
        removed = remove_document(tx, sha256, ground=wanted, at=services.clock())
    for file in removed.files:
        services.files.remove(file)
    services.database.checkpoint()  # the bytes must not live on in the write-ahead log
    run_projections(services)
    rebuild(services.database, PROJECTIONS, reference=services.reference)
    make_anew(services.search, reference=services.reference)
    console.print(f"已停止公开，见第 {removed.act} 号记录。备份中的副本须按运行说明另行处理。", highlight=False)


def _consequences(services: Services, sha256: str) -> list[str]:
    """What goes with it, before it is confirmed."""
    with services.database.read() as tx:
        acts = acts_with_body(tx, sha256)
        files = files_gone_with(tx, sha256)
    lines = [f"这是第 {act.n} 号记录（{act.object}）的正文，该事项页面上的文字一并停止公开。" for act in acts]
    return [*lines, *(f"同时公布的附件 {file} 一并停止公开。" for file in files)]
