"""``greenmine cases``: where cases wait and nobody sits. Counts only: the console reads no case."""

from collections.abc import Callable
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from greenmine.cli.prepare import require_ready
from greenmine.domain.body import DEPARTMENT_LABELS
from greenmine.domain.instant import legal_day
from greenmine.services import Services
from greenmine.usecases.case_unstaffed import unstaffed_bodies

console: Final = Console(soft_wrap=True)


@click.command()
@click.pass_obj
def cases(open_services: Callable[[], Services]) -> None:
    """列出有来件、无人办理的机关，只列件数。"""
    services = open_services()
    require_ready(services)
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
