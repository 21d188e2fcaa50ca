"""Attachments of a case, opened for its handling officer only: downloads, and the pictures that we wrote ourselves.

Reading changes nothing, the journal neither (ASVS 3.5.3): a file belongs to the matter, not to the identity.
Sources: OWASP ASVS 5.0 3.2.1 (never shown inline), 5.3.2 and 5.4.1 (name only in an RFC 6266 header), trust.md 8.
"""

import re
from typing import Final
from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import NotFound
from greenmine.domain.text import N_
from greenmine.store.case_attachment import Attachment
from greenmine.web.context import current_officer, current_services

from .case_view import SHOWN_PICTURES, CaseView, file_of, read_own

SANDBOX: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
_ENDINGS: Final = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf", "video/mp4": ".mp4"}


def file_download(number: str, n: int) -> ResponseReturnValue:
    """``/desk/cases/<number>/files/<n>``: the bytes as kept, always a download."""
    view = read_own(number, officer=current_officer(), services=current_services())
    return _answer(view, file_of(view, n), way="attachment")


def picture(number: str, n: int) -> ResponseReturnValue:
    """``/desk/cases/<number>/pictures/<n>``: a photograph in the page. 404 for every other kind of file."""
    view = read_own(number, officer=current_officer(), services=current_services())
    file = file_of(view, n)
    if file.media_type not in SHOWN_PICTURES:
        raise NotFound("case.file_unknown", N_("案件中没有这份文件。"))
    return _answer(view, file, way="inline")


def _answer(view: CaseView, file: Attachment, *, way: str) -> Response:
    content = current_services().sealed_files.get(file.file, file.key)
    response = Response(
        content, mimetype=file.media_type if file.media_type in _ENDINGS else "application/octet-stream"
    )
    response.headers["Content-Disposition"] = _disposition(way, view, file)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _disposition(way: str, view: CaseView, file: Attachment) -> str:
    """RFC 6266: a plain name for old readers, the sender's own name, cleared of what no file system takes."""
    ending = _ENDINGS.get(file.media_type, "")
    plain = f"{view.task.number}-{file.n}{ending}"
    own = _UNFIT.sub("_", file.name).strip(" .")[:120] or plain
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(own, safe='')}"
