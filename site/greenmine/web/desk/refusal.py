"""A refused form is shown again with its sentence; nothing typed is lost but passwords."""

from flask import Response, make_response

from greenmine.domain.errors import GreenmineError
from greenmine.web.errors import status_of
from greenmine.web.forms.sheet import Sheet
from greenmine.web.page import Page, render


def shown(template: str, page: Page, *, form: Sheet, **values: object) -> Response:
    """The page with its form; 400 when something in it must be mended."""
    return make_response(render(template, page, form=form, **values), 400 if form.errors else 200)


def shown_refused(template: str, page: Page, *, form: Sheet, error: GreenmineError, **values: object) -> Response:
    """The page with its form and the refusal, with the refusal's status and how long to wait."""
    form.refuse(error)
    response = make_response(render(template, page, form=form, **values), status_of(error))
    wait = error.params.get("retry_after")
    if isinstance(wait, int):
        response.headers["Retry-After"] = str(wait)
    return response
