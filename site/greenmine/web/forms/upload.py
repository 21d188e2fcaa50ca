"""Files that came with a form: read, judged by content/upload.py, kept under their hash."""

from collections.abc import Iterable
from typing import Any, Final

from greenmine.content.upload import MAX_BYTES, Accepted, accept
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_
from greenmine.store.files import FileStore


def taken(storages: Iterable[Any], *, kinds: frozenset[str], room: int, most: int = MAX_BYTES) -> tuple[Accepted, ...]:
    """The uploaded files that may be kept; browsers send one nameless empty file when none was chosen.

    :param room: how many more may be kept
    Raises BadInput, field ``file``: too many, or what :func:`greenmine.content.upload.accept` refuses.
    """
    sent = [storage for storage in storages if getattr(storage, "filename", "")]
    if not sent:
        raise BadInput("upload.none", N_("请选择文件。"), field="file")
    if len(sent) > room:
        raise BadInput("upload.many", N_("最多还能添加%(room)s个文件。"), field="file", room=room)
    return tuple(accept(storage.read(most + 1), storage.filename, kinds=kinds, most=most) for storage in sent)


def kept(files: Iterable[Accepted], store: FileStore) -> list[dict[str, Any]]:
    """Put the bytes into the file store and say what an attachment says of them."""
    return [
        {
            "sha256": store.put(file.content),
            "name": file.name,
            "media_type": file.media_type,
            "size": len(file.content),
        }
        for file in files
    ]


INLINE: Final = frozenset({"image/jpeg", "image/png"})
"""Media types that a page may show; everything else is only offered for download."""
