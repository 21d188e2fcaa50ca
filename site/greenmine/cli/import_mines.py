"""``greenmine import mines FILE``: preview, ask, then import all or nothing."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from greenmine.cli.ready import ready_services
from greenmine.cli.upkeep import run_projections
from greenmine.content.sheet import MAX_BYTES, read_table
from greenmine.domain.errors import BadInput
from greenmine.domain.import_preview import Preview, preview_list
from greenmine.domain.import_report import write_report
from greenmine.domain.mine import LEVEL_LABELS
from greenmine.domain.mine_heading import knows_heading, names_mines
from greenmine.domain.mine_list import read_list
from greenmine.domain.region import COUNTRY
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.usecases.import_mines import (
    LIST_ACT_LABELS,
    ImportResult,
    PrintedDecision,
    import_mines,
    known_for_import,
)

console: Final = Console()

_ACTS: Final = {label: act for act, label in LIST_ACT_LABELS.items()}
_LEVELS: Final = {label: level for level, label in LEVEL_LABELS.items()}
_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.group("import")
def import_group() -> None:
    """导入外部名单。"""


@import_group.command("mines")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--act", type=click.Choice(list(_ACTS)), default="纳入", show_default=True, help="名单的性质。")
@click.option("--level", type=click.Choice(list(_LEVELS)), default="省级", show_default=True, help="名录级别。")
@click.option("--list-name", default="", help="名单全称；缺省为文件名。")
@click.option("--date", "day", type=_DAY, help="名单日期，如 2021-01-11；导入时必填。")
@click.option("--number", default="", help="文号。")
@click.option("--organ", default="", help="发布机关；导入时必填。")
@click.option("--region", default=COUNTRY, show_default=True, help="发布机关所在地区的代码或名称。")
@click.option("--first-day", type=_DAY, help="公示起始日期。")
@click.option("--last-day", type=_DAY, help="公示截止日期。")
@click.option("--ground", default="", help="移出情形的代码。")
@click.option("--sheet", help="工作簿中有几张名单时，指明工作表。")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="把预览写入文件（Markdown）。")
@click.option("--allow-unplaced", is_flag=True, help="所在地区暂缺的矿山先登记在全国之下。")
@click.option("--dry-run", is_flag=True, help="只预览，不导入。")
@click.option("--yes", is_flag=True, help="不再询问。")
@click.pass_obj
def import_mines_command(open_services: Callable[[], Services], /, **options: Any) -> None:
    """导入一份矿山名单（CSV 或 XLSX）：先预览，确认后一次导入，全部成功或全部不变。"""
    services = ready_services(open_services)
    file: Path = options["file"]
    region = _region(services, options["region"])
    with file.open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    preview = _preview(services, data, sheet=options["sheet"], region=region)
    report = write_report(preview, title=file.name, regions=services.reference.regions)
    if options["report"] is not None:
        options["report"].write_text(report, encoding="utf-8")
    console.print(report, highlight=False, markup=False, soft_wrap=True)
    if options["dry_run"]:
        console.print("仅为预览，没有导入。")
        return
    decision = _decision(options, region=region, paper=hashlib.sha256(data).hexdigest())
    if not options["yes"]:
        click.confirm(f"导入{len(preview.list.mines)}行？", abort=True)
    _tell(_import(services, preview, decision))


def _region(services: Services, text: str) -> str:
    regions = services.reference.regions
    found = regions.find(text) or regions.by_name(text)
    if found is None:
        raise BadInput("import.region_unknown", N_("没有代码或名称为“%(region)s”的地区，或不止一个。"), region=text)
    return found.code


def _preview(services: Services, data: bytes, *, sheet: str | None, region: str) -> Preview:
    table = read_table(data, knows=knows_heading, is_key=names_mines, sheet=sheet)
    reference = services.reference
    mines = read_list(table, regions=reference.regions, minerals=reference.minerals, within=region)
    with services.database.read() as tx:
        known = known_for_import(tx)
    return preview_list(mines, known=known, regions=reference.regions)


def _decision(options: dict[str, Any], *, region: str, paper: str) -> PrintedDecision:
    if options["day"] is None:
        raise BadInput("import.day_missing", N_("请用 --date 写明名单日期。"))
    if not options["organ"]:
        raise BadInput("import.organ_missing", N_("请用 --organ 写明发布机关。"))
    return PrintedDecision(
        act=_ACTS[options["act"]],
        name=options["list_name"] or options["file"].stem,
        level=_LEVELS[options["level"]],
        day=_day(options["day"]),
        region=region,
        organ=options["organ"],
        paper=paper,
        number=options["number"],
        ground=options["ground"],
        first_day=_day(options["first_day"]) if options["first_day"] else None,
        last_day=_day(options["last_day"]) if options["last_day"] else None,
        allow_unplaced=options["allow_unplaced"],
    )


def _day(moment: datetime) -> date:
    """The typed day; click reads it as midnight without a zone, which means nothing more than the day."""
    return moment.replace(tzinfo=UTC).date()


def _import(services: Services, preview: Preview, decision: PrintedDecision) -> ImportResult:
    columns = (TextColumn("导入"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("import", total=len(preview.list.mines))
        with services.database.write() as tx:
            result = import_mines(
                tx,
                preview.list,
                decision,
                expected=preview.identified,
                reference=services.reference,
                at=services.clock(),
                progress=lambda done: bar.update(task, completed=done),
            )
    run_projections(services)
    return result


def _tell(result: ImportResult) -> None:
    console.print(f"新登记{len(result.registered)}个，已登记{len(result.matched)}个。", highlight=False)
    if result.listed or result.already:
        console.print(f"纳入{len(result.listed)}个，原已在册{len(result.already)}个。", highlight=False)
    if result.removed:
        console.print(f"移出{len(result.removed)}个。", highlight=False)
    if result.notice is not None:
        console.print(f"公示编号 {result.notice}。", highlight=False)
