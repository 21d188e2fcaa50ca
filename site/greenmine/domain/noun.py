"""Where a thing lives: one row per noun, from which its object's name, its word and its addresses are told both ways.

::

    object   notice/2026-0142                what acts call it: ``<noun>/<id>``
    page     /notices/2026-0142              what the public reads
    desk     /desk/notices/2026-0142         where an officer works on it

No address of a noun is spelt anywhere else (tests/house/test_noun_addresses.py), routes included:
``Route(NOTICE.page("<number>"), …)``.
"""

import re
from dataclasses import KW_ONLY, dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from greenmine.domain.case_number import NUMBER as CASE_NUMBER
from greenmine.domain.text import N_

NO_PAGE: Final = ""
"""Said where a noun has no page of its own on that side of the door."""
ONLY_ONE: Final = ""
"""Said instead of a pattern where there is but one thing, whose name is all (``log/key``)."""


@dataclass(frozen=True)
class Noun:
    """One row of the table.

    :param name: what the names of its objects begin with (``notice``, ``content/news``)
    :param pattern: regular expression of an id, not anchored, or ``ONLY_ONE``
    :param word: what it is called in Chinese, to be translated
    :param public: page of one, with ``{}`` for the id, or ``NO_PAGE``
    :param desk: the same at the desk
    :param list: page that lists them, empty when none does
    :param desk_list: the same at the desk
    :param shown_by: noun whose page shows it, by the first part of its id; the way back leads to that one
    :param below: whether there are pages below its public one (``/notices/2026-0142/objection``); at the desk there are
    :param in_log: whether acts are about it (their ``object``)
    """

    name: str
    pattern: str
    word: str
    _: KW_ONLY
    public: str
    desk: str
    list: str = ""
    desk_list: str = ""
    shown_by: "Noun | None" = None
    below: bool = False
    in_log: bool = True

    def object(self, number: str | int) -> str:
        """Its name in the log: ``notice/2026-0142``."""
        return f"{self.name}/{number}" if self.pattern else self.name

    def page(self, number: str | int) -> str:
        """Address of its public page; empty when it has none."""
        if self.shown_by is not None:
            return self.shown_by.page(str(number).partition("/")[0])
        return self.public.format(number)

    def desk_page(self, number: str | int) -> str:
        """Address of its page at the desk; empty when it has none."""
        return self.desk.format(number)

    def fits(self, number: str) -> bool:
        """Whether an id is written as this noun's are."""
        return re.fullmatch(self.pattern, number) is not None


_YEARLY: Final = r"[0-9]{4}-[0-9]{4,6}"
_SLUG: Final = r"[a-z0-9][a-z0-9-]{0,79}"
_SHA256: Final = r"[0-9a-f]{64}"
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_REGION: Final = r"[0-9]{6}"
_ROW: Final = r"(?:0|[1-9][0-9]{0,9})"

# fmt: off
# What acts are about.
MINE: Final = Noun("mine", r"GM-[0-9]{6}-[0-9]{4,6}", N_("矿山"), public="/mines/{}", list="/mines",
                   desk="/desk/mines/{}", desk_list="/desk/mines")
NOTICE: Final = Noun("notice", _YEARLY, N_("公示公告"), public="/notices/{}", list="/notices", below=True,
                     desk="/desk/notices/{}", desk_list="/desk/notices")
REMOVAL: Final = Noun("removal", _YEARLY, N_("移出"), public="/removals/{}", list="/removals",
                      desk="/desk/removals/{}", desk_list="/desk/removals")
CREDIT: Final = Noun("credit", _YEARLY, N_("失信信息"), public="/blacklist/{}", list="/blacklist",
                     desk=NO_PAGE, desk_list="/desk/credits")
POLICY: Final = Noun("content/policies", _SLUG, N_("政策"), public="/policies/{}", list="/policies",
                     desk=NO_PAGE)
NEWS: Final = Noun("content/news", _SLUG, N_("新闻"), public="/news/{}", list="/news",
                   desk=NO_PAGE, desk_list="/desk/news")
PAGE: Final = Noun("content/pages", _SLUG, N_("站点页面"), public="/{}", desk=NO_PAGE)
"""About, help, privacy, accessibility: the only noun that lives at the root of the site."""

PROCEDURE: Final = Noun("procedure", _REGION, N_("办事程序"), public="/procedures/{}", list="/procedures",
                        desk=NO_PAGE, in_log=False)
"""What the rule books of a region say, told as procedures."""

BOOK: Final = Noun("book", f"{_REGION}/{_DAY}", N_("规则集"), public=NO_PAGE, desk=NO_PAGE, shown_by=PROCEDURE)
CALENDAR: Final = Noun("calendar", r"[0-9a-f]{12}", N_("工作日历"), public=NO_PAGE, desk=NO_PAGE)
DOCUMENT: Final = Noun("document", _SHA256, N_("公开文件"), public="/documents/{}", desk=NO_PAGE)
ERASED: Final = Noun("erased", _SHA256, N_("依法删除的个人信息"), public=NO_PAGE, desk=NO_PAGE)
BATCH: Final = Noun("batch", _DAY, N_("当日投诉的校验值"), public=NO_PAGE, desk=NO_PAGE)
LOG_KEY: Final = Noun("log/key", ONLY_ONE, N_("记录库签名密钥"), public=NO_PAGE, desk=NO_PAGE)
LOG_RECOVERY: Final = Noun("log/recovery", ONLY_ONE, N_("记录库的恢复"), public=NO_PAGE, desk=NO_PAGE)

