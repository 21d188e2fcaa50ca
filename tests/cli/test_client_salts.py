"""The worker's job: a salt does not outlive its legal day (trust.md 1, 4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from tests.one_app import services_for

from greenmine.cli.client_salts import keep_client_salts
from greenmine.cli.worker import JOBS
from greenmine.config import Settings
from greenmine.store.client_salt import salt_of
from greenmine.store.migrate import upgrade
from greenmine.store.tables_case import client_salt

BEFORE_MIDNIGHT = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)


def test_the_worker_forgets_a_salt_when_its_day_is_over_in_shanghai(settings: Settings) -> None:
    services = services_for(settings, clock=lambda: BEFORE_MIDNIGHT)
    upgrade(services.database)
    salt_of(services.database, day=BEFORE_MIDNIGHT.date())
    assert keep_client_salts(services) == 0
    assert keep_client_salts(replace(services, clock=lambda: BEFORE_MIDNIGHT + timedelta(minutes=1))) == 1
    with services.database.read() as tx:
        assert sorted(tx.execute(select(client_salt.c.day)).scalars()) == ["2026-11-22", "2026-11-23"]
    services.database.close()


def test_it_is_among_the_jobs_and_runs_every_few_minutes() -> None:
    job = next(job for job in JOBS if job.run is keep_client_salts)
    assert job.every <= timedelta(minutes=10)
