"""The credit registers (失信信息): entries that run, and of those that ended only that they existed.

What runs is told from dates at the request, whatever the worker did. Lists, pages and the file are kept out of
search engines (noindex); the file names firms only. Sources: rules.md "Removal is not one thing"; design.md
"Versions and time".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from greenmine.domain.credit import Subject
from greenmine.domain.ground import CREDIT_LEVEL_LABELS, CreditLevel
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import CREDIT, REMOVAL
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import ActRow, acts_of
from greenmine.store.credit import CreditFilter, CreditRow, count_ended, get_credit, running_credits
from greenmine.web.act_words import act_step
from greenmine.web.context import current_services, current_settings
from greenmine.web.csv_file import csv_file
from greenmine.web.formats import iso_day
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Column, Crumb, Page, render
from greenmine.web.paging import PER_PAGE, Pager, paging, read_page_number
from greenmine.web.parts import Way
from greenmine.web.places import place_name
from greenmine.web.public.feed_plan import alternates, named_plan, ways_of
from greenmine.web.routing import Limit, Route

PATH: Final = CREDIT.list
REGISTERS: Final = (CreditLevel.SERIOUS, CreditLevel.GENERAL)
"""The registers that are published, the graver first."""
MOST_ROWS: Final = 100_000

MEANING: Final[Mapping[CreditLevel, str]] = {
    CreditLevel.SERIOUS: N_("公示1年以上、3年以下，从作出决定之日起算，期满自动停止。"),
    CreditLevel.GENERAL: N_("公示3个月以上、1年以下，从作出决定之日起算，期满自动停止。"),
}


@dataclass(frozen=True, kw_only=True)
class RegisterShown:
    """One register: its entries on this page, and the way through its pages."""

    code: str
    name: str
    meaning: str
    lines: tuple[tuple[CreditRow, str, date], ...]
    pager: Pager


def blacklist() -> ResponseReturnValue:
    """``/blacklist``: two registers of running entries, and how many have ended."""
    services = current_services()
    today = legal_day(services.clock())
    registers = tuple(_register(services, level, today) for level in REGISTERS)
    with services.database.read() as tx:
        ended = count_ended(tx, today=today)
    plan = named_plan("credit")
    page = Page(
        title=_("失信信息"),
        feeds=alternates(plan),
        section=REMOVAL.list,
        crumbs=(Crumb(_("移出名录"), REMOVAL.list),),
        column=Column(
            name=_("失信信息"),
            description=_("绿色矿山有关失信信息，到期自动停止公示"),
            keywords=_("绿色矿山,失信,信用"),
            kind=_("公示公告"),
        ),
        noindex=True,
    )
    html = render(
        "blacklist.html",
        page,
        registers=registers,
        ended=ended,
        downloads=(Way(label="CSV", href=f"{CREDIT.list}.csv"),) if any(each.lines for each in registers) else (),
        feeds=ways_of(plan),
    )
    return _unindexed(html)


def blacklist_csv() -> ResponseReturnValue:
    """``/blacklist.csv``: every running entry that names a firm. Persons are in no export (rules.md)."""
    services = current_services()
    today = legal_day(services.clock())
    rows: list[CreditRow] = []
    with services.database.read() as tx:
        for level in REGISTERS:
            wanted = CreditFilter(register=str(level), subject=str(Subject.FIRM))
            rows += running_credits(tx, wanted, today=today, limit=MOST_ROWS)[0]
    heading = (
        _("编号"), _("名单"), _("企业名称"), _("统一社会信用代码"), _("行政区"), _("失信行为"), _("依据"),
        _("决定机关"), _("决定文书号"), _("决定日期"), _("公示起"), _("公示至"), _("网址"), _("记录号"),
    )  # fmt: skip
    return _unindexed(csv_file("blacklist", heading, (_csv_row(row, services) for row in rows)))


def credit_entry(number: str) -> ResponseReturnValue:
    """``/blacklist/<number>``: the entry while it runs; afterwards only that there was one, and when."""
    services = current_services()
    with services.database.read() as tx:
        row = get_credit(tx, number, today=legal_day(services.clock()))
        acts = acts_of(tx, CREDIT.object(number))
    page = Page(
        title=_("失信信息第%(number)s号", number=row.id),
        section=REMOVAL.list,
        crumbs=(Crumb(_("移出名录"), REMOVAL.list), Crumb(_("失信信息"), PATH)),
        noindex=True,
    )
    if not row.running:
        numbers = sorted(act.n for act in acts)
        return _unindexed(render("credit_ended.html", page, entry=row, numbers=numbers, last=_last_shown(row)))
    return _unindexed(render("credit.html", page, **credit_shown(row, acts, services=services)))


def credit_shown(row: CreditRow, acts: Sequence[ActRow], *, services: Services) -> dict[str, object]:
    """What ``credit.html`` shows of a running entry; the desk's preview shows the same of a proposed one."""
    return {
        "entry": row,
        "register": _(CREDIT_LEVEL_LABELS[CreditLevel(row.register)]),
        "place": place_name(services.reference.regions, row.region),
        "last": _last_shown(row),
        "meaning": _(MEANING[CreditLevel(row.register)]),
        "steps": [act_step(act, services.reference.regions) for act in acts],
    }


def _register(services: Services, level: CreditLevel, today: date) -> RegisterShown:
    """One register with pages of its own: ``?serious=2``."""
    number = read_page_number(request.args.get(str(level), ""))
    with services.database.read() as tx:
        rows, total = running_credits(
            tx, CreditFilter(register=str(level)), today=today, limit=PER_PAGE, offset=(number - 1) * PER_PAGE
        )
    regions = services.reference.regions
    return RegisterShown(
        code=str(level),
        name=_(CREDIT_LEVEL_LABELS[level]),
        meaning=_(MEANING[level]),
        lines=tuple((row, place_name(regions, row.region), _last_shown(row)) for row in rows),
        pager=paging(PATH, total=total, number=number, name=str(level), anchor=f"#{level}"),
    )


def _csv_row(row: CreditRow, services: Services) -> tuple[object, ...]:
    return (
        row.id, _(CREDIT_LEVEL_LABELS[CreditLevel(row.register)]), row.name, row.credit_code,
        place_name(services.reference.regions, row.region), row.conduct, row.basis, row.organ, row.decision_no,
        iso_day(row.decided) if row.decided else "", iso_day(row.since), iso_day(_last_shown(row)),
        f"{current_settings().site_url}{CREDIT.page(row.id)}", row.last_act,
    )  # fmt: skip


def _last_shown(row: CreditRow) -> date:
    """The last legal day on which it is (or was) shown."""
    return (row.ended_on or row.until) - timedelta(days=1)


def _unindexed(answer: str | Response) -> Response:
    response = make_response(answer)
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


CREDIT_ROUTES: Final = (
    Route(CREDIT.list, "credit.list", blacklist),
    Route(f"{CREDIT.list}.csv", "credit.csv", blacklist_csv, limit=Limit.EXPORTS),
    Route(CREDIT.page("<number>"), "credit.page", credit_entry),
)
