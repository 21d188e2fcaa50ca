"""Notices (公示公告): the list with its filters, the list as CSV, the page of one notice, its list as CSV."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from flask import request
from flask.typing import ResponseReturnValue

from greenmine.domain.instant import legal_day
from greenmine.domain.mine import LEVEL_LABELS, Level
from greenmine.domain.notice import STATE_LABELS, NoticeState
from greenmine.domain.notice_kind import NOTICE_KIND_LABELS, NoticeKind
from greenmine.domain.noun import NOTICE
from greenmine.domain.region import COUNTRY
from greenmine.services import Services
from greenmine.store.act import acts_of, removals_of
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.notice import (
    NoticeFilter,
    NoticeRow,
    attachments_of,
    count_by_state,
    count_notices_by,
    get_notice,
    items_of,
    list_notices,
)
from greenmine.store.objection import ObjectionCount, objections_to
from greenmine.web.context import current_services, current_settings
from greenmine.web.csv_file import csv_file
from greenmine.web.formats import day, iso_day
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import (
    facet,
    read_choice,
    read_query,
    read_region,
    read_year,
    region_facet,
    words_of,
)
from greenmine.web.page import Article, Column, Crumb, Page, render
from greenmine.web.paging import PER_PAGE, address, paging, read_page_number
from greenmine.web.parts import Facet, Way
from greenmine.web.places import place_name
from greenmine.web.public.feed_plan import alternates, named_plan, ways_of
from greenmine.web.public.notice_list import listed_items, outcome_words
from greenmine.web.public.notice_page import (
    corrections_of,
    count_words,
    files_shown,
    notice_steps,
    objection_shown,
    paragraphs,
    public_counts,
    texts_removed,
    withdrawal_of,
)
from greenmine.web.public.notice_period import exact_moment, period_shown
from greenmine.web.public.notice_words import StateGroup, group_word, kind_word, left_words, notice_tone
from greenmine.web.routing import Limit, Route

PATH: Final = NOTICE.list
MOST_ROWS: Final = 100_000


def notices() -> ResponseReturnValue:
    """``/notices``: by state, kind, level, region and year, with a search in title, number and issuer."""
    services, now = current_services(), current_services().clock()
    kept = _kept(services)
    wanted = _wanted(services, kept)
    number = read_page_number(request.args.get("page", ""))
    with services.database.read() as tx:
        rows, total = list_notices(tx, wanted, now=now, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        facets = _facets(tx, services, wanted, kept, now)
        states = count_by_state(tx, wanted, now=now)
        objections = public_counts(tx, rows, now=now)
    plan = named_plan("notices")
    page = Page(
        title=_("公示公告"),
        section=PATH,
        feeds=alternates(plan),
        column=Column(
            name=_("公示公告"),
            description=_("绿色矿山名录公示、移出公告和有关通告，写明截止时刻和计算办法"),
            keywords=_("绿色矿山,公示,公告,异议"),
            kind=_("公示公告"),
        ),
        canonical=PATH,
        noindex=bool(kept),
    )
    return render(
        "notices.html",
        page,
        rows=[_line(row, services, now, objections.get(row.id, ObjectionCount())) for row in rows],
        pager=paging(PATH, total=total, number=number, kept=kept.items()),
        facets=facets,
        tabs=_tabs(states, kept),
        tab=address(PATH, kept),
        kept=[(name, value) for name, value in kept.items() if name != "q"],
        query=kept.get("q", ""),
        reset=PATH if kept else "",
        downloads=(Way(label="CSV", href=address(f"{NOTICE.list}.csv", kept)),),
        feeds=ways_of(plan),
    )


def notices_csv() -> ResponseReturnValue:
    """``/notices.csv``: exactly the result of the list with the same address, all pages."""
    services, now = current_services(), current_services().clock()
    wanted = _wanted(services, _kept(services))
    with services.database.read() as tx:
        rows, _total = list_notices(tx, wanted, now=now, limit=MOST_ROWS)
    heading = (
        _("编号"), _("标题"), _("类别"), _("级别"), _("行政区"), _("发布机关"), _("文号"), _("发布日期"),
        _("公示起"), _("公示止"), _("截止时刻（北京时间）"), _("暂定"), _("状态"), _("网址"), _("记录号"),
    )  # fmt: skip
    return csv_file("notices", heading, (_csv_row(row, services, now) for row in rows))


def notice(number: str) -> ResponseReturnValue:
    """``/notices/<number>``: everything a notice says, until when exactly, and what became of it."""
    services = current_services()
    with services.database.read() as tx:
        page, values = notice_shown(tx, number, services=services, wanted=request.args.get("list", ""), is_public=True)
    return render("notice.html", page, **values)


def notice_shown(
    tx: Tx, number: str, *, services: Services, wanted: str = "", is_public: bool = False
) -> tuple[Page, dict[str, object]]:
    """What ``notice.html`` shows of a notice; the desk's preview shows the same of one that is not published yet.

    :param wanted: page of a long list
    :param is_public: for everybody, who is told of today's objections tomorrow; the desk is told at once
    """
    now, regions = services.clock(), services.reference.regions
    row = get_notice(tx, number)
    items, files, acts = items_of(tx, number), attachments_of(tx, number), acts_of(tx, NOTICE.object(number))
    removed = removals_of(tx, [*(file.sha256 for file in files), *(str(act.fact("body")) for act in acts)])
    period = period_shown(tx, row, calendar=services.reference.calendar, now=now)
    state = row.state(now)
    count = public_counts(tx, [row], now=now).get(number, ObjectionCount()) if is_public else objections_to(tx, number)
    return _notice_page(row), {
        "notice": row,
        "kind": kind_word(row.kind),
        "level": _(LEVEL_LABELS[row.level]),
        "place": place_name(regions, row.region),
        "state": _(STATE_LABELS[state]),
        "tone": notice_tone(state),
        "is_withdrawn": state is NoticeState.WITHDRAWN,
        "period": period,
        "paragraphs": paragraphs(row.text),
        "listed": listed_items(row, items, state=state, wanted=wanted),
        "files": files_shown(files, removed=removed),
        "removed": texts_removed(acts, removed),
        "objection": objection_shown(row, state=state, period=period, count=count, to_yesterday=is_public),
        "corrections": corrections_of(acts),
        "withdrawal": withdrawal_of(acts),
        "steps": notice_steps(acts, row, items=items, regions=regions, now=now),
    }


def _notice_page(row: NoticeRow) -> Page:
    return Page(
        title=row.title,
        section=PATH,
        crumbs=(Crumb(_("公示公告"), PATH),),
        article=Article(
            title=row.title,
            published=row.published_at,
            source=row.issuer,
            keywords=_("绿色矿山,%(kind)s", kind=kind_word(row.kind)),
            description=_("%(issuer)s，%(day)s发布", issuer=row.issuer, day=day(row.published_at)),
        ),
        canonical=NOTICE.page(row.id),
    )


def notice_items_csv(number: str) -> ResponseReturnValue:
    """``/notices/<number>/list.csv``: the list as printed, with what became of each line."""
    services = current_services()
    with services.database.read() as tx:
        row, items = get_notice(tx, number), items_of(tx, number)
    heading = (*(row.columns or (_("名称"),)), _("备注"), _("矿山编号"), _("结果"), _("理由"), _("记录号"))
    width = len(row.columns or ("",))
    rows = [
        (
            *(item.cells if row.columns else (item.name,))[:width],
            *[""] * (width - len(item.cells) if row.columns else 0),
            item.note,
            item.mine or "",
            outcome_words(item.outcome, row),
            item.reason,
            row.last_act,
        )
        for item in items
    ]
    return csv_file(f"notice-{row.id}", heading, rows)


def _kept(services: Services) -> dict[str, str]:
    """The values of the address that narrow the list; empty ones are absent."""
    values = {
        "state": read_choice("state", StateGroup),
        "kind": read_choice("kind", NoticeKind),
        "level": read_choice("level", Level),
        "region": read_region(services.reference.regions),
        "year": read_year(),
        "q": read_query(),
    }
    return {name: str(value) for name, value in values.items() if value}


def _wanted(services: Services, kept: dict[str, str]) -> NoticeFilter:
    """What the list is narrowed to; of the country, to the notices of the national authority itself."""
    region = kept.get("region")
    prefix = region if region == COUNTRY else region_prefix(region) if region else None
    return NoticeFilter(
        states=StateGroup(kept["state"]).states if "state" in kept else (),
        kind=kept.get("kind"),
        level=Level(kept["level"]) if "level" in kept else None,
        region_prefix=prefix,
        year=int(kept["year"]) if "year" in kept else None,
        words=words_of(kept.get("q", "")),
    )


def _facets(tx: Tx, services: Services, wanted: NoticeFilter, kept: dict[str, str], now: datetime) -> tuple[Facet, ...]:
    """Each filter with counts under all the others."""
    kinds = count_notices_by(tx, "kind", replace(wanted, kind=None), now=now)
    levels = count_notices_by(tx, "level", replace(wanted, level=None), now=now)
    places = count_notices_by(tx, "region", replace(wanted, region_prefix=None), now=now)
    years = count_notices_by(tx, "year", replace(wanted, year=None), now=now)
    return (
        facet(_("类别"), "kind", _in_order(kinds, NOTICE_KIND_LABELS), path=PATH, kept=kept, word=kind_word),
        facet(_("级别"), "level", _in_order(levels, LEVEL_LABELS), path=PATH, kept=kept, word=_level_word),
        region_facet(_("行政区"), places, services.reference.regions, path=PATH, kept=kept, national=_("国家")),
        facet(_("发布年份"), "year", dict(sorted(years.items(), reverse=True)), path=PATH, kept=kept, word=_year_word),
    )


def _in_order(counts: Mapping[str, int], labels: Iterable[StrEnum]) -> dict[str, int]:
    """Counts in the order in which the domain names the members."""
    known = {str(member): counts[member] for member in labels if member in counts}
    return {**known, **counts}


def _level_word(code: str) -> str:
    return _(LEVEL_LABELS[Level(code)])


def _year_word(year: str) -> str:
    return _("%(year)s年", year=year)


def _tabs(states: Mapping[NoticeState, int], kept: Mapping[str, str]) -> tuple[Way, ...]:
    """The groups of states, each with its count under all other filters."""
    others = {name: value for name, value in kept.items() if name != "state"}
    groups = [(group_word(group), sum(states.get(state, 0) for state in group.states), group) for group in StateGroup]
    return tuple(
        Way(label=_("%(word)s %(n)s", word=word, n=count), href=address(PATH, {**others, "state": group}))
        for word, count, group in ((_("全部"), sum(states.values()), ""), *groups)
    )


def _line(row: NoticeRow, services: Services, now: datetime, objections: ObjectionCount) -> dict[str, object]:
    """One row of the list."""
    state = row.state(now)
    return {
        "row": row,
        "href": NOTICE.page(row.id),
        "kind": kind_word(row.kind),
        "place": place_name(services.reference.regions, row.region),
        "state": _(STATE_LABELS[state]),
        "tone": notice_tone(state),
        "left": left_words(row, state, today=legal_day(now)),
        "objections": count_words(objections, closed=False, to_yesterday=state is not NoticeState.CLOSED).rstrip("。"),
    }


def _csv_row(row: NoticeRow, services: Services, now: datetime) -> tuple[object, ...]:
    return (
        row.id, row.title, kind_word(row.kind), _(LEVEL_LABELS[row.level]),
        place_name(services.reference.regions, row.region), row.issuer, row.number, row.published_on.isoformat(),
        iso_day(row.first_day) if row.first_day else "", iso_day(row.last_day) if row.last_day else "",
        exact_moment(row.ends_at) if row.ends_at else "", _("是") if row.provisional else "",
        _(STATE_LABELS[row.state(now)]), f"{current_settings().site_url}{NOTICE.page(row.id)}", row.last_act,
    )  # fmt: skip


NOTICE_ROUTES: Final = (
    Route(NOTICE.list, "notice.list", notices),
    Route(f"{NOTICE.list}.csv", "notice.csv", notices_csv, limit=Limit.EXPORTS),
    Route(NOTICE.page("<number>"), "notice.page", notice),
    Route(f"{NOTICE.page('<number>')}/list.csv", "notice.items_csv", notice_items_csv, limit=Limit.EXPORTS),
)
