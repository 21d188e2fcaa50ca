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
from greenmine.web.context import OFFICER, SERVICES, SETTINGS, OfficerFinder
from greenmine.web.counts import init_counts
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
from greenmine.web.routing import Route, register
from greenmine.web.security import configure, init_security, make_limiter
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
    app = bare_flask(routes)
    furnish(app, services, settings, find_officer=find_officer)
    return app


def bare_flask(routes: Iterable[Route] = ROUTES) -> Flask:
    """All that is the same whatever the site runs on: addresses, templates, errors. :func:`furnish` makes it answer."""
    app = Flask("greenmine.web", static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    init_lost_forms(app)
    init_security(app, before_token=answer_signed_out)
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
    register(app, routes, limiter=make_limiter(app), sender=sender)
    return app


def furnish(app: Flask, services: Services, settings: Settings, *, find_officer: OfficerFinder = nobody) -> None:
    """Put what this site runs on where the pages look for it: tools, settings, who is signed in, counts."""
    app.extensions[SERVICES] = services
    app.extensions[SETTINGS] = settings
    app.extensions[OFFICER] = find_officer
    configure(app, settings)
    init_clients(app, services)
    init_budgets(app, init_counts(app, settings.rate_storage))
