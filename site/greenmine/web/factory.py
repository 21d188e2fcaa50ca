"""Builds the Flask application around services that others have built."""

from collections.abc import Iterable

from flask import Flask
from jinja2 import StrictUndefined

from greenmine.config import Settings
from greenmine.domain.officer import Officer
from greenmine.services import Services
from greenmine.web.assets import init_assets
from greenmine.web.budget import init_budgets
from greenmine.web.client import init_clients
from greenmine.web.context import SERVICES, SETTINGS
from greenmine.web.desk.drafting import init_drafts
from greenmine.web.desk.frame import init_desk
from greenmine.web.desk.lost_form import answer_signed_out, init_lost_forms, sender
from greenmine.web.errors import init_errors
from greenmine.web.file_names import init_file_names
from greenmine.web.formats import init_formats
from greenmine.web.forms.sheet import init_forms
from greenmine.web.i18n import init_i18n
from greenmine.web.public.form_again import init_large_forms
from greenmine.web.routes import ROUTES
from greenmine.web.routing import OfficerFinder, Route, register
from greenmine.web.security import configure, make_limiter
from greenmine.web.shell import init_shell


def nobody() -> Officer | None:
    """No officer is signed in."""
    return None


def create_flask(
    services: Services,
    settings: Settings,
    *,
    routes: Iterable[Route] = ROUTES,
    find_officer: OfficerFinder = nobody,
) -> Flask:
    """The application: pages, errors, headers, languages.

    :param find_officer: who is signed in on this request, or None
    """
    app = Flask("greenmine.web", static_folder=None)
    app.extensions[SERVICES] = services
    app.extensions[SETTINGS] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    init_lost_forms(app, find_officer=find_officer)
    configure(app, settings, before_token=answer_signed_out)
    for init in (
        init_i18n,
        init_formats,
        init_forms,
        init_assets,
        init_shell,
        init_desk,
        init_drafts,
        init_errors,
        init_large_forms,
        init_file_names,
    ):
        init(app)
    init_clients(app, services)
    limiter = make_limiter(app)
    init_budgets(app, limiter)
    register(app, routes, limiter=limiter, find_officer=find_officer, sender=sender)
    return app
