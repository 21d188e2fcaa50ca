"""``greenmine cases``: counts of what waits for nobody; who opened which identity and why, and not a word more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from tests.complaints import CANARIES, journal, lodge, seat, task_of
from tests.desk import COUNTY_OFFICER, NEIGHBOUR
from tests.one_app import services_for

from greenmine.cli.root import greenmine
from greenmine.config import Settings
from greenmine.domain.case import IdentityReason
from greenmine.domain.errors import NotFound, Unready
from greenmine.domain.officer import Officer
from greenmine.services import Services
from greenmine.store.case_task import task_by_number
from greenmine.store.migrate import upgrade
from greenmine.store.site_fact import settle_fact
from greenmine.usecases.case_desk import open_identity
from greenmine.usecases.case_opening import READ
from greenmine.usecases.case_step import Desk
from greenmine.usecases.erasure import erase_case

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    built = services_for(settings, clock=lambda: NOW)
    yield built
    built.database.close()


def run(services: Services, *words: str) -> str:
    told = {"obj": lambda: services, "env": {"COLUMNS": "200"}}
    result = CliRunner().invoke(greenmine, ["cases", *words], catch_exceptions=False, **told)
    assert result.exit_code == 0, result.output
    return result.output


def prepared(services: Services, officer: Officer = COUNTY_OFFICER) -> None:
    upgrade(services.database)
    with services.database.write() as tx:
        settle_fact(tx, "mode", str(services.settings.mode))
    seat(services.database, officer)


def test_bodies_without_staff_are_listed_with_counts_only(services: Services) -> None:
    prepared(services, NEIGHBOUR)
    assert "没有无人办理的来件。" in run(services)
    number = lodge(services.database, at=NOW - timedelta(days=20), master=services.master).number
    printed = run(services)
    assert "贵州省毕节市织金县生态环境主管部门" in printed and "520524/ecology" in printed
    assert not [word for word in (*CANARIES, number) if word in printed]


def opened(services: Services, number: str, words: str) -> None:
    with services.database.write() as tx:
        seen = task_by_number(tx, number).version
        desk = Desk(COUNTY_OFFICER, services.reference, services.master, NOW, seen=seen)
        open_identity(tx, number, reason=IdentityReason.VERIFY, words=words, desk=desk)


def test_xinfang_18_reasons_for_opening_identities_are_listed_and_the_list_is_journalled(services: Services) -> None:
    prepared(services)
    assert "没有查看身份的记录。" in run(services, "openings")
    one, other = (lodge(services.database, at=NOW, master=services.master).number for _ in range(2))
    for number, words in ((one, "电话核实[b]时段"), (other, "另一件\n第二行"), (one, "再次核实")):
        opened(services, number, words)
    head = f"2026-11-20 10:00:00 {one} p{COUNTY_OFFICER.id} 核实情况需要"
    assert run(services, "openings", one).splitlines() == [head, "    电话核实[b]时段", head, "    再次核实"]
    everything = run(services, "openings")
    assert "    另一件\n    第二行\n" in everything and everything.count(head) == 2
    assert not [word for word in CANARIES if word in everything]
    lines = [(line.staff, line.case, line.detail) for line in journal(services.database) if line.event == READ]
    assert lines == [
        (None, None, "openings=0"),
        (None, task_of(services.database, one).case, "openings=2"),
        (None, None, "openings=3"),
    ]


def test_an_opening_outlives_its_case_without_its_words(services: Services) -> None:
    prepared(services)
    number = lodge(services.database, at=NOW, master=services.master).number
    opened(services, number, "电话核实时段")
    with services.database.write() as tx:
        erase_case(tx, number, ground="demand", at=NOW)
    assert run(services, "openings") == f"2026-11-20 10:00:00 （来件已删除） p{COUNTY_OFFICER.id} 核实情况需要\n"
    with pytest.raises(NotFound):
        run(services, "openings", number)


def test_the_command_waits_for_a_prepared_site(services: Services) -> None:
    with pytest.raises(Unready):
        run(services)
