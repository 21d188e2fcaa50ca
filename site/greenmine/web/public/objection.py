"""``/notices/<number>/objection``: an objection to a running notice, by that notice's own rules, on one page.

The notice's page is cached and leads here by a link; nothing of these pages is kept by any cache.
Source: ZJ-11, ZJ-13; 个人信息保护法 6, 17; rules.md "Notices as they are really written".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from flask import Response
from flask.typing import ResponseReturnValue

from greenmine.domain.case import CaseKind
from greenmine.domain.errors import NotFound, RuleBroken
from greenmine.domain.notice_rule import OBJECTION_PART_LABELS, ObjectionForm, ObjectionPart
from greenmine.domain.noun import NOTICE
from greenmine.domain.receipt import Receipt
from greenmine.store.database import Tx
from greenmine.store.notice import NoticeRow, get_notice
from greenmine.usecases.lodge import NewCase
from greenmine.usecases.objection import lodge_objection, require_taken_here, terms_of_notice
from greenmine.web.abuse import Guarded
from greenmine.web.context import current_services, current_settings
from greenmine.web.forms.fields import formdata
from greenmine.web.forms.objection import UNIT, ObjectionSheet
from greenmine.web.forms.public_draft import HeldDraft
from greenmine.web.forms.sheet import Sheet, said
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.case_receipt import ReceiptPlace, done_page, receipt_file, receipt_page
from greenmine.web.public.notice_period import exact_moment
from greenmine.web.public.single_flow import check_answer, form_again, form_answer
from greenmine.web.public.single_form import Single, form_values
from greenmine.web.public.single_send import Line, check_values
from greenmine.web.routing import GET_POST, Limit, Route

SECTION: Final = NOTICE.list
RECEIPT_PATH: Final = "/objections/receipt"
_SHOWN: Final = ("name", "employer", "address", "postcode", "phone", "mail", "about", "text")


def form_page(number: str) -> ResponseReturnValue:
    """The rules, what becomes of what is written, and the form; what was typed is kept at every POST."""
    arrived = current_services().clock()
    return form_answer(_pages(number), at=arrived)


def check_page(number: str) -> ResponseReturnValue:
    """Everything once more, who answers, what must follow on paper; then it is sent."""
    arrived = current_services().clock()
    return check_answer(_pages(number), at=arrived)


def shown_again(number: str, sentence: str) -> Response | None:
    """The form with what was typed and a sentence above it; None when there is no such form."""
    try:
        return form_again(_pages(number), sentence, at=current_services().clock())
    except NotFound:
        return None


@dataclass(frozen=True)
class ObjectionPages:
    """The form of one notice."""

    notice: NoticeRow

    @property
    def single(self) -> Single:
        """Which form it is."""
        path = f"{NOTICE.page(self.notice.id)}/objection"
        return Single(
            kind=CaseKind.OBJECTION,
            guard=Guarded.OBJECTION,
            subject=self.notice.id,
            title=_("提出异议"),
            path=path,
            check_path=f"{path}/check",
            receipt_path=RECEIPT_PATH,
            crumbs=(Crumb(_("公示公告"), SECTION), Crumb(self.notice.title, NOTICE.page(self.notice.id))),
        )

    def sheet(self, values: Mapping[str, str] | None) -> ObjectionSheet:
        """The sheet, with the fields this notice asks for."""
        data, terms = formdata(values) if values is not None else None, terms_of_notice(self.notice)
        return ObjectionSheet(data, terms=terms, sends_mail=current_settings().sends_mail)

    def is_whole(self, form: Sheet) -> bool:
        """Whether it holds what this notice asks for."""
        return cast(ObjectionSheet, form).is_whole(self.notice.id)

    def closed(self, *, at: datetime) -> RuleBroken | None:
        """Why this site takes no objection to the notice at this instant; None when it does."""
        try:
            require_taken_here(self.notice, at=at)
        except RuleBroken as closed:
            return closed
        return None

    def form_html(self, form: Sheet, held: HeldDraft | None, closed: RuleBroken | None) -> str:
        """The rules, the privacy notice and the form."""
        values = {**form_values(self.single, held), **self._about(closed)}
        return render("objection/form.html", self._page(self.single.title), form=form, **values)

    def closed_html(self, closed: RuleBroken) -> str:
        """Why there is no form, and where to turn."""
        return render("objection/closed.html", self._page(self.single.title), **self._about(closed))

    def check_html(self, form: Sheet, held: HeldDraft, closed: RuleBroken | None) -> str:
        """The answers once more."""
        sheet = cast(ObjectionSheet, form)
        paper = sheet.terms.paper(by_unit=sheet.who.data == UNIT)
        values = {**check_values(self.single, held), **self._about(closed)}
        return render(
            "objection/check.html",
            self._page(_("提交前请核对")),
            form=form,
            lines=_lines(sheet),
            paper=_words(paper),
            **values,
        )

    def other_address(self, subject: str) -> str:
        """The form of another notice."""
        return f"{NOTICE.page(subject)}/objection"

    def lodge(self, tx: Tx, new: NewCase, form: Sheet, *, at: datetime) -> Receipt:
        """Lodge the objection as of the instant at which it came."""
        objection = cast(ObjectionSheet, form).objection(self.notice.id)
        return lodge_objection(tx, objection, new=new, at=at, master=current_services().master)

    def _page(self, title: str) -> Page:
        return Page(title=title, section=SECTION, noindex=True, crumbs=self.single.crumbs)

    def _about(self, closed: RuleBroken | None) -> dict[str, Any]:
        """What every page of the form says of the notice and its rules."""
        terms = terms_of_notice(self.notice)
        return {
            "notice": self.notice,
            "until": exact_moment(self.notice.ends_at) if self.notice.ends_at else "",
            "person_parts": _words(terms.person_parts),
            "unit_parts": _words(terms.unit_parts),
            "person_paper": _words(terms.paper(by_unit=False)),
            "unit_paper": _words(terms.paper(by_unit=True)),
            "needs_name": terms.needs_name(by_unit=False),
            "as_written": ObjectionForm.ONLINE not in terms.forms,
            "closed": said(closed) if closed else "",
        }


def _pages(number: str) -> ObjectionPages:
    with current_services().database.read() as tx:
        return ObjectionPages(get_notice(tx, number))


def _words(parts: tuple[ObjectionPart, ...]) -> list[str]:
    return [_(OBJECTION_PART_LABELS[part]) for part in parts]


def _lines(form: ObjectionSheet) -> tuple[Line, ...]:
    """The answers in the order of the form."""
    lines = [Line(_("提出人"), _("单位") if form.who.data == UNIT else _("个人"))]
    for field in form:
        if field.name in _SHOWN:
            words = str(field.data or "").strip() or (_("匿名") if field.name == "name" else _("没有填写"))
            lines.append(Line(str(field.label.text), words, is_long=field.name == "text"))
    return tuple(lines)


def _place() -> ReceiptPlace:
    return ReceiptPlace(CaseKind.OBJECTION, RECEIPT_PATH, SECTION, (Crumb(_("公示公告"), SECTION),))


def objection_receipt() -> ResponseReturnValue:
    """``/objections/receipt``."""
    return receipt_page(_place())


def objection_receipt_file() -> ResponseReturnValue:
    """``/objections/receipt/file``."""
    return receipt_file(_place())


def objection_done() -> ResponseReturnValue:
    """``/objections/receipt/done``."""
    return done_page(_place())


_FORM: Final = f"{NOTICE.page('<number>')}/objection"
OBJECTION_ROUTES: Final = (
    Route(_FORM, "objection.form", form_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(f"{_FORM}/check", "objection.check", check_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(RECEIPT_PATH, "objection.receipt", objection_receipt, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(f"{RECEIPT_PATH}/file", "objection.receipt_file", objection_receipt_file, personal=True),
    Route(f"{RECEIPT_PATH}/done", "objection.done", objection_done),
)
