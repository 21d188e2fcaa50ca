"""Forms of news: words and type, pictures and film."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FileField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from greenmine.content.documents import NEWS_TYPE_LABELS
from greenmine.web.i18n import gettext

from .fields import LONGEST_BODY, LONGEST_TEXT, Chosen, DayField, line, needed
from .sheet import Sheet


def _safe_web(_form: Any, field: Any) -> None:
    """An address on the web, over https."""
    if not field.data.startswith("https://") or any(char.isspace() for char in field.data):
        raise ValidationError(_("网址须以“https://”开头，不含空格。"))


class NewsStartSheet(Sheet):
    """Type of a new item."""

    type = SelectField(_("类型"), validators=[needed(_("请选择类型")), Chosen()], validate_choice=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.type.choices = [SelectChoice(str(key), gettext(word)) for key, word in NEWS_TYPE_LABELS.items()]


class NewsSheet(Sheet):
    """Everything an item says in words."""

    title = line(_("标题"), needed(_("请填写标题")))
    slug = line(
        _("地址名"),
        needed(_("请填写地址名")),
        Regexp(r"[a-z0-9][a-z0-9-]{0,79}\Z", message=_("地址名只能用小写字母、数字和连字符。")),
        hint=_("网址的最后一段，发布后不能改。"),
        most=80,
    )
    type = SelectField(_("类型"), validators=[needed(_("请选择类型")), Chosen()], validate_choice=False)
    published = DayField(_("日期"), validators=[needed(_("请填写日期"))])
    summary = TextAreaField(
        _("摘要"),
        description=_("一两句话，用于列表和订阅。"),
        validators=[Optional(), Length(max=LONGEST_TEXT, message=_("不能超过%(max)d个字。"))],
    )
    markdown = TextAreaField(
        _("正文"),
        validators=[needed(_("请填写正文")), Length(max=LONGEST_BODY, message=_("不能超过%(max)d个字。"))],
    )
    author = line(_("作者"))
    source = line(_("来源"), hint=_("转载的写原发布机关；本机关采写的可不填。"))
    link = line(_("视频网址"), _safe_web, hint=_("类型为视频、且不上传视频文件时填写。"), most=LONGEST_TEXT)
    transcript = TextAreaField(
        _("视频文字稿"),
        description=_("类型为视频时必填，写下视频中所说的全部内容，让听不见和看不见的人也能了解。"),
        validators=[Optional(), Length(max=LONGEST_BODY, message=_("不能超过%(max)d个字。"))],
    )
    note = line(_("更正说明"), hint=_("更正已发布的文章时必填，将公开。"), most=LONGEST_TEXT)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.type.choices = [SelectChoice(str(key), gettext(word)) for key, word in NEWS_TYPE_LABELS.items()]
        self.link.validators = [Optional(), *self.link.validators]


class PictureSheet(Sheet):
    """One picture with the words that stand for it, or a film."""

    file = FileField(
        _("文件"),
        description=_("图片：JPG或PNG，不超过10 MB，会重新生成并去掉拍摄信息。视频：MP4，不超过30 MB，原样公开。"),
    )
    alt = line(_("图片文字说明"), hint=_("图片必填：写清图片上有什么，供看不见图片的人了解。"))
    caption = line(_("图注"), hint=_("显示在图片下方，可不填。"))
