"""Which state of a thing the officer had before the eyes: the number of its last act, sent along with the form."""

from typing import Final

from flask import request

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

SEEN: Final = "seen_act"


def seen_act() -> int:
    """The act's number. Raises BadInput when the form does not say."""
    text = request.form.get(SEEN, "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise BadInput("form.seen_act", N_("请重新打开页面后再提交。"))
    return int(text)
