"""Fields the desk's forms are made of, with our own sentences, and values as typed: what a draft keeps."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, Field, FileField, IntegerField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from greenmine.web.forms.sheet import Sheet

LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 2000
"""As the schemas of acts bound short texts (domain/act/terms.py)."""
LONGEST_BODY: Final = 200_000

Typed = Mapping[str, Any]
"""A form's own values as typed: text, a list of texts, or whether a box is ticked."""


FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2199
"""Years a form takes: old mines began before 1900, and no term of today ends after 2199."""


class DayField(DateField):  # type: ignore[misc]
    """A legal day, empty or ``2026-11-04``."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day, with a sentence of ours when it is none or lies outside the years of our forms."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("日期请按“2026-11-04”的格式填写。")) from error
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            self.data = None
            raise ValueError(_("年份应在%(first)s至%(last)s之间。", first=FIRST_YEAR, last=LAST_YEAR))


class HourField(TimeField):  # type: ignore[misc]
    """A time of day, empty or ``16:00``."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time, with a sentence of ours when it is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("时刻请按“16:00”的格式填写。")) from error


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, with a sentence of ours when it is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("请填写整数。")) from error


class Chosen:
    """A chosen value out of the field's choices, in our words; for fields made with ``validate_choice=False``."""

    def __call__(self, _form: Any, field: Field) -> None:
        known = {str(choice.value) for choice in field.choices}
        taken = field.data if isinstance(field.data, list) else [field.data]
        if not all(str(value) in known for value in taken):
            raise ValidationError(_("请从列表中选择。"))


class _Needed(InputRequired):  # type: ignore[misc]
    """Blanks alone are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.raw_data and isinstance(field.raw_data[0], str) and not field.raw_data[0].strip():
            field.raw_data = ()
        super().__call__(form, field)


def needed(sentence: Any) -> InputRequired:
    """The field must be filled in."""
    return _Needed(sentence)


def line(label: Any, *checks: Any, hint: Any = "", most: int = LONGEST_LINE) -> StringField:
    """One line of text, optional unless a check says otherwise."""
    limit = Length(max=most, message=_("不能超过%(max)d个字。"))
    return StringField(label, description=hint, validators=[*checks, limit] if checks else [Optional(), limit])


def typed(form: Sheet, *, leave: Sequence[str] = ()) -> dict[str, Any]:
    """The form's own fields as they were sent: nothing else that was posted (ASVS 15.3.3), and no files."""
    return {field.name: _sent(field) for field in form if field.name not in leave and not isinstance(field, FileField)}


def formdata(values: Typed) -> MultiDict[str, str]:
    """Typed values as a form would send them, to fill the form with what a draft holds."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, bool):
            pairs += [(name, "y")] if value else []
        elif isinstance(value, list):
            pairs += [(name, str(each)) for each in value]
        elif isinstance(value, str):
            pairs.append((name, value))
    return MultiDict([*pairs, ("from-draft", "y")])  # never empty: an empty one would leave the form's defaults


def _sent(field: Field) -> Any:
    if isinstance(field, BooleanField):
        return field.name in request.form
    if isinstance(field, SelectMultipleField):
        return request.form.getlist(field.name)
    return _one_ending(request.form.get(field.name, ""))


def _one_ending(text: str) -> str:
    """Browsers end lines with CR LF; the record keeps LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
