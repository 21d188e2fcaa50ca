"""What the macros draw: plain frozen values that a view fills and a template hands on."""

from dataclasses import dataclass
from datetime import date

from greenmine.web.formats import Tone


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act in a timeline.

    :param act: its number in the log, None while it has none (a step yet to come)
    :param due: the step lies ahead; ``day`` is then its latest day
    """

    day: date
    title: str
    text: str = ""
    href: str = ""
    act: int | None = None
    due: bool = False
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True)
class FileShown:
    """A published file: name as printed, own path, kind of file in words, bytes, SHA-256 in hexadecimal."""

    name: str
    href: str
    kind: str
    size: int
    sha256: str
    removed: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a list of texts: title, where it leads, day, perhaps a tag (公示中, 还剩3天)."""

    title: str
    href: str
    day: date
    tag: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A live number and the page that proves it."""

    value: str
    label: str
    href: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class FacetOption:
    """One value of a filter; ``href`` is the list with it taken (or dropped, when it is taken)."""

    label: str
    count: int
    href: str
    chosen: bool = False
    depth: int = 0


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One filter with the counts of what it would leave."""

    label: str
    options: tuple[FacetOption, ...]

    @property
    def is_open(self) -> bool:
        """Shown unfolded: something in it is chosen."""
        return any(option.chosen for option in self.options)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A word and where it leads: a download, a hot word, an entry of the desk's navigation."""

    label: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value before and after, as words; empty where there was none."""

    label: str
    before: str
    after: str
