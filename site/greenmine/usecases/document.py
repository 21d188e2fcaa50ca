"""Taking a published document down by law: its words go everywhere, its hash, the ground and the act stay.

Source: 个人信息保护法 47; 政府信息公开条例 14、15; log-spec.md 6.
"""

from dataclasses import dataclass
from datetime import date, datetime

from greenmine.domain.act import Act
from greenmine.domain.document_removal import RemovalGround
from greenmine.domain.errors import RuleBroken
from greenmine.domain.instant import legal_day
from greenmine.domain.officer import Officer
from greenmine.domain.text import N_
from greenmine.store.act import acts_with_body, files_gone_with, get_document, latest_of, must_stay
from greenmine.store.database import Tx
from greenmine.usecases.record import author, record


@dataclass(frozen=True)
class Removed:
    """What must still be done after the commit: these files taken out of the file store.

    :param act: number of the act
    """

    act: int
    files: tuple[str, ...]


def remove_document(
    tx: Tx, sha256: str, *, ground: RemovalGround, at: datetime, officer: Officer | None = None
) -> Removed:
    """Record that the document is public no more. With the body of an act go the files that no other act needs.

    Raises NotFound, Gone when it was removed before, RuleBroken for words that still stand on a page of their own
    (the article is changed or withdrawn first), for a credit entry (it is ended) and for calendars, rule books with
    their files, and lists of matters.
    """
    get_document(tx, sha256, today=date.min)
    if must_stay(tx, sha256):
        raise RuleBroken(
            "document.needed", N_("工作日历、规则集和事项清单不含个人信息，办理和核验据以进行，不能停止公开。")
        )
    for act in acts_with_body(tx, sha256):
        latest = latest_of(tx, act.object)
        if act.kind.startswith("credit."):
            raise RuleBroken(
                "document.credit", N_("失信信息公示期满时自动终止，有关文件随之停止公开。提前终止尚不能办理。")
            )
        if act.kind.startswith("content.") and latest is not None and latest.n == act.n:
            raise RuleBroken(
                "document.current",
                N_("这是文章的现行文字：请先更正或撤下该文章（%(object)s），再停止公开旧文。"),
                object=act.object,
            )
    files = (sha256, *files_gone_with(tx, sha256))
    removal = Act(
        kind="document.removed",
        object=f"document/{sha256}",
        by=author(officer),
        valid_from=legal_day(at),
        facts={"document": sha256, "ground": str(ground)},
    )
    return Removed(record(tx, removal, at=at, officer=officer).n, files)
