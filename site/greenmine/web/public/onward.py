"""Links to pages that another work order builds: drawn once the site answers them, not before."""

from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect


def onward(path: str) -> str:
    """``path`` (query included) when the site has a page there, else an empty text."""
    adapter = current_app.url_map.bind("localhost")
    try:
        adapter.match(urlsplit(path).path, method="GET")
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return ""
    return path
