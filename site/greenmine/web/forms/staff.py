"""Forms of the staff pages: a new person; further seats. Nothing else can be sent (ASVS 15.3.3)."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired

from greenmine.domain.body import CASE_DEPARTMENTS
from greenmine.domain.department import DEPARTMENT_LABELS, Department
from greenmine.domain.errors import BadInput
from greenmine.domain.officer import DEEDS
from greenmine.domain.seat import ROLE_LABELS, Role
from greenmine.domain.text import N_
from greenmine.web.forms.sheet import CheckboxesField, Sheet


class SeatForm(Sheet):
    """A role, and where: a seat for each region."""

    role = SelectField(_("岗位"), validators=[InputRequired(_("请选择岗位"))], validate_choice=False)
    regions = StringField(
        _("辖区"),
        description=_("填写辖区名称或6位代码，如“织金县”“520524”；多个辖区用顿号或空格分开。"),
        validators=[InputRequired(_("请填写辖区"))],
    )
    departments = CheckboxesField(
        _("部门"),
        description=_(
            "投诉、公示异议和纠错按部门分送。县、市、省级经办都不勾选的，办理本辖区所有部门的来件；"
            "会同部门须勾选是哪个部门；其他岗位不办理来件，不勾选。"
        ),
    )
    version = HiddenField()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.role.choices = [SelectChoice(str(role), _(ROLE_LABELS[role])) for role in DEEDS]
        self.departments.choices = [SelectChoice(str(each), _(DEPARTMENT_LABELS[each])) for each in CASE_DEPARTMENTS]

    def chosen(self) -> Role:
        """The role that is chosen. Raises BadInput for text that names none; whether it has a desk is another rule."""
        if self.role.data not in set(Role):
            raise BadInput("staff.role_unknown", N_("没有这个岗位，请重新选择。"), field="role")
        return Role(self.role.data)

    def handled(self) -> tuple[Department, ...]:
        """The departments that are ticked."""
        return tuple(Department(code) for code in self.departments.data or ())


class NewStaffForm(SeatForm):
    """A new person."""

    login = StringField(
        _("登录名"),
        description=_("3至40个字符：小写字母、数字和 . _ -。"),
        validators=[InputRequired(_("请填写登录名"))],
    )
    name = StringField(_("姓名"), validators=[InputRequired(_("请填写姓名"))])
