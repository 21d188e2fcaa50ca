"""Sites for the tests of pages: the register of tests/web/register.py, and the doors of the desk."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from tests.web.register import Register
from tests.web.register import site as register_site
from tests.web.sign_in_site import Doors, open_doors
from tests.web.strict_client import StrictClient

from greenmine.config import Settings


@pytest.fixture
def whole(settings: Settings) -> tuple[Flask, Register]:
    """The application with the register, and what is in it."""
    return register_site(settings)


@pytest.fixture
def client(whole: tuple[Flask, Register]) -> StrictClient:
    """A reader of that application."""
    return StrictClient(whole[0])


@pytest.fixture
def register(whole: tuple[Flask, Register]) -> Register:
    """What is in it."""
    return whole[1]


@pytest.fixture
def doors(settings: Settings) -> Iterator[Doors]:
    """The doors of the desk over an empty database."""
    made = open_doors(settings)
    yield made
    made.services.database.close()


@pytest.fixture
def secure_doors(settings: Settings) -> Iterator[Doors]:
    """The same behind HTTPS."""
    made = open_doors(replace(settings, site_url="https://green-mine.example"))
    yield made
    made.services.database.close()
