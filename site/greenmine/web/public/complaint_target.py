"""Finding what a complaint is about without a script: a mine by its name, or a county by name or step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wtforms import SelectChoice

from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.mine_name import name_key
from greenmine.domain.region import COUNTRY, Region, Regions
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.directory import DirectoryFilter, DirectoryRow, Sort, Word, list_mines
from greenmine.store.mine import get_mine
from greenmine.web.forms.complaint import CountySheet, MineSheet, choices
from greenmine.web.i18n import gettext as _
from greenmine.web.places import place_name
from greenmine.web.public.complaint_answers import BY_MINE, BY_PLACE, Typed, is_county

MOST_MINES: Final = 20
MOST_COUNTIES: Final = 60
MOST_WORDS: Final = 8
FIND: Final = "find"
LIST: Final = "list"
BY_NAME: Final = "name"
BY_TREE: Final = "tree"


@dataclass(frozen=True)
class Found:
    """What the page says of its list.

    :param asked: whether anything was looked for
    :param total: how many were found
    :param cut: whether more were found than are listed
    """

    asked: bool
    total: int
    cut: bool


def target_values(sent: Mapping[str, str], typed: dict[str, str], services: Services) -> dict[str, str]:
    """What the page's form means: which way, what to list, and a choice only if it exists."""
    move = sent.get("do", "")
    values = {**typed, "by": BY_PLACE if sent.get("by") == BY_PLACE else BY_MINE}
    if move in (BY_MINE, BY_PLACE):
        values = {"by": move}
    if move in (FIND, LIST) and values["by"] == BY_PLACE:
        values["list_by"] = BY_NAME if move == FIND else BY_TREE
    if values.get("mine") and mine_words(services, values["mine"]) is None:
        values["mine"] = ""
    if values.get("region") and not is_county(values["region"], services.reference.regions):
        values["region"] = ""
    return values


def fill_mines(sheet: MineSheet, values: Typed, services: Services) -> Found:
    """Offer the mines that the words match, and the one chosen before."""
    query = values.get("query", "").strip()
    rows = _matching(services, query) if query else []
    pairs = {row.id: _mine_words(row.name, row.id, row.region, services) for row in rows[:MOST_MINES]}
    chosen = values.get("mine", "")
    known = mine_words(services, chosen) if chosen else None
    if known is not None:
        pairs = {chosen: known, **pairs}
    sheet.mine.choices = choices(pairs.items())
    if not query:
        sheet.mine.label.text = _("被投诉的矿山")
    return Found(asked=bool(query), total=min(len(rows), MOST_MINES), cut=len(rows) > MOST_MINES)


def fill_counties(sheet: CountySheet, values: Typed, regions: Regions) -> Found:
    """Offer provinces, the prefectures of the one chosen, and the counties found in the way used last."""
    province, prefecture = regions.find(values.get("province", "")), regions.find(values.get("prefecture", ""))
    below = regions.children(province.code) if province is not None and province.code != COUNTRY else ()
    cities = [each for each in below if regions.children(each.code)]
    sheet.province.choices = _options(regions.children(COUNTRY))
    sheet.prefecture.choices = _options(cities)
    if values.get("list_by") == BY_TREE:
        chosen = prefecture if prefecture in cities else None
        found = list(regions.children(chosen.code)) if chosen else [each for each in below if each not in cities]
        asked = bool(chosen) or (bool(below) and not cities)
    else:
        name = values.get("county", "").strip()
        found, asked = _counties_named(name, regions), bool(name)
    pairs = {each.code: regions.path_name(each.code) for each in found[:MOST_COUNTIES]}
    kept = values.get("region", "")
    if is_county(kept, regions):
        pairs = {kept: regions.path_name(kept), **pairs}
    sheet.region.choices = choices(pairs.items())
    return Found(asked=asked, total=min(len(found), MOST_COUNTIES), cut=len(found) > MOST_COUNTIES)


def mine_words(services: Services, number: str) -> str | None:
    """The mine's name, number and place; None for a number that no mine has."""
    try:
        with services.database.read() as tx:
            facts = get_mine(tx, number).facts
    except NotFound:
        return None
    return _mine_words(facts.name, number, facts.region, services)


def region_of(tx: Tx, *, mine: str, chosen: str) -> str:
    """The county of a complaint: where the mine lies, or the one chosen. Raises NotFound (mine)."""
    return get_mine(tx, mine).facts.region if mine else chosen


def require_county(region: str, regions: Regions) -> None:
    """Raise BadInput beside the mine when its record names no county: then nobody below would have to answer."""
    if not is_county(region, regions):
        raise BadInput(
            "complaint.mine_place",
            N_("这座矿山登记的所在地没有写到县。请改为写明地点，并在地点中写上矿山名称。"),
            field="mine",
        )


def _mine_words(name: str, number: str, region: str, services: Services) -> str:
    place = place_name(services.reference.regions, region)
    return _("%(name)s（%(place)s，编号%(number)s）", name=name, place=place, number=number)


def _matching(services: Services, query: str) -> list[DirectoryRow]:
    regions = services.reference.regions
    words = tuple(
        Word(raw, name_key(raw), tuple(each.code for each in regions.named(raw) if each.code != COUNTRY))
        for raw in query.split()[:MOST_WORDS]
    )
    with services.database.read() as tx:
        return list_mines(tx, DirectoryFilter(words=words), sort=Sort.NAME, limit=MOST_MINES + 1)


def _counties_named(text: str, regions: Regions) -> list[Region]:
    named = [each for each in regions.named(text) if each.code != COUNTRY] if text else []
    inside = {below.code: below for each in named for below in regions.within(each.code)}
    return [inside[code] for code in sorted(inside) if not regions.children(code)]


def _options(regions: Sequence[Region]) -> list[SelectChoice]:
    return choices([("", _("请选择")), *((each.code, each.name) for each in regions)])
