"""Kinds of acts on mines and the directory."""

from typing import Final

from greenmine.domain import noun
from greenmine.domain.act.kind import Field, Kind, Thread
from greenmine.domain.act.terms import (
    COUNT,
    DATE,
    NOTICE,
    OPTIONAL,
    REGION,
    SHA256,
    TEXT,
    choice,
    document,
    listing,
    pattern,
    texts,
)
from greenmine.domain.mine import Activity, Library, Method, Ownership, Scale
from greenmine.domain.noun import object_pattern
from greenmine.domain.text import N_

_MINE: Final = object_pattern(noun.MINE)

SOURCE: Final = Field("source", SHA256, "SHA-256 of the paper or list it was recorded from, where no book decided")

_CODES: Final = (
    Field("region", REGION, "where it lies, 6 digits", needed=True),
    Field("scale", choice(Scale), "size class"),
    Field("method", choice(Method), "how it is mined"),
    Field("ownership", choice(Ownership), "who owns the holder"),
    Field("activity", choice(Activity), "whether it produces"),
    Field("production_date", DATE, "first day of production"),
    Field("permit_from", DATE, "first day of the mining permit"),
    Field("permit_until", DATE, "last day of the mining permit"),
)
_TEXTS: Final = (
    Field("name", TEXT, "name of the mine", needed=True),
    Field("aliases", texts(), "other names"),
    Field("holder", OPTIONAL, "holder of the mining right"),
    Field("credit_code", OPTIONAL, "unified social credit code of the holder"),
    Field("mineral", OPTIONAL, "mineral"),
    Field("mineral_class", OPTIONAL, "class of the mineral"),
    Field("capacity", OPTIONAL, "capacity as printed, normally 万吨/年"),
    Field("standard", OPTIONAL, "industry standard it is built by"),
    Field("permit_no", OPTIONAL, "number of the mining permit"),
    Field("certificate_no", OPTIONAL, "number of the real-estate certificate of the mining right"),
    Field("place", OPTIONAL, "place in words"),
    Field("source", OPTIONAL, "where it was read"),
)
_CHANGES: Final = document({text.name: text.schema for text in _TEXTS})

MINE_KINDS: Final = (
    Kind(
        name="mine.registered",
        title=N_("登记矿山"),
        object=_MINE,
        facts=(*_CODES, SOURCE),
        body=_TEXTS,
        opens=True,
        thread=Thread.ACT,
        tells_text=True,
        tells_mine=True,
        moves_mine=True,
        found=True,
    ),
    Kind(
        name="mine.changed",
        title=N_("更正矿山信息"),
        object=_MINE,
        facts=(
            Field("set", document({code.name: code.schema for code in _CODES}), "codes and dates as they are now"),
            Field("cleared", listing(pattern(r"^[a-z_]{3,20}$")), "codes and dates that are unknown now"),
        ),
        body=(
            Field(
                "changes", document({text.name: text.schema for text in _TEXTS}), "texts as they are now", needed=True
            ),
            Field("reason", TEXT, "why, in public", needed=True),
        ),
        thread=Thread.ACT,
        tells_text=True,
        tells_mine=True,
        moves_mine=True,
        corrects=True,
        found=True,
    ),
    Kind(
        name="directory.listed",
        title=N_("纳入"),
        object=_MINE,
        facts=(
            Field("library", choice(Library), "library it enters", needed=True),
            Field("notice", NOTICE, "notice that ended before", names="notice"),
            Field("batch", COUNT, "serial number of the batch"),
            SOURCE,
        ),
        body=(
            Field("decision_no", OPTIONAL, "number of the decision"),
            Field("organ", OPTIONAL, "organ that decided"),
            Field("batch_name", OPTIONAL, "batch or list as printed"),
        ),
        thread=Thread.ACT,
        tells_text=True,
        tells_mine=True,
        moves_mine=True,
        corrects=True,
        found=True,
    ),
)
