"""Public forms that could not be read: shown again with what was typed, or, too large, with the way back to it.

What is too large is never parsed; what was typed on earlier pages stands in the draft. Source: ASVS 5.2.1; ui.md 5.
"""

from typing import Final

from flask import Flask, Response, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from greenmine.web.context import current_settings
from greenmine.web.errors import error_page
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.public import case_story, complaint_steps, correction, objection
from greenmine.web.public.case_track import CASE_PATH
from greenmine.web.routing import Door, current_route

TOO_LARGE: Final = 413
_PIECE: Final = 256 * 1024
_MOST_READ: Final = 4
"""A body up to so many times the limit is read and thrown away: a browser that is still sending reads no answer."""


def init_large_forms(app: Flask) -> None:
    """Answer public forms that are too large with the way back."""
    app.register_error_handler(RequestEntityTooLarge, _answer_large)


def again(sentence: str) -> Response | None:
    """The form's page with what was typed and the sentence above it; None where there is no such page."""
    if request.endpoint == "complaint.step":
        return complaint_steps.shown_again((request.view_args or {})["step"], sentence)
    if request.endpoint == "case.story":
        return case_story.shown_again(sentence)
    if request.endpoint == "objection.form":
        return objection.shown_again((request.view_args or {})["number"], sentence)
    if request.endpoint == "correction.form":
        return correction.shown_again(sentence)
    return None


def _answer_large(_error: RequestEntityTooLarge) -> Response:
    route = current_route()
    if route is None or not route.personal or route.access.door is not Door.PUBLIC:
        return error_page(TOO_LARGE)
    _read_away()
    is_case = (request.endpoint or "").startswith("case.")
    back = CASE_PATH if is_case else request.full_path.rstrip("?") if "GET" in route.methods else "/"
    page = Page(title=_("文件太大，没有收下"), noindex=True)
    return make_response(render("complaint/too_large.html", page, back=back), TOO_LARGE)


def _read_away() -> None:
    """Let the browser finish sending, within bounds, so that it shows the answer and no broken connection."""
    left = min(request.content_length or 0, current_settings().request_bytes * _MOST_READ)
    stream = request.environ["wsgi.input"]
    while left > 0:
        piece = stream.read(min(_PIECE, left))
        if not piece:
            return
        left -= len(piece)
