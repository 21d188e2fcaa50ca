"""How recorded acts are told to a reader: what was done, on which legal day, by which office."""

from datetime import date, datetime

from greenmine.domain.act import KINDS
from greenmine.domain.instant import from_utc_text, legal_day
from greenmine.domain.officer import ROLE_LABELS, Role
from greenmine.domain.region import COUNTRY, Regions
from greenmine.store.act import ActRow
from greenmine.web.formats import Tone, day
from greenmine.web.i18n import gettext as _
from greenmine.web.parts import Step


def act_title(kind: str) -> str:
    """The Chinese title of a kind of act."""
    return _(KINDS[kind].title)


def act_moment(act: ActRow) -> datetime:
    """When it was recorded."""
    return from_utc_text(act.at)


def author_words(by: str, regions: Regions) -> str:
    """``省级经办（贵州省）`` of ``province@520000``; an act names an office, never a person."""
    role, _at, region = by.partition("@")
    if role == "system":
        return _("系统按规则自动记录")
    found = regions.find(region)
    place = _("全国") if region == COUNTRY else found.name if found else region
    return _("%(role)s（%(place)s）", role=_(ROLE_LABELS[Role(role)]), place=place)


def act_step(
    act: ActRow, regions: Regions, *, title: str = "", text: str = "", tone: Tone = Tone.PLAIN, href: str = ""
) -> Step:
    """An act as one step of a timeline, dated by the legal day from which it holds.

    Its text ends with the office that did it, and says when it was recorded if that was another day.
    """
    valid, recorded = date.fromisoformat(act.valid_from), legal_day(act_moment(act))
    late = _("，%(day)s记录", day=day(recorded)) if recorded != valid else ""
    by = author_words(act.by, regions)
    told = _("%(text)s办理：%(by)s%(late)s。", text=sentences(text), by=by, late=late)
    return Step(day=valid, title=title or act_title(act.kind), text=told, act=act.n, tone=tone, href=href)


def sentences(*parts: str) -> str:
    """The parts that say something, each ended with one full stop."""
    return "".join(_("%(words)s。", words=bare(part)) for part in parts if part)


def bare(text: str) -> str:
    """A sentence without its end."""
    return text.strip().rstrip("。.；; ")
