"""The index of a site: where it is, and whether what is there can be used with this database."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from greenmine.projections.search_document import FORMAT
from greenmine.projections.search_folder import FileSums, SearchFolder, Standing
from greenmine.store.act import size
from greenmine.store.database import Database, Tx
from greenmine.store.search import leaf_of
from greenmine.store.site_fact import get_fact, settle_fact

_FACT: Final = "search.index"


@dataclass(frozen=True)
class SearchIndex:
    """The search of a site: one per process, safe for many threads (``services.search``).

    :param folder: of all indexes (settings.search_index); each database has one of its own in it
    :param sums: of files read so far
    """

    folder: Path
    database: Database
    sums: FileSums = field(default_factory=FileSums)


def settle_folder(index: SearchIndex) -> SearchFolder:
    """The folder of this database; its name is settled on first use. For who writes the index."""
    with index.database.read() as tx:
        folder = folder_of(tx, index)
    if folder is None:
        with index.database.write() as tx:
            settle_fact(tx, _FACT, secrets.token_hex(8))
            folder = folder_of(tx, index)
    assert folder is not None
    return folder


def folder_of(tx: Tx, index: SearchIndex) -> SearchFolder | None:
    """The folder of this database, or None while no index was ever made for it."""
    name = get_fact(tx, _FACT)
    return None if name is None else SearchFolder(index.folder / name, index.sums)


def usable(tx: Tx, folder: SearchFolder, standing: Standing | None) -> bool:
    """Whether what stands there is whole and was made from this very record; it may be some acts behind.

    Read what stands first and begin the transaction then, else acts indexed in between look like another record's.
    The leaf hash of the last act it holds tells a copy of another database, and a database put back to an older day.
    """
    if standing is None or standing.format != FORMAT or standing.n > size(tx):
        return False
    if standing.n and leaf_of(tx, standing.n - 1) != standing.leaf:
        return False
    return folder.is_whole(standing)
