"""Who brought a case: shown once, for a reason that is kept, and the journal says who looked (信访工作条例 18)."""

from collections.abc import Mapping
from typing import Final

from flask import make_response
from flask.typing import ResponseReturnValue

from greenmine.domain.case import IdentityReason
from greenmine.domain.errors import GreenmineError, NotFound, RuleBroken
from greenmine.domain.text import N_
from greenmine.usecases.case_desk import open_identity
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.case import IdentitySheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import render

from .case_desk import desk_of
from .case_view import case_page, read_own
from .refusal import shown, shown_refused

FORM: Final = "desk/case_identity.html"
PARTS: Final[Mapping[str, str]] = {
    "name": N_("姓名或单位名称"),
    "employer": N_("工作单位"),
    "phone": N_("电话"),
    "mail": N_("电子邮箱"),
    "address": N_("联系地址"),
    "postcode": N_("邮政编码"),
}
"""Labels in the order of the page; a part without one is shown under its own name."""


def identity_page(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>/identity``: the reason first; the answer to the form is the only page that shows it."""
    services, officer = current_services(), current_officer()
    view = read_own(number, officer=officer, services=services)
    if view.anonymous:
        raise RuleBroken("case.anonymous", N_("此件是匿名的，没有留下身份。"))
    form, page = IdentitySheet(), case_page(view, _("查看身份：%(number)s", number=view.task.number))
    if not form.validate_on_submit():
        return shown(FORM, page, form=form, case=view)
    try:
        with services.database.write() as tx:
            identity = open_identity(
                tx,
                number,
                reason=IdentityReason(form.reason.data),
                words=form.words.data,
                desk=desk_of(services, officer, seen=view.task.version),
            )
    except NotFound:
        raise
    except GreenmineError as error:
        return shown_refused(FORM, page, form=form, error=error, case=view)
    known = [(_(label), identity[name]) for name, label in PARTS.items() if identity.get(name)]
    others = [(name, text) for name, text in identity.items() if text and name not in PARTS]
    return make_response(render("desk/case_identity_shown.html", page, case=view, identity=[*known, *others]))
