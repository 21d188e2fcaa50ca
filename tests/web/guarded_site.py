"""A site with one small public form behind web/abuse.py, on a real database: what the guard is tested on."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from tests.migrated import lay
from tests.one_app import app_for, services_for
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.config import Settings
from greenmine.domain.question import read_answer
from greenmine.services import Services
from greenmine.web.abuse import Guarded, check_form, form_marks
from greenmine.web.factory import nobody
from greenmine.web.forms.fields import line
from greenmine.web.forms.sheet import Sheet
from greenmine.web.page import Page, render
from greenmine.web.routes import SITE
from greenmine.web.routing import GET_POST, Limit, Route

GUARDED = "tests.guarded"
TEMPLATES = Path(__file__).parent / "templates"
TYPED = "矿车夜间扬尘\r\n第二行 <b>“引号”</b> & 'x'"


class Letter(Sheet):
    """One field."""

    text = line("内容", most=100_000)


@dataclass
class GuardedSite:
    """The site, its clock, and what was taken: (form, key, text)."""

    services: Services
    app: Flask
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    asked: bool = False

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def reader(self, address: str = "192.0.2.1") -> StrictClient:
        """A browser at an address."""
        client = StrictClient(self.app)
        client.browser.environ_base["REMOTE_ADDR"] = address
        return client

    def send(self, client: StrictClient, form: str = "complaint", *, after: float = 5, **data: str) -> Answer:
        """Open the form, take some seconds, send it."""
        opened = client.get(f"/form/{form}")
        self.later(seconds=after)
        return client.post(f"/form/{form}", {**hidden(opened), "text": TYPED, **data}, status=None)


def base_services(settings: Settings) -> Services:
    """The services with their database, to be shared by the sites of one module of tests."""
    lay(settings)
    services = services_for(settings)
    return services


def guarded_site(base: Services, **changes: Any) -> GuardedSite:
    """A site with budgets of its own; ``changes`` are settings by field."""
    holder: list[GuardedSite] = []
    chosen = replace(base.settings, **{"rate_pages": "100000 per minute", **changes})
    services = replace(base, settings=chosen, clock=lambda: holder[0].now)
    app = app_for(services, routes=(*SITE, LETTER), find_officer=nobody, templates=TEMPLATES)
    holder.append(GuardedSite(services, app))
    app.extensions[GUARDED] = holder[0]
    return holder[0]


def letter(form: str) -> ResponseReturnValue:
    """A form behind the budgets; what it takes is kept by the site that answers."""
    guarded, site = Guarded(form), current_app.extensions[GUARDED]
    if request.method == "POST":
        verdict = check_form(guarded, asked=site.asked)
        if verdict.challenge is not None:
            return verdict.challenge
        site.taken.append((form, verdict.key, request.form["text"]))
        return Response("taken", mimetype="text/plain")
    return render("guarded.html", Page(title="来信"), form=Letter(formdata=None), marks=form_marks(guarded))


LETTER = Route("/form/<form>", "test.letter", letter, methods=GET_POST, personal=True, limit=Limit.GUARDED)


def hidden(answer: Answer) -> dict[str, str]:
    """The hidden values of the page's form as a browser sends them back: with CR LF at the end of each line."""
    inputs = [node for node in next(answer.page.iter("main")).iter("input") if node.get("type") == "hidden"]
    return {node.get("name", ""): node.get("value", "").replace("\n", "\r\n") for node in inputs}


def question(answer: Answer) -> str:
    """The sentence that is asked."""
    labels = [words(node) for node in answer.page.iter("label") if node.get("for") == "answer"]
    return labels[0].removesuffix("（必填）").strip()


def solve(sentence: str) -> str:
    """The answer, as a person finds it."""
    numbers = [value for value in map(read_answer, _parts(sentence)) if value is not None]
    if "加" in sentence:
        return str(sum(numbers))
    if "减" in sentence:
        return str(numbers[0] - numbers[1])
    if "最" in sentence:
        return str(max(numbers) if "最大" in sentence else min(numbers))
    return str(numbers[0])


def _parts(sentence: str) -> list[str]:
    if "写成" in sentence:
        return [sentence.partition("“")[2].partition("”")[0]]
    for word in ("加", "减", "等于几？", "，哪个数最大？", "，哪个数最小？"):
        sentence = sentence.replace(word, "、")
    return sentence.split("、")


def trap_of(answer: Answer) -> Element:
    """The field that people leave empty."""
    return next(node for node in answer.page.iter("input") if node.get("name") == "website")
