"""Which feeds there are: their addresses, titles, the pages they belong to, and the acts they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from greenmine.domain.errors import NotFound
from greenmine.domain.noun import CREDIT, MINE, NEWS, NOTICE, POLICY, REGION, REMOVAL
from greenmine.domain.region import COUNTRY, Regions
from greenmine.domain.text import N_
from greenmine.projections.feed import MEDIA_TYPES, NAMES, Format
from greenmine.store.database import Tx
from greenmine.store.directory import Sort, list_mines
from greenmine.store.feed import SECTION_SCOPES, FeedScope, FeedSection
from greenmine.web.context import current_settings
from greenmine.web.demo_mark import marked
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Alternate
from greenmine.web.paging import address
from greenmine.web.parts import Way
from greenmine.web.places import place_name
from greenmine.web.public.directory_facets import chips_of
from greenmine.web.public.directory_query import DirectoryQuery

ALL: Final = "all"
ENDINGS: Final = "<any(rss, atom, json):ending>"
MOST_MINES: Final = 500
"""Mines of a directory result whose acts are told: those that changed last, more than any feed has room for."""
_NEVER: Final = FeedScope(objects=())


@dataclass(frozen=True, kw_only=True)
class FeedPlan:
    """A feed before it is read.

    :param name: its part of the address (``regions/520500``), also of its identity
    :param home: own path of the page it tells the news of
    :param kept: the query of its address
    :param archived: whether it has yearly archives
    """

    name: str
    title: str
    subtitle: str
    home: str
    scope: FeedScope
    kept: Mapping[str, str] | None = None
    archived: bool = False

    @property
    def query(self) -> str:
        """The query of its address with ``?``, or nothing; in its one order."""
        return address("", self.kept or {})

    @property
    def path(self) -> str:
        """Its address without the ending."""
        return f"/feeds/{self.name}"


_SECTIONS: Final[Mapping[FeedSection, tuple[str, str, str]]] = {
    FeedSection.NOTICES: (
        NOTICE.word,
        N_("每件公示公告的全文、名单、附件和截止时刻，更正和撤回随时更新。"),
        NOTICE.list,
    ),
    FeedSection.REMOVALS: (REMOVAL.word, N_("拟移出、决定移出和不予移出，写明情形、依据和机关。"), REMOVAL.list),
    FeedSection.CREDIT: (CREDIT.word, N_("正在公示的企业失信信息，期满即去掉名称。不含个人。"), CREDIT.list),
    FeedSection.MINES: (N_("名录变动"), N_("矿山登记、进入各库和名录、信息更正，每项变动一条。"), MINE.list),
    FeedSection.NEWS: (N_("新闻动态"), N_("工作动态、典型经验、曝光和视频的全文。"), NEWS.list),
    FeedSection.POLICIES: (N_("政策法规"), N_("政策文件的要点和全文，失效、替代和更正随时更新。"), POLICY.list),
}


def named_plan(name: str) -> FeedPlan:
    """Everything, or a section. Raises NotFound."""
    if name == ALL:
        return FeedPlan(
            name=ALL, title=_("全部动态"), subtitle=_("公示、移出、失信、名录变动、新闻和政策，全部公开行为。"),
            home="/", scope=FeedScope(), archived=True,
        )  # fmt: skip
    if name not in tuple(FeedSection):
        raise NotFound("feed.unknown", N_("没有这个订阅源。"))
    section = FeedSection(name)
    title, subtitle, home = _SECTIONS[section]
    return FeedPlan(
        name=name, title=_(title), subtitle=_(subtitle), home=home, scope=SECTION_SCOPES[section], archived=True
    )


def named_plans() -> tuple[FeedPlan, ...]:
    """Everything, then every section."""
    return tuple(named_plan(name) for name in (ALL, *FeedSection))


def region_plan(code: str, regions: Regions) -> FeedPlan:
    """A region with all below it. Raises NotFound for an unknown code."""
    if regions.find(code) is None:
        raise NotFound("region.unknown", N_("没有这个行政区划代码。"))
    place = place_name(regions, code)
    return FeedPlan(
        name=f"regions/{code}",
        title=place,
        subtitle=_("%(place)s及其下级地区的公示、移出、失信、名录变动、新闻和政策。", place=place),
        home=REGION.list if code == COUNTRY else REGION.page(code),
        scope=FeedScope(region=None if code == COUNTRY else code),
    )


def mine_plan(number: str, name: str, scope: FeedScope | None = None) -> FeedPlan:
    """One mine: its own acts, and the notices, removals and running credit entries that concern it."""
    return FeedPlan(
        name=f"mines/{number}",
        title=name,
        subtitle=_("%(name)s（%(number)s）的登记、公示、入库、移出和更正。", name=name, number=number),
        home=MINE.page(number),
        scope=scope or _NEVER,
    )


def directory_plan(query: DirectoryQuery, regions: Regions, tx: Tx | None = None) -> FeedPlan:
    """What the directory shows under an address: the acts that concern the mines found.

    :param tx: to find them in; without it only the address and the title are told
    """
    kept = {name: value for name, value in query.kept.items() if name != "sort"}
    found = list_mines(tx, query.wanted, sort=Sort.CHANGED, limit=MOST_MINES) if tx is not None else []
    words = _("，").join(chip.label for chip in chips_of(query, regions)) or _("全部矿山")
    return FeedPlan(
        name="directory",
        title=_("名录查询：%(words)s", words=words),
        subtitle=_("符合条件的矿山有变动时更新：%(words)s。", words=words),
        home=address(MINE.list, kept),
        scope=FeedScope(about=tuple(MINE.object(row.id) for row in found)),
        kept=kept,
    )


def search_plan(kept: Mapping[str, str], words: str, objects: tuple[str, ...] | None = None) -> FeedPlan:
    """What a search finds: the objects' own acts."""
    return FeedPlan(
        name="search",
        title=_("搜索：%(words)s", words=words),
        subtitle=_("本站内容中符合“%(words)s”的结果有新增或者变动时更新。", words=words),
        home=address("/search", kept),
        scope=FeedScope(objects=objects or ()),
        kept=kept,
    )


def feed_title(title: str) -> str:
    """The title of a feed as its readers list it: behind the mark of the demonstration, before the site's name."""
    return marked(_("%(title)s — %(site)s", title=title, site=current_settings().site_name))


def ways_of(plan: FeedPlan) -> tuple[Way, ...]:
    """The feed in each format: own address and name."""
    return tuple(Way(label=NAMES[form], href=f"{plan.path}.{form}{plan.query}") for form in Format)


def alternates(plan: FeedPlan) -> tuple[Alternate, ...]:
    """The feed for autodiscovery, Atom first: many readers take the first that they find."""
    order = (Format.ATOM, Format.RSS, Format.JSON)
    return tuple(
        Alternate(
            title=_("%(title)s（%(format)s）", title=plan.title, format=NAMES[form]),
            href=f"{plan.path}.{form}{plan.query}",
            kind=MEDIA_TYPES[form],
        )
        for form in order
    )
