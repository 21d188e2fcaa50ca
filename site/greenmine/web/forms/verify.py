"""The form of ``/verify``: one text or one file."""

from flask_babel import lazy_gettext as _
from wtforms import FileField, TextAreaField

from greenmine.web.forms.sheet import Sheet


class VerifySheet(Sheet):
    """What is to be checked. Nothing of it is shown again: it may be somebody's receipt."""

    text = TextAreaField(
        _("粘贴内容"),
        description=_("回执文件的内容、核验证据、本站网址、记录号、记录头、记录原文，或者导出文件中的表头和一行。"),
    )
    file = FileField(
        _("或者选择文件"),
        description=_("回执文件、.tlog-proof、记录原文（.json），或者本站公布的任何文件。"),
    )
