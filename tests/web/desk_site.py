"""The whole application with officers who are simply there: signing in is tested elsewhere (tests/web/test_sign_in).

``site.as_(officer)`` gives a strict browser of that person. Each has an account, so that the journal can name them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from tests.announced import announce_books
from tests.desk import (
    ADMINISTRATOR,
    BIJIE_GOVERNMENT,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    NEIGHBOUR,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
    ZHIJIN_DEPARTMENT,
    ZHIJIN_GOVERNMENT,
    facts,
)
from tests.migrated import lay_filled
from tests.one_app import app_for, services_for
from tests.reference_data import reference
from tests.seats import give_accounts
from tests.web.strict_client import Answer, StrictClient

from greenmine.config import Settings
from greenmine.domain.mine import Library
from greenmine.domain.officer import Officer
from greenmine.services import Services
from greenmine.store import tables
from greenmine.store.act import ActRow, acts_after, size
from greenmine.store.database import Database
from greenmine.store.journal import person_of_act
from greenmine.store.tables_private import desk_draft
from greenmine.usecases.mine import Listing, enlist_mine, register_mine

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Monday 2 March 2026, ten in the morning in Shanghai."""

PEOPLE = (
    COUNTY_OFFICER, NEIGHBOUR, CITY_OFFICER, PROVINCE_OFFICER, PROVINCE_COLLEAGUE, EDITOR, ADMINISTRATOR,
    ZHIJIN_DEPARTMENT, ZHIJIN_GOVERNMENT, BIJIE_GOVERNMENT,
)  # fmt: skip


@dataclass
class DeskSite:
    """The application, its clock, and who is at the desk."""

    app: Flask
    services: Services
    hand: "Hand"
    mines: Mapping[str, str] = field(default_factory=dict)

    def as_(self, officer: Officer | None) -> "Person":
        """A browser of this person; the others keep theirs."""
        return Person(self, officer)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.hand.now += timedelta(**span)

    def acts(self, *, since: int = 0) -> list[ActRow]:
        """Everything recorded since an act's number."""
        with self.services.database.read() as tx:
            return acts_after(tx, since, limit=10_000)

    def last_act(self) -> ActRow:
        return self.acts()[-1]

    def size(self) -> int:
        with self.services.database.read() as tx:
            return size(tx)

    def person_of(self, act: int) -> int | None:
        with self.services.database.read() as tx:
            return person_of_act(tx, act)

    def state(self) -> tuple[int, ...]:
        """How many rows stand in each table an officer can change, and what the drafts hold."""
        with self.services.database.read() as tx:
            counts = [tx.execute(select(func.count()).select_from(each)).scalar_one() for each in tables.PUBLIC_TABLES]
            drafts = tx.execute(select(desk_draft.c.id, desk_draft.c.version, desk_draft.c.state)).all()
        return (*counts, hash(tuple(map(tuple, drafts))))


@dataclass
class Hand:
    """The clock's hand, and who stands at the desk now."""

    now: datetime = START
    officer: Officer | None = None


class Person(StrictClient):
    """One person's browser."""

    def __init__(self, site: DeskSite, officer: Officer | None) -> None:
        super().__init__(site.app)
        self.site, self.officer = site, officer

    def get(self, path: str, *, status: int | None = 200, **more: Any) -> Answer:
        self.site.hand.officer = self.officer
        return super().get(path, status=status, **more)

    def post(self, path: str, data: Any = None, *, status: int | None = 303, **more: Any) -> Answer:
        self.site.hand.officer = self.officer
        return super().post(path, data, status=status, **more)

    def send(
        self, path: str, data: dict[str, Any] | None = None, *, status: int | None = 303, form: str = ""
    ) -> Answer:
        """Fill the POST form of a page that has the field ``form`` (the first, if none is named), as a person does:
        what the page shows in the fields is sent along unless ``data`` says otherwise."""
        shown = sent_by(self.get(path), having=form)
        action = shown.pop("", path)
        return self.post(str(action), {**shown, **(data or {})}, status=status)


def sent_by(page: Answer, *, having: str = "") -> dict[str, Any]:
    """What the browser would send of a page's form, unchanged; its address under the empty name."""
    main = next(page.page.iter("main"))
    forms = [node for node in main.iter("form") if node.get("method") == "post"]
    chosen = next(
        node for node in forms if not having or any(child.get("name") == having for child in node.iter())
    )  # fmt: skip
    values: dict[str, Any] = {"": chosen.get("action")} if chosen.get("action") else {}
    for node in chosen.iter():
        name, kind = node.get("name"), node.get("type", "text")
        if not name or (node.tag == "input" and kind in ("submit", "file")):
            continue
        if node.tag == "input" and kind in ("checkbox", "radio"):
            if node.get("checked") is not None:
                _add(values, name, node.get("value", "on"))
        elif node.tag == "input":
            values[name] = node.get("value", "")
        elif node.tag == "textarea":
            values[name] = "".join(node.itertext()).lstrip("\n")
        elif node.tag == "select":
            options = list(node.iter("option"))
            marked = [option for option in options if option.get("selected") is not None] or options[:1]
            values[name] = marked[0].get("value", "") if marked else ""
    return values


def desk_site(settings: Settings, **rates: str) -> DeskSite:
    """The application on a new database with the people and three mines of 织金县 and one of 纳雍县."""
    rates = {"rate_pages": "100000 per minute", "rate_desk": "100000 per minute", **rates}
    roomy = replace(settings, **rates)  # type: ignore[arg-type]
    hand = Hand()
    mines = lay_filled(roomy, _at_work)
    services = replace(services_for(roomy, clock=lambda: hand.now), reference=reference())
    app = app_for(services, find_officer=lambda: hand.officer)
    return DeskSite(app, services, hand, mines)


def _at_work(database: Database) -> dict[str, str]:
    with database.write() as tx:
        announce_books(tx, reference(), at=START)
    _seat(database)
    return _mines(database)


def _seat(database: Database) -> None:
    with database.write() as tx:
        give_accounts(tx, *PEOPLE)


def _mines(database: Database) -> dict[str, str]:
    made = {
        "qingshan": facts("演示织金县青山磷矿"),
        "baiyun": facts("演示织金县白云煤矿", mineral="煤"),
        "listed": facts("演示织金县大坪磷矿"),
        "nayong": facts("演示纳雍县红岩煤矿", region="520525", mineral="煤"),
    }
    with database.write() as tx:
        numbers = {
            name: register_mine(tx, each, reference=reference(), officer=None, at=START) for name, each in made.items()
        }
        for library, since in ((Library.PROVINCIAL, date(2025, 6, 3)),):
            listing = Listing(
                library, since, decision_no="演示〔2025〕1号", organ="演示自然资源厅", batch_name="2025年"
            )
            enlist_mine(tx, numbers["listed"], listing, officer=PROVINCE_OFFICER, at=START)
    return numbers


def _add(values: dict[str, Any], name: str, value: str) -> None:
    """Several ticked boxes of one name."""
    known = values.get(name)
    values[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
