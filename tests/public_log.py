"""A site with all kinds of documents in its log, behind a real socket: what mirrors and replays are tested on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from tests.desk import credit_act, credit_end
from tests.log_site import LogSite, log_site
from tests.served import served

from greenmine.cli.log import keep_log
from greenmine.cli.upkeep import sync_content
from greenmine.domain.act import Act
from greenmine.domain.act.document import files_of
from greenmine.domain.instant import legal_day
from greenmine.domain.seat import SYSTEM
from greenmine.store.apply import apply
from greenmine.store.log_key import log_keys
from greenmine.store.tables import act, document


@dataclass
class PublicLog:
    """The site, its address, its key, and the documents that law took away."""

    site: LogSite
    url: str
    key: str
    removed: dict[str, str]


@contextmanager
def public_log(folder: Path) -> Iterator[PublicLog]:
    """Mines, content files with pictures, rule books, a credit entry that ended; law took a file and an article."""
    with log_site(folder) as site:
        site.record(*range(1, 6))
        sync_content(site.services)
        removed = _take_away(site)
        keep_log(site.services)
        with site.services.database.read() as tx:
            key = log_keys(tx)[0].key.vkey
        with served(site.app) as url:
            yield PublicLog(site, url, key, removed)


def _take_away(site: LogSite) -> dict[str, str]:
    database, now = site.services.database, site.clock.now
    with database.write() as tx:
        apply(tx, credit_act(1, until=(legal_day(now) + timedelta(days=400)).isoformat()), at=now)
        named = tx.execute(select(act.c.body).where(act.c.kind == "credit.added")).scalar_one()
        apply(tx, credit_end(1, removes=named), at=now)
        other = tx.execute(
            select(document.c.sha256).where(document.c.media_type != "application/json").order_by(document.c.first_act)
        ).scalars()
        file = next(iter(other))
        apply(tx, removal(file, at=now), at=now)
        told = tx.execute(select(act.c.body, act.c.entry).where(act.c.kind == "content.published"))
        body, files = next(
            (row.body, found) for row in told if (found := set(files_of(json.loads(row.entry))) - {file})
        )
        apply(tx, removal(body, at=now), at=now)
    for gone in (file, *files):
        site.services.files.remove(gone)
    return {named: "credit_ended", **dict.fromkeys((file, body, *files), "personal")}


def removal(sha256: str, *, at: datetime) -> Act:
    """The act by which law takes a document away."""
    facts = {"document": sha256, "ground": "personal"}
    return Act(kind="document.removed", object=f"document/{sha256}", by=SYSTEM, valid_from=legal_day(at), facts=facts)
