"""``greenmine log replay``: after a restored backup, what is missing comes from a mirror or the site's own bundles."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console

from greenmine.cli.log import finish_erasure
from greenmine.cli.log_copy import Signed, bundles_at, documents_named, envelope_of
from greenmine.cli.log_source import LONGEST_DOCUMENT, Missing, Source, bad_file, source_at, text_at
from greenmine.cli.ready import ready_services
from greenmine.domain.act.document import files_of, texts_of
from greenmine.domain.errors import Conflict, NotFound
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import entries as entries_of
from greenmine.store.act import size
from greenmine.store.log import log_origin
from greenmine.store.log_key import log_keys
from greenmine.store.log_read import newest_signed
from greenmine.store.log_seal import keep_head, read_head
from greenmine.tlog.checkpoint import parse_checkpoint
from greenmine.tlog.entry import is_hash
from greenmine.tlog.note import Malformed, parse_note
from greenmine.usecases.erasure import erase_again
from greenmine.usecases.log_replay import Missed, take_back

OpenServices = Callable[[], Services]
console: Final = Console()


@click.command("replay")
@click.argument("place", metavar="URL|FOLDER")
@click.pass_obj
def replay_log(open_services: OpenServices, *, place: str) -> None:
    """恢复旧备份之后：从镜像文件夹或网址补回数据库缺少的记录和文件，核对签名后继续运行。"""
    services = ready_services(open_services)
    number = replay_from(services, source_at(place))
    if number:
        console.print(f"已补回 {number} 条记录，可以继续记录新的事项。", highlight=False)
    else:
        console.print("数据库没有缺少的记录，未作改动。", highlight=False)


def replay_from(services: Services, source: Source) -> int:
    """Take back what the database has not; returns how many entries. Raises Conflict or NotFound, nothing changed."""
    kept = read_head(services.settings.log_head)
    head = _head_at(source)
    with services.database.read() as tx:
        start, earlier = size(tx), [each.entry for each in entries_of(tx)]
        if log_origin(tx) != head.checkpoint.origin:
            raise Conflict("log.replay_other", N_("%(place)s 是另一个记录库。"), place=source.name)
        known = [row.key for row in log_keys(tx)]
        signed = newest_signed(tx)
    behind = max(
        (parse_checkpoint(note.text).size for note in (kept, signed.note if signed else None) if note), default=0
    )
    if head.checkpoint.size <= start:
        if behind > start:
            raise NotFound("log.replay_short", _SHORT, place=source.name, size=head.checkpoint.size, wanted=behind)
        return 0
    if kept is not None and head.checkpoint.size < parse_checkpoint(kept.text).size:
        raise NotFound("log.replay_short", _SHORT, place=source.name, size=head.checkpoint.size, wanted=behind)
    if not known:
        raise Conflict("log.replay_no_key", N_("数据库中没有记录库的公钥，无法核对。"))
    missed = _missed(services, source, head, start=start, earlier=earlier)
    with services.database.write() as tx:
        number = take_back(tx, missed, kept=kept, at=services.clock())
        erased = erase_again(tx, _erased(missed.envelopes), at=services.clock())
    finish_erasure(services, erased)
    with services.database.read() as tx:
        now = newest_signed(tx)
    if now is not None:
        keep_head(services.settings.log_head, now.note)
    return number


_SHORT = N_("%(place)s 只有%(size)s条记录，少于本站已签名的%(wanted)s条。请换一个更新的镜像。")


def _head_at(source: Source) -> Signed:
    """The head there; who signed it is judged when the entries are here, for they may bring in the key."""
    try:
        note = parse_note(text_at(source, "log/checkpoint"))
        return Signed(note, parse_checkpoint(note.text))
    except Malformed as error:
        raise bad_file(source, "log/checkpoint") from error


def _missed(services: Services, source: Source, head: Signed, *, start: int, earlier: Sequence[bytes]) -> Missed:
    """Entries and bodies; files of the acts go to the file store before the rows that name them."""
    bundles = list(bundles_at(source, head.checkpoint.size, start=start))
    first = bundles[0][0].first
    entries = [entry for _tile, found in bundles for entry in found]
    if entries[: start - first] != list(earlier[first:]):
        raise Conflict(
            "log.replay_differs_before", N_("%(place)s 中较早的记录与数据库不同，未作改动。"), place=source.name
        )
    fresh = entries[start - first :]
    envelopes = [envelope_of(entry, n=start + n) for n, entry in enumerate(fresh)]
    named = documents_named([*earlier, *fresh])
    today = legal_day(services.clock())

    def missing(sha256: str) -> bool:
        return named.ground(sha256, today=today) is not None

    bodies = {sha256: None if missing(sha256) else document_at(source, sha256) for sha256 in _texts(envelopes)}
    for sha256 in _files(envelopes):
        if not missing(sha256) and not services.files.has(sha256):
            services.files.put(document_at(source, sha256))
    return Missed(start, fresh, bodies, envelopes, head.note)


def document_at(source: Source, sha256: str) -> bytes:
    """A published document, byte for byte. Raises NotFound, Conflict."""
    path = f"documents/{sha256}"
    content = source.fetch(path, limit=LONGEST_DOCUMENT) if is_hash(sha256) else Missing.ABSENT
    if isinstance(content, Missing):
        raise NotFound("mirror.absent", N_("%(place)s 没有 %(path)s。"), place=source.name, path=path)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise bad_file(source, path)
    return content


def _erased(envelopes: Iterable[Mapping[str, object]]) -> list[bytes]:
    """Commitments of the cases that were erased after the backup was made, and that it has brought back."""
    told = [str(envelope.get("commitment")) for envelope in envelopes if envelope.get("kind") == "record.erased"]
    return [bytes.fromhex(commitment) for commitment in told if is_hash(commitment)]


def _texts(envelopes: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(text for envelope in envelopes for text in texts_of(envelope)))


def _files(envelopes: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(file for envelope in envelopes for file in files_of(envelope)))
