"""The doors of the desk on a real database, and people who walk through them as a browser does."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pyotp
from flask import Flask
from sqlalchemy import text
from tests.desk_people import StaffDesk
from tests.migrated import lay
from tests.one_app import app_for, services_for
from tests.reference_data import shipped_regions
from tests.seats import seat_in
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.config import Settings
from greenmine.domain.seat import Role
from greenmine.services import Services
from greenmine.usecases.staff import enter_staff
from greenmine.web.desk.routes_sign_in import SIGN_IN_ROUTES
from greenmine.web.desk.session import session_cookie
from greenmine.web.page import Page, render
from greenmine.web.routes import SITE
from greenmine.web.routing import EVERY_ROLE, Route

PASSWORD = "  bai li du juan 花开  "
REGIONS = shipped_regions()


def home() -> str:
    return render("error.html", Page(title="工作台"), what="", then=(), error_id="", status=200)


def deed(number: int) -> str:
    return home()


DOORS = (
    *(route for route in SITE if route.endpoint not in {each.endpoint for each in SIGN_IN_ROUTES}),
    *SIGN_IN_ROUTES,
    Route("/desk", "desk", home, access=EVERY_ROLE),
    Route("/desk/notices/<int:number>", "desk.notice", deed, access=EVERY_ROLE),
)


@dataclass
class Doors:
    """The desk's doors on a real database, with a clock that the test sets."""

    services: Services
    app: Flask
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 2, 0, tzinfo=UTC))

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def client(self) -> StrictClient:
        return StrictClient(self.app)

    def enter(self, login: str, role: Role = Role.COUNTY, region: str = "520524") -> tuple[int, str]:
        with self.services.database.write() as tx:
            return enter_staff(
                tx, login=login, name="张三", seats=[seat_in(role, region)], regions=REGIONS, by=None, at=self.now
            )

    def count(self, query: str) -> int:
        with self.services.database.read() as tx:
            return int(tx.execute(text(query)).scalar_one())


def open_doors(settings: Settings) -> Doors:
    settings = replace(settings, rate_sign_in="10000 per minute", rate_forms="10000 per minute")
    holder: list[Doors] = []
    lay(settings)
    services = services_for(settings, clock=lambda: holder[0].now)
    holder.append(Doors(services, app_for(services, routes=DOORS)))
    return holder[0]


def press(
    client: StrictClient, path: str, data: dict[str, str], *, action: str = "", status: int | None = 303
) -> Answer:
    """Open the page, fill the POST form of its main part with this action and send it."""
    main = next(client.get(path).page.iter("main"))
    forms = [node.get("action", "") for node in main.iter("form") if node.get("method") == "post"]
    return client.submit(path, data, status=status, form=forms.index(action))


def hidden_secret(answer: Answer) -> str:
    """The authenticator's secret as the page tells it."""
    codes = [words(node) for node in answer.page.iter("code")]
    return codes[0].replace(" ", "")


def enrol(doors: Doors, client: StrictClient, link: str) -> tuple[str, list[str]]:
    """Walk through the four pages of a link; returns secret and recovery codes."""
    assert press(client, f"/desk/link/{link}", {}).location == "/desk/enrol/password"
    answer = press(client, "/desk/enrol/password", {"password": PASSWORD, "again": PASSWORD})
    assert answer.location == "/desk/enrol/totp"
    secret = hidden_secret(client.get("/desk/enrol/totp"))
    answer = press(client, "/desk/enrol/totp", {"code": pyotp.TOTP(secret).at(doors.now)})
    assert answer.location == "/desk/enrol/recovery-codes"
    shown = press(client, "/desk/enrol/recovery-codes", {}, status=200)
    return secret, [words(node) for node in shown.page.iter("code")]


@dataclass
class Member:
    """An enrolled person and the browser they enrolled in."""

    doors: Doors
    id: int
    login: str
    secret: str
    codes: list[str]
    client: StrictClient

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.doors.now)

    def sign_in(self, client: StrictClient, path: str = "/desk/sign-in") -> Answer:
        answer = press(client, path, {"login": self.login, "password": PASSWORD})
        return press(client, answer.location, {"code": self.code()})


def member(doors: Doors, login: str = "zhijin-01", role: Role = Role.COUNTY, region: str = "520524") -> Member:
    """Somebody who has walked through the link's pages, by the use cases behind them: :func:`enrol` opens the pages."""
    number, link = doors.enter(login, role, region)
    client = doors.client()
    desk = StaffDesk(doors.services.database, master=doors.services.master, now=doors.now)
    known = desk.enrol(link, PASSWORD)
    name = session_cookie(doors.services.settings)
    client.browser.set_cookie(name, known.session, domain=urlsplit(client.site_url).hostname or "")
    doors.later(minutes=2)
    return Member(doors, number, login, known.secret, list(known.recovery_codes), client)


def cookie(answer: Answer, name: str) -> str:
    found = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
    assert len(found) == 1, answer.headers
    return str(found[0])
