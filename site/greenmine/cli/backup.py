"""``greenmine backup`` and ``greenmine restore``. Source: log-spec.md 8; trust.md "backup during load"."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from greenmine.cli.ready import ready_services
from greenmine.cli.verify import run_verify
from greenmine.config import Settings
from greenmine.config.settings import read_settings
from greenmine.domain.errors import BadInput, Conflict, GreenmineError
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.backup import HEAD, KEYS, Site, copy_keys, make_backup, require_empty, restore_backup
from greenmine.store.log_health import log_health
from greenmine.store.log_seal import keep_head, read_head

OpenServices = Callable[[], Services]
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)

console: Final = Console()


@click.command("backup")
@click.argument("folder", type=_FOLDER)
@click.option("--keys", "keys_folder", type=_FOLDER, help="密钥另存到此文件夹，须放在另外的介质上。")
@click.pass_obj
def backup(open_services: OpenServices, *, folder: Path, keys_folder: Path | None) -> None:
    """在站点运行时备份数据库、公开文件和密封文件到空文件夹 FOLDER；密钥不在其中。"""
    services = ready_services(open_services)
    site = site_of(services.settings)
    if keys_folder is not None:
        _require_apart(keys_folder, folder)
        require_empty(keys_folder)
    made = make_backup(site, services.database, folder, at=services.clock())
    console.print(f"已备份 {made.acts} 条记录、{made.files} 个文件到 {folder}。", highlight=False, soft_wrap=True)
    if keys_folder is None:
        console.print(
            f"密钥没有包含在内：请把 {site.folder / KEYS} 另行备份到别的介质（--keys），"
            "否则密封的来件无法读出，记录库无法签名。",
            highlight=False,
            soft_wrap=True,
        )
        return
    copied = copy_keys(site, keys_folder)
    console.print(f"已另存 {copied} 个密钥文件到 {keys_folder}，请与数据分开保管。", highlight=False, soft_wrap=True)


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--keys",
    "keys_folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="密钥备份所在的文件夹。",
)
@click.pass_obj
def restore(open_services: OpenServices, *, folder: Path, keys_folder: Path | None) -> None:
    """把备份 FOLDER 恢复到空的数据目录（GREENMINE_DATA_DIR），随后逐行核验。"""
    settings = read_settings()
    about = restore_backup(site_of(settings), folder, keys=keys_folder)
    _keep_newer_head(settings, folder)
    console.print(f"已恢复 {about['at']} 的备份，共 {about['acts']} 条记录。正在核验。", highlight=False)
    services = ready_services(open_services)
    with services.database.read() as tx:
        log = log_health(tx, keys=services.log_keys, head_file=settings.log_head)
    verified, lines = run_verify(services)
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    services.database.close()
    if log.refusal is not None:
        raise Conflict("restore.behind", N_("已恢复，但暂停记录新的事项：%(reason)s"), reason=str(log.refusal))
    if verified.faults:
        raise Conflict("verify.faults", N_("共发现%(n)s处不符，列在上面。"), n=verified.faults)
    console.print(f"{verified.size}条记录全部核对一致，可以启动。", highlight=False)


def site_of(settings: Settings) -> Site:
    """The parts of the site that a backup is of."""
    return Site(settings.data_dir, settings.database_url, settings.log_head)


def _require_apart(keys: Path, data: Path) -> None:
    if data.resolve() in (keys.resolve(), *keys.resolve().parents):
        raise BadInput("backup.keys_inside", N_("密钥不能放在数据备份的文件夹里：两者在一起，谁拿到都能读出来件。"))


def _keep_newer_head(settings: Settings, folder: Path) -> None:
    """The head of the backup, unless a later one is kept: that one tells of what the backup does not hold."""
    try:
        note = read_head(folder / HEAD)
    except GreenmineError:
        return
    if note is not None:
        keep_head(settings.log_head, note)
