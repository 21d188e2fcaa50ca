"""The list of routes: every address the site answers, like a table of contents.

One line per address: rule, endpoint, view, then who may come (``access``), how it is bound to regions,
whether it is personal, and which rate counts it. What an entry means stands in routing.py.
"""

from typing import Final

from greenmine.web.assets import favicon, static_file
from greenmine.web.desk.routes_record import DESK_ROUTES
from greenmine.web.desk.routes_sign_in import SIGN_IN_ROUTES
from greenmine.web.preferences import set_preferences
from greenmine.web.public.calendar import CALENDAR_ROUTES
from greenmine.web.public.clause import CLAUSE_ROUTES
from greenmine.web.public.complaint import COMPLAINT_ROUTES
from greenmine.web.public.correction import CORRECTION_ROUTES
from greenmine.web.public.credit import CREDIT_ROUTES
from greenmine.web.public.directory import DIRECTORY_ROUTES
from greenmine.web.public.document import DOCUMENT_ROUTES
from greenmine.web.public.feed import FEED_ROUTES
from greenmine.web.public.feed_search import FEED_SEARCH_ROUTES
from greenmine.web.public.home import HOME_ROUTES
from greenmine.web.public.log import LOG_ROUTES
from greenmine.web.public.log_entry import LOG_ENTRY_ROUTES
from greenmine.web.public.log_feed import LOG_FEED_ROUTES
from greenmine.web.public.log_files import LOG_FILE_ROUTES
from greenmine.web.public.mine import MINE_ROUTES
from greenmine.web.public.news import NEWS_ROUTES
from greenmine.web.public.notice import NOTICE_ROUTES
from greenmine.web.public.objection import OBJECTION_ROUTES
from greenmine.web.public.policy import POLICY_ROUTES
from greenmine.web.public.procedure import PROCEDURE_ROUTES
from greenmine.web.public.region import REGION_ROUTES
from greenmine.web.public.removal import REMOVAL_ROUTES
from greenmine.web.public.search import SEARCH_ROUTES
from greenmine.web.public.site_map import SITE_MAP_ROUTES
from greenmine.web.public.site_page import SITE_PAGE_ROUTES
from greenmine.web.public.status import STATUS_ROUTES
from greenmine.web.public.subscribe import SUBSCRIBE_ROUTES
from greenmine.web.public.verify import VERIFY_ROUTES
from greenmine.web.routing import Limit, Route

SITE: Final = (
    Route("/static/<path:name>", "static", static_file, limit=Limit.FREE),
    Route("/favicon.ico", "favicon", favicon, limit=Limit.FREE),
    Route("/preferences", "preferences", set_preferences, personal=True),
)

PUBLIC_PAGES: Final[tuple[Route, ...]] = (
    *HOME_ROUTES,
    *DIRECTORY_ROUTES,
    *MINE_ROUTES,
    *REGION_ROUTES,
    *NOTICE_ROUTES,
    *REMOVAL_ROUTES,
    *CREDIT_ROUTES,
    *DOCUMENT_ROUTES,
    *SEARCH_ROUTES,
    *STATUS_ROUTES,
    *SITE_PAGE_ROUTES,
    *SITE_MAP_ROUTES,
    *PROCEDURE_ROUTES,
    *POLICY_ROUTES,
    *NEWS_ROUTES,
    *CLAUSE_ROUTES,
    *FEED_ROUTES,
    *FEED_SEARCH_ROUTES,
    *COMPLAINT_ROUTES,
    *OBJECTION_ROUTES,
    *CORRECTION_ROUTES,
    *SUBSCRIBE_ROUTES,
    *CALENDAR_ROUTES,
    *LOG_ROUTES,
    *LOG_ENTRY_ROUTES,
    *LOG_FEED_ROUTES,
    *LOG_FILE_ROUTES,
    *VERIFY_ROUTES,
)

DESK_PAGES: Final[tuple[Route, ...]] = (*SIGN_IN_ROUTES, *DESK_ROUTES)

ROUTES: Final = SITE + PUBLIC_PAGES + DESK_PAGES
