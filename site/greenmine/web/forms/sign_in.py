"""Forms of signing in, opening an account and looking after it. A password is taken exactly as typed."""

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from greenmine.web.forms.sheet import Sheet

_NEW_HINT = _("至少12个字符，可以是一句话，可以用汉字和空格；不要求大小写或符号。常用密码不能使用。")


class SignInForm(Sheet):
    """Login and password."""

    login = StringField(_("登录名"), validators=[InputRequired(_("请填写登录名"))])
    password = PasswordField(_("密码"), validators=[InputRequired(_("请填写密码"))])


class CodeForm(Sheet):
    """The code that the authenticator shows."""

    code = StringField(
        _("动态码"), description=_("身份验证器上当前显示的6位数字。"), validators=[InputRequired(_("请填写动态码"))]
    )


class RecoveryForm(Sheet):
    """One of the recovery codes."""

    code = StringField(
        _("恢复码"), description=_("每个恢复码只能使用一次。"), validators=[InputRequired(_("请填写恢复码"))]
    )


class PasswordForm(Sheet):
    """A new password, typed twice."""

    password = PasswordField(_("新密码"), description=_NEW_HINT, validators=[InputRequired(_("请填写新密码"))])
    again = PasswordField(
        _("再次输入新密码"),
        validators=[InputRequired(_("请再次输入新密码")), EqualTo("password", _("两次输入的密码不一致"))],
    )


class ChangePasswordForm(PasswordForm):
    """The present password and a new one."""

    current = PasswordField(_("当前密码"), validators=[InputRequired(_("请填写当前密码"))])


class NewCodesForm(Sheet):
    """The present password, to make new recovery codes."""

    current = PasswordField(_("当前密码"), validators=[InputRequired(_("请填写当前密码"))])
