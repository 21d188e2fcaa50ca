"""The application of a test: its pages are made once for a process, what it runs on is the test's own.

``app_for`` is ``greenmine.app.create_app`` and ``greenmine.web.factory.create_flask`` without making addresses,
templates and hooks again; ``services_for`` is ``build_services`` without reading the checkout's content again. Each
test has an application object of its own, with its own settings, services, officer and counts; only what ``bare_flask``
makes is shared, so a test that changes the environment of the templates or a hook makes all of its own (``shared``).
"""

import copy
import functools
from collections.abc import Iterable
from pathlib import Path

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader

from greenmine.app import build_services, system_clock
from greenmine.config import Settings
from greenmine.content.load import LoadedReference, load_reference
from greenmine.services import Clock, Services
from greenmine.web.context import OfficerFinder
from greenmine.web.desk.session import signed_in_officer
from greenmine.web.factory import bare_flask, furnish
from greenmine.web.routes import ROUTES
from greenmine.web.routing import Route

CONTENT = Path(__file__).resolve().parents[1] / "content"


def services_for(settings: Settings, *, clock: Clock = system_clock) -> Services:
    """The tools for these settings; the checkout's own content is read once for a process, another folder each time."""
    return build_services(settings, clock=clock, loaded=_own_content() if settings.content_dir == CONTENT else None)


def app_for(
    services: Services,
    settings: Settings | None = None,
    *,
    routes: Iterable[Route] = ROUTES,
    find_officer: OfficerFinder = signed_in_officer,
    templates: Path | None = None,
    shared: bool = True,
) -> Flask:
    """The application around these services.

    :param templates: a folder of templates of the tests' own, looked into first
    :param shared: whether the pages may be those of other tests too
    """
    app = copy.copy((_pages if shared else _made)(tuple(routes), templates))
    app.config, app.extensions = copy.copy(app.config), dict(app.extensions)
    furnish(app, services, settings or services.settings, find_officer=find_officer)
    return app


def _made(routes: tuple[Route, ...], templates: Path | None) -> Flask:
    app = bare_flask(routes)
    if templates is not None:
        loaders: list[BaseLoader] = [FileSystemLoader(templates)]
        app.jinja_loader = ChoiceLoader([*loaders, *([app.jinja_loader] if app.jinja_loader else [])])  # type: ignore[assignment]
    return app


_pages = functools.lru_cache(maxsize=8)(_made)


@functools.cache
def _own_content() -> LoadedReference:
    return load_reference(CONTENT)
