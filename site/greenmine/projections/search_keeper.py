"""Keeping the search index: the worker's part. Its cursor is the mark in the index itself (search_folder.Standing).

The database is only read here; writers never wait for the indexer. Taking an act twice changes nothing: every object
an act concerns is deleted and, where it may be found, added again as its rows stand now. Whatever is missing, torn,
of another database or of another format is made anew, aside, while readers go on with what there is.
"""

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from whoosh import index as whoosh_index
from whoosh.writing import IndexWriter

from greenmine.domain.reference import Reference
from greenmine.domain.region import Regions
from greenmine.projections.search_document import FORMAT, SCHEMA, document_of
from greenmine.projections.search_folder import SearchFolder, Standing
from greenmine.projections.search_index import SearchIndex, settle_folder, usable
from greenmine.store.act import size
from greenmine.store.database import Tx
from greenmine.store.search import all_objects, leaf_of, sources_of, touched_since

log = logging.getLogger(__name__)

_MEMORY_MB: Final = 64


def keep_up(index: SearchIndex, *, reference: Reference) -> int:
    """Take the acts since the index was made, or make it anew; returns how many acts were taken."""
    folder = settle_folder(index)
    places = places_digest(reference.regions)
    if _is_current(index, folder, places):
        return 0
    with folder.alone(), index.database.read() as tx:
        standing = folder.standing()
        if standing is None or standing.places != places or not usable(tx, folder, standing):
            log.info("search index is made anew")
            return _make(tx, folder, reference.regions, places=places).n
        return _take(tx, folder, standing, reference.regions) if standing.n < size(tx) else 0


def make_anew(index: SearchIndex, *, reference: Reference) -> int:
    """Make the index from the rows as they stand, aside, whatever there was; returns how many acts it covers."""
    folder = settle_folder(index)
    with folder.alone(), index.database.read() as tx:
        return _make(tx, folder, reference.regions, places=places_digest(reference.regions)).n


def check(index: SearchIndex, *, reference: Reference) -> None:
    """Read every file again, so that a bit that fell over in silence is found; let go of deleted words."""
    index.sums.known.clear()
    folder = settle_folder(index)
    standing = folder.standing()
    if standing is not None and standing.stale:
        make_anew(index, reference=reference)
    keep_up(index, reference=reference)


def places_digest(regions: Regions) -> str:
    """Changes when a region gets another name: documents hold the names of their places."""
    lines = sorted(f"{region.code} {region.name} {region.short} {region.parent}" for region in regions)
    return sha256("\n".join(lines).encode()).hexdigest()


def _is_current(index: SearchIndex, folder: SearchFolder, places: str) -> bool:
    standing = folder.standing()
    if standing is None or standing.places != places:
        return False
    with index.database.read() as tx:
        return standing.n == size(tx) and usable(tx, folder, standing)


def _make(tx: Tx, folder: SearchFolder, regions: Regions, *, places: str) -> Standing:
    with _generation(folder, base=None) as aside:
        with _writing(whoosh_index.create_in(str(aside), SCHEMA)) as writer:
            _add(writer, tx, all_objects(tx), regions)
            writer.commit(optimize=True)
        return _publish(tx, folder, aside, places=places, stale=0)


def _take(tx: Tx, folder: SearchFolder, standing: Standing, regions: Regions) -> int:
    """The objects that the new acts concern, deleted and added again. What is to be seen no more leaves no words."""
    touched = touched_since(tx, standing.n)
    with _generation(folder, base=standing) as aside:
        with _writing(whoosh_index.open_dir(str(aside), schema=SCHEMA)) as writer:
            deleted = {name: writer.delete_by_term("object", name) for name in touched}
            added = _add(writer, tx, touched, regions)
            gone = any(number for name, number in deleted.items() if name not in added)
            writer.commit(optimize=gone)
        stale = 0 if gone else standing.stale + sum(deleted.values())
        published = _publish(tx, folder, aside, places=standing.places, stale=stale)
    return published.n - standing.n


def _add(writer: IndexWriter, tx: Tx, objects: Iterable[str], regions: Regions) -> set[str]:
    added = set()
    for source in sources_of(tx, objects):
        writer.add_document(**document_of(source, regions).fields())
        added.add(source.object)
    return added


def _publish(tx: Tx, folder: SearchFolder, aside: Path, *, places: str, stale: int) -> Standing:
    n = size(tx)
    return folder.publish(aside, format=FORMAT, places=places, n=n, leaf=leaf_of(tx, n - 1) or "", stale=stale)


@contextmanager
def _generation(folder: SearchFolder, *, base: Standing | None) -> Iterator[Path]:
    """A new generation; gone again when it could not be finished (disk full): the current one stays."""
    folder.sweep()
    aside = folder.begin(base)
    try:
        yield aside
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


@contextmanager
def _writing(index: Any) -> Iterator[IndexWriter]:
    """Whoosh keeps its lock in the process after a failure unless it is told to cancel (trust.md "disk full")."""
    writer = index.writer(limitmb=_MEMORY_MB)
    try:
        yield writer
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise
    finally:
        index.close()
