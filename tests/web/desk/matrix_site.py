"""A desk with an object of every noun at every level, and somebody really signed in at every kind of seat."""

import io
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from tests.desk import BIJIE, CITY_OFFICER, COUNTY_OFFICER, FIVE_WORKDAYS, GUIZHOU, PROVINCE_OFFICER, ZHIJIN
from tests.desk import Desk as RecordDesk
from tests.hostile_files import PDF, jpeg
from tests.seats import DESK_ROLES, PLACES, give_accounts, seat_in, seated
from tests.web.desk.test_case import attached, lodge
from tests.web.desk.test_credit import ENTRY
from tests.web.desk.test_news import STORY
from tests.web.desk_site import DeskSite, Person

from greenmine.domain.body import Body
from greenmine.domain.department import Department
from greenmine.domain.mine import Level
from greenmine.domain.officer import SITS_AT, Officer
from greenmine.domain.region import RegionLevel
from greenmine.domain.seat import Role, Seat
from greenmine.domain.sign_in import Stage
from greenmine.store.case_task import move_task, task_by_number
from greenmine.store.draft import get_draft
from greenmine.store.staff import add_staff, get_staff
from greenmine.store.staff_session import open_session
from greenmine.web.desk.session import session_cookie, signed_in_officer
from greenmine.web.factory import create_flask

FOREIGN: Final = {
    RegionLevel.COUNTY: "330523",
    RegionLevel.PREFECTURE: "330500",
    RegionLevel.PROVINCE: "330000",
}
"""安吉县, 湖州市, 浙江省: the same levels in another province."""

EDITORS: Final = {code: seated(300 + n, Role.EDITOR, code) for n, code in enumerate((ZHIJIN, BIJIE, GUIZHOU))}
CREDITORS: Final = {BIJIE: CITY_OFFICER, GUIZHOU: PROVINCE_OFFICER}
NOTICES: Final = (
    (COUNTY_OFFICER, Level.COUNTY, "county_check"),
    (CITY_OFFICER, Level.CITY, "city_list"),
    (PROVINCE_OFFICER, Level.PROVINCIAL, "province_list"),
)


@dataclass(frozen=True)
class Thing:
    """Something an address of the desk opens.

    :param start: rules that begin so are about it
    :param values: what stands in the address and in the form
    """

    start: str
    region: str
    values: Mapping[str, str]
    level: Level | None = None
    body: Body | None = None


@dataclass
class SeatedClient:
    """A browser in which somebody is signed in, acting from one seat; what an answer puts into it is not kept."""

    officer: Officer
    held: int
    browser: FlaskClient
    cookies: str
    token: str

    def send(self, method: str, path: str, values: Mapping[str, str]) -> tuple[int, str]:
        """Status and text of the answer."""
        data = {"csrf_token": self.token, "seat": str(self.held), **values} if method == "POST" else None
        with self.browser.open(path, method=method, data=data, headers={"Cookie": self.cookies}) as answer:
            return answer.status_code, answer.get_data().decode("utf-8", "replace")


