"""``greenmine cases``: counts of what waits for nobody, and not a word more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from tests.complaints import CANARIES, lodge

from greenmine.app import build_services
from greenmine.cli.cases import cases
from greenmine.config import Settings
from greenmine.domain.errors import Unready
from greenmine.services import Services
from greenmine.store.migrate import upgrade
from greenmine.store.site_fact import settle_fact

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    built = build_services(settings, clock=lambda: NOW)
    yield built
    built.database.close()


def run(services: Services) -> str:
    result = CliRunner().invoke(cases, (), obj=lambda: services, env={"COLUMNS": "200"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_bodies_without_staff_are_listed_with_counts_only(services: Services) -> None:
    upgrade(services.database)
    with services.database.write() as tx:
        settle_fact(tx, "mode", str(services.settings.mode))
    assert "没有无人办理的来件。" in run(services)
    number = lodge(services.database, at=NOW - timedelta(days=20), master=services.master).number
    printed = run(services)
    assert "贵州省毕节市织金县生态环境主管部门" in printed and "520524/ecology" in printed
    assert not [word for word in (*CANARIES, number) if word in printed]


def test_the_command_waits_for_a_prepared_site(services: Services) -> None:
    with pytest.raises(Unready):
        run(services)