# What only pages are about.
REGION: Final = Noun("region", _REGION, N_("行政区"), public="/regions/{}", list="/regions",
                     desk=NO_PAGE, in_log=False)
ENTRY: Final = Noun("entry", _ROW, N_("记录"), public="/log/entry/{}", list="/log/entries",
                    desk=NO_PAGE, in_log=False)
PROOF: Final = Noun("proof", _ROW, N_("核对"), public="/verify/entry/{}", desk=NO_PAGE, in_log=False)
"""The proof of an entry of the log, drawn step by step."""

CASE: Final = Noun("case", CASE_NUMBER, N_("来件"), public=NO_PAGE,
                   desk="/desk/cases/{}", desk_list="/desk/cases", in_log=False)
"""Complaint, objection or report of an error; who sent it follows it with a code, at no address of its own."""

STAFF: Final = Noun("staff", _ROW, N_("人员"), public=NO_PAGE,
                    desk="/desk/staff/{}", desk_list="/desk/staff", in_log=False)
NOTICE_DRAFT: Final = Noun("draft/notice", _ROW, NOTICE.word, public=NO_PAGE,
                           desk="/desk/notices/drafts/{}", in_log=False)
NEWS_DRAFT: Final = Noun("draft/news", _ROW, NEWS.word, public=NO_PAGE,
                         desk="/desk/news/drafts/{}", in_log=False)
CREDIT_DRAFT: Final = Noun("draft/credit", _ROW, CREDIT.word, public=NO_PAGE,
                           desk="/desk/credits/drafts/{}", in_log=False)
# fmt: on

ARTICLES: Final = (POLICY, NEWS, PAGE)
"""The sections of the site's texts, in the order in which the pattern of their acts names them."""
NOUNS: Final = (
    MINE, NOTICE, REMOVAL, CREDIT, *ARTICLES, PROCEDURE, BOOK, CALENDAR, DOCUMENT, ERASED, BATCH, LOG_KEY, LOG_RECOVERY,
    REGION, ENTRY, PROOF, CASE, STAFF, NOTICE_DRAFT, NEWS_DRAFT, CREDIT_DRAFT,
)  # fmt: skip
_BY_NAME: Final = {noun.name: noun for noun in NOUNS}


def noun_named(name: str) -> Noun:
    """The row of this name. Raises KeyError: a name that is no noun's is a mistake of ours."""
    return _BY_NAME[name]


def split_object(name: str) -> tuple[Noun, str] | None:
    """Noun and id of an object's name; None for a name of no noun. Whether the id fits is not asked."""
    if name in _BY_NAME:
        return _BY_NAME[name], ""
    for noun in NOUNS:
        if noun.pattern and name.startswith(f"{noun.name}/"):
            return noun, name[len(noun.name) + 1 :]
    return None


def number_of(name: str) -> str:
    """The id in an object's name (``2026-0142`` of ``notice/2026-0142``); empty for a name of no noun."""
    found = split_object(name)
    return found[1] if found is not None else ""


def public_address(name: str) -> str:
    """Address of the public page of an object; empty when it has none."""
    found = split_object(name)
    return found[0].page(found[1]) if found is not None else ""


def desk_address(name: str) -> str:
    """Address of an object's page at the desk; empty when it has none."""
    found = split_object(name)
    return found[0].desk_page(found[1]) if found is not None else ""


def object_at(address: str) -> str | None:
    """The object whose page, or a page below it, stands at an address; None when there is no such object's page.

    Takes paths and whole addresses, with query, fragment, percent-encoding and a slash at the end; whose host it is,
    is for the caller to ask. A word at the root is taken for a page of the site: whether there is one, its acts tell.
    Raises ValueError for an address that is none (``http://[``).
    """
    found = thing_at(address)
    return found[0].object(found[1]) if found is not None and found[0].fits(found[1]) else None


def thing_at(address: str) -> tuple[Noun, str] | None:
    """As :func:`object_at`, with whatever stands in the id's place: a mistyped id is still a thing's address."""
    path = unquote(urlsplit(address).path).rstrip("/")
    if path in _LISTS:
        return None
    for place, noun in _PLACES:
        if (found := place.fullmatch(path)) is not None:
            return noun, found[1]
    return None


def object_pattern(*nouns: Noun) -> str:
    """Anchored regular expression of the names of objects, for the schemas of acts.

    Several nouns share a folder and the pattern of their ids: ``^content/(policies|news|pages)/…$``.
    """
    if len(nouns) == 1:
        name = nouns[0].name
    else:
        folders, lasts = zip(*(noun.name.split("/") for noun in nouns), strict=True)
        name = f"{folders[0]}/({'|'.join(lasts)})"
    return f"^{name}/{nouns[0].pattern}$" if nouns[0].pattern else f"^{name}$"


def _place(template: str, *, below: bool) -> re.Pattern[str]:
    """What an address of this template looks like."""
    return re.compile(re.escape(template.removesuffix("{}")) + "([^/]+)" + ("(?:/.*)?" if below else ""))


_LISTS: Final = frozenset(each for noun in NOUNS for each in (noun.list, noun.desk_list) if each)
_PLACES: Final = tuple(
    (_place(template, below=below), noun)
    for template, below, noun in sorted(
        (
            *((noun.public, noun.below, noun) for noun in NOUNS if noun.public),
            *((noun.desk, True, noun) for noun in NOUNS if noun.desk),
        ),
        key=lambda each: -len(each[0]),
    )
)
"""Longest first: ``/desk/notices/drafts/7`` is a draft, no notice."""
