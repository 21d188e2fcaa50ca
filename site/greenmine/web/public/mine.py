"""``/mines/<number>``: one mine with its standing, facts, memberships and whole public history; also on a past day."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import NotFound
from greenmine.domain.ground import CREDIT_LEVEL_LABELS, GROUND_KIND_LABELS, CreditLevel, GroundKind
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import LEVEL_LABELS, MineStatus
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.mine_name import name_key
from greenmine.domain.notice import STATE_LABELS
from greenmine.domain.noun import CREDIT, MINE, NOTICE, REMOVAL
from greenmine.domain.reference import Reference
from greenmine.domain.region import Regions
from greenmine.store.act import ActRow, acts_of
from greenmine.store.credit import CreditFilter, CreditRow, running_credits
from greenmine.store.database import Tx
from greenmine.store.directory import DirectoryRow, siblings_of
from greenmine.store.mine import MembershipRow, MineRow, get_mine, memberships_of
from greenmine.store.mine_past import PastMine, mine_on
from greenmine.store.notice import NoticeFilter, NoticeRow, list_notices
from greenmine.store.removal import RemovalFilter, RemovalRow, list_removals
from greenmine.web.context import current_services
from greenmine.web.formats import Tone
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import plain_text
from greenmine.web.page import Crumb, Page, render
from greenmine.web.paging import address
from greenmine.web.parts import Entry
from greenmine.web.places import place_name
from greenmine.web.public.directory_facets import PATH, region_crumbs
from greenmine.web.public.feed_plan import alternates, mine_plan, ways_of
from greenmine.web.public.mine_words import FACT_LABELS, STATUS_MEANINGS, fact_words
from greenmine.web.public.notice_words import left_words, notice_tone
from greenmine.web.public.past import KNOWN, ON, NoPast, Past, PastBox, box_of, moment_of, read_past
from greenmine.web.public.removal import ground_of
from greenmine.web.public.timeline import Hearer, steps_of
from greenmine.web.routing import Route

MOST_ACTS: Final = 500
MOST_NOTICES: Final = 50
MOST_SIBLINGS: Final = 10
_NUMBER: Final = re.compile(r"^GM-(\d{6})-(\d{1,6})$")


@dataclass(frozen=True)
class FactShown:
    """A fact with its words, and the list of mines that share it."""

    label: str
    words: str
    href: str = ""


@dataclass(frozen=True)
class CreditShown:
    """A running entry: what it is and until when; the subject is named on its own page only."""

    register: str
    until: date
    href: str


@dataclass(frozen=True)
class Surroundings:
    """What else the register holds about the mine."""

    acts: Sequence[ActRow]
    memberships: Sequence[MembershipRow]
    notices: Sequence[NoticeRow]
    removals: Sequence[RemovalRow]
    credits: Sequence[CreditRow]
    siblings: Sequence[DirectoryRow]
    siblings_total: int


@dataclass(frozen=True)
class Then:
    """The mine at a past moment, None while nothing was known of it, and the acts that held."""

    asked: Past
    mine: PastMine | None
    acts: Sequence[ActRow]


def mine_page(number: str) -> ResponseReturnValue:
    """``GET /mines/<number>[?on=YYYY-MM-DD[&known=YYYY-MM-DD]]``."""
    services = current_services()
    wanted = _canonical(number)
    if wanted != number:
        return _moved(wanted, number)
    now = services.clock()
    asked, fault = _asked(now)
    with services.database.read() as tx:
        try:
            mine = get_mine(tx, number)
        except NotFound:
            return _unknown(number)
        found = _then(tx, number, asked) if asked else _surroundings(tx, mine, now)
    if isinstance(found, Then):
        return _past_page(mine, found, services.reference)
    return _page(mine, found, services.reference, now=now, fault=fault)


def _asked(now: datetime) -> tuple[Past | None, str]:
    """The past that the address asks for; else the parameter at fault, if any."""
    try:
        return read_past(request.args, today=legal_day(now)), ""
    except NoPast as error:
        return None, error.name


def _page(mine: MineRow, around: Surroundings, reference: Reference, *, now: datetime, fault: str) -> Response:
    regions = reference.regions
    holder = mine.facts.holder
    body = render(
        "mine.html",
        Page(
            title=mine.facts.name,
            section=PATH,
            crumbs=region_crumbs(mine.facts.region, regions, itself=True),
            canonical=MINE.page(mine.id),
            description=_description(mine, regions),
            faulty=bool(fault),
            feeds=alternates(mine_plan(mine.id, mine.facts.name)),
        ),
        mine=mine,
        box=box_of(request.args, fault=fault),
        facts=_facts(mine.facts, regions),
        meaning=_(STATUS_MEANINGS[mine.status]),
        level=_(LEVEL_LABELS[mine.level]) if mine.level else "",
        memberships=around.memberships,
        steps=steps_of(around.acts, Hearer(reference, mine.id, mine.facts.region)),
        cut=len(around.acts) == MOST_ACTS,
        notices=[_notice_entry(row, now) for row in around.notices],
        removals=[_removal_entry(row, reference) for row in around.removals],
        credit_lines=[_credit(row) for row in around.credits],
        siblings=around.siblings,
        siblings_total=around.siblings_total,
        holder_href=address(PATH, {"q": holder}) if holder else "",
        feeds=ways_of(mine_plan(mine.id, mine.facts.name)),
    )
    response = make_response(body, 400 if fault else 200)
    if around.credits:
        response.headers["X-Robots-Tag"] = "noarchive"
    return response


def _past_page(mine: MineRow, then: Then, reference: Reference) -> ResponseReturnValue:
    """Today's visibility applies to what was said then: notices' lists and credit entries are not shown again."""
    asked, past = then.asked, then.mine
    name = past.facts.name if past else mine.id
    return render(
        "mine_past.html",
        Page(
            title=_("%(day)s的%(mine)s", day=day_words(asked.on), mine=name),
            section=PATH,
            crumbs=(Crumb(_("名录查询"), PATH), Crumb(mine.id, MINE.page(mine.id))),
            canonical=MINE.page(mine.id),
            noindex=True,
        ),
        mine=mine,
        past=past,
        asked=asked,
        list_href=address(PATH, asked.kept),
        box=PastBox(**asked.kept),
        facts=_facts(past.facts, reference.regions, then=asked.kept) if past else (),
        level=_(LEVEL_LABELS[past.level]) if past and past.level else "",
        steps=steps_of(then.acts, Hearer(reference, mine.id, mine.facts.region)),
        cut=len(then.acts) == MOST_ACTS,
    )


def _then(tx: Tx, number: str, asked: Past) -> Then:
    moment = moment_of(tx, asked)
    past = mine_on(tx, number, memberships_of(tx, number), moment=moment)
    return Then(asked, past, acts_of(tx, MINE.object(number), limit=MOST_ACTS, moment=moment))


def _surroundings(tx: Tx, mine: MineRow, now: datetime) -> Surroundings:
    today = legal_day(now)
    siblings, total = siblings_of(tx, mine.id, name_key(mine.facts.holder), limit=MOST_SIBLINGS)
    return Surroundings(
        acts=acts_of(tx, MINE.object(mine.id), limit=MOST_ACTS),
        memberships=memberships_of(tx, mine.id),
        notices=list_notices(tx, NoticeFilter(mine=mine.id), now=now, limit=MOST_NOTICES)[0],
        removals=list_removals(tx, RemovalFilter(state=None, mine=mine.id), limit=MOST_NOTICES)[0],
        credits=running_credits(tx, CreditFilter(mine=mine.id), today=today, limit=MOST_NOTICES)[0],
        siblings=siblings,
        siblings_total=total,
    )


def _canonical(number: str) -> str:
    """The number as it is printed: capitals, four digits at least (``gm-520524-7`` is GM-520524-0007)."""
    plain = unicodedata.normalize("NFKC", number).strip().upper()
    found = _NUMBER.fullmatch(plain)
    return f"GM-{found[1]}-{int(found[2]):04}" if found else number


def _moved(wanted: str, typed: str) -> ResponseReturnValue:
    with current_services().database.read() as tx:
        try:
            get_mine(tx, wanted)
        except NotFound:
            return _unknown(typed)
    return redirect(address(MINE.page(wanted), {name: request.args.get(name, "") for name in (ON, KNOWN)}), 301)


def _unknown(number: str) -> Response:
    """A former or mistyped number: what it may have been, and ways to look for it."""
    regions = current_services().reference.regions
    shown = plain_text(number[:60])
    found = _NUMBER.fullmatch(_canonical(number))
    region = regions.find(found[1]) if found else None
    body = render(
        "mine_unknown.html",
        Page(title=_("没有这个编号的矿山"), section=PATH, crumbs=(Crumb(_("名录查询"), PATH),), noindex=True),
        number=shown,
        search=address(PATH, {"q": shown}) if shown else PATH,
        place=place_name(regions, region.code) if region else "",
        place_href=address(PATH, {"region": region.code}) if region else "",
    )
    return make_response(body, 404)


def _facts(
    facts: MineFacts, regions: Regions, *, then: Mapping[str, str] = MappingProxyType({})
) -> tuple[FactShown, ...]:
    """Every fact that is known, in the order of their labels; holder and place lead to their lists.

    :param then: parameters of the past that the lists are of, none for those of now
    """
    links = {"region": "region", "mineral": "mineral", "mineral_class": "mineral_class", "scale": "scale",
             "method": "method", "activity": "activity", "ownership": "ownership", "holder": "q"}  # fmt: skip
    names = [field.name for field in fields(facts)]
    shown = []
    for name in sorted(names, key=list(FACT_LABELS).index):
        value = getattr(facts, name)
        if name in ("permit_from", "permit_until", "production_date") and value:
            value = day_words(value)
        if words := fact_words(name, value, regions):
            href = address(PATH, {**then, links[name]: str(value)}) if name in links else ""
            shown.append(FactShown(_(FACT_LABELS[name]), words, href))
    return tuple(shown)


def _notice_entry(row: NoticeRow, now: datetime) -> Entry:
    state = row.state(now)
    left = left_words(row, state, today=legal_day(now))
    tag = _("%(state)s，%(left)s", state=_(STATE_LABELS[state]), left=left) if left else _(STATE_LABELS[state])
    return Entry(title=row.title, href=NOTICE.page(row.id), day=row.published_on, tag=tag, tone=notice_tone(state))


def _removal_entry(row: RemovalRow, reference: Reference) -> Entry:
    ground = ground_of(reference, row.region, row.ground, row.proposed_on)
    name = _(ground.name) if ground else row.ground
    kind = _(GROUND_KIND_LABELS[GroundKind.ADVERSE if row.adverse else GroundKind.NEUTRAL])
    what = {"proposed": _("拟移出"), "removed": _("移出"), "refused": _("决定不移出")}[row.state]
    level = _(LEVEL_LABELS[row.level])
    tone = Tone.OPEN if row.state == "proposed" else Tone.BAD if row.adverse and row.state == "removed" else Tone.PLAIN
    if row.state == "refused":  # alleged and refused: nothing is said of the nature of the ground
        kind, name = _("不予移出"), _("提出的情形为%(ground)s", ground=name)
    title = _("%(what)s%(level)s名录：%(ground)s", what=what, level=level, ground=name)
    return Entry(title=title, href=REMOVAL.page(row.id), day=row.decided_on or row.proposed_on, tag=kind, tone=tone)


def _credit(row: CreditRow) -> CreditShown:
    return CreditShown(_(CREDIT_LEVEL_LABELS[CreditLevel(row.register)]), row.until, CREDIT.page(row.id))


def _description(mine: MineRow, regions: Regions) -> str:
    stands = {MineStatus.LISTED: _("在册绿色矿山")}.get(mine.status, "")
    parts = (mine.facts.name, place_name(regions, mine.facts.region), mine.facts.mineral, stands)
    return _("，").join(part for part in parts if part)


MINE_ROUTES: Final = (Route(MINE.page("<number>"), "mine.page", mine_page),)
