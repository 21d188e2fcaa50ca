"""A small durable form behind the guard, for the drills of the guard alone: a row and a receipt per form taken."""

import secrets
from datetime import datetime

from flask import Flask, request
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, FileSystemLoader
from tests.web.guarded_site import TEMPLATES, Letter

from greenmine.app import build_services
from greenmine.config import read_settings
from greenmine.domain.case import CaseKind
from greenmine.store.case import add_part, open_case
from greenmine.usecases.case_code import new_access, new_case_number, new_code
from greenmine.web.abuse import Guarded, check_form, form_marks
from greenmine.web.context import current_services
from greenmine.web.factory import create_flask
from greenmine.web.page import Page, render
from greenmine.web.routes import SITE
from greenmine.web.routing import GET_POST, Limit, Route


def letter() -> ResponseReturnValue:
    """Shown; or sealed into a case of its own, with the cost of a real one."""
    if request.method != "POST":
        marks = form_marks(Guarded.COMPLAINT)
        return render("guarded.html", Page(title="来信"), form=Letter(formdata=None), marks=marks)
    verdict = check_form(Guarded.COMPLAINT)
    if verdict.challenge is not None:
        return verdict.challenge
    return render("guarded.html", Page(title=f"回执{_kept(request.form['text'], at=current_services().clock())}"),
                  form=Letter(formdata=None), marks=form_marks(Guarded.COMPLAINT))  # fmt: skip


def _kept(text: str, *, at: datetime) -> str:
    services, case = current_services(), secrets.token_hex(16)
    access = new_access(new_case_number(CaseKind.COMPLAINT), new_code())
    with services.database.write() as tx:
        open_case(tx, case=case, kind="complaint", region="520524", at=at, master=services.master)
        add_part(tx, case=case, label="text", plain=text.encode(), at=at, master=services.master)
    return access.number


def _app() -> Flask:
    settings = read_settings()
    route = Route("/letter", "test.letter", letter, methods=GET_POST, personal=True, limit=Limit.GUARDED)
    made = create_flask(build_services(settings), settings, routes=(*SITE, route))
    made.jinja_loader = ChoiceLoader([FileSystemLoader(TEMPLATES), made.jinja_loader])  # type: ignore[list-item]
    return made


app = _app()
