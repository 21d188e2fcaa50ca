"""Forms of removals: to propose one, to decide one."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from greenmine.web.i18n import gettext

from .fields import LONGEST_TEXT, Chosen, DayField, line, needed
from .sheet import Sheet

_LIMIT = Length(max=LONGEST_TEXT, message=_("不能超过%(max)d个字。"))


class RemovalProposalSheet(Sheet):
    """From which directory, on what ground, why."""

    level = SelectField(_("移出哪一级名录"), validators=[needed(_("请选择名录级别")), Chosen()], validate_choice=False)
    ground = SelectField(
        _("移出情形"),
        description=_("按现行规则列出；括号内是性质。中性移出不对矿山作不利评价，也不得列入失信信息。"),
        validators=[needed(_("请选择移出情形")), Chosen()],
        validate_choice=False,
    )
    reason = TextAreaField(
        _("事实和理由"),
        description=_("将公开。写明何时、由谁、怎样查实；不写举报人和个人信息。"),
        validators=[needed(_("请写明移出的事实和理由")), _LIMIT],
    )
    basis = line(_("依据"), hint=_("文件名称和条款；不填则写情形名称。"), most=LONGEST_TEXT)


class RemovalDecisionSheet(Sheet):
    """What is decided, by whom, since when."""

    outcome = RadioField(_("决定"), validators=[needed(_("请选择决定")), Chosen()], validate_choice=False)
    organ = line(_("决定机关"), needed(_("请填写决定机关")))
    decision_no = line(_("决定文号"))
    basis = line(_("决定依据"), needed(_("请写明决定依据")), most=LONGEST_TEXT)
    reason = TextAreaField(_("决定理由"), description=_("将公开。"), validators=[needed(_("请写明决定理由")), _LIMIT])
    since = DayField(
        _("决定日期"), description=_("不早于提出日期，不晚于今天。"), validators=[needed(_("请填写决定日期"))]
    )
    rectify_until = DayField(
        _("整改期限"), description=_("允许整改后重新评估的，填写截止日期；没有可不填。"), validators=[Optional()]
    )
    notice = line(_("移出公告编号"), hint=_("已在本站发布移出公告的，填写编号，如“2026-0012”。"))

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.outcome.choices = [
            SelectChoice("removed", gettext("移出名录")),
            SelectChoice("refused", gettext("不予移出")),
        ]
