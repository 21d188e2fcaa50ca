"""One address for every kind of public page: a route without one fails the tests that visit them all."""

from typing import Final

from sqlalchemy import select

from greenmine.services import Services
from greenmine.store.tables import content_item, credit_entry, document, mine, notice, removal
from greenmine.web.routes import PUBLIC_PAGES

FILES: Final = frozenset(
    {
        "mine.csv", "mine.json", "mine.xlsx", "notice.csv", "notice.items_csv", "removal.csv", "credit.csv",
        "document.bytes",
        "sitemap.xml", "robots", "feed.named", "feed.archive", "feed.region", "feed.mine", "feed.directory",
        "feed.search", "feed.opml",
        "log.checkpoint", "log.tile", "log.policy", "log.entry_file", "log.proof", "log.consistency", "log.script",
        "log.feed", "log.schema", "calendar.all", "calendar.region", "complaint.receipt_file",
        "objection.receipt_file", "correction.receipt_file",
    }
)  # fmt: skip
"""Public routes that answer with a file; all others are pages."""

OPENED: Final = tuple(route for route in PUBLIC_PAGES if "GET" in route.methods)
"""Public routes that can be opened at all; the others only take a form."""

PERSONAL: Final = frozenset(route.endpoint for route in OPENED if route.personal)
"""Pages with what belongs to one person: no two people see the same."""

PAGES: Final = tuple(route.endpoint for route in OPENED if route.endpoint not in FILES)
"""Endpoints of every kind of public page."""

_EXAMPLES: Final = {
    "mine.page": (select(mine.c.id).where(mine.c.status == "removed"), "/mines/{}"),
    "region.page": (None, "/regions/520000"),
    "procedure.page": (None, "/procedures/330000"),
    "notice.page": (select(notice.c.id).where(notice.c.state == "closed", notice.c.enters.is_not(None)), "/notices/{}"),
    "notice.items_csv": (select(notice.c.id).where(notice.c.enters.is_not(None)), "/notices/{}/list.csv"),
    "removal.page": (select(removal.c.id).where(removal.c.state == "removed"), "/removals/{}"),
    "credit.page": (select(credit_entry.c.id).where(credit_entry.c.name.is_not(None)), "/blacklist/{}"),
    "news.page": (
        select(content_item.c.slug).where(content_item.c.section == "news", content_item.c.media != "[]"),
        "/news/{}",
    ),
    "policy.page": (select(content_item.c.slug).where(content_item.c.section == "policies"), "/policies/{}"),
    "feed.named": (None, "/feeds/all.atom"),
    "feed.archive": (None, "/feeds/mines/2026/1.atom"),
    "feed.region": (None, "/feeds/regions/520000.rss"),
    "feed.mine": (select(mine.c.id).where(mine.c.status == "removed"), "/feeds/mines/{}.json"),
    "feed.search": (None, "/feeds/search.rss?q=%E7%9F%BF"),
    "feed.directory": (None, "/feeds/directory.atom"),
    "calendar.region": (None, "/calendar/520000.ics"),
    "complaint.step": (None, "/complaints/new/story"),
    "objection.form": (select(notice.c.id).where(notice.c.state == "closed"), "/notices/{}/objection"),
    "objection.check": (select(notice.c.id).where(notice.c.state == "closed"), "/notices/{}/objection/check"),
    "correction.form": (select(mine.c.id), "/corrections/new?record=mine/{}"),
    "correction.check": (select(mine.c.id), "/corrections/check?record=mine/{}"),
    "log.entry": (None, "/log/entry/1"),
    "log.entry_file": (None, "/log/entry/0.json"),
    "log.proof": (None, "/log/proof/0.tlog-proof"),
    "log.schema": (None, "/log/schema/notice.published/1.json"),
    "log.tile": (None, "/log/tile/entries/000"),
    "log.consistency": (None, "/log/consistency/1.txt"),
    "log.feed": (None, "/log/checkpoints.atom"),
    "verify.entry": (None, "/verify/entry/1"),
    "document.bytes": (select(document.c.sha256).where(document.c.media_type == "text/csv"), "/documents/{}"),
}
"""Endpoint → (query that finds an object of the demonstration, pattern of its address)."""


def example_addresses(services: Services) -> dict[str, str]:
    """Endpoint → an address of that kind that holds something, for every public route."""
    addresses = {route.endpoint: route.rule for route in OPENED if "<" not in route.rule}
    with services.database.read() as tx:
        for endpoint, (query, pattern) in _EXAMPLES.items():
            found = "" if query is None else tx.execute(query.order_by(*query.selected_columns).limit(1)).scalar_one()
            addresses[endpoint] = pattern.format(found)
    missing = {route.endpoint for route in OPENED} - addresses.keys()
    assert not missing, f"routes without an example address: {sorted(missing)}"
    return addresses
