"""How a view gets its tools: the services, the settings and the officer who is signed in."""

from collections.abc import Callable
from typing import Final, cast

from flask import current_app, g

from greenmine.config import Settings
from greenmine.domain.errors import NotAllowed
from greenmine.domain.officer import Officer
from greenmine.domain.text import N_
from greenmine.services import Services

SERVICES: Final = "greenmine"
SETTINGS: Final = "greenmine.settings"
OFFICER: Final = "greenmine.officer"

OfficerFinder = Callable[[], Officer | None]


def current_services() -> Services:
    """The services this application was built with."""
    return cast(Services, current_app.extensions[SERVICES])


def current_settings() -> Settings:
    """The settings this application was built with."""
    return cast(Settings, current_app.extensions[SETTINGS])


def find_officer() -> Officer | None:
    """Who is signed in on this request, as this application finds out; None when nobody is."""
    return cast(OfficerFinder, current_app.extensions[OFFICER])()


def current_officer() -> Officer:
    """The officer signed in. On a desk route the gate has made sure that there is one.

    :raises NotAllowed: nobody is signed in (only when called from a public route)
    """
    officer = g.get("officer")
    if not isinstance(officer, Officer):
        raise NotAllowed("officer.signed_out", N_("请先登录工作台。"))
    return officer
