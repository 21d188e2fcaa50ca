"""``/corrections/new?record=…``: an error reported in a public record; answered within 3 working days.

Source: rules.md "What a Chinese government site must carry"; 个人信息保护法 6, 17, 46.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import urlencode

from flask import Response, request
from flask.typing import ResponseReturnValue

from greenmine.domain.case import CaseKind
from greenmine.domain.error_report import RECORD_LABELS, answer_due, answering_body
from greenmine.domain.errors import NotFound, RuleBroken
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import public_address
from greenmine.domain.receipt import Receipt
from greenmine.domain.region import COUNTRY, Region
from greenmine.store.database import Tx
from greenmine.store.error_report import RecordRow, find_record
from greenmine.usecases.lodge import NewCase
from greenmine.usecases.report import lodge_report
from greenmine.web.abuse import Guarded
from greenmine.web.case_words import body_name, due_shown
from greenmine.web.context import current_services, current_settings
from greenmine.web.forms.correction import ReportSheet
from greenmine.web.forms.fields import formdata
from greenmine.web.forms.public_draft import HeldDraft
from greenmine.web.forms.sheet import Sheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.case_receipt import ReceiptPlace, done_page, receipt_file, receipt_page
from greenmine.web.public.single_flow import check_answer, form_again, form_answer
from greenmine.web.public.single_form import Single, form_values
from greenmine.web.public.single_send import Line, check_values
from greenmine.web.routing import GET_POST, Limit, Route

PATH: Final = "/corrections/new"
CHECK_PATH: Final = "/corrections/check"
RECEIPT_PATH: Final = "/corrections/receipt"


def form_page() -> ResponseReturnValue:
    """Which record, what is wrong, what would be right; what was typed is kept at every POST."""
    arrived = current_services().clock()
    return form_answer(_pages(), at=arrived)


def check_page() -> ResponseReturnValue:
    """Everything once more, who answers and by when; then it is sent."""
    arrived = current_services().clock()
    return check_answer(_pages(), at=arrived)


def shown_again(sentence: str) -> Response | None:
    """The form with what was typed and a sentence above it; None when there is no such form."""
    try:
        return form_again(_pages(), sentence, at=current_services().clock())
    except NotFound:
        return None


@dataclass(frozen=True)
class ReportPages:
    """The form about one record."""

    record: RecordRow

    @property
    def single(self) -> Single:
        """Which form it is."""
        return Single(
            kind=CaseKind.REPORT,
            guard=Guarded.REPORT,
            subject=self.record.name,
            title=_("报告错误"),
            path=_address(PATH, self.record.name),
            check_path=_address(CHECK_PATH, self.record.name),
            receipt_path=RECEIPT_PATH,
            crumbs=(Crumb(self.record.title, public_address(self.record.name)),),
        )

    def sheet(self, values: Mapping[str, str] | None) -> ReportSheet:
        """The sheet; who is asked to answer stands in it only for a record of the whole country."""
        data = formdata(values) if values is not None else None
        return ReportSheet(data, provinces=self._provinces(), sends_mail=current_settings().sends_mail)

    def is_whole(self, form: Sheet) -> bool:
        """Whether it can be sent."""
        return cast(ReportSheet, form).is_whole(self.record.name)

    def closed(self, *, at: datetime) -> RuleBroken | None:
        """An error may be reported at any time."""
        del at
        return None

    def form_html(self, form: Sheet, held: HeldDraft | None, closed: RuleBroken | None) -> str:
        """The privacy notice and the form."""
        del closed
        values = {**form_values(self.single, held), **self._about()}
        return render("correction/form.html", self._page(self.single.title), form=form, **values)

    def closed_html(self, closed: RuleBroken) -> str:
        """Never shown: see :meth:`closed`."""
        raise closed

    def check_html(self, form: Sheet, held: HeldDraft, closed: RuleBroken | None) -> str:
        """The answers once more, who answers them and by when."""
        del closed
        services, sheet = current_services(), cast(ReportSheet, form)
        regions, record = services.reference.regions, self.record
        province = sheet.report(record.name).province
        body = answering_body(record.kind, region=record.region, province=province, regions=regions)
        due = answer_due(services.reference, region=body.region, received=legal_day(services.clock()))
        return render(
            "correction/check.html",
            self._page(_("提交前请核对")),
            form=form,
            lines=_lines(sheet),
            receiver=body_name(body, regions),
            due=due_shown(due),
            **{**check_values(self.single, held), **self._about()},
        )

    def other_address(self, subject: str) -> str:
        """The form about another record."""
        return _address(PATH, subject)

    def lodge(self, tx: Tx, new: NewCase, form: Sheet, *, at: datetime) -> Receipt:
        """Lodge the report."""
        services, report = current_services(), cast(ReportSheet, form).report(self.record.name)
        return lodge_report(tx, report, new=new, reference=services.reference, at=at, master=services.master)

    def _page(self, title: str) -> Page:
        return Page(title=title, noindex=True, crumbs=self.single.crumbs)

    def _about(self) -> dict[str, Any]:
        kind = _(RECORD_LABELS[self.record.kind])
        return {"record": self.record, "kind": kind, "page_href": public_address(self.record.name)}

    def _provinces(self) -> tuple[Region, ...]:
        if self.record.region != COUNTRY:
            return ()
        return current_services().reference.regions.children(COUNTRY)


def _pages() -> ReportPages:
    """The record the address names. Raises NotFound."""
    with current_services().database.read() as tx:
        return ReportPages(find_record(tx, request.args.get("record", "")[:120]))


def _lines(form: ReportSheet) -> tuple[Line, ...]:
    """The answers in the order of the form."""
    lines = []
    for field in form:
        if field.name == "province":
            chosen = next(str(choice.label) for choice in field.choices if choice.value == field.data)
            lines.append(Line(str(field.label.text), chosen))
        elif field.name != "file":
            words = str(field.data or "").strip() or _("没有填写")
            lines.append(Line(str(field.label.text), words, is_long=field.name in ("wrong", "right")))
    return tuple(lines)


def _address(path: str, record: str) -> str:
    return f"{path}?{urlencode({'record': record}, safe='/')}"


def _place() -> ReceiptPlace:
    return ReceiptPlace(CaseKind.REPORT, RECEIPT_PATH, "/", ())


def correction_receipt() -> ResponseReturnValue:
    """``/corrections/receipt``."""
    return receipt_page(_place())


def correction_receipt_file() -> ResponseReturnValue:
    """``/corrections/receipt/file``."""
    return receipt_file(_place())


def correction_done() -> ResponseReturnValue:
    """``/corrections/receipt/done``."""
    return done_page(_place())


CORRECTION_ROUTES: Final = (
    Route(PATH, "correction.form", form_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(CHECK_PATH, "correction.check", check_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(RECEIPT_PATH, "correction.receipt", correction_receipt, methods=GET_POST, personal=True,
          limit=Limit.GUARDED),
    Route(f"{RECEIPT_PATH}/file", "correction.receipt_file", correction_receipt_file, personal=True),
    Route(f"{RECEIPT_PATH}/done", "correction.done", correction_done),
)  # fmt: skip
