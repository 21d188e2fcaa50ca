"""Kinds of acts by which calendars and rule books become known, so that later acts can name them."""

from typing import Final

from greenmine.domain import noun
from greenmine.domain.act.kind import Field, Kind
from greenmine.domain.act.terms import COUNT, DATE, PROVISION, REGION, SHA256, TEXT, listing
from greenmine.domain.noun import object_pattern
from greenmine.domain.text import N_

REFERENCE_KINDS: Final = (
    Kind(
        name="calendar.published",
        title=N_("公布工作日历"),
        object=object_pattern(noun.CALENDAR),
        facts=(
            Field("first", DATE, "first day it knows", needed=True),
            Field("last", DATE, "last day it knows", needed=True),
        ),
        body=(
            Field("holidays", listing(DATE), "days off", needed=True),
            Field("made_up", listing(DATE), "working days at weekends", needed=True),
        ),
        opens=True,
        stays=True,
    ),
    Kind(
        name="book.published",
        title=N_("公布规则集"),
        object=object_pattern(noun.BOOK),
        facts=(
            Field("region", REGION, "whose rules", needed=True),
            Field("from", DATE, "first legal day in force", needed=True),
            Field("until", DATE, "last legal day in force"),
            Field("digest", SHA256, "SHA-256 of the file, itself a published document", needed=True),
            Field("size", COUNT, "bytes of the file", needed=True),
        ),
        body=(
            Field("title", TEXT, "name of the book", needed=True),
            Field("provisions", listing(PROVISION), "what it holds, `<table>/<code>`, sorted", needed=True),
        ),
        opens=True,
        files=("digest",),
        stays=True,
    ),
)
