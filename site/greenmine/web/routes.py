"""The list of routes: every address the site answers, like a table of contents.

One line per address: rule, endpoint, view, then who may come (``access``), how it is bound to regions,
whether it is personal, and which rate counts it. What an entry means stands in routing.py.
"""

from typing import Final

from .assets import favicon, static_file
from .preferences import set_preferences
from .public.credit import CREDIT_ROUTES
from .public.directory import DIRECTORY_ROUTES
from .public.document import DOCUMENT_ROUTES
from .public.notice import NOTICE_ROUTES
from .public.removal import REMOVAL_ROUTES
from .routing import Limit, Route

SITE: Final = (
    Route("/static/<path:name>", "static", static_file, limit=Limit.FREE),
    Route("/favicon.ico", "favicon", favicon, limit=Limit.FREE),
    Route("/preferences", "preferences", set_preferences, personal=True),
)

PUBLIC_PAGES: Final[tuple[Route, ...]] = (*DIRECTORY_ROUTES, *NOTICE_ROUTES, *REMOVAL_ROUTES, *CREDIT_ROUTES, *DOCUMENT_ROUTES)

DESK_PAGES: Final[tuple[Route, ...]] = ()

ROUTES: Final = SITE + PUBLIC_PAGES + DESK_PAGES
