"""Kinds of acts on entries of the credit registers (失信信息)."""

from typing import Final

from greenmine.domain import noun
from greenmine.domain.act.kind import Field, Kind, Takes, Thread
from greenmine.domain.act.terms import DATE, HASHES, MINE, OPTIONAL, REGION, TEXT, number, pattern
from greenmine.domain.noun import object_pattern
from greenmine.domain.text import N_

_CREDIT: Final = object_pattern(noun.CREDIT)

CREDIT_KINDS: Final = (
    Kind(
        name="credit.added",
        title=N_("列入失信信息"),
        object=_CREDIT,
        facts=(
            Field("register", pattern(r"^(general|serious)$"), "weight of the breach", needed=True),
            Field("subject", pattern(r"^(firm|person)$"), "whether a firm or a person", needed=True),
            Field("region", REGION, "region of the organ", needed=True),
            Field("from", DATE, "first day of the entry", needed=True),
            Field("until", DATE, "legal day on which its publication is over", needed=True),
        ),
        body=(
            Field("salt", pattern(r"^[0-9a-f]{64}$"), "random, so that no guess can be checked", needed=True),
            Field("name", TEXT, "who", needed=True),
            Field("credit_code", OPTIONAL, "unified social credit code of a firm"),
            Field("mine", MINE, "mine it is about"),
            Field("conduct", TEXT, "what was done", needed=True),
            Field("basis", TEXT, "basis in words", needed=True),
            Field("decision_no", TEXT, "number of the decision", needed=True),
            Field("organ", TEXT, "organ that decided", needed=True),
            Field("decided", DATE, "day of the decision"),
            Field("removal", number(noun.REMOVAL), "removal it follows"),
        ),
        opens=True,
        thread=Thread.OBJECT,
        tells_text=True,
        vanishes_on="until",
    ),
    Kind(
        name="credit.ended",
        title=N_("失信信息公示期满"),
        object=_CREDIT,
        facts=(
            Field("reason", pattern(r"^(term|revoked)$"), "why it ended", needed=True),
            Field("removes", HASHES, "SHA-256 of the documents that named the subject", needed=True),
        ),
        thread=Thread.OBJECT,
        corrects=True,
        takes=Takes("removes", always="credit_ended"),
    ),
)
