"""Finding a mine at the desk: by public number, or by words of its name, other names, holder or place."""

from collections.abc import Sequence
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.mine_name import name_key
from greenmine.domain.notice import NoticeItem
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.directory import DirectoryFilter, DirectoryRow, Sort, Word, list_mines
from greenmine.store.mine import get_mine

from .mine_lines import line_of

MOST: Final = 30


def found_mines(
    services: Services, query: str, *, regions: Sequence[str], most: int = MOST
) -> tuple[DirectoryRow, ...]:
    """Mines of these regions that every word matches, by name."""
    words = tuple(
        Word(word, name_key(word), tuple(region.code for region in services.reference.regions.named(word)))
        for word in query.split()[:8]
    )
    found: dict[str, DirectoryRow] = {}
    with services.database.read() as tx:
        for region in regions:
            rows = list_mines(tx, DirectoryFilter(words=words, region=region), sort=Sort.NAME, limit=most)
            found |= {row.id: row for row in rows}
    return tuple(found.values())[:most]


def mine_line(services: Services, number: str, *, columns: Sequence[str], ordinal: int) -> NoticeItem:
    """A registered mine as a line of a list. Raises BadInput for a number that no mine has."""
    with services.database.read() as tx:
        mine = get_mine(tx, number)
    if not columns:
        raise BadInput("lines.no_columns", N_("请先填写名单的栏目并保存。"), field="columns")
    return line_of(mine, columns, ordinal=ordinal, regions=services.reference.regions)
