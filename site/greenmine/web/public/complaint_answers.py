"""What a draft of the complaint form holds, which pages of it are answered, and the complaint it amounts to.

::

    draft.data = { form_key, begun, answers: { page: { field: text } } }     while it is filled in
    draft.data = { form_key, receipt, code }                                once it was sent (case_receipt.py)

Answers are kept as typed, faulty ones too; whether a page is answered is asked of its sheet each time.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from greenmine.config import Settings
from greenmine.domain.body import RiskClass
from greenmine.domain.complaint import About, Complainant, Complaint, ComplaintKind, Contact
from greenmine.domain.mail_address import require_mail_address
from greenmine.domain.region import COUNTRY, Regions
from greenmine.store.form_draft import Draft
from greenmine.web.forms.complaint import (
    NAMED,
    ContactSheet,
    CountySheet,
    FilesSheet,
    KindSheet,
    MineSheet,
    PlaceSheet,
    StorySheet,
    choices,
    cleaned,
)
from greenmine.web.forms.fields import formdata
from greenmine.web.forms.sheet import Sheet

FORM_KEY: Final = "form_key"
ANSWERS: Final = "answers"
BEGUN: Final = "begun"
RECEIPT: Final = "receipt"
BY_MINE: Final = "mine"
BY_PLACE: Final = "place"

Typed = Mapping[str, str]


class FormStep(StrEnum):
    """The pages, in order."""

    TARGET = "target"  # 投诉哪里
    KIND = "kind"  # 什么问题
    STORY = "story"  # 发生了什么
    FILES = "files"  # 照片和材料
    PLACE = "place"  # 地点和时间
    CONTACT = "contact"  # 身份和联系方式
    CHECK = "check"  # 核对


ORDER: Final = tuple(FormStep)


@dataclass(frozen=True)
class Answers:
    """The draft's answers, read-only."""

    pages: Mapping[str, Typed]

    def of(self, step: FormStep) -> Typed:
        """What was typed on a page; empty when it was never sent."""
        return self.pages.get(step, {})

    def has(self, step: FormStep) -> bool:
        """Whether the page was sent at all."""
        return step in self.pages

    @property
    def by_place(self) -> bool:
        """Whether a place is complained of, no mine."""
        return self.of(FormStep.TARGET).get("by") == BY_PLACE

    @property
    def mine(self) -> str:
        """Number of the mine, empty for a place."""
        return "" if self.by_place else self.of(FormStep.TARGET).get("mine", "")


def answers_of(draft: Draft) -> Answers:
    """The answers a draft holds."""
    return Answers(draft.data.get(ANSWERS, {}))


def digest(values: Mapping[str, Any]) -> str:
    """Tells whether answers are still those a page was made of."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]


def sheet_of(step: FormStep, values: Typed, answers: Answers, *, settings: Settings, blank: bool = False) -> Sheet:
    """The page's sheet filled with values.

    :param blank: the page was never sent: leave its own beginnings
    """
    data = None if blank else formdata(values)
    if step is FormStep.TARGET:
        return _target_sheet(values, data)
    if step is FormStep.PLACE:
        return PlaceSheet(formdata=data, has_mine=not answers.by_place)
    if step is FormStep.CONTACT:
        return ContactSheet(formdata=data, sends_mail=settings.sends_mail)
    plain = {FormStep.KIND: KindSheet, FormStep.STORY: StorySheet, FormStep.FILES: FilesSheet}
    return plain[step](formdata=data)


def _target_sheet(values: Typed, data: Any) -> Sheet:
    """With what is chosen as its only choice; the page adds those that can be chosen."""
    if values.get("by") == BY_PLACE:
        county = CountySheet(formdata=data)
        county.region.choices = choices([(values["region"], "")] if values.get("region") else [])
        county.province.choices = county.prefecture.choices = []
        return county
    sheet = MineSheet(formdata=data)
    sheet.mine.choices = choices([(values["mine"], "")] if values.get("mine") else [])
    return sheet


def typed_of(sheet: Sheet, sent: Mapping[str, str]) -> dict[str, str]:
    """The page's own fields as they were sent, cleaned; nothing else that was posted (ASVS 15.3.3)."""
    return {f.name: cleaned(sent.get(f.name, "")) for f in sheet if f.name in sent and f.name != "file"}


def is_answered(step: FormStep, answers: Answers, *, settings: Settings) -> bool:
    """Whether a page was sent and holds what it must."""
    if not answers.has(step):
        return False
    if step is FormStep.FILES:
        return True
    return bool(sheet_of(step, answers.of(step), answers, settings=settings).validate())


def first_open(answers: Answers, *, settings: Settings) -> FormStep:
    """The first page that is not answered; the last page when all are."""
    return next((step for step in ORDER[:-1] if not is_answered(step, answers, settings=settings)), FormStep.CHECK)


def next_step(step: FormStep, answers: Answers, *, settings: Settings, to_check: bool) -> FormStep:
    """Where a page that was answered leads: the next one, or back to the answers it was changed from."""
    first = first_open(answers, settings=settings)
    wanted = FormStep.CHECK if to_check else ORDER[ORDER.index(step) + 1]
    return min(wanted, first, key=ORDER.index)


def is_county(code: str, regions: Regions) -> bool:
    """Whether the region has no others below it: only there a body answers."""
    return code != COUNTRY and regions.find(code) is not None and not regions.children(code)


def complaint_of(answers: Answers, *, region: str, settings: Settings) -> Complaint:
    """The complaint, of answers that are all given.

    :param region: the county chosen, or the one the mine lies in
    """
    kind, place, who = answers.of(FormStep.KIND), answers.of(FormStep.PLACE), answers.of(FormStep.CONTACT)
    risk, _colon, about = kind["matter"].partition(":")
    return Complaint(
        region=region,
        mine=answers.mine or None,
        place=place.get("place", "").strip(),
        risk=RiskClass(risk),
        kind=ComplaintKind(about),
        about=About(kind["about"]),
        text=answers.of(FormStep.STORY)["text"],
        when=place.get("when", "").strip(),
        complainant=Complainant(who["complainant"]),
        contact=_contact(who, settings) if who.get("named") == NAMED else None,
    )


def _contact(who: Typed, settings: Settings) -> Contact:
    typed = who.get("mail", "").strip() if settings.sends_mail else ""
    return Contact(
        name=who.get("name", "").strip(),
        phone=who.get("phone", "").strip(),
        mail=require_mail_address(typed, field="mail") if typed else "",
        address=who.get("address", "").strip(),
    )
