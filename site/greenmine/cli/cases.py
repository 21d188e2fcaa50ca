"""``greenmine cases``: where cases wait and nobody sits, by counts; who opened which identity, and why.

The console reads no case: neither its words nor its person, only the officers' reasons, and the journal keeps that.
"""

from collections.abc import Callable
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from greenmine.cli.ready import ready_services
from greenmine.domain.case import IDENTITY_REASON_LABELS
from greenmine.domain.case_number import read_number
from greenmine.domain.department import DEPARTMENT_LABELS
from greenmine.domain.instant import SHANGHAI, legal_day
from greenmine.services import Services
from greenmine.usecases.case_opening import Opening, read_openings
from greenmine.usecases.case_unstaffed import unstaffed_bodies

console: Final = Console(soft_wrap=True)


@click.group(invoke_without_command=True)
@click.pass_context
def cases(context: click.Context) -> None:
    """列出有来件、无人办理的机关，只列件数；openings 列出查看身份的记录。"""
    if context.invoked_subcommand is None:
        _unstaffed(ready_services(context.obj))


@cases.command("openings")
@click.argument("number", required=False)
@click.pass_obj
def openings(open_services: Callable[[], Services], *, number: str | None) -> None:
    """列出来件 NUMBER（不填则全部来件）的身份何时由谁查看、事由和具体理由，供监督检查；列出本身记入内部日志。"""
    services = ready_services(open_services)
    wanted = None if number is None else read_number(number)
    with services.database.write() as tx:
        found = read_openings(tx, wanted, at=services.clock(), master=services.master)
    if not found:
        console.print("没有查看身份的记录。")
    for opening in found:
        for line in _lines(opening):
            console.print(line, highlight=False, markup=False)


def _lines(opening: Opening) -> tuple[str, ...]:
    """When, in which case, by whom and for which reason; below it the words."""
    moment = opening.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    reason = IDENTITY_REASON_LABELS[opening.reason]
    head = f"{moment} {opening.number or '（来件已删除）'} {opening.login} {reason}"
    return (head, *(f"    {line}" for line in opening.words.splitlines()))


def _unstaffed(services: Services) -> None:
    with services.database.read() as tx:
        counts = unstaffed_bodies(tx, today=legal_day(services.clock()))
    if not counts:
        console.print("没有无人办理的来件。")
        return
    table = Table("机关", "代码", "办理中", "已超期")
    for count in counts:
        name = services.reference.regions.path_name(count.body.region) + DEPARTMENT_LABELS[count.body.department]
        table.add_row(name, count.body.code, str(count.waiting), str(count.late))
    console.print(table)
