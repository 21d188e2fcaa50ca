"""What the worker clears away: drafts of forms that ran out, and files that no row names any more.

A file reaches the disk before the row that names it, so a kill in between leaves it nameless; a day's grace lies
between the two. Source: trust.md, attachment store (orphan sweeper); design.md "Private data" (72 hours).
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from greenmine.cli.upkeep import LEASE
from greenmine.domain.errors import Unready
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import public_hashes
from greenmine.store.case_attachment import files_in_use
from greenmine.store.draft import files_of_drafts
from greenmine.store.form_draft import expire, has_expired
from greenmine.store.lease import jumped_from
from greenmine.store.site_fact import get_fact, settle_fact

GRACE: Final = timedelta(days=1)
"""How long a file may stand without a row; forms take seconds."""

_OWNER_FACT: Final = "files.owner"
_OWNER_FILE: Final = ".owner"


@dataclass(frozen=True)
class Swept:
    """How much was cleared away."""

    drafts: int = 0
    sealed_files: int = 0
    documents: int = 0


def run_sweep(services: Services) -> Swept:
    """Forget drafts that ran out and remove nameless files older than a day.

    Nothing is done while the clock is in doubt: a leap ahead would make every draft and file old. Raises Unready
    when the folders belong to another database, whose files would all seem nameless.
    """
    now = services.clock()
    with services.database.read() as tx:
        if jumped_from(tx, LEASE) is not None:
            return Swept()
        over = has_expired(tx, at=now)
    drafts = 0
    if over:
        with services.database.write() as tx:
            drafts = expire(tx, at=now)
        services.database.checkpoint()
    _require_own_folders(services)
    before = now - GRACE
    with services.database.read() as tx:
        sealed, documents = files_in_use(tx), {*public_hashes(tx), *files_of_drafts(tx)}
    return Swept(
        drafts,
        len(services.sealed_files.sweep(sealed, before=before)),
        len(services.files.sweep(documents, before=before)),
    )


def _require_own_folders(services: Services) -> None:
    """Mark the folders of a real site with a name that its database knows. Demonstration data may be thrown away.

    Whoever starts with an empty database beside old files (a wrong address, a restore half done) loses nothing.
    """
    folders = [root for root in (services.sealed_files.root, services.files.root) if root.is_dir()]
    if services.settings.is_demo or not folders:
        return
    with services.database.read() as tx:
        owner = get_fact(tx, _OWNER_FACT)
    if owner is None:
        with services.database.write() as tx:
            owner = settle_fact(tx, _OWNER_FACT, secrets.token_hex(16))
    for folder in folders:
        if _owner_of(folder, new=owner) != owner:
            raise Unready(
                "files.foreign",
                N_("文件夹%(folder)s属于另一个数据库，未作清理。请核对数据库地址；确认无误后删除其中的%(mark)s。"),
                folder=folder,
                mark=_OWNER_FILE,
            )


def _owner_of(folder: Path, *, new: str) -> str:
    mark = folder / _OWNER_FILE
    if not mark.exists():
        mark.write_text(new, encoding="ascii")
    return mark.read_text(encoding="ascii", errors="replace")
