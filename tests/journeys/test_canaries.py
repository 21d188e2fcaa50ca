"""No word of a complainant, an objector, a reporter or an officer's answer leaks anywhere (trust.md 1; issue 3).

Marked words are planted in every field of every workflow on a running site; then pages, feeds, searches, exports,
error pages, server logs, mails, the search index and the data folder are looked through by a finder that is itself
put to the test first.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import select
from tests.canaries import BIRDS, find, find_text
from tests.desk import Desk
from tests.desk_people import StaffDesk
from tests.drill.complaining import NEW
from tests.drill.complaint_kill import UNHURRIED, services_of
from tests.drill.flood import Site, running_site
from tests.drill.visitor import Seen
from tests.example_pages import example_addresses
from tests.first_start import first_start
from tests.journeys.canary_hunt import ASKED, crawl, leaks, leaks_of_files, leaks_of_rows, leaks_of_search
from tests.journeys.canary_story import (
    MAILS,
    MESSAGE,
    STAFF,
    STORY,
    Browser,
    Case,
    Officer,
    begin,
    broken,
    complain,
    object_to,
    report_error,
    sent,
    write_more,
)
from tests.mail_servers import Mailbox, good_server
from tests.web.strict_client import words

from greenmine.cli.root import greenmine
from greenmine.domain.department import Department
from greenmine.domain.instant import utc_text
from greenmine.domain.seat import Role
from greenmine.services import Services
from greenmine.store.case_attachment import attachments_of
from greenmine.store.tables import mine, notice
from greenmine.store.tables_case import case_task, outbox
from greenmine.web.desk.routes_case import CASE_ROUTES

pytestmark = pytest.mark.slow

COUNTY: Final = "520524"
CITY: Final = "520500"
NEIGHBOUR: Final = "520525"
LATER_MINE: Final = "演示夜半磨坊放炮复核矿"
"""Registered when everything was said: it stands in the index beside words of the complaint."""
TAILS: Final = (
    "夜半磨坊", "村东侧路口", "那天夜里", "翠鸟", "补充：水井也浑了", "现场.jpg", "异议人", "采场没有复绿", "纠错人",
    "矿种写错", "经办所写", "complainant", "139073", "522426199001", "picture.png", "pdf-content", "gps-area",
)  # fmt: skip
"""What stands beside the marks: asked for, it must show none of them."""
PAGES: Final = int(os.environ.get("CANARY_PAGES", "250"))
DESK_PAGES: Final = 25
ROOMY: Final = {
    **UNHURRIED,
    "GREENMINE_BUDGET_LOOKUPS": "1000000 per minute",
    "GREENMINE_RATE_DESK": "1000000 per minute",
    "GREENMINE_RATE_EXPORTS": "1000000 per minute",
    "GREENMINE_RATE_SIGN_IN": "1000000 per minute",
}


@dataclass
class Lived:
    """A site on which everything has been said, and who said it.

    :param about: addresses of the records of which it was said
    """

    folder: Path
    site: Site
    services: Services
    mailbox: Mailbox
    cases: list[Case] = field(default_factory=list)
    browsers: list[Browser] = field(default_factory=list)
    about: tuple[str, ...] = ()

    def browser(self) -> Browser:
        """Somebody at an address of their own."""
        self.browsers.append(Browser(self.site.port, f"127.0.0.{100 + len(self.browsers)}"))
        return self.browsers[-1]

    def officer(self, login: str, role: Role, region: str, *departments: Department) -> Officer:
        """Somebody entered, enrolled and signed in."""
        desk = StaffDesk(self.services.database, master=self.services.master, now=datetime.now(UTC))
        _number, link = desk.add(login, role=role, region=region, departments=departments)
        person = Officer(self.site.port, f"127.0.0.{100 + len(self.browsers)}")
        person.cookies["gm-desk"] = desk.enrol(link).session
        self.browsers.append(person)
        return person

    @property
    def log(self) -> str:
        """What web server and worker have said."""
        return self.site.log.read_text("utf-8", errors="replace")


@pytest.fixture(scope="module")
def lived(processes: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder, mailbox = first_start(tmp_path_factory, tmp_path_factory.mktemp("canaries") / "made").folder, Mailbox()
    (folder / "tmp").mkdir()
    with ExitStack() as stack:
        mail = stack.enter_context(good_server(mailbox))
        settings = {
            **ROOMY,
            "GREENMINE_SMTP_URL": f"smtp://127.0.0.1:{mail}?starttls=never",
            "GREENMINE_MAIL_FROM": "noreply@example.gov.cn",
            "TMPDIR": str(folder / "tmp"),
        }
        site = stack.enter_context(running_site(folder, **settings))
        services = services_of(folder, site.port)
        stack.callback(services.database.close)
        made = Lived(folder, site, services, mailbox)
        live(made)
        yield made


def live(lived: Lived) -> None:
    """Every workflow, with faults in the midst of it."""
    now, record, place = utc_text(datetime.now(UTC)), "", ""
    with lived.services.database.read() as tx:
        running = select(notice.c.id).where(
            notice.c.region == COUNTY, notice.c.ends_at > now, notice.c.state == "published"
        )
        place = tx.execute(running.limit(1)).scalar_one()
        record = tx.execute(select(mine.c.id).where(mine.c.region == COUNTY).limit(1)).scalar_one()
    county, city = lived.officer("gb-county", Role.COUNTY, COUNTY), lived.officer("gb-city", Role.CITY, CITY)
    person = lived.browser()
    named = _complained_with_faults(lived, person)
    anonymous = complain(lived.browser(), mine=record, is_named=False)
    objection, report = object_to(lived.browser(), place), report_error(lived.browser(), f"mine/{record}")
    lived.cases += [named, anonymous, objection, report]
    begin(lived.browser(), until="contact")  # and left lying
    lived.about = _addresses_about(place, record)
    _work(lived, county, city, person)
    _ask_around(lived.browser(), lived)
    Desk(lived.services.database, datetime.now(UTC)).register(LATER_MINE, officer=None)
    reader = lived.browser()
    _until(lambda: _finds_later_mine(reader), "the index has taken the last act", lived)
    _until(lambda: _unsent(lived) == 0, "all letters are sent", lived)


def _addresses_about(number: str, record: str) -> tuple[str, ...]:
    """Where a leak would be looked for first: notice, mine and county, in every form they are published in."""
    named = ("all", "notices", "mines", f"mines/{record}", f"regions/{COUNTY}", f"regions/{CITY}")
    feeds = [f"/feeds/{name}.{ending}" for name in named for ending in ("rss", "atom", "json")]
    files = [f"/mines/{record}.csv", f"/mines/{record}.json", f"/notices/{number}/list.csv", f"/calendar/{COUNTY}.ics"]
    pages = [f"/mines/{record}", f"/notices/{number}", f"/regions/{COUNTY}", f"/regions/{CITY}", "/notices", "/status"]
    return (*pages, *files, *feeds)


def _complained_with_faults(lived: Lived, person: Browser) -> Case:
    """A named complaint; the database fails where its words are kept and where it is lodged."""
    database = lived.folder / "data" / "greenmine.sqlite"
    with broken(database, "form_draft"):
        page = person.get(NEW)
        _fails(person.send(page, {}))
    page = begin(person)
    with broken(database, "complaint"):
        _fails(person.fill(page, {"declared": "y"}, having="declared"))
    with broken(database, "form_draft"):
        page = person.get(f"{NEW}/story")
        _fails(person.fill(page, {"text": STORY * 2}, having="text"))
    refused = person.attach(person.get(f"{NEW}/files"), f"{BIRDS}.docx", b"PK\x03\x04")
    assert refused.status == 400 and BIRDS in refused.text
    return sent(person, person.get(f"{NEW}/check"))


def _fails(seen: Seen) -> None:
    """The page of a fault, which says nothing of what was typed."""
    assert seen.status == 500 and find_text(seen.text) == []


def _work(lived: Lived, county: Officer, city: Officer, person: Browser) -> None:
    """Every step of the desk; the person writes more meanwhile."""
    named, anonymous, objection, report = lived.cases
    database = lived.folder / "data" / "greenmine.sqlite"
    county.take(named)
    county.work(named, "accept")
    county.work(named, "ask")
    with broken(database, "case_message"):
        page = county.get(f"/desk/cases/{named.number}/ask")
        told = {"text": f"{STAFF}：未成", "step": "send"}
        _fails(county.fill(page, told, having="seen_version"))
    write_more(person, named)
    with broken(database, "case_message"):
        page = person.get("/complaints/track/case")
        _fails(person.fill(page, {"text": MESSAGE}, having="text"))
    county.work(named, "hand-over", body_region=CITY, department="ecology", reason="higher_level")
    city.take(named)
    city.work(named, "extend")
    assert find_text(city.open_identity(named).text), "who may see it, sees it"
    city.work(named, "answer", outcome="confirmed")
    city.close(named)
    county.work(anonymous, "decline")
    county.take(objection)
    assert find_text(county.open_identity(objection).text)
    county.work(objection, "answer", outcome="not_upheld")
    county.close(objection)
    county.work(report, "answer", outcome="no_error")


def _ask_around(reader: Browser, lived: Lived) -> None:
    """Somebody types marked words wherever a stranger can; what is typed must not be kept."""
    for path in ASKED:
        reader.exchange("GET", f"{path}?q={quote(f'{BIRDS}夜半')}")
    for path in (
        f"/nowhere/{quote(BIRDS)}",
        f"/mines/{quote(BIRDS)}",
        f"/documents/{quote(BIRDS)}",
        f"/feeds/{quote(BIRDS)}.rss",
    ):
        assert reader.exchange("GET", path).status == 404
    page = reader.get("/complaints/track")
    assert reader.fill(page, {"number": BIRDS, "code": lived.cases[0].code}, having="number").status == 400
    assert reader.exchange("POST", "/complaints/track", f"text={BIRDS}".encode(), "text/plain").status == 400


def _finds_later_mine(reader: Browser) -> bool:
    return LATER_MINE in words(reader.get(f"/search?q={quote('夜半磨坊')}").document.find(".//main"))


def _unsent(lived: Lived) -> int:
    with lived.services.database.read() as tx:
        return len(tx.execute(select(outbox.c.id).where(outbox.c.sent_at.is_(None))).all())


def _until(holds: Callable[[], bool], what: str, lived: Lived) -> None:
    end = time.monotonic() + 240
    while not holds():
        assert time.monotonic() < end, f"{what}: {lived.log[-3000:]}"
        time.sleep(0.2)


def test_no_public_page_feed_export_or_error_page_shows_a_mark(lived: Lived) -> None:
    reader = Browser(lived.site.port, "127.0.0.30")
    examples = example_addresses(lived.services)
    with lived.services.database.read() as tx:
        bodies = {f"/regions/{code}" for code in tx.execute(select(case_task.c.body_region)).scalars()}
    also = (
        "/sitemap.xml",
        "/robots.txt",
        "/nowhere",
        "/mines?page=x",
        "/mines/GM-000000-0000",
        f"/search?q={quote('磨坊')}",
    )
    seen = crawl(reader, [*lived.about, *examples.values(), *sorted(bodies), *also], most=PAGES)
    kinds = {got.media_type for got in seen.values()}
    assert {*lived.about, *examples.values()} <= set(seen) and len(seen) >= PAGES
    assert "收到异议" not in seen[lived.about[1]].body.decode(), "counted from the next day on"
    assert {"text/html", "text/csv", "application/json", "application/rss+xml", "application/atom+xml",
            "application/feed+json", "text/calendar"} <= kinds, kinds  # fmt: skip
    assert any("spreadsheetml" in kind for kind in kinds) and {200, 404} <= {got.status for got in seen.values()}
    assert leaks(seen) == []


def test_words_beside_the_marks_find_no_case(lived: Lived) -> None:
    reader = Browser(lived.site.port, "127.0.0.31")
    assert _finds_later_mine(reader), "the search finds what may be found"
    assert leaks_of_search(reader, TAILS) == []


def test_no_server_log_holds_a_mark_though_faults_are_told(lived: Lived) -> None:
    log = lived.log
    assert log.count("planted fault") >= 5, "the faults in the midst of forms are in the log, with their traces"
    assert find_text(log) == []
    assert not [case.number for case in lived.cases if case.number in log or case.code in log]


@pytest.mark.parametrize("command", ["cases", "outbox"])
def test_the_operators_commands_print_no_mark(lived: Lived, command: str) -> None:
    done = CliRunner().invoke(greenmine, [command], obj=lambda: lived.services, catch_exceptions=False)
    assert done.exit_code == 0 and done.output and find_text(done.output) == []


def test_the_data_folder_and_the_index_hold_no_mark(lived: Lived) -> None:
    """Sealed: SQLite with its WAL, drafts left lying, attachments, documents, keys, index, files of a moment."""
    names = {path.name for path in lived.folder.rglob("*")}
    assert {"greenmine.sqlite", "greenmine.sqlite-wal", "sealed", "documents", "search_index"} <= names
    assert leaks_of_files(lived.folder) == []
    found, rows = leaks_of_rows(lived.folder / "data" / "greenmine.sqlite")
    assert found == [] and rows > 1000


def test_the_journal_names_steps_and_persons_but_no_word(lived: Lived) -> None:
    with lived.services.database.read() as tx:
        lines = repr(tx.exec_driver_sql("SELECT * FROM journal").all())
    assert "case.identity_opened" in lines and "case.handed_over" in lines and "case.answered" in lines
    assert find_text(lines) == []


def test_photographs_are_kept_without_what_hid_in_them(lived: Lived) -> None:
    """trust.md 8, 14.2.8: EXIF, XMP, comments and text chunks are gone from what the officer is shown."""
    kinds = []
    with lived.services.database.read() as tx:
        for case in tx.execute(select(case_task.c.case_file)).scalars():
            for file in attachments_of(tx, case, master=lived.services.master):
                content = lived.services.sealed_files.get(file.file, file.key)
                kinds.append(file.media_type)
                assert bool(find(content)) == (file.media_type == "application/pdf")
                if file.media_type != "application/pdf":
                    picture = Image.open(BytesIO(content))
                    assert not picture.getexif() and not {"exif", "xmp", "comment", "Author"} & set(picture.info)
    assert {"image/jpeg", "image/png", "application/pdf"} <= set(kinds) and len(kinds) >= 9


def test_addresses_and_cookies_hold_no_mark(lived: Lived) -> None:
    """ASVS 14.2.1: of all who wrote, objected, reported, worked; not of who typed marks into the searches."""
    people = [each for each in lived.browsers if not any(quote(BIRDS) in told for told in each.told)]
    told = "\n".join(line for each in people for line in each.told)
    assert len(people) >= 7 and "gm-" in told
    assert find_text(told) == []
    assert not [case.code for case in lived.cases if case.code.replace(" ", "") in told.replace(" ", "")]


def test_mails_go_to_the_persons_only_and_tell_nothing(lived: Lived) -> None:
    assert set(lived.mailbox.recipients) == set(MAILS), "nobody else, no enterprise"
    assert lived.mailbox.recipients.count(MAILS[0]) >= 4
    for letter, recipient in zip(lived.mailbox.letters, lived.mailbox.recipients, strict=True):
        assert letter["To"] == recipient
        del letter["To"]
        whole = letter.as_bytes() + str(letter["Subject"]).encode() + letter.get_content().encode()
        assert find(whole) == []
        assert not [case.number for case in lived.cases if case.number in letter.get_content()]


@pytest.mark.parametrize(
    ("role", "region", "departments"),
    [
        (Role.COUNTY, NEIGHBOUR, ()),
        (Role.COUNTY, COUNTY, (Department.HEALTH,)),
        (Role.PROVINCE, "520000", ()),
        (Role.EDITOR, "520000", ()),
        (Role.ADMINISTRATOR, "000000", ()),
    ],
)
def test_the_desk_of_another_body_shows_nothing(
    lived: Lived, role: Role, region: str, departments: tuple[Department, ...]
) -> None:
    """trust.md 1, 13: another county, another department, the province, an editor, the administrator."""
    officer = lived.officer(f"x-{role}-{region}".lower(), role, region, *departments)
    seen = crawl(officer, ["/desk"], most=DESK_PAGES, within="/desk")
    assert seen["/desk"].status == 200 and leaks(seen) == []
    for case in lived.cases:
        pages = [route.rule.replace("<number>", case.number).replace("<int:n>", "1") for route in CASE_ROUTES]
        got = {path: officer.exchange("GET", path) for path in pages if case.number in path}
        assert {each.status for each in got.values()} <= {403, 404, 405}, {path: g.status for path, g in got.items()}
        assert leaks(got) == []


def test_the_body_that_handed_a_case_over_sees_it_no_more(lived: Lived) -> None:
    county = next(each for each in lived.browsers if isinstance(each, Officer))
    assert county.exchange("GET", f"/desk/cases/{lived.cases[0].number}").status == 404
    listed = {path: county.exchange("GET", path) for path in ("/desk", "/desk/cases", "/desk/cases?standing=closed")}
    assert leaks(listed) == [], "the lists need no word of the person"
    own = county.exchange("GET", f"/desk/cases/{lived.cases[2].number}")
    assert own.status == 200 and find(own.body), "their own case is shown to them"
