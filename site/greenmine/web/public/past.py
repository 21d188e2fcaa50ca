"""Views of the past: ``on`` is a day, ``known`` the day whose knowledge counts (design.md "Versions and time")."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from greenmine.domain.mine_history import Moment
from greenmine.store.database import Tx
from greenmine.store.mine_past import known_by
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import plain_text

ON: Final = "on"
KNOWN: Final = "known"


class NoPast(ValueError):
    """A day that cannot be asked for: the parameter it stands in, and what was typed."""

    def __init__(self, name: str, typed: str) -> None:
        super().__init__(name, typed)
        self.name = name
        self.typed = typed


@dataclass(frozen=True)
class Past:
    """What an address asks of the past.

    :param on: the legal day whose end is shown
    :param known: as the site said it at the end of this day; None is as known now
    """

    on: date
    known: date | None = None

    @property
    def kept(self) -> Mapping[str, str]:
        """As parameters of an address."""
        return {ON: self.on.isoformat()} | ({KNOWN: self.known.isoformat()} if self.known else {})

    @property
    def knowledge(self) -> str:
        """Whose knowledge it shows, in words."""
        if self.known is None:
            return _("按现在所知列出，包括后来的更正和补录")
        return _("按本站到%(day)s终了时已公布的内容列出，不含后来的更正和补录", day=day_words(self.known))


@dataclass(frozen=True)
class PastBox:
    """The two fields as they are shown: what stands in them, and which one is at fault."""

    on: str = ""
    known: str = ""
    fault: str = ""


def box_of(args: Mapping[str, str], *, fault: str = "") -> PastBox:
    """What was typed stays in its field, ten characters of it (a date has no more)."""
    return PastBox(plain_text(args.get(ON, ""))[:10], plain_text(args.get(KNOWN, ""))[:10], fault)


def read_past(args: Mapping[str, str], *, today: date) -> Past | None:
    """The past that an address asks for, None when it asks for none. Raises NoPast.

    Both days lie before today; today itself may be asked for as an earlier day knew it. ``known`` alone asks for that
    same day.
    """
    typed_on, typed_known = args.get(ON, "").strip(), args.get(KNOWN, "").strip()
    if not typed_on and not typed_known:
        return None
    known = _day(KNOWN, typed_known) if typed_known else None
    if known is not None and known >= today:
        raise NoPast(KNOWN, typed_known)
    on = _day(ON, typed_on) if typed_on else known
    if on is None or on > today or (on == today and known is None):
        raise NoPast(ON, typed_on)
    return Past(on, known)


def moment_of(tx: Tx, past: Past) -> Moment:
    """The point of both times that is asked for."""
    return Moment(past.on, known_by(tx, past.known) if past.known else None)


def _day(name: str, typed: str) -> date:
    """Python reads weeks (``2024-W01-1``) as days too."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or day.isoformat() != typed:
        raise NoPast(name, typed)
    return day
