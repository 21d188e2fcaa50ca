"""What can go wrong, as kinds. Doors map a kind to an HTTP status or an exit code.

Every error carries a stable code (for programs and tests), a Chinese sentence that a citizen
understands (a gettext message id with ``%(name)s`` places) and the values for those places.
"""

from collections.abc import Mapping


class GreenmineError(Exception):
    """A refusal with a reason. Never raised itself: one of the kinds below is.

    :param code: stable, ``noun.reason`` (``notice.ended``)
    :param message: Chinese sentence, marked with ``N_``, placeholders as ``%(days)s``
    :param field: name of the form field the sentence belongs beside, if any
    """

    def __init__(self, code: str, message: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(code, message % params if params else message)
        self.code = code
        self.message = message
        self.field = field
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class BadInput(GreenmineError):
    """What was typed or uploaded cannot be taken as it is; the person can mend it."""


class NotFound(GreenmineError):
    """There is no such thing, or this person may not know that there is."""


class NotAllowed(GreenmineError):
    """This role or region may not do this."""


class RuleBroken(GreenmineError):
    """A written rule forbids the step; ``code`` names the rule, the sentence names its source."""


class Conflict(GreenmineError):
    """Someone else acted first, or the thing is no longer in the state the person saw."""


class Gone(GreenmineError):
    """It was published once and has been removed by law; the sentence gives the ground."""


class TooMany(GreenmineError):
    """Too many requests in too short a time; ``params`` may hold ``retry_after`` in seconds."""


class Unready(GreenmineError):
    """The site cannot do this now (clock behind the record, disk full, no calendar); nothing was changed."""
