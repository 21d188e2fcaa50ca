"""Kinds of acts on removals (移出)."""

from typing import Final

from greenmine.domain import noun
from greenmine.domain.act.kind import Field, Kind, Thread
from greenmine.domain.act.mine import SOURCE
from greenmine.domain.act.terms import BOOLEAN, CODE, DATE, MINE, NOTICE, OPTIONAL, TEXT, choice, pattern
from greenmine.domain.mine import Level
from greenmine.domain.noun import object_pattern
from greenmine.domain.text import N_

_REMOVAL: Final = object_pattern(noun.REMOVAL)
_WHAT: Final = (
    Field("mine", MINE, "mine it is about", needed=True, names="mine"),
    Field("ground", CODE, "ground, as the book calls it", needed=True),
    Field("adverse", BOOLEAN, "whether the ground speaks against the mine", needed=True),
    Field("level", choice(Level), "level of the directory", needed=True),
    SOURCE,
)

REMOVAL_KINDS: Final = (
    Kind(
        name="removal.proposed",
        title=N_("提出移出"),
        object=_REMOVAL,
        facts=_WHAT,
        body=(
            Field("reason", TEXT, "facts and reason", needed=True),
            Field("basis", TEXT, "basis in words", needed=True),
        ),
        opens=True,
        thread=Thread.OBJECT,
        tells_text=True,
        moves_mine=True,
        found=True,
    ),
    Kind(
        name="removal.decided",
        title=N_("决定移出"),
        object=_REMOVAL,
        facts=(
            *_WHAT,
            Field("outcome", pattern(r"^(removed|refused)$"), "what was decided", needed=True),
            Field("notice", NOTICE, "notice that published it", names="notice"),
            Field("rectify_until", DATE, "last day to rectify and come back"),
        ),
        body=(
            Field("decision_no", OPTIONAL, "number of the decision"),
            Field("organ", TEXT, "organ that decided", needed=True),
            Field("basis", TEXT, "basis in words", needed=True),
            Field("reason", TEXT, "why", needed=True),
        ),
        thread=Thread.OBJECT,
        tells_text=True,
        moves_mine=True,
        corrects=True,
        found=True,
    ),
)
