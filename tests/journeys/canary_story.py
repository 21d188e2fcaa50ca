"""Everything people and officers write in cases, over real HTTP, each word of it marked (trust.md 1)."""

import http.client
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Final

from tests.canaries import BIRDS, HERON, NUMBERS, marked_jpeg, marked_pdf, marked_png
from tests.drill.complaining import CASE, NEW, RECEIPT, follow
from tests.drill.visitor import FORM, Seen, Visitor
from tests.web.strict_client import words

PHONE, OBJECTOR_PHONE, REPORTER_PHONE, IDENTITY = NUMBERS
MAILS: Final = tuple(f"{HERON}-{who}@mail.invalid" for who in ("complainant", "objector", "reporter"))
STORY: Final = f"{BIRDS}夜半磨坊放炮，墙裂了。身份证{IDENTITY}，电话{PHONE}。{BIRDS}"
ANSWERS: Final = {
    "target": {"by": "place", "do": "continue", "region": "520524"},
    "kind": {"matter": "environment:dust", "about": "mine"},
    "story": {"text": STORY},
    "files": {"do": "continue"},
    "place": {"place": f"{BIRDS}村东侧路口", "when": f"{BIRDS}那天夜里"},
    "contact": {
        "complainant": "resident", "named": "named", "name": f"{BIRDS}翠鸟", "phone": PHONE, "mail": MAILS[0],
        "address": f"{BIRDS}巷1号",
    },
}  # fmt: skip
MESSAGE: Final = f"{BIRDS}补充：水井也浑了，{PHONE}。"
OBJECTION: Final = {
    "who": "person", "name": f"{BIRDS}异议人", "employer": f"{BIRDS}单位", "address": f"{BIRDS}异议巷",
    "postcode": "553100", "phone": OBJECTOR_PHONE, "mail": MAILS[1], "about": f"{BIRDS}第一项",
    "text": f"{BIRDS}采场没有复绿。",
}  # fmt: skip
REPORT: Final = {
    "wrong": f"{BIRDS}矿种写错。", "right": f"{BIRDS}应为磷矿。", "source": f"{BIRDS}许可证", "name": f"{BIRDS}纠错人",
    "phone": REPORTER_PHONE, "mail": MAILS[2],
}  # fmt: skip
STAFF: Final = f"{BIRDS}经办所写"
FILES: Final = {
    f"{BIRDS}现场.jpg": marked_jpeg,
    f"{HERON} picture.png": marked_png,
    f"{BIRDS}证明.pdf": marked_pdf,
}
"""Names of the files, and what is in them."""


