"""What all forms share: faults beside their field and summed up, and the attributes of an input."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from wtforms import Field, Form, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from greenmine.domain.errors import GreenmineError
from greenmine.web.i18n import gettext as _

GROUPS = ("RadioField", "CheckboxesField")


class Sheet(FlaskForm):  # type: ignore[misc]
    """A form of this site. Forgery tokens are checked for the whole site (security.py), not here again."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' own place for its switches."""

        csrf = False

    def refuse(self, error: GreenmineError) -> None:
        """Put a refusal beside the field it names, or above the form; nothing typed is lost."""
        field = self._fields.get(error.field or "")
        sentence = said(error)
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]
    """Several of a few choices, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


@dataclass(frozen=True)
class Fault:
    """A sentence to be mended and where; ``href`` is empty when it belongs to the whole form."""

    sentence: str
    href: str


def said(error: GreenmineError) -> str:
    """The error's sentence in the reader's language."""
    return _(error.message) % error.params if error.params else _(error.message)


def faults(form: Form) -> list[Fault]:
    """Everything to be mended, in the order of the page: the same words as at the field."""
    whole = [Fault(str(sentence), "") for sentence in form.form_errors]
    return [*whole, *(fault for field in form for fault in _field_faults(field))]


def attributes(field: Field, **more: Any) -> dict[str, Any]:
    """Attributes of an input: what describes it, and whether it must be mended. Empty ones are left out."""
    parts = [f"{field.id}-hint"] * bool(field.description) + [f"{field.id}-fault"] * bool(field.errors)
    own = {"aria_describedby": " ".join(parts), "aria_invalid": "true" if field.errors else ""}
    return {name: value for name, value in {**own, **more}.items() if value not in ("", None, False)}


def init_forms(app: Flask) -> None:
    """Give the form macros what they call."""
    app.jinja_env.globals.update(faults=faults, field_attributes=attributes)


def _field_faults(field: Field) -> Iterator[Fault]:
    anchor = f"#{field.id}-0" if field.type in GROUPS else f"#{field.id}"
    for sentence in field.errors:
        yield Fault(str(sentence), anchor)
