"""The list of routes is whole, and each entry is enforced."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from tests.seats import DESK_ROLES, seat_in
from tests.web.shell_app import plain, shell_app, shell_settings
from tests.web.strict_client import StrictClient

from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role
from greenmine.web.factory import create_flask
from greenmine.web.routes import ROUTES
from greenmine.web.routing import (
    EVERY_ROLE,
    POST,
    PUBLIC,
    Access,
    Door,
    Route,
    desk,
    own_path,
    routes_of,
)


def the_site(folder: Path) -> Flask:
    """The site with its own list of routes; hanging them asks the services for nothing."""
    return create_flask(cast(Any, None), shell_settings(folder))


@pytest.mark.parametrize("make", [the_site, shell_app], ids=["site", "gallery"])
def test_every_address_has_an_entry(tmp_path: Path, make: Callable[[Path], Flask]) -> None:
    app = make(tmp_path)
    entries = routes_of(app)
    assert {(rule.endpoint, rule.rule) for rule in app.url_map.iter_rules()} == {
        (route.endpoint, route.rule) for route in entries.values()
    }
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) - {"HEAD", "OPTIONS"} == entries[rule.endpoint].methods


def test_the_list_is_sound() -> None:
    assert len({route.endpoint for route in ROUTES}) == len(ROUTES)
    assert all(route.rule.startswith("/desk") for route in ROUTES if route.access.door is Door.DESK)
    assert all(route.methods <= {"GET", "POST"} for route in ROUTES)


def test_two_routes_cannot_share_an_endpoint(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="share an endpoint"):
        shell_app(tmp_path, routes=[Route("/again", "static", plain)])


def test_a_desk_route_names_its_roles_and_a_public_one_none() -> None:
    with pytest.raises(ValueError, match="names its roles"):
        Access(Door.DESK)
    with pytest.raises(ValueError, match="names its roles"):
        Access(Door.PUBLIC, frozenset({Role.EDITOR}))
    assert PUBLIC.roles == frozenset() and EVERY_ROLE.roles == frozenset(DESK_ROLES)


def test_the_desk_is_always_personal() -> None:
    assert Route("/desk/x", "x", plain, access=desk(Role.CITY)).is_personal
    assert not Route("/x", "x", plain).is_personal


def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(tmp_path: Path) -> None:
    answer = StrictClient(shell_app(tmp_path)).get("/desk/thing?page=2", status=303)
    assert answer.location == "/desk/sign-in?back=/desk/thing%3Fpage%3D2"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", DESK_ROLES)
def test_a_role_passes_only_where_the_entry_names_it(tmp_path: Path, role: Role) -> None:
    def here() -> Officer:
        return Officer(1, seat_in(role, "520000"))

    only_province = Route("/desk/decide", "test.decide", plain, access=desk(Role.PROVINCE))
    client = StrictClient(shell_app(tmp_path, routes=[only_province], find_officer=here))
    assert client.get("/desk/thing").text == "ok"
    assert client.get("/desk/decide", status=200 if role is Role.PROVINCE else 403).status


def test_a_route_of_posts_alone_answers_no_get(tmp_path: Path) -> None:
    route = Route("/only-post", "test.post", plain, methods=POST)
    answer = StrictClient(shell_app(tmp_path, routes=[route])).get("/only-post", status=405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "foreign",
    [
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/mines\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/" + "a" * 2000,
        "///evil.example",
        "/mines\\..",
    ],
)
def test_a_way_back_never_leaves_the_site(foreign: str) -> None:
    assert own_path(foreign) == "/"


def test_an_own_way_back_is_kept() -> None:
    assert own_path("/mines?q=磷矿&page=2") == "/mines?q=磷矿&page=2"
