"""``/log/…``: the log as other programs read it, in the published formats.

Addresses and formats: C2SP tlog-tiles, tlog-checkpoint, tlog-policy, tlog-proof; log-spec.md 3. Tiles, bundles and
entries never change and are kept for a year; head, policy and proofs are asked for again. An address has one spelling.
"""

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import Final

from flask import Response, request

from greenmine.domain.act import KINDS
from greenmine.domain.errors import NotFound
from greenmine.domain.noun import ENTRY
from greenmine.domain.text import N_
from greenmine.store.log_read import (
    continuity_of,
    entry_row,
    evidence_of,
    newest_signed,
    published_head,
    published_tile,
)
from greenmine.tlog.tile import parse_tile
from greenmine.usecases.log_policy import log_policy
from greenmine.web.context import current_services
from greenmine.web.download import verify_record
from greenmine.web.routing import Route

TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
FRESH: Final = "public, max-age=5"
"""tlog-tiles: a checkpoint is kept for at most five seconds."""
ASKED_AGAIN: Final = "public, no-cache"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
SCRIPT: Final = Path(verify_record.__file__)
WORTH_PACKING: Final = 512
"""Bytes from which gzip is tried."""


def checkpoint() -> Response:
    """The newest signed head, with the log's signatures and the witnesses' cosignatures."""
    with current_services().database.read() as tx:
        note = published_head(tx).note
    return _answer(str(note).encode(), TEXT, FRESH)


def tile(spelling: str) -> Response:
    """A tile of hashes or a bundle of entries, full or as wide as a signed head had it."""
    asked = parse_tile(spelling)
    if asked is None:
        raise NotFound("log.tile_unknown", N_("记录库中没有这一块。"))
    with current_services().database.read() as tx:
        content = published_tile(tx, asked)
    return _answer(content, BYTES, FOR_GOOD, packs=asked.level is None)


def policy() -> Response:
    """The log's keys and the witnesses, by which proofs are checked."""
    services = current_services()
    with services.database.read() as tx:
        made = log_policy(
            tx,
            address=f"{services.settings.site_url}/log",
            at=services.clock(),
            witnesses=services.witnesses,
        )
    return _answer(str(made).encode(), TEXT, ASKED_AGAIN)


def entry_file(number: int) -> Response:
    """The bytes of an entry as they were hashed."""
    require_one_spelling(f"{ENTRY.page(number)}.json")
    with current_services().database.read() as tx:
        entry, head = entry_row(tx, number).entry, newest_signed(tx)
    is_settled = head is not None and head.checkpoint.size > number
    return _answer(entry, "application/json", FOR_GOOD if is_settled else ASKED_AGAIN)


def schema(kind: str, version: int) -> Response:
    """The JSON Schema of a version of a kind of act, by which its entries and bodies can be read."""
    require_one_spelling(schema_address(kind, version))
    if kind not in KINDS or version not in KINDS[kind].versions:
        raise NotFound("log.schema_unknown", N_("没有这一种记录，或没有这一版格式。"))
    content = json.dumps(KINDS[kind].published_schema(version), ensure_ascii=False, indent=1)
    return _answer(f"{content}\n".encode(), "application/schema+json", FOR_GOOD, packs=True)


def schema_address(kind: str, version: int | str) -> str:
    """Where the schema of a version is served."""
    return f"/log/schema/{kind}/{version}.json"


def proof(number: int) -> Response:
    """The whole evidence of an entry in one file, against the newest signed head."""
    require_one_spelling(f"/log/proof/{number}.tlog-proof")
    services = current_services()
    with services.database.read() as tx:
        evidence = evidence_of(tx, number, witnesses=services.witnesses)
    response = _answer(str(evidence).encode(), TEXT, FRESH)
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.tlog-proof"'
    return response


def consistency(number: int) -> Response:
    """That the newest signed head continues the log of a size: what a tlog-witness is sent (``old n``, proof, head)."""
    require_one_spelling(f"/log/consistency/{number}.txt")
    services = current_services()
    with services.database.read() as tx:
        hashes, head = continuity_of(tx, number, witnesses=services.witnesses)
    lines = [f"old {number}", *(base64.b64encode(each).decode() for each in hashes), "", str(head.note)]
    return _answer("\n".join(lines).encode(), TEXT, FRESH)


def script() -> Response:
    """``verify_record.py``, byte for byte as it is tested."""
    response = _answer(SCRIPT.read_bytes(), "text/x-python; charset=utf-8", ASKED_AGAIN, packs=True)
    response.headers["Content-Disposition"] = f'attachment; filename="{SCRIPT.name}"'
    return response


def require_one_spelling(path: str) -> None:
    """Raise NotFound for ``/log/entry/007``: a thing has one address."""
    if request.path != path:
        raise NotFound("log.spelling", N_("网址可能有误，或者页面已经调整。"))


def _answer(content: bytes, media_type: str, kept: str, *, packs: bool = False) -> Response:
    """The bytes, or 304 for who has them; packed where that helps and the reader can unpack."""
    tag = hashlib.sha256(content).hexdigest()[:32]
    squeezed = packs and len(content) >= WORTH_PACKING and request.accept_encodings.quality("gzip") > 0
    response = Response(gzip.compress(content, mtime=0) if squeezed else content)
    response.headers["Content-Type"] = media_type
    response.headers["Cache-Control"] = kept
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if packs:
        response.vary.add("Accept-Encoding")
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{tag}-gzip" if squeezed else tag)
    response.make_conditional(request)
    return response


LOG_FILE_ROUTES: Final = (
    Route("/log/checkpoint", "log.checkpoint", checkpoint),
    Route("/log/tile/<path:spelling>", "log.tile", tile),
    Route("/log/policy", "log.policy", policy),
    Route(schema_address("<kind>", "<int:version>"), "log.schema", schema),
    Route(f"{ENTRY.page('<int:number>')}.json", "log.entry_file", entry_file),
    Route("/log/proof/<int:number>.tlog-proof", "log.proof", proof),
    Route("/log/consistency/<int:number>.txt", "log.consistency", consistency),
    Route("/log/verify_record.py", "log.script", script),
)
