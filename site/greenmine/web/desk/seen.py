"""Which state of a thing the officer had before the eyes: the number of its last act, sent along with the form."""

from typing import Final

from flask import request

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

SEEN: Final = "seen_act"


def seen_act() -> int:
    """The act's number. Raises BadInput when the form does not say."""
    number = number_in(request.form.get(SEEN, ""))
    if number < 0:
        raise BadInput("form.seen_act", N_("请重新打开页面后再提交。"))
    return number


def number_in(text: str) -> int:
    """The number that a hidden field says; -1, which nothing has, when it says none that a database could keep."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
