"""The security floor: headers on every answer, cookies, forgery tokens, sizes, hosts and rates.

Sources: OWASP ASVS 5.0 3.3, 3.4, 4.1.3, 14.2; libraries.md "Flask traps measured".
"""

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from greenmine.config import Settings, ensure_secret_key
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_
from greenmine.web.client import client_mark
from greenmine.web.context import current_settings
from greenmine.web.counts import IN_MEMORY, SiteLimiter
from greenmine.web.routing import Door, current_route

PERCENT: Final = 3
"""Bytes of a form without files for one byte of its text: ``%E7%9F%BF``."""

FORM_PARTS: Final = 500
"""Most fields of one form; the desk allows more to those signed in (desk/lost_form.py)."""

BeforeToken = Callable[[], ResponseReturnValue | None]

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No script at all: no page needs one."""

CLOSED_FEATURES: Final = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in CLOSED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer. A view may set a header of its own (``/documents`` sandboxes); it is then kept."""

HSTS: Final = "max-age=63072000"
"""Two years. Without includeSubDomains: sister sites of the sponsor's domain are not ours to bind."""


def init_security(app: Flask, *, before_token: BeforeToken | None = None) -> None:
    """Bound every request and its forgery token, seal every answer.

    :param before_token: may answer a request before its forgery token is looked at
    """
    app.before_request(_bound_form)
    app.before_request(_refuse_nul)
    if before_token is not None:
        app.before_request(before_token)
    CSRFProtect(app)
    app.after_request(_sealed)


def configure(app: Flask, settings: Settings) -> None:
    """Put the settings where Flask, Werkzeug and Flask-WTF read them."""
    app.config.update(
        SECRET_KEY=ensure_secret_key(settings),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=settings.request_bytes,
        MAX_FORM_MEMORY_SIZE=settings.form_bytes,
        MAX_FORM_PARTS=FORM_PARTS,
        SESSION_COOKIE_NAME=settings.cookie_name,
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME="https" if settings.cookie_secure else "http",
        WTF_CSRF_TIME_LIMIT=None,
    )
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _bound_form() -> None:
    """Bound a form without files: Werkzeug bounds text and fields of multipart forms only."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    route, settings = current_route(), current_settings()
    if route is None or route.access.door is Door.PUBLIC:
        request.max_content_length = min(settings.form_bytes * PERCENT, settings.request_bytes)
    if request.get_data().count(b"&") >= (request.max_form_parts or FORM_PARTS):
        raise RequestEntityTooLarge


def _refuse_nul() -> None:
    """No view meets U+0000: nobody types it, and PostgreSQL keeps no text with it (its driver fails)."""
    files = [storage.filename or "" for storage in request.files.values()]
    texts = [request.path, *files]
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            texts += (name, value)
    if any("\0" in text for text in texts):
        raise BadInput("request.nul", N_("网址或填写的内容中有不能显示的字符（U+0000），请删去后重试。"))


def make_limiter(app: Flask) -> SiteLimiter:
    """The counter of requests, by client mark, never by address; its rates are read from the settings by each route."""
    return SiteLimiter(client_mark, app=app, storage_uri=IN_MEMORY)  # never used: see SiteLimiter


def _sealed(response: Response) -> Response:
    """The answer with the headers, whatever made it."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_settings().cookie_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    _set_caching(response)
    return response


def _set_caching(response: Response) -> None:
    """Personal pages are kept by nobody; other pages are asked for again, and differ by the view cookie."""
    route = current_route()
    if (route is not None and route.is_personal) or request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    elif response.mimetype == "text/html" and response.status_code != 304:  # that one has no type of its own
        response.headers.setdefault("Cache-Control", "no-cache")
        response.vary.add("Cookie")
