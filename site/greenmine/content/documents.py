"""What the head of a policy, a news item and a page of the site holds, once it is read and found right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from greenmine.content.fields import PartialDate
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_

MEDIA_PREFIX: Final = "/media/"
"""Where the site serves the files of ``content/news/media/``."""


class Section(StrEnum):
    """The three kinds of Markdown file under ``content/``; the value is the folder's name."""

    POLICY = "policies"  # 政策文件
    NEWS = "news"  # 新闻
    PAGE = "pages"  # 站内说明


class PolicyStatus(StrEnum):
    """Whether a document still binds."""

    IN_FORCE = "in_force"  # 现行
    EXPIRED = "expired"  # 已失效


class DisclosureClass(StrEnum):
    """The disclosure class every public document carries (SC-09)."""

    PROACTIVE = "proactive"  # 主动公开
    ON_REQUEST = "on_request"  # 依申请公开
    WITHHELD = "withheld"  # 不予公开


class NewsType(StrEnum):
    """The four kinds of news (LN-18)."""

    ACTIVITY = "activity"  # 动态
    CASE = "case"  # 典型经验
    EXPOSURE = "exposure"  # 曝光
    VIDEO = "video"  # 视频


SECTION_LABELS: Final[Mapping[Section, str]] = {
    Section.POLICY: N_("政策文件"),
    Section.NEWS: N_("新闻"),
    Section.PAGE: N_("站内说明"),
}
POLICY_STATUS_LABELS: Final[Mapping[PolicyStatus, str]] = {
    PolicyStatus.IN_FORCE: N_("现行"),
    PolicyStatus.EXPIRED: N_("已失效"),
}
DISCLOSURE_LABELS: Final[Mapping[DisclosureClass, str]] = {
    DisclosureClass.PROACTIVE: N_("主动公开"),
    DisclosureClass.ON_REQUEST: N_("依申请公开"),
    DisclosureClass.WITHHELD: N_("不予公开"),
}
NEWS_TYPE_LABELS: Final[Mapping[NewsType, str]] = {
    NewsType.ACTIVITY: N_("动态"),
    NewsType.CASE: N_("典型经验"),
    NewsType.EXPOSURE: N_("曝光"),
    NewsType.VIDEO: N_("视频"),
}


@dataclass(frozen=True)
class KeyFigure:
    """One number of a document and where it stands.

    :param clause: id of the site's clause page (``GO-01``), or the article as the law counts it (``第三十四条``)
    """

    label: str
    value: str
    unit: str
    clause: str


@dataclass(frozen=True)
class PolicyMeta:
    """Head of a policy page.

    :param number: 文号; empty when the document has none or it was not seen
    :param issuers: at least one
    :param issued: as far as it is known
    :param region: GB/T 2260 code; ``000000`` for the whole country
    :param effective_from: first day in force; ``effective_until`` the last; None when the document does not say
    :param status_note: what the one word of ``status`` leaves out
    :param disclosure_basis: why the class is what it is
    :param citizen: what it means for you: plain sentences, at least one
    :param replaces: titles or slugs of documents this one took the place of
    :param repealed_by: title or slug of the document that ended this one; empty when none did
    :param source: where we have the content from
    :param verified: whether the full text was read; when not, ``to_verify`` names what is 待核实
    """

    summary: str
    number: str
    issuers: tuple[str, ...]
    issued: PartialDate | None
    region: str
    effective_from: date | None
    effective_until: date | None
    status: PolicyStatus
    status_note: str
    disclosure: DisclosureClass
    disclosure_basis: str
    key_figures: tuple[KeyFigure, ...]
    citizen: tuple[str, ...]
    replaces: tuple[str, ...]
    repealed_by: str
    source: str
    verified: bool
    to_verify: tuple[str, ...]
    keywords: tuple[str, ...]

    def status_on(self, day: date) -> PolicyStatus:
        """The status on a legal day: a document whose last day has passed is 已失效 without anyone's doing."""
        ended = self.effective_until is not None and self.effective_until < day
        return PolicyStatus.EXPIRED if ended else self.status


@dataclass(frozen=True)
class Picture:
    """A picture of a news item; ``file`` is a name in ``content/news/media/``, ``width`` and ``height`` in pixels."""

    file: str
    alt: str
    caption: str
    width: int
    height: int

    @property
    def address(self) -> str:
        """Where the site serves it."""
        return MEDIA_PREFIX + self.file


@dataclass(frozen=True)
class Video:
    """A film, ours (``file`` in ``content/news/media/``) or elsewhere (``link``, https), and all that is said in it."""

    file: str
    link: str
    transcript: str

    @property
    def address(self) -> str:
        """Where it plays."""
        return MEDIA_PREFIX + self.file if self.file else self.link


@dataclass(frozen=True)
class NewsMeta:
    """Head of a news item.

    :param published: aware UTC; printed in legal time as ``PubDate`` (``yyyy-MM-dd HH:mm``)
    :param source: ``ContentSource``, 来源
    :param demo: invented, to be marked 演示数据
    """

    summary: str
    type: NewsType
    published: datetime
    author: str
    source: str
    region: str
    pictures: tuple[Picture, ...]
    video: Video | None
    keywords: tuple[str, ...]
    demo: bool

    @property
    def published_day(self) -> date:
        """The legal day of publication."""
        return legal_day(self.published)


@dataclass(frozen=True)
class PageMeta:
    """Head of a page about the site; ``order`` sorts the list of such pages, ``updated`` is printed at its foot."""

    summary: str
    updated: date
    order: int
    keywords: tuple[str, ...]
