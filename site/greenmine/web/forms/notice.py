"""Forms of notices: start, words and period, list, files, closing, correcting, withdrawing."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, MultipleFileField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from greenmine.domain.mine import LIBRARY_LABELS, Library
from greenmine.domain.notice_rule import (
    OBJECTION_FORM_LABELS,
    OBJECTION_PART_LABELS,
    REFUSAL_LABELS,
)
from greenmine.domain.period import PERIOD_UNIT_LABELS
from greenmine.web.i18n import gettext

from .fields import LONGEST_BODY, LONGEST_TEXT, Chosen, DayField, HourField, WholeField, line, needed
from .sheet import CheckboxesField, Sheet

_ENTERED: Final = (
    Library.CITY,
    Library.PROVINCIAL,
    Library.NATIONAL,
    Library.CREATION,
    Library.PROJECT,
    Library.RESERVE,
)


def choices(labels: Mapping[Any, str], members: Iterable[StrEnum] | None = None) -> list[SelectChoice]:
    """Members of an enumeration with their Chinese words."""
    return [SelectChoice(str(member), gettext(labels[member])) for member in (members or labels)]


class NeededWhen:
    """A field that some cases need: says when beside the label instead of 选填; the use case refuses it empty."""

    def __init__(self, words: Any) -> None:
        self.field_flags = {"need": words}

    def __call__(self, _form: Any, _field: Any) -> None:
        """Judges nothing: which case it is, the use case knows."""


class NoticeStartSheet(Sheet):
    """What kind of notice, of which level; how its period is usually counted."""

    kind = SelectField(_("种类"), validators=[needed(_("请选择种类")), Chosen()], validate_choice=False)
    level = SelectField(_("级别"), validators=[needed(_("请选择级别")), Chosen()], validate_choice=False)
    preset = SelectField(
        _("公示期和异议要求"),
        description=_("先按所选填好，下一步每一项都可以改。"),
        validators=[Chosen()],
        validate_choice=False,
    )


class NoticeSheet(Sheet):
    """Words, period and objection terms of a notice."""

    title = line(_("标题"), needed(_("请填写标题")), hint=_("与印发的文件一致。"))
    issuer = line(_("发布机关"), needed(_("请填写发布机关")), hint=_("机关全称，如“贵州省自然资源厅”。"))
    number = line(_("文号"), hint=_("如“黔自然资公告〔2026〕12号”；没有可不填。"))
    text = TextAreaField(
        _("正文"),
        description=_("一行一段。名单在下一步填写，不必写在正文里。"),
        validators=[Optional(), Length(max=LONGEST_BODY, message=_("不能超过%(max)d个字。"))],
    )
    contact = line(
        _("联系方式"), hint=_("受理异议的处室、电话、地址和邮编。将公开，请勿填写个人手机号码。"), most=LONGEST_TEXT
    )
    source = line(_("来源"), hint=_("转载其他机关公示时填写网址或刊物；本机关发布的不填。"), most=LONGEST_TEXT)
    enters = SelectField(
        _("公示期满后纳入"),
        description=_("办结时通过的矿山进入这个名录或库；公告和不纳入名录的公示选“不纳入”。"),
        validators=[Chosen()],
        validate_choice=False,
    )
    unit = SelectField(
        _("期限"),
        description=_("按文件印明的方式计算。"),
        validators=[NeededWhen(_("（公示必填，公告可不填）")), Chosen()],
        validate_choice=False,
    )
    days = WholeField(_("天数"), description=_("只写起止日期的公示不填。"), validators=[Optional()])
    first_day = DayField(_("起始日"), description=_("通常是发布当日。"), validators=[Optional()])
    last_day = DayField(
        _("截止日"),
        description=_("只写起止日期的公示必填；其他可填文件印明的日期，用来核对。"),
        validators=[Optional()],
    )
    first_day_counted = BooleanField(_("起始日计为第1日"))
    rolls_over = BooleanField(_("末日逢休息日顺延（自然日）"))
    cutoff = HourField(
        _("末日截止钟点"), description=_("北京时间，如“16:00”；不填则到当日24时前。"), validators=[Optional()]
    )
    accepted = BooleanField(_("征集异议"))
    real_name = BooleanField(_("须用真实姓名或单位名称"))
    forms = CheckboxesField(_("提出方式"), validators=[Chosen()], validate_choice=False)
    person_parts = CheckboxesField(_("个人须写明"), validators=[Chosen()], validate_choice=False)
    unit_parts = CheckboxesField(_("单位须写明"), validators=[Chosen()], validate_choice=False)
    refused = CheckboxesField(_("不予受理"), validators=[Chosen()], validate_choice=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.enters.choices = [SelectChoice("", gettext("不纳入")), *choices(LIBRARY_LABELS, _ENTERED)]
        self.unit.choices = [SelectChoice("", gettext("无期限（公告）")), *choices(PERIOD_UNIT_LABELS)]
        self.forms.choices = choices(OBJECTION_FORM_LABELS)
        self.person_parts.choices = choices(OBJECTION_PART_LABELS)
        self.unit_parts.choices = choices(OBJECTION_PART_LABELS)
        self.refused.choices = choices(REFUSAL_LABELS)


class NoticeListSheet(Sheet):
    """The list as printed: headings and lines."""

    columns = line(
        _("栏目"), hint=_("按原件的顺序，用“｜”或制表符隔开，如“序号｜矿山名称｜所在县（市、区）”。"), most=LONGEST_TEXT
    )
    lines = TextAreaField(
        _("名单"),
        description=_(
            "一行一座矿山，栏目用“｜”或制表符隔开，可从表格软件直接粘贴。已登记的矿山，行首加上矿山编号和“｜”；"
            "名称与已登记矿山完全一致的，保存时自动加上。"
        ),
        validators=[Optional(), Length(max=LONGEST_BODY, message=_("不能超过%(max)d个字。"))],
    )


class NoticeFilesSheet(Sheet):
    """Attachments."""

    file = MultipleFileField(
        _("添加附件"),
        description=_(
            "PDF、XLSX、CSV、JPG、PNG，每个不超过10 MB，最多10个。照片会重新生成，"
            "拍摄地点等信息会被去掉；其他文件原样公开。"
        ),
    )


class NoticeCloseSheet(Sheet):
    """The result; which mines are left out, and why, are fields made for each mine (see close_sheet)."""

    result = TextAreaField(
        _("公示结果"),
        description=_("将公开，如“公示期内未收到异议”。"),
        validators=[needed(_("请填写公示结果")), Length(max=LONGEST_TEXT, message=_("不能超过%(max)d个字。"))],
    )


class NoticeDecisionSheet(NoticeCloseSheet):
    """The same with the decision that lists the mines which are taken."""

    decision_no = line(_("决定文号"), hint=_("纳入名录的文件文号。"))
    organ = line(_("决定机关"), needed(_("请填写决定机关")))
    since = DayField(_("纳入日期"), description=_("决定生效的日期。"), validators=[needed(_("请填写纳入日期"))])
    batch_name = line(_("批次"), hint=_("如“2026年第一批”。"))


class NoticeCorrectSheet(Sheet):
    """Corrected words of a notice; its list, period and attachments stay as published."""

    title = line(_("标题"), needed(_("请填写标题")))
    text = TextAreaField(
        _("正文"), validators=[Optional(), Length(max=LONGEST_BODY, message=_("不能超过%(max)d个字。"))]
    )
    contact = line(_("联系方式"), most=LONGEST_TEXT)
    reason = line(_("更正理由"), needed(_("请写明更正理由")), hint=_("将公开。"), most=LONGEST_TEXT)


class ReasonSheet(Sheet):
    """A reason and nothing else: to withdraw, to give back."""

    reason = TextAreaField(
        _("理由"),
        description=_("将公开。"),
        validators=[needed(_("请写明理由")), Length(max=LONGEST_TEXT, message=_("不能超过%(max)d个字。"))],
    )


def close_sheet(dropped: Iterable[tuple[str, str]], *, lists: bool, decides: bool) -> NoticeCloseSheet:
    """The closing form with one field of reasons for each mine left out: (number, name).

    :param lists: whether the notice leads into a directory; without one a mine passes or does not
    :param decides: whether any mine is listed now, so that the decision is asked for
    """
    fields = {
        f"reason-{number}": line(
            _("“%(name)s”未纳入的理由", name=name) if lists else _("“%(name)s”未通过的理由", name=name),
            needed(_("请写明未纳入的理由") if lists else _("请写明未通过的理由")),
            hint=_("将公开。"),
            most=LONGEST_TEXT,
        )
        for number, name in dropped
    }
    made = type("NoticeCloseSheetOfMines", (NoticeDecisionSheet if decides else NoticeCloseSheet,), fields)
    return made()  # type: ignore[no-any-return]
