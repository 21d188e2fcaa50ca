"""The public objection form: as many fields as the notice's own rules ask for, and no more (个人信息保护法 6)."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import Field, FileField, RadioField, SelectChoice, StringField, TextAreaField

from greenmine.domain.notice_rule import ObjectionPart
from greenmine.domain.objection import Objection, ObjectionTerms, objection_faults
from greenmine.web.forms.fields import Chosen, needed
from greenmine.web.forms.sheet import Sheet
from greenmine.web.i18n import gettext

PERSON: Final = "person"
UNIT: Final = "unit"

_OPTIONAL_PARTS: Final = (
    ("employer", ObjectionPart.EMPLOYER),
    ("address", ObjectionPart.ADDRESS),
    ("postcode", ObjectionPart.POSTCODE),
)
"""Fields that are there only when the notice asks for the part."""


class ObjectionSheet(Sheet):
    """One objection to one notice."""

    who = RadioField(_("提出人"), validators=[needed(_("请选择个人或者单位。")), Chosen()], validate_choice=False)
    name = StringField(_("姓名或单位名称"))
    employer = StringField(_("工作单位"))
    address = StringField(_("联系地址"))
    postcode = StringField(_("邮政编码"))
    phone = StringField(_("电话"))
    mail = StringField(_("电子邮箱"))
    about = StringField(_("针对名单中的哪一项"), description=_("写序号、矿山或企业名称；针对整件公示的可不填。"))
    text = TextAreaField(_("异议的事实和理由"), description=_("写明时间、地点和具体情况，便于核实。"))
    file = FileField(
        _("添加照片或文件"), description=_("照片（JPEG、PNG、HEIC）、PDF或MP4视频，一次选一个。没有可不加。")
    )

    def __init__(self, *arguments: Any, terms: ObjectionTerms, sends_mail: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.terms = terms
        self.who.choices = [SelectChoice(PERSON, gettext("个人")), SelectChoice(UNIT, gettext("单位"))]
        asked = {*terms.person_parts, *terms.unit_parts}
        for name, part in _OPTIONAL_PARTS:
            if part not in asked:
                del self[name]
        if sends_mail:
            self.mail.description = gettext("有新进展时发信提醒；信中不写事项内容和编号。")
        self._say_what_is_needed()

    def objection(self, notice: str) -> Objection:
        """What the form amounts to."""
        values = {name: self._text(name) for name in ("about", "text", "name", "phone", "mail")}
        optional = {name: self._text(name) for name, _part in _OPTIONAL_PARTS}
        return Objection(notice=notice, by_unit=self.who.data == UNIT, **values, **optional)

    def is_whole(self, notice: str) -> bool:
        """Whether it can be sent; else every fault stands beside its field."""
        self.validate()
        for fault in objection_faults(self.objection(notice), self.terms):
            self.refuse(fault)
        return not self.errors

    def _say_what_is_needed(self) -> None:
        self.text.flags.need = gettext("（必填）")
        self.name.flags.need = self._need(
            person=self.terms.needs_name(by_unit=False), unit=self.terms.needs_name(by_unit=True)
        )
        if not self.terms.needs_name(by_unit=False):
            self.name.description = gettext("个人可以匿名，匿名的不填；单位须填写单位名称。")
        for name, part in _OPTIONAL_PARTS:
            if name in self:
                self[name].flags.need = self._need(
                    person=part in self.terms.person_parts, unit=part in self.terms.unit_parts
                )
        person, unit = (ObjectionPart.CONTACT in self.terms.parts(by_unit=by_unit) for by_unit in (False, True))
        if person or unit:
            self.phone.description = gettext("电话、电子邮箱至少填一项。")
            self.phone.flags.need = self.mail.flags.need = gettext("（两项至少填一项）")
            if not (person and unit):
                who = gettext("个人") if person else gettext("单位")
                self.phone.flags.need = self.mail.flags.need = gettext("（%(who)s至少填一项）", who=who)

    @staticmethod
    def _need(*, person: bool, unit: bool) -> str:
        if person and unit:
            return gettext("（必填）")
        if person:
            return gettext("（个人必填）")
        return gettext("（单位必填）") if unit else gettext("（选填）")

    def _text(self, name: str) -> str:
        field: Field | None = self._fields.get(name)
        return str(field.data or "") if field is not None else ""
