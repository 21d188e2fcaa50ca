"""How recorded acts are told to a reader: what was done, on which legal day, by which office."""

from datetime import date, datetime

from greenmine.domain.act import KINDS
from greenmine.domain.instant import from_utc_text, legal_day
from greenmine.domain.region import Regions
from greenmine.store.act import ActRow
from greenmine.web.formats import Tone, day
from greenmine.web.i18n import gettext as _
from greenmine.web.parts import Step
from greenmine.web.seat_words import author_words


def act_title(kind: str) -> str:
    """The Chinese title of a kind of act."""
    return _(KINDS[kind].title)


def act_moment(act: ActRow) -> datetime:
    """When it was recorded."""
    return from_utc_text(act.at)


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
