"""Files of the site's own face (stylesheet, marks), addressed by their content so that they can be kept."""

import hashlib
from pathlib import Path
from typing import Final, cast

from flask import Flask, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue

STATIC: Final = Path(__file__).parent / "static"
DIGESTS: Final = "greenmine.assets"


def init_assets(app: Flask) -> None:
    """Read the files once; ``asset("gm.css")`` in templates gives the address."""
    app.extensions[DIGESTS] = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(STATIC.iterdir())
        if path.is_file()
    }
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """``/static/gm.css?v=<digest>``; raises KeyError for a file that is not there."""
    return f"/static/{name}?v={_digests()[name]}"


def static_file(name: str) -> ResponseReturnValue:
    """A file of the face: kept for a year under its digest, asked for again under any other address."""
    response = send_from_directory(STATIC, name, conditional=True, etag=True)
    if name in _digests() and request.args.get("v") == _digests()[name]:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


def favicon() -> ResponseReturnValue:
    """``/favicon.ico``, which browsers ask for unasked."""
    return static_file("favicon.ico")


def _digests() -> dict[str, str]:
    return cast(dict[str, str], current_app.extensions[DIGESTS])
