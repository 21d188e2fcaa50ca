"""``greenmine replay URL``: on an empty machine, this site's database and documents anew, from log and documents alone.

A run that was broken off is taken up where it stopped. What law has removed is not there to be had: its rows are made
without it, as the site itself shows them, and it is listed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from greenmine.cli.log_copy import Documents, Tree, bundles_at, documents_named, envelope_of, read_head_at
from greenmine.cli.log_replay import document_at
from greenmine.cli.log_source import Source, bad_file, text_at
from greenmine.cli.upkeep import run_projections
from greenmine.domain.act.document import body_of, files_of, matters_of
from greenmine.domain.errors import Conflict
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import Entered
from greenmine.store.act import entries as entries_of
from greenmine.store.log import log_origin
from greenmine.store.migrate import upgrade
from greenmine.store.rebuild import replay_all
from greenmine.tlog.note import Malformed
from greenmine.tlog.policy import Policy, parse_policy


@dataclass(frozen=True)
class Removed:
    """A document that law took from the public, on what ground, and the entry that says so."""

    sha256: str
    ground: str
    entry: int


@dataclass(frozen=True)
class Rebuilt:
    """What was made."""

    size: int
    removed: tuple[Removed, ...]


def policy_at(source: Source) -> Policy:
    """Whom the source itself says to believe: for the first time only, and to be compared with what others know."""
    try:
        return parse_policy(text_at(source, "log/policy"))
    except Malformed as error:
        raise bad_file(source, "log/policy") from error


def rebuild_site(services: Services, source: Source, policy: Policy) -> Rebuilt:
    """Fill this site's empty database and file store. Raises Conflict when it holds acts of its own."""
    upgrade(services.database)
    head = read_head_at(source, policy)
    entries = [entry for _tile, found in bundles_at(source, head.checkpoint.size) for entry in found]
    _require_whole(source, entries, root=head.checkpoint.root)
    done = _already_here(services, entries)
    documents = documents_named(entries)
    for _size in replay_all(services.database, _pairs(services, source, entries, documents, start=done)):
        pass
    run_projections(services)
    today = legal_day(services.clock())
    grounds = {sha256: documents.ground(sha256, today=today) for sha256 in documents.first}
    return Rebuilt(len(entries), tuple(Removed(sha256, *found) for sha256, found in grounds.items() if found))


def _require_whole(source: Source, entries: Sequence[bytes], *, root: bytes) -> None:
    tree = Tree()
    for entry in entries:
        tree.append(entry)
    if tree.root(tree.size) != root:
        raise Conflict("mirror.root", N_("%(place)s 的记录算不出它签名的根哈希，未作改动。"), place=source.name)


def _already_here(services: Services, entries: Sequence[bytes]) -> int:
    """How many entries a run before this one has taken; the database may hold nothing else."""
    with services.database.read() as tx:
        here = [each.entry for each in entries_of(tx)]
        own = log_origin(tx)
    if own is not None or list(entries[: len(here)]) != here:
        raise Conflict("replay.not_empty", N_("目标数据库不是空的：只能重放到空数据库。"))
    return len(here)


def _pairs(
    services: Services, source: Source, entries: Sequence[bytes], documents: Documents, *, start: int
) -> Iterator[Entered]:
    """Entries with their bodies; the files of an act are in the file store before its rows name them."""
    today = legal_day(services.clock())
    for n in range(start, len(entries)):
        envelope = envelope_of(entries[n], n=n)
        for sha256 in files_of(envelope):
            if documents.ground(sha256, today=today) is None and not services.files.has(sha256):
                services.files.put(document_at(source, sha256))
        texts = [
            document_at(source, text) if text is not None and documents.ground(text, today=today) is None else None
            for text in (body_of(envelope), matters_of(envelope))
        ]
        yield Entered(entries[n], *texts)
