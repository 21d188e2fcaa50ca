"""What operators are told in docs/operations.md: the site lives with rows alone, and no fault puts data into a log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from tests.desk import Desk, instant
from tests.postgres import PostgresServer

from greenmine.app import build_services
from greenmine.cli.prepare import prepare
from greenmine.cli.ready import require_ready
from greenmine.cli.staff import demo_link_lines
from greenmine.config import Settings
from greenmine.services import Services
from greenmine.store.database import Database
from greenmine.store.tables_private import site_fact
from greenmine.usecases.demo_sign_in import SEATS

NOW = instant(date(2026, 11, 20))
NAME = "张三的手机"
GRANTS = """
ALTER DEFAULT PRIVILEGES FOR ROLE greenmine_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO greenmine;
ALTER DEFAULT PRIVILEGES FOR ROLE greenmine_owner GRANT USAGE ON SEQUENCES TO greenmine;
"""


def test_the_text_of_a_database_fault_holds_no_values(database: Database) -> None:
    """trust.md 16.2.5: the trace of a failed job or page must not carry what somebody typed."""
    with pytest.raises(IntegrityError) as fault, database.write() as tx:
        for _ in range(2):
            tx.execute(insert(site_fact).values(name="x", value=NAME))
    assert NAME not in str(fault.value)


@pytest.fixture
def roles(postgres_server: PostgresServer, settings: Settings) -> Iterator[tuple[Services, Services]]:
    """Services of the owner and of the site's own role, granted as docs/operations.md says."""
    url = postgres_server.create_database()
    with psycopg.connect(postgres_server.admin, autocommit=True) as admin:
        for role in ("greenmine_owner", "greenmine"):
            admin.execute(f"DROP ROLE IF EXISTS {role}")
            admin.execute(f"CREATE ROLE {role} LOGIN")
        admin.execute(f'ALTER DATABASE "{url.rpartition("/")[2]}" OWNER TO greenmine_owner')
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as inside:
        inside.execute(GRANTS)
    made = [
        build_services(replace(settings, database_url=url.replace("postgres@", f"{role}@")), clock=lambda: NOW)
        for role in ("greenmine_owner", "greenmine")
    ]
    yield made[0], made[1]
    for services in made:
        services.database.close()
    postgres_server.drop_database(url)
    with psycopg.connect(postgres_server.admin, autocommit=True) as admin:
        for role in ("greenmine_owner", "greenmine"):
            admin.execute(f"DROP ROLE {role}")


@pytest.mark.postgres
def test_the_site_runs_with_a_role_that_owns_nothing(roles: tuple[Services, Services]) -> None:
    owner, site = roles
    prepare(owner, empty=True)
    require_ready(site)
    prepare(site, empty=True)
    number = Desk(site.database, now=NOW).register()
    assert number == "GM-520524-0001"
    assert len(demo_link_lines(site)) == len(SEATS)
    with pytest.raises(ProgrammingError, match="must be owner"), site.database.write() as tx:
        tx.execute(text("DROP TABLE act"))


def test_the_grants_are_those_of_the_document(checkout: Path) -> None:
    told = (checkout / "docs" / "operations.md").read_text("utf-8")
    assert GRANTS.strip() in told