@dataclass(frozen=True)
class Got:
    """An answer as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def media_type(self) -> str:
        found = {name.lower(): value for name, value in self.headers}
        return found.get("content-type", "").partition(";")[0]

    @property
    def header_bytes(self) -> bytes:
        return "\n".join(f"{name}: {value}" for name, value in self.headers).encode("utf-8", "surrogateescape")


@dataclass
class Browser(Visitor):
    """A visitor that sends files too and remembers where it was led and what it was given to keep."""

    told: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: str = "") -> Seen:
        return self._seen(path, self.exchange(method, path, body.encode(), FORM))

    def fill(self, page: Seen, values: Mapping[str, str], *, having: str) -> Seen:
        """Send the page's form that has this field."""
        target, hidden = form_having(page, having)
        return self.post(target, {**hidden, **values})

    def attach(self, page: Seen, name: str, content: bytes) -> Seen:
        """Send the page's form for a file with one file."""
        target, hidden = form_having(page, "file")
        parts = "".join(
            f'--limit\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in {**hidden, "do": "add"}.items()
        )
        head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = f"{parts}{head}".encode() + content + b"\r\n--limit--\r\n"
        got = self.exchange("POST", target, body, "multipart/form-data; boundary=limit")
        return self._followed(self._seen(target, got))

    def exchange(self, method: str, path: str, body: bytes = b"", media: str = "") -> Got:
        """One request as it stands."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Content-Type": media} if method == "POST" else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        with closing(connection):
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            got = Got(response.status, tuple(response.getheaders()), response.read())
        self._remember(path, got)
        return got

    def _remember(self, path: str, got: Got) -> None:
        """Cookies as the browser keeps them; addresses and cookies for the eyes of the test."""
        lines = [value for name, value in got.headers if name.lower() == "set-cookie"]
        self.told += [path, *lines, *(value for name, value in got.headers if name.lower() == "location")]
        self._keep(lines)
        self.told += [morsel.value for line in lines for morsel in SimpleCookie(line).values()]

    @staticmethod
    def _seen(path: str, got: Got) -> Seen:
        led = next((value for name, value in got.headers if name.lower() == "location"), path)
        return Seen(got.status, led, got.body.decode("utf-8", "replace"), 0.0)


@dataclass(frozen=True)
class Case:
    """A case as its person knows it."""

    number: str
    code: str


def complain(person: Browser, *, mine: str = "", is_named: bool = True) -> Case:
    """A complaint from the privacy notice to the code typed again, with a photograph, a picture and a paper."""
    page = begin(person, mine=mine, is_named=is_named)
    refused = person.attach(person.get(f"{NEW}/files"), f"{BIRDS}.docx", b"PK\x03\x04")
    assert refused.status == 400 and BIRDS in refused.text
    return sent(person, page)


def begin(person: Browser, *, mine: str = "", is_named: bool = True, until: str = "check") -> Seen:
    """Every page up to this one."""
    answers = dict(ANSWERS)
    if mine:
        answers["target"] = {"by": "mine", "do": "continue", "mine": mine}
    if not is_named:
        answers["contact"] = {"complainant": "resident", "named": "anonymous"}
    page = person.send(person.get(f"{NEW}?mine={mine}" if mine else NEW), {})
    for step, values in answers.items():
        if step == until:
            break
        assert page.path.endswith(f"/{step}"), f"{page.path} instead of {step}: {page.text[:1500]}"
        for name, make in FILES.items() if step == "files" else ():
            page = person.attach(page, name, make())
            assert name.rpartition(".")[0] in page.text, page.text[:3000]
        page = person.send(page, values, action=f"{NEW}/{step}")
    assert page.path.endswith(f"/{until}"), page.text[:1500]
    return page


def sent(person: Browser, page: Seen) -> Case:
    """The last page sent, the receipt read and taken along."""
    return received(person, person.fill(page, {"declared": "y"}, having="declared"), RECEIPT)


def received(person: Browser, page: Seen, path: str) -> Case:
    """Number and code of a receipt; its file is fetched and the code typed again."""
    assert page.path == path, f"{page.path} {page.status}: {words(page.document.find('.//main'))[:800]}"
    number, code = (words(node) for node in page.document.iter("b") if "number" in (node.get("class") or ""))
    assert BIRDS in json.dumps(json.loads(person.get(f"{path}/file").text), ensure_ascii=False)
    assert person.send(page, {"code": "1234 5678 9012 3456"}, action=path).status == 400
    assert person.send(page, {"code": code}, action=path).path == f"{path}/done"
    return Case("".join(number.split()), code)


def object_to(person: Browser, notice: str) -> Case:
    """An objection with a photograph."""
    path = f"/notices/{notice}/objection"
    faulty = person.fill(person.get(path), {**OBJECTION, "text": ""}, having="who")
    assert faulty.status == 400 and BIRDS in faulty.text, "what was typed stands there still"
    return _read_over(person, person.fill(faulty, OBJECTION, having="who"), "/objections/receipt")


def report_error(person: Browser, record: str) -> Case:
    """An error reported in a record, with a photograph."""
    page = person.get(f"/corrections/new?record={record}")
    return _read_over(person, person.fill(page, REPORT, having="wrong"), "/corrections/receipt")


def _read_over(person: Browser, page: Seen, receipt: str) -> Case:
    assert "/check" in page.path and BIRDS in page.text, f"{page.path}: {page.text[:1500]}"
    page = person.attach(page, f"{BIRDS}照片.jpg", marked_jpeg())
    assert f"{BIRDS}照片.jpg" in page.text, page.text[:3000]
    return received(person, person.fill(page, {}, having="form_key"), receipt)


def write_more(person: Browser, case: Case) -> None:
    """Look the case up, read it, write a message and send a file after it; leave the page open."""
    assert follow(person, case.number, "9999 9999 9999 9999").status == 400
    page = follow(person, case.number, case.code)
    assert page.path == CASE and BIRDS in page.text
    assert MESSAGE in person.fill(page, {"text": MESSAGE}, having="text").text
    page = person.attach(person.get(CASE), f"{BIRDS}补充.pdf", marked_pdf())
    assert f"{BIRDS}补充.pdf" in page.text


@dataclass
class Officer(Browser):
    """Somebody signed in at the desk."""

    def work(self, case: Case, step: str, **values: str) -> None:
        """A step with words of the officer's: looked at, then sent."""
        told = {"text": f"{STAFF}：{step}", **values}
        page = self.get(f"/desk/cases/{case.number}/{step}")
        shown = self.fill(page, {**told, "step": "preview"}, having="seen_version")
        assert shown.status == 200 and told["text"] in shown.text, f"{step}: {shown.status} {shown.text[:3000]}"
        self._done(step, self.fill(shown, {**told, "step": "send"}, having="seen_version"))

    def take(self, case: Case) -> None:
        self._done("take", self.fill(self.get(f"/desk/cases/{case.number}"), {}, having="seen_version"))

    def close(self, case: Case) -> None:
        page = self.get(f"/desk/cases/{case.number}/close")
        self._done("close", self.fill(page, {"step": "send"}, having="seen_version"))

    def open_identity(self, case: Case) -> Seen:
        """Who brought it, for a reason."""
        page = self.get(f"/desk/cases/{case.number}/identity")
        return self.fill(page, {"reason": "contact", "words": f"{STAFF}：查看理由"}, having="words")

    @staticmethod
    def _done(step: str, seen: Seen) -> None:
        assert f"done={step}" in seen.path, f"{step}: {seen.path} {seen.text[:3000]}"


def form_having(page: Seen, name: str) -> tuple[str, dict[str, str]]:
    """Where the POST form with this field is sent, and its hidden values."""
    main = next(page.document.iter("main"))
    forms = [node for node in main.iter("form") if node.get("method") == "post"]
    chosen = next((form for form in forms if any(node.get("name") == name for node in form.iter())), None)
    assert chosen is not None, f"{page.path} {page.status}: no form with {name}: {words(main)[:1500]}"
    hidden = [node for node in chosen.iter("input") if node.get("type") == "hidden"]
    return chosen.get("action") or page.path, {node.get("name", ""): node.get("value", "") for node in hidden}


@contextmanager
def broken(database: Path, *tables: str) -> Iterator[None]:
    """The database refuses to take rows into these tables: a fault in the midst of a form."""
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as connection:
        for table in tables:
            for deed in ("INSERT", "UPDATE"):
                connection.execute(
                    f"CREATE TRIGGER broken_{table}_{deed} BEFORE {deed} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'planted fault'); END"
                )
        try:
            yield
        finally:
            for table in tables:
                for deed in ("INSERT", "UPDATE"):
                    connection.execute(f"DROP TRIGGER broken_{table}_{deed}")
