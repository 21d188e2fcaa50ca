"""The public complaint form, one sheet a page; receipt and tracking have theirs here too.

Lengths are those of domain/complaint.py, so that the browser stops where the server would.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    FileField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from greenmine.domain.body import RiskClass
from greenmine.domain.complaint import (
    ABOUT_LABELS,
    COMPLAINANT_LABELS,
    COMPLAINT_KIND_LABELS,
    KINDS_OF,
    LONGEST_LINE,
    LONGEST_TEXT,
    ComplaintKind,
)
from greenmine.domain.errors import BadInput
from greenmine.domain.mail_address import require_mail_address
from greenmine.domain.unseen import has_unseen, without_hidden
from greenmine.web.forms.fields import Chosen, needed
from greenmine.web.forms.sheet import Sheet, said
from greenmine.web.i18n import gettext

LONGEST_QUERY: Final = 128
LONGEST_CODE: Final = 64
ANONYMOUS: Final = "anonymous"
NAMED: Final = "named"
_LONG = _("请控制在%(max)d字以内。")


def cleaned(text: str) -> str:
    """What was typed without the marks nobody sees: phone books and chats copy them along with a number."""
    return without_hidden(text.replace("\r\n", "\n").replace("\r", "\n"))


class Filled:
    """Something besides blanks."""

    def __init__(self, sentence: Any) -> None:
        self.sentence = sentence
        self.field_flags = {"required": True}

    def __call__(self, _form: Any, field: Field) -> None:
        if not (field.data or "").strip():
            raise StopValidation(str(self.sentence))


class Seen:
    """Something that can be seen, once there is anything."""

    def __call__(self, _form: Any, field: Field) -> None:
        if has_unseen(field.data or ""):
            raise ValidationError(_("内容中没有能显示的文字，请重新填写。"))


def _line(label: Any, *checks: Any, hint: Any = "", most: int = LONGEST_LINE) -> StringField:
    limit = Length(max=most, message=_LONG)
    return StringField(label, description=hint, validators=[*(checks or (Optional(),)), limit, Seen()])


class MineSheet(Sheet):
    """Which mine: words to look for, and one of those found."""

    query = _line(_("矿山名称、编号或企业名称"), hint=_("名称不全也可以，例如“青山 磷矿”。"), most=LONGEST_QUERY)
    mine = RadioField(_("查到的矿山"), validators=[needed(_("请选择被投诉的矿山。")), Chosen()], validate_choice=False)


class CountySheet(Sheet):
    """Which county: its name, or step by step from the province."""

    county = _line(
        _("县（市、区）名称"), hint=_("写名称即可，例如“织金县”；写市（州）名称会列出它的各县。"), most=LONGEST_QUERY
    )
    province = SelectField(_("省（自治区、直辖市）"), validators=[Optional()], validate_choice=False)
    prefecture = SelectField(_("市（州、地区、盟）"), validators=[Optional()], validate_choice=False)
    region = RadioField(
        _("县（市、区）"), validators=[needed(_("请选择事情发生的县（市、区）。")), Chosen()], validate_choice=False
    )


class KindSheet(Sheet):
    """What it is about, and whom."""

    matter = RadioField(
        _("主要是哪方面的问题？"),
        description=_("有几方面的，选最严重的一项，其他的写在下一页。"),
        validators=[needed(_("请选择投诉的具体问题。")), Chosen()],
        validate_choice=False,
    )
    about = RadioField(
        _("投诉谁？"),
        description=_("投诉当地主管部门的，由上一级机关办理，不会转给被投诉的部门。"),
        validators=[needed(_("请选择投诉对象。")), Chosen()],
        validate_choice=False,
    )

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.matter.choices = [SelectChoice(*each) for group in matters() for each in group[1]]
        self.about.choices = [SelectChoice(str(each), gettext(words)) for each, words in ABOUT_LABELS.items()]


def matters() -> tuple[tuple[RiskClass, tuple[tuple[str, str], ...]], ...]:
    """Classes of risk, and the kinds of each: value (``environment:dust``) and words."""
    return tuple(
        (risk, tuple((f"{risk}:{kind}", matter_words(kind)) for kind in kinds)) for risk, kinds in KINDS_OF.items()
    )


def matter_words(kind: ComplaintKind) -> str:
    """The kind in words."""
    return gettext("这方面的其他问题") if kind is ComplaintKind.OTHER else gettext(COMPLAINT_KIND_LABELS[kind])


class StorySheet(Sheet):
    """What happened."""

    text = TextAreaField(
        _("发生了什么？"),
        description=_("写清现象、过程和影响。请不要写身份证号、银行账号、病历等与此事无关的个人信息。"),
        validators=[Filled(_("请写明发生了什么。")), Length(max=LONGEST_TEXT, message=_LONG), Seen()],
    )


class FilesSheet(Sheet):
    """One more file."""

    file = FileField(
        _("添加一个文件"),
        description=_(
            "照片（JPEG、PNG、HEIC）、PDF或MP4视频，一次一个。照片会重新生成，拍摄地点、时间等隐藏信息随之清除；"
            "PDF和视频原样加密，只供办理人员查看，其中的隐藏信息不会清除。"
        ),
    )


class PlaceSheet(Sheet):
    """Where and when, in words."""

    place = _line(_("具体地点"), hint=_("例如“某某村东侧进矿道路口”。不要写您的家庭住址。"))
    when = _line(_("什么时候"), hint=_("例如“11月15日至18日夜间”，或“今年春节后一直如此”。"))

    def __init__(self, *arguments: object, has_mine: bool = True, **named: object) -> None:
        super().__init__(*arguments, **named)
        if not has_mine:
            self.place.validators = [
                Filled(_("请写明事情发生的地点。")), Length(max=LONGEST_LINE, message=_LONG), Seen(),
            ]  # fmt: skip
            self.place.flags.required = True


class ContactSheet(Sheet):
    """Who complains: what kind of person, and by name or not."""

    complainant = RadioField(_("您的身份"), validators=[needed(_("请选择您的身份。")), Chosen()], validate_choice=False)
    named = RadioField(
        _("是否留下姓名"),
        description=_("匿名投诉同样办理。无论是否留名，都凭编号和查询码查看进度、与办理机关往来。"),
        validators=[needed(_("请选择匿名或者实名。")), Chosen()],
        validate_choice=False,
    )
    name = _line(_("姓名或单位名称"))
    phone = _line(_("电话"), hint=_("电话、电子邮箱、通信地址至少填一项。"))
    mail = _line(_("电子邮箱"), hint=_("有新进展时发信提醒；信中不写事项内容和编号。"))
    address = _line(_("通信地址"))

    def __init__(self, *arguments: object, sends_mail: bool = False, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.complainant.choices = [SelectChoice(str(each), gettext(w)) for each, w in COMPLAINANT_LABELS.items()]
        self.named.choices = [SelectChoice(ANONYMOUS, gettext("匿名")), SelectChoice(NAMED, gettext("实名"))]
        self.name.flags.need = gettext("（实名必填）")
        if not sends_mail:
            del self.mail
            self.phone.description = gettext("电话、通信地址至少填一项。")

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """The fields, then what being named needs; what stands beside an anonymous choice is not sent."""
        is_sound = bool(super().validate(extra_validators))
        if self.named.data != NAMED:
            return is_sound
        ways = [field for field in (self.phone, self._fields.get("mail"), self.address) if field is not None]
        if not (self.name.data or "").strip():
            self._blame(self.name, gettext("实名投诉请填写姓名；不愿留名可选择匿名。"))
        if not any((field.data or "").strip() for field in ways):
            self._blame(self.phone, gettext("请至少填写一种联系方式。"))
        self._check_mail()
        return not self.errors

    def _check_mail(self) -> None:
        field = self._fields.get("mail")
        if field is not None and (field.data or "").strip():
            try:
                require_mail_address(field.data, field="mail")
            except BadInput as error:
                self._blame(field, said(error))

    @staticmethod
    def _blame(field: Field, sentence: str) -> None:
        field.errors = [*field.errors, sentence]


class CheckSheet(Sheet):
    """The declaration before sending."""

    declared = BooleanField(
        _("我确认：以上是我了解的真实情况；我已满14周岁，或者由监护人提交。"),
        validators=[InputRequired(_("请确认所写属实后再提交。"))],
    )


class CodeSheet(Sheet):
    """The code, typed again from the receipt."""

    code = StringField(
        _("请照回执再输入一遍查询码"),
        description=_("确认您已抄下或保存。空格可不输。"),
        validators=[Filled(_("请输入16位查询码。"))],
    )


class TrackSheet(Sheet):
    """The way into a case."""

    number = StringField(
        _("编号"), description=_("一个字母加11位数字，见回执。"), validators=[Filled(_("请输入编号。"))]
    )
    code = StringField(
        _("查询码"),
        description=_("16位数字，见回执；空格、横线、全角数字都可以。"),
        validators=[Filled(_("请输入16位查询码。"))],
    )


class MessageSheet(Sheet):
    """More words in a case."""

    text = TextAreaField(
        _("给办理机关写信"),
        description=_("补充情况，或者答复办理机关的询问。"),
        validators=[Filled(_("请写明要告知办理机关的内容。")), Length(max=LONGEST_TEXT, message=_LONG), Seen()],
    )


class MoreFilesSheet(Sheet):
    """One more file in a case."""

    file = FileField(
        _("补交一个文件"), description=_("照片（JPEG、PNG、HEIC）、PDF或MP4视频，一次一个。照片的隐藏信息会清除。")
    )


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Values and words as a field takes them."""
    return [SelectChoice(value, words) for value, words in pairs]
