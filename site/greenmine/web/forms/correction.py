"""The public form that reports an error in a record, and the code typed again from the receipt."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FileField, SelectChoice, SelectField, StringField, TextAreaField

from greenmine.domain.error_report import ErrorReport, report_faults
from greenmine.domain.region import Region
from greenmine.web.forms.fields import Chosen, needed
from greenmine.web.forms.sheet import Sheet
from greenmine.web.i18n import gettext


class ReportSheet(Sheet):
    """What is wrong in one record, what would be right."""

    province = SelectField(
        _("请哪个省核实"),
        description=_("这条记录由全国共用，请选择您所在或者了解情况的省（自治区、直辖市）。"),
        validators=[needed(_("请选择由哪个省的主管部门核实。")), Chosen()],
        validate_choice=False,
    )
    wrong = TextAreaField(_("哪里有误"), description=_("写明页面上的哪一项、哪一句。"))
    right = TextAreaField(_("正确的内容应是什么"), description=_("不清楚的，请写“不清楚”。"))
    source = StringField(_("依据"), description=_("文件名称、证照或者网址；没有可不填。"))
    file = FileField(
        _("添加照片或文件"), description=_("照片（JPEG、PNG、HEIC）、PDF或MP4视频，一次选一个。没有可不加。")
    )
    name = StringField(_("姓名或单位名称"), description=_("可以不填。"))
    phone = StringField(_("电话"))
    mail = StringField(_("电子邮箱"))

    def __init__(self, *arguments: Any, provinces: tuple[Region, ...], sends_mail: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if sends_mail:
            self.mail.description = gettext("有新进展时发信提醒；信中不写事项内容和编号。")
        if provinces:
            first = SelectChoice("", gettext("请选择"))
            self.province.choices = [first, *(SelectChoice(each.code, each.name) for each in provinces)]
        else:
            del self.province
        for field in (self.wrong, self.right):
            field.flags.need = gettext("（必填）")

    def report(self, record: str) -> ErrorReport:
        """What the form amounts to."""
        texts = {name: str(self[name].data or "") for name in ("wrong", "right", "source", "name", "phone", "mail")}
        province = str(self.province.data or "") if "province" in self else ""
        return ErrorReport(record=record, province=province, **texts)

    def is_whole(self, record: str) -> bool:
        """Whether it can be sent; else every fault stands beside its field."""
        self.validate()
        for fault in report_faults(self.report(record)):
            self.refuse(fault)
        return not self.errors
