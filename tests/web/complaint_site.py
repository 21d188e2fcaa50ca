"""The whole site with the register of tests/web/register.py, and people who complain in it, a browser each."""

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from PIL import Image
from sqlalchemy import func, select
from tests.one_app import app_for
from tests.web.complaint_walked import keys, take, walked
from tests.web.desk_site import sent_by
from tests.web.register import NOW, Register, services
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.config import Settings
from greenmine.services import Services
from greenmine.store.tables_case import case_task, complaint, form_draft, sent_form

NEW = "/complaints/new"
RECEIPT = "/complaints/receipt"
TRACK = "/complaints/track"
CASE = "/complaints/track/case"
STORY = "夜里两点放炮，窗户震裂，暗号白鹭"
PLACE = "暗号苍鹭村东侧路口"
WHEN = "暗号那天夜里"
NAMED = {"complainant": "resident", "named": "named", "name": "暗号翠鸟", "phone": "13900000000"}
ANONYMOUS = {"complainant": "resident", "named": "anonymous"}
CANARIES = ("白鹭", "苍鹭", "暗号那天", "翠鸟", "13900000000")


def photo(*, size: tuple[int, int] = (64, 48)) -> bytes:
    """A real JPEG."""
    made = io.BytesIO()
    Image.new("RGB", size, (40, 90, 60)).save(made, "JPEG")
    return made.getvalue()


@dataclass
class Hand:
    """Where the clock stands."""

    now: datetime = NOW


@dataclass
class ComplaintSite:
    """The application, its clock, and what stands in its database."""

    services: Services
    register: Register
    hand: Hand
    app: Any = field(repr=False)
    taken: bool = False
    """Whether somebody goes on here from where a walk ended."""

    def person(self, address: str = "192.0.2.1") -> "Person":
        """Somebody's browser."""
        return Person(self, address)

    def later(self, **span: float) -> None:
        self.hand.now += timedelta(**span)

    def count(self) -> dict[str, int]:
        """Rows of what sending makes."""
        with self.services.database.read() as tx:
            return {
                table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (complaint, case_task, sent_form, form_draft)
            }

    def sealed(self) -> int:
        """Sealed files on the disk."""
        return len(list(self.services.sealed_files.root.glob("??/*")))


class Person(StrictClient):
    """A browser that fills in forms as a person does; every page it meets is checked."""

    def __init__(self, site: ComplaintSite, address: str) -> None:
        super().__init__(site.app)
        self.site = site
        self.browser.environ_base["REMOTE_ADDR"] = address

    def fill(
        self, path: str, data: dict[str, Any] | None = None, *, status: int | None = 303, having: str = "", **more: Any
    ) -> Answer:
        """Open the page, fill in the form that has the field ``having`` (the first) and send it."""
        shown = sent_by(self.get(path), having=having)
        action = str(shown.pop("", path))
        return self.post(action, {**shown, **(data or {})}, status=status, **more)

    def begin(self, *, mine: str = "") -> Answer:
        return self.fill(f"{NEW}?mine={mine}" if mine else NEW, having="marks")

    def answer(self, step: str, data: dict[str, Any], *, status: int | None = 303, having: str = "seen") -> Answer:
        """Answer one page."""
        return self.fill(f"{NEW}/{step}", data, status=status, having=having)

    def to_check(
        self, contact: dict[str, str] | None = None, *, mine: str = "", place: str = PLACE, until: str = "check"
    ) -> None:
        """Every page up to the last, or to the one named: a mine when one is named, else 织金县."""
        self.begin(mine=mine)
        if mine:
            self.answer("target", {"do": "continue"}, having="mine")
        else:
            self.answer("target", {"do": "place"})
            self.answer("target", {"do": "find", "county": "织金县"})
            self.answer("target", {"do": "continue", "region": "520524"}, having="region")
        answers: dict[str, dict[str, Any]] = {
            "kind": {"matter": "safety:blasting", "about": "mine"},
            "story": {"text": STORY},
            "files": {"do": "continue"},
            "place": {"place": place, "when": WHEN},
            "contact": contact or ANONYMOUS,
        }
        for step, data in answers.items():
            if step == until:
                return
            self.answer(step, data)

    def send(self, *, status: int | None = 303) -> Answer:
        """The last page, sent after a while."""
        self.site.later(seconds=30)
        return self.fill(f"{NEW}/check", {"declared": "y"}, status=status, having="declared")

    def lodge(self, contact: dict[str, str] | None = None, *, mine: str = "") -> tuple[str, str]:
        """A complaint from first to last; number and code as the receipt shows them."""
        self.to_check(contact, mine=mine)
        assert self.send().location == RECEIPT
        return self.receipt()

    def at_check(self) -> None:
        """As ``to_check(mine=…)`` with the mine in 织金县, in a site that nobody has used yet (complaint_walked.py)."""
        take(self, walked(new_site, _to_check))

    def lodged(self) -> tuple[str, str]:
        """As ``lodge(mine=…)``, in the same way."""
        done = walked(new_site, _lodged)
        take(self, done)
        assert done.receipt is not None
        return done.receipt

    def receipt(self) -> tuple[str, str]:
        text = words(self.get(RECEIPT).page.find(".//main"))
        number = re.search(r"编号 ?([TYG] \d{4} \d{4} \d{3})", text)
        code = re.search(r"查询码 ?(\d{4} \d{4} \d{4} \d{4})", text)
        assert number and code, text
        return number[1], code[1]

    def follow(self, number: str, code: str, *, status: int | None = 303) -> Answer:
        """The page of number and code."""
        return self.fill(TRACK, {"number": number, "code": code}, status=status, having="number")

    def cookies(self) -> dict[str, Any]:
        return {cookie.key: cookie for cookie in (self.browser._cookies or {}).values()}


def main_words(answer: Answer) -> str:
    """The words of the main part."""
    return words(answer.page.find(".//main"))


@contextmanager
def complaint_site(settings: Settings, **changes: Any) -> Iterator[ComplaintSite]:
    """A fresh site; ``changes`` are settings by field."""
    made = new_site(settings, **changes)
    yield made
    made.services.database.close()


def new_site(settings: Settings, **changes: Any) -> ComplaintSite:
    """The same, to be closed by whoever asks."""
    hand = Hand()
    roomy = {
        "rate_pages": "100000 per minute",
        "budget_steps": "100000 per minute",
        "budget_sent": "100000 per minute",
        "budget_lookups": "100000 per minute",
    }
    chosen = replace(settings, **{**roomy, **changes})
    shutil.copytree(keys(), chosen.data_dir / "keys", dirs_exist_ok=True)
    made, register = services(chosen, clock=lambda: hand.now)
    return ComplaintSite(made, register, hand, app_for(made))


def _to_check(person: Person) -> None:
    person.to_check(mine=person.site.register.mines["zhijin"])


def _lodged(person: Person) -> tuple[str, str]:
    return person.lodge(mine=person.site.register.mines["zhijin"])
