"""Reported errors: which record, how answered, by which act it was mended. What was written is sealed in the case."""

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from greenmine.domain.error_report import RecordKind, ReportOutcome, split_record
from greenmine.domain.errors import NotFound
from greenmine.domain.region import COUNTRY
from greenmine.domain.text import N_
from greenmine.store.article import get_article
from greenmine.store.database import Tx
from greenmine.store.mine import get_mine
from greenmine.store.notice import get_notice
from greenmine.store.removal import get_removal
from greenmine.store.tables import credit_entry
from greenmine.store.tables_case import error_report


@dataclass(frozen=True)
class ReportRow:
    """A report's codes.

    :param record: object's name of the record
    :param act: number of the act that mended it
    """

    case: str
    record: str
    act: int | None = None
    outcome: ReportOutcome | None = None


@dataclass(frozen=True)
class RecordRow:
    """A public record as a report names it.

    :param region: code it bears; :param title: as its page is headed; a credit entry is named by its number alone,
        because its subject may vanish by law
    """

    name: str
    kind: RecordKind
    number: str
    region: str
    title: str


def add_report(tx: Tx, row: ReportRow) -> None:
    """Enter a report as received."""
    tx.execute(insert(error_report).values(case_file=row.case, object=row.record))


def get_report(tx: Tx, case: str) -> ReportRow:
    """The report. Raises NotFound."""
    row = tx.execute(select(error_report).where(error_report.c.case_file == case)).first()
    if row is None:
        raise NotFound("case.unknown", N_("没有这个案件。"))
    outcome = ReportOutcome(row.outcome) if row.outcome else None
    return ReportRow(case=row.case_file, record=row.object, act=row.act, outcome=outcome)


def mark_report(tx: Tx, case: str, *, outcome: ReportOutcome, act: int | None) -> None:
    """Answered; a later answer may change the outcome."""
    tx.execute(update(error_report).where(error_report.c.case_file == case).values(outcome=outcome, act=act))


def find_record(tx: Tx, name: str) -> RecordRow:
    """The public record with this name, a withdrawn one included. Raises NotFound."""
    kind, number = split_record(name)
    region, title = _region_and_title(tx, kind, number)
    return RecordRow(name=name, kind=kind, number=number, region=region, title=title)


def _region_and_title(tx: Tx, kind: RecordKind, number: str) -> tuple[str, str]:
    match kind:
        case RecordKind.MINE:
            mine = get_mine(tx, number)
            return mine.facts.region, mine.facts.name
        case RecordKind.NOTICE:
            notice = get_notice(tx, number)
            return notice.region, notice.title
        case RecordKind.REMOVAL:
            removal = get_removal(tx, number)
            return removal.region, removal.mine_name
        case RecordKind.CREDIT:
            return _credit_region(tx, number), number
        case RecordKind.NEWS | RecordKind.POLICY:
            article = get_article(tx, kind.rpartition("/")[2], number).article
            return article.region or COUNTRY, article.title


def _credit_region(tx: Tx, number: str) -> str:
    region = tx.execute(select(credit_entry.c.region).where(credit_entry.c.id == number)).scalar_one_or_none()
    if region is None:
        raise NotFound("credit.unknown", N_("没有编号为 %(number)s 的失信信息。"), number=number)
    return str(region)
