"""A notice's list as printed: its columns, links to the mines, and the outcome of each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from greenmine.domain.mine import LIBRARY_LABELS
from greenmine.domain.notice import NoticeState
from greenmine.domain.noun import MINE, NOTICE
from greenmine.store.notice import ItemRow, NoticeRow
from greenmine.web.formats import Tone
from greenmine.web.i18n import gettext as _
from greenmine.web.paging import Pager, paging, read_page_number

PAGED_FROM: Final = 200
ROWS: Final = 100
"""Lists longer than 200 lines are shown in pages of 100."""


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """One line: the cells as printed, where its mine's page is, what became of it."""

    cells: tuple[str, ...]
    name_at: int
    href: str
    note: str
    outcome: str
    tone: Tone
    reason: str


@dataclass(frozen=True, kw_only=True)
class ListShown:
    """The list, or the part of it that this page shows; ``pager`` is None when it is shown whole."""

    columns: tuple[str, ...]
    lines: tuple[LineShown, ...]
    total: int
    linked: int
    has_notes: bool
    has_outcomes: bool
    pager: Pager | None
    download: str

    @property
    def is_wide(self) -> bool:
        """Too many columns to be stacked on a telephone: the table scrolls in a part of its own."""
        return len(self.columns) > 8


def listed_items(row: NoticeRow, items: Sequence[ItemRow], *, state: NoticeState, wanted: str) -> ListShown | None:
    """The list of a notice, None when it printed none. Raises NotFound for a page it does not have."""
    if not items:
        return None
    path = NOTICE.page(row.id)
    number = read_page_number(wanted)
    paged = len(items) > PAGED_FROM
    pages = paging(
        path, total=len(items), number=number, per_page=ROWS if paged else len(items), name="list", anchor="#list"
    )
    part = items[(number - 1) * ROWS : number * ROWS] if paged else items
    columns = row.columns or (_("名称"),)
    return ListShown(
        columns=columns,
        lines=listed_lines(row, part, state=state),
        total=len(items),
        linked=sum(item.mine is not None for item in items),
        has_notes=any(item.note for item in items),
        has_outcomes=state is NoticeState.CLOSED and any(item.outcome != "pending" for item in items),
        pager=pages if paged else None,
        download=f"{path}/list.csv",
    )


def listed_lines(row: NoticeRow, items: Sequence[ItemRow], *, state: NoticeState) -> tuple[LineShown, ...]:
    """These lines of the list in words."""
    return tuple(_line(item, row, row.columns or (_("名称"),), state) for item in items)


def outcome_words(outcome: str, row: NoticeRow) -> str:
    """What became of a line: 纳入省级名录, 未纳入; empty while nothing was decided."""
    if outcome == "listed":
        return _("纳入%(library)s", library=_(LIBRARY_LABELS[row.enters])) if row.enters else _("公示通过")
    return {"dropped": _("未纳入") if row.enters else _("未通过")}.get(outcome, "")


def _line(item: ItemRow, row: NoticeRow, columns: Sequence[str], state: NoticeState) -> LineShown:
    cells = item.cells if row.columns else (item.name,)
    padded = (*cells, *[""] * (len(columns) - len(cells)))[: len(columns)]
    decided = state is NoticeState.CLOSED
    return LineShown(
        cells=padded,
        name_at=_name_at(padded, item.name),
        href=MINE.page(item.mine) if item.mine else "",
        note=item.note,
        outcome=outcome_words(item.outcome, row) if decided else "",
        tone=Tone.OK if item.outcome == "listed" else Tone.BAD if item.outcome == "dropped" else Tone.PLAIN,
        reason=item.reason if decided else "",
    )


def _name_at(cells: Sequence[str], name: str) -> int:
    """The cell that holds the mine's name, which is the one that is linked; the longest when none is equal."""
    if name in cells:
        return list(cells).index(name)
    return max(range(len(cells)), key=lambda place: len(cells[place]))
