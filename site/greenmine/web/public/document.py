"""``/documents/<sha256>``: published documents, byte for byte as their hash names them.

JSON bodies stand in the database, files in the file store. Whatever is served hashes to its address, or it
is not served. Sources: design.md "Acts and documents"; trust.md ASVS 3.2.1, 5.3.2.
"""

import hashlib
import io
import logging
import re
from typing import Final

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import NotFound, Unready
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import DOCUMENT
from greenmine.domain.text import N_
from greenmine.store.act import DocumentRow, document_use, get_document
from greenmine.tlog.entry import is_hash
from greenmine.web.context import current_services
from greenmine.web.public.document_words import INLINE, JSON, ending_of
from greenmine.web.routing import Route

LOG: Final = logging.getLogger("greenmine.web.document")
SANDBOX: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
KEPT: Final = "public, max-age=31536000, s-maxage=600, immutable"
"""A document never changes under its address, so readers keep it; caches in between ask again after ten minutes,
because law may remove it."""
_UNFIT_IN_NAME: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


def document(sha256: str) -> ResponseReturnValue:
    """The bytes. 404 for a hash never published, 410 with the ground for what law removed."""
    if not is_hash(sha256):
        raise NotFound("document.unknown", N_("没有这份公开文件。"))
    services = current_services()
    with services.database.read() as tx:
        row = get_document(tx, sha256, today=legal_day(services.clock()))
        use = document_use(tx, sha256)
    content = row.content if row.content is not None else services.files.get(sha256)
    if hashlib.sha256(content).hexdigest() != sha256:
        LOG.error("document %s: the bytes kept do not hash to their name", sha256)
        raise Unready("document.damaged", N_("这份文件的存储内容与其校验值不符，已停止提供，请联系网站管理人员。"))
    return _answer(row, content, name=use.name, vanishes=use.vanishes)


def _answer(row: DocumentRow, content: bytes, *, name: str, vanishes: bool) -> Response:
    shown = row.media_type in INLINE or row.media_type == JSON
    response = send_file(
        io.BytesIO(content),
        mimetype=row.media_type,
        as_attachment=not shown,
        download_name=file_name(name, row),
        etag=row.sha256,
        conditional=True,
        max_age=None,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # pictures of feeds show in readers elsewhere
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store" if vanishes else KEPT
    return response


def file_name(name: str, row: DocumentRow) -> str:
    """The name a download is offered under: as printed, without what no file system takes."""
    kept = _UNFIT_IN_NAME.sub("_", name).strip(" .")[:120]
    return kept or f"{row.sha256[:16]}{ending_of(row.media_type)}"


DOCUMENT_ROUTES: Final = (Route(DOCUMENT.page("<sha256>"), "document.bytes", document),)
