"""The form of a credit entry: no identity number anywhere, a person only if the decision names them."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import Length

from greenmine.domain.ground import CREDIT_LEVEL_LABELS, CreditLevel
from greenmine.web.i18n import gettext

from .fields import LONGEST_TEXT, Chosen, DayField, line, needed
from .sheet import Sheet

_REGISTERS = (CreditLevel.GENERAL, CreditLevel.SERIOUS)


class CreditStartSheet(Sheet):
    """Nothing to say yet: the button begins the draft."""


class CreditSheet(Sheet):
    """Whom, what for, by which decision, until when."""

    subject = RadioField(_("对象"), validators=[needed(_("请选择对象")), Chosen()], validate_choice=False)
    name = line(_("名称或姓名"), needed(_("请填写名称或姓名")), hint=_("与决定书一致。"))
    credit_code = line(_("统一社会信用代码"), hint=_("企业必填，18位。"))
    named_in_decision = BooleanField(_("对象为个人的：决定书载明其姓名"))
    level = RadioField(_("失信等级"), validators=[needed(_("请选择失信等级")), Chosen()], validate_choice=False)
    conduct = TextAreaField(
        _("失信行为"),
        description=_("将公开。写明事实，不写身份证号码、住址和电话。"),
        validators=[
            needed(_("请写明失信行为")),
            Length(max=LONGEST_TEXT, message=_("不能超过%(max)d个字。")),
        ],
    )
    basis = line(_("法律依据"), needed(_("请写明法律依据")), hint=_("法律、法规的名称和条款。"), most=LONGEST_TEXT)
    decision_no = line(_("决定文书号"), needed(_("请填写决定文书号")))
    organ = line(_("决定机关"), needed(_("请填写决定机关")))
    decided = DayField(_("决定日期"), description=_("公示期限自这一天起算。"), validators=[needed(_("请填写决定日期"))])
    until = DayField(
        _("公示截止日"),
        description=_("从这一天起不再公示；可选范围由等级和决定日期确定，见下表。"),
        validators=[needed(_("请填写公示截止日"))],
    )
    mine = line(_("涉及矿山的编号"), hint=_("如“GM-520524-0001”；没有可不填。"))
    removal = line(_("所依据的移出事项编号"), hint=_("如“2026-0003”；中性移出不得列入。没有可不填。"))

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.subject.choices = [SelectChoice("firm", gettext("企业")), SelectChoice("person", gettext("个人"))]
        self.level.choices = [SelectChoice(str(each), gettext(CREDIT_LEVEL_LABELS[each])) for each in _REGISTERS]
