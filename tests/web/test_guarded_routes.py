"""Every public form stands behind the guard: what bears no marks is asked a question first (ASVS 2.4.1)."""

from flask import Flask
from tests.web.guarded_site import hidden
from tests.web.register import Register
from tests.web.strict_client import StrictClient

from greenmine.web.routes import ROUTES
from greenmine.web.routing import Door, Limit, Route

OWN = {"case.story", "case.files"}
"""Behind number and code: without a visit there is nothing to send. tests of the case's page show their guard."""

UNGUARDED = {
    "complaint.clear", "objection.clear", "correction.clear",  # forget a draft
    "complaint.receipt", "objection.receipt", "correction.receipt",  # a code typed again, compared and not hashed
    "case.leave",  # end a visit
}  # fmt: skip
"""They store nothing that a stranger brings, and do nothing without a cookie of ours."""

POSTS = [
    route
    for route in ROUTES
    if "POST" in route.methods and route.access.door is Door.PUBLIC and route.limit is Limit.GUARDED
]


def address(route: Route, register: Register) -> str:
    about = f"?record=mine/{register.mines['zhijin']}" if route.endpoint.startswith("correction.") else ""
    return route.rule.replace("<step>", "story").replace("<number>", "2026-0001") + about


def test_every_public_form_that_stores_something_is_guarded(whole: tuple[Flask, Register]) -> None:
    client = StrictClient(whole[0])
    token = {"csrf_token": hidden(client.get("/complaints/new"))["csrf_token"]}
    asked = {}
    for route in POSTS:
        page = client.post(address(route, whole[1]), token, status=None)
        asked[route.endpoint] = 'name="challenge"' in page.text
    assert len(asked) >= 8
    assert {endpoint for endpoint, is_asked in asked.items() if not is_asked} <= UNGUARDED | OWN, asked


def test_forms_of_the_public_are_counted_by_the_guard_and_not_refused_by_a_rate() -> None:
    """A 429 without a question would keep a shared address out."""
    rated = {
        route.endpoint
        for route in ROUTES
        if "POST" in route.methods and route.limit is not Limit.GUARDED and not route.rule.startswith("/desk")
    }
    assert rated == set()