@dataclass
class MatrixSite:
    """The application with real sessions, its things, and who is signed in."""

    site: DeskSite
    app: Flask
    things: list[Thing] = field(default_factory=list)
    people: list[SeatedClient] = field(default_factory=list)
    kept: Path = Path()

    def keep(self) -> None:
        """Remember the database as it is now."""
        database = self.site.services.database
        database.checkpoint()
        self.kept = Path(f"{database.engine.url.database}.kept")
        shutil.copyfile(str(database.engine.url.database), self.kept)

    def restore(self) -> None:
        """The database as it was remembered: what a request did is undone."""
        database = self.site.services.database
        database.close()
        for ending in ("-wal", "-shm"):
            Path(f"{database.engine.url.database}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self.kept, str(database.engine.url.database))


def seats() -> Iterator[Seat]:
    """Every role with a desk, at each level at which it sits: where the things lie, and in another province."""
    for role in DESK_ROLES:
        for level in SITS_AT[role]:
            yield seat_in(role, PLACES[level])
            if level in FOREIGN:
                yield seat_in(role, FOREIGN[level])


def matrix_site(site: DeskSite) -> MatrixSite:
    """The site filled, and one browser a seat."""
    site.later(days=60)  # the rules on terms of credit entries are in force from 1 April 2026
    with site.services.database.write() as tx:
        give_accounts(tx, *EDITORS.values())
    things = [*_notices(site), *_mines(site), *_credits(site), *_news(site), *_cases(site), *_staff(site)]
    roomy = replace(site.services.settings, rate_exports="100000 per minute")
    made = MatrixSite(site, create_flask(site.services, roomy, find_officer=signed_in_officer), things)
    made.people = [_signed_in(made, seat) for seat in seats()]
    made.keep()
    return made


def _signed_in(made: MatrixSite, seat: Seat) -> SeatedClient:
    services = made.site.services
    with services.database.write() as tx:
        login = seat.signature.replace("@", "-").replace("/", ".").replace("_", "-")
        number = add_staff(tx, login=login, name="演示", seats=[seat], at=made.site.hand.now)
        held = get_staff(tx, number).seats[0]
        token = open_session(tx, number, stage=Stage.SIGNED_IN, at=made.site.hand.now, seat=held.id)
    browser, signed = made.app.test_client(use_cookies=False), f"{session_cookie(services.settings)}={token}"
    first = browser.get("/desk", headers={"Cookie": signed})
    given = [line.partition(";")[0] for line in first.headers.getlist("Set-Cookie")]
    cookies = "; ".join([signed, *given])
    return SeatedClient(Officer(number, seat), held.id, browser, cookies, _token(first.get_data(as_text=True)))


def _token(page: str) -> str:
    mark = 'name="csrf_token" value="'
    return page.partition(mark)[2].partition('"')[0]


def _number(address: str) -> str:
    return address.rpartition("/")[2]


def _draft_values(site: DeskSite, draft: str) -> dict[str, str]:
    with site.services.database.read() as tx:
        row = get_draft(tx, int(_number(draft)))
    files = row.data.get("files", ())
    return {"number": str(row.id), "version": str(row.version), **({"sha256": files[0]["sha256"]} if files else {})}


def _notices(site: DeskSite) -> Iterator[Thing]:
    record = RecordDesk(site.services.database, now=site.hand.now)
    for officer, level, kind in NOTICES:
        person, region = site.as_(officer), officer.seat.region
        draft = person.send("/desk/notices/new", {"kind": kind, "level": str(level), "preset": ""}).location
        _fill(person, draft)
        yield Thing(
            "/desk/notices/drafts/<", region, {**_draft_values(site, draft), "mine": site.mines["baiyun"]}, level=level
        )
        number = record.publish(
            officer=officer, level=level, kind=kind, region=region, enters=None, period=FIVE_WORKDAYS,
            first_day=site.hand.now.date(),
        )  # fmt: skip
        yield Thing("/desk/notices/<", region, {"number": number}, level=level)


def _fill(person: Person, draft: str) -> None:
    words = {"title": "演示公示", "issuer": "演示机关", "text": "现将名单予以公示。", "unit": "workday", "days": "5",
             "first_day_counted": "y", "first_day": "2026-05-06"}  # fmt: skip
    person.send(draft, words, form="title")
    person.send(f"{draft}/list", {"lines": "1｜演示织金县青山磷矿｜织金县", "step": "next"}, form="lines")
    person.send(f"{draft}/files", {"file": (io.BytesIO(PDF), "公示名单.pdf")}, form="file")


def _mines(site: DeskSite) -> Iterator[Thing]:
    yield Thing("/desk/mines/<", ZHIJIN, {"number": site.mines["qingshan"]})
    record = RecordDesk(site.services.database, now=site.hand.now)
    removal = record.propose(site.mines["listed"], officer=COUNTY_OFFICER)
    yield Thing("/desk/removals/<", ZHIJIN, {"number": removal})


def _credits(site: DeskSite) -> Iterator[Thing]:
    for region, officer in CREDITORS.items():
        person = site.as_(officer)
        draft = person.send("/desk/credits/new", {}).location
        person.send(draft, {**ENTRY, "step": "propose"}, form="conduct")
        yield Thing("/desk/credits/drafts/<", region, _draft_values(site, draft))


def _news(site: DeskSite) -> Iterator[Thing]:
    for region, editor in EDITORS.items():
        person = site.as_(editor)
        for is_published in (True, False):
            draft = person.send("/desk/news/new", {"type": "activity"}).location
            person.send(draft, STORY, form="markdown")
            picture = {"file": (io.BytesIO(jpeg()), "现场.jpg"), "alt": "复垦后的山坡"}
            person.send(f"{draft}/pictures", picture, form="file")
            if is_published:
                slug = _number(person.send(f"{draft}/preview", form="version").location)
                yield Thing("/desk/news/<slug>", region, {"slug": slug})
            else:
                yield Thing("/desk/news/drafts/<", region, _draft_values(site, draft))


def _cases(site: DeskSite) -> Iterator[Thing]:
    for region in (ZHIJIN, BIJIE, GUIZHOU):
        for department in (Department.ECOLOGY, Department.HEALTH):
            files: Any = [attached(site, jpeg(), "image/jpeg")]
            number = lodge(site, files=files)
            with site.services.database.write() as tx:
                move_task(tx, task_by_number(tx, number), body_region=region, department=department)
            yield Thing("/desk/cases/<", region, {"number": number, "n": "1"}, body=Body(region, department))


def _staff(site: DeskSite) -> Iterator[Thing]:
    for role, region in ((Role.COUNTY, ZHIJIN), (Role.CITY, BIJIE), (Role.PROVINCE, GUIZHOU)):
        two = [Seat(role, region), Seat(Role.DEPARTMENT, f"{region}/{Department.HEALTH}")]
        with site.services.database.write() as tx:
            number = add_staff(tx, login=f"managed-{role}", name="演示", seats=two, at=site.hand.now)
            seat = get_staff(tx, number).seats[0].id
        yield Thing("/desk/staff/<", region, {"number": str(number), "seat": str(seat)})
