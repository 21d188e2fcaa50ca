"""Composition root: reads the settings, builds the services, hangs the doors. Nothing else knows them all."""

import sys
from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask

from greenmine.config import EXIT_CODE, Settings, SettingsError, ensure_secret_key, read_settings_or_exit
from greenmine.content.load import LoadedReference, load_reference
from greenmine.content.slots import Slots
from greenmine.domain.errors import BadInput, Conflict, Unready
from greenmine.projections.search import SearchIndex
from greenmine.services import Clock, Services
from greenmine.store.database import Database, open_database
from greenmine.store.files import FileStore
from greenmine.store.log_key import LogKeys
from greenmine.store.log_seal import LogSeal
from greenmine.store.migrate import require_readable
from greenmine.store.sealed import MasterKey, master_key
from greenmine.store.sealed_files import SealedFiles
from greenmine.store.site_fact import MASTER_KEY, is_settled
from greenmine.tlog.policy import Policy
from greenmine.usecases.log_policy import known_witnesses
from greenmine.web.desk.session import signed_in_officer
from greenmine.web.factory import create_flask
from greenmine.web.server_logs import init_server_logs


def system_clock() -> datetime:
    """Now, in UTC: the only place of the house that asks the machine for the time."""
    return datetime.now(UTC)


def build_services(
    settings: Settings, *, clock: Clock = system_clock, loaded: LoadedReference | None = None
) -> Services:
    """The tools for these settings; makes the folders and keys that are missing.

    :param loaded: what ``settings.content_dir`` holds, by whoever has read it already

    Raises SettingsError when there is no content where the settings say: a site without regions can decide nothing.
    """
    _require_content(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    loaded = loaded or load_reference(settings.content_dir)
    keys = LogKeys(settings.data_dir / "keys")
    database = replace(open_database(settings.database_url), seal=LogSeal(keys, settings.log_head).seal)
    return Services(
        settings=settings,
        database=database,
        search=SearchIndex(settings.search_index, database),
        files=FileStore(settings.data_dir / "documents"),
        sealed_files=SealedFiles(settings.data_dir / "sealed"),
        slots=Slots(settings.data_dir / "slots"),
        log_keys=keys,
        witnesses=_witnesses(settings),
        master=_master(settings, database),
        clock=clock,
        reference=loaded.reference,
        clauses=loaded.clauses,
        problems=loaded.problems,
    )


def _master(settings: Settings, database: Database) -> MasterKey:
    """The master key; made only for a database that has never known one."""
    path = settings.data_dir / "keys" / "case-master.key"
    if not path.exists():
        database.require_reachable()  # a database that cannot be asked might know one
    return master_key(path, may_make=path.exists() or not is_settled(database, MASTER_KEY))


def create_app(settings: Settings | None = None, *, services: Services | None = None) -> Flask:
    """The WSGI application for WSGI servers and tests; settings from the environment when none are given."""
    init_server_logs()
    settings = settings or (services.settings if services else read_settings_or_exit())
    try:
        tools = services or _served(settings)
        ensure_secret_key(settings)
        return create_flask(tools, settings, find_officer=signed_in_officer)
    except SettingsError as refused:
        sys.stderr.write(f"{refused}\n")
        raise SystemExit(EXIT_CODE) from refused


def _served(settings: Settings) -> Services:
    """The services of a server that others start (``gunicorn wsgi:app``): it prepares nothing, and serves no record in
    the format of before. A database that does not answer yet is waited for, request by request."""
    services = build_services(settings)
    try:
        services.database.require_reachable()
    except Unready:
        return services
    try:
        require_readable(services.database)
    except Conflict as older:
        raise SettingsError(str(older)) from older
    return services


def _witnesses(settings: Settings) -> Policy:
    try:
        return known_witnesses(settings)
    except BadInput as refused:
        raise SettingsError(str(refused)) from refused


def _require_content(settings: Settings) -> None:
    if not (settings.content_dir / "regions").is_dir():
        raise SettingsError(
            f"找不到内容文件夹 {settings.content_dir}：请在检出的文件夹中启动，或用 GREENMINE_CONTENT_DIR 指明。"
        )
