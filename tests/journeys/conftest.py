"""Fixtures of the journeys."""

from tests.journeys.browser import browser

__all__ = ["browser"]
