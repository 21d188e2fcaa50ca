"""The sender's own copy of what was lodged, for kinds of case that the log holds no commitment of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from greenmine.domain.complaint import private_record
from greenmine.domain.instant import utc_text
from greenmine.usecases.lodge import NewCase


def record_of(
    new: NewCase, *, received_at: datetime, matter: Mapping[str, Any], identity: Mapping[str, str]
) -> dict[str, Any]:
    """Everything that was sent, as the receipt file gives it back to whoever sent it."""
    return private_record(
        number=new.access.number,
        received_at=utc_text(received_at),
        matter=matter,
        identity=identity,
        files=[file.sha256 for file in new.files],
    )
