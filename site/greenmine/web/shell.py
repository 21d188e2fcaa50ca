"""The frame around every page: what layout.html knows without being told."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import Flask, request

from greenmine.config import Settings
from greenmine.domain.noun import MINE, NEWS, NOTICE, NOUNS, POLICY, REMOVAL
from greenmine.domain.text import N_
from greenmine.web.context import current_settings
from greenmine.web.i18n import gettext as _
from greenmine.web.preferences import current_preferences
from greenmine.web.routing import Door, current_route, own_path


@dataclass(frozen=True)
class Section:
    """An entry of the navigation."""

    label: str
    path: str


SECTIONS: Final = (
    Section(N_("首页"), "/"),
    Section(N_("名录查询"), MINE.list),
    Section(N_("公示公告"), NOTICE.list),
    Section(N_("移出与失信"), REMOVAL.list),
    Section(N_("新闻动态"), NEWS.list),
    Section(N_("政策法规"), POLICY.list),
    Section(N_("投诉举报"), "/complaints/new"),
)
"""Main navigation, at most seven (ui.md)."""

HELP_PAGE: Final = Section(N_("使用帮助"), "/help")
"""The page that explains objection, complaint and 信访 side by side."""

FOOTER: Final = (
    HELP_PAGE,
    Section(N_("查询办理进度"), "/complaints/track"),
    Section(N_("订阅"), "/subscribe"),
    Section(N_("公开记录库"), "/log"),
    Section(N_("核对记录"), "/verify"),
    Section(N_("站点地图"), "/sitemap"),
    Section(N_("无障碍声明"), "/accessibility"),
    Section(N_("隐私说明"), "/privacy"),
    Section(N_("关于本站"), "/about"),
    Section(N_("工作人员登录"), "/desk"),
)

FAULT_REPORT: Final = "https://zfwzgl.www.gov.cn/exposure/jiucuo.html"
"""我为政府网站找错: the State Council office's form; it needs the site's real 网站标识码."""


SITE_FEED: Final = "/feeds/all.atom"


@dataclass(frozen=True)
class Frame:
    """Everything layout.html shows around a page; labels are translated.

    :param onward: the ways on from an error page
    """

    sections: tuple[Section, ...]
    links: tuple[Section, ...]
    onward: tuple[Section, ...]
    preferences_path: str
    domain: str
    fault_report: str
    here: str
    feed: str


def init_shell(app: Flask) -> None:
    """Give the templates the frame, the table of nouns, the settings shown and the reader's preferences."""
    app.context_processor(_frame_values)
    app.jinja_env.globals["nouns"] = {noun.name.replace("/", "_"): noun for noun in NOUNS}
    app.jinja_env.globals["takes_reports"] = takes_reports


def takes_reports() -> bool:
    """Whether this page leads to the form that reports an error in its record: pages of the desk do not."""
    route = current_route()
    return route is not None and route.access.door is Door.PUBLIC


def _frame_values() -> dict[str, object]:
    settings = current_settings()
    return {"site": settings, "view": current_preferences(), "frame": _frame(settings)}


def _frame(settings: Settings) -> Frame:
    query = {"site_code": settings.site_id_code, "url": f"{settings.site_url}/"}
    return Frame(
        sections=_told(SECTIONS),
        links=_told(FOOTER),
        onward=_told((*SECTIONS, HELP_PAGE)),
        preferences_path="/preferences",
        domain=urlsplit(settings.site_url).netloc,
        fault_report=f"{FAULT_REPORT}?{urlencode(query)}" if query["site_code"] else "",
        feed=_site_feed(),
        here=own_path(request.full_path.rstrip("?") if request.method == "GET" else request.path),
    )


def _site_feed() -> str:
    """Address of the feed of everything, told on every page that the public sees."""
    return "" if request.path.startswith("/desk") else SITE_FEED


def _told(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(Section(_(each.label), each.path) for each in sections)
