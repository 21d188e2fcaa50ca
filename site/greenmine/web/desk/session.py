"""Who is signed in: the cookie that holds a session's token, and the person behind it, read anew each request.

Sources: OWASP ASVS 5.0 3.3 (cookies), 7.2 (tokens), 7.4 (end on the server), 8.3.2 (changes hold at once).
"""

from typing import Final

from flask import Response, g, redirect, request
from flask import session as form_session

from greenmine.config import Settings
from greenmine.domain.errors import NotAllowed
from greenmine.domain.officer import Officer
from greenmine.domain.text import N_
from greenmine.store.staff import HeldSeat, StaffRow
from greenmine.usecases.sign_in import SignedIn, staff_signed_in
from greenmine.web.context import current_services, current_settings
from greenmine.web.routing import SIGN_IN, own_path

DESK: Final = "/desk"
SEAT: Final = "/desk/seat"
_DEVICE_AGE: Final = 365 * 24 * 3600


def session_cookie(settings: Settings) -> str:
    """The name of the session's cookie: ``__Host-`` binds it to this host and to https."""
    return _named("gm-desk", settings)


def device_cookie(settings: Settings) -> str:
    """The name of the cookie that says: in this browser somebody has signed in fully before."""
    return _named("gm-desk-device", settings)


def session_token() -> str:
    """The token this browser sent, empty for none."""
    return request.cookies.get(session_cookie(current_settings()), "")


def device_token() -> str | None:
    """The device's token this browser sent."""
    return request.cookies.get(device_cookie(current_settings()))


def signed_in_officer() -> Officer | None:
    """The officer of this request, as the seat stands now: for ``create_flask(find_officer=…)``."""
    found = signed_in()
    return None if found is None else found.officer


def current_staff() -> StaffRow:
    """The person signed in. Raises NotAllowed when nobody is."""
    return _required().person


def current_seat() -> HeldSeat:
    """The seat from which the person acts now. Raises NotAllowed when nobody is signed in."""
    return _required().held


def other_seats() -> tuple[HeldSeat, ...]:
    """The seats from which the person could act instead, in the order they were given."""
    found = signed_in()
    return tuple(held for held in found.person.seats if held != found.held) if found else ()


def go(path: str, *, token: str, device: str | None = None) -> Response:
    """Go on with a new session in this browser; forms of before it do not work in it."""
    return keep(redirect(path, 303), token=token, device=device)  # type: ignore[arg-type]


def keep(response: Response, *, token: str, device: str | None = None) -> Response:
    """Put a new session's token into the answer."""
    form_session.clear()
    settings = current_settings()
    _set(response, session_cookie(settings), token)
    if device is not None:
        _set(response, device_cookie(settings), device, max_age=_DEVICE_AGE)
    return response


def forget(response: Response) -> Response:
    """Take the token out of this browser."""
    form_session.clear()
    response.delete_cookie(
        session_cookie(current_settings()), secure=current_settings().cookie_secure, httponly=True, samesite="Lax"
    )
    return response


def start_again() -> Response:
    """A step without its session: to the sign-in page, which says so."""
    return redirect(f"{SIGN_IN}?over=1", 303)  # type: ignore[return-value]


def way_back() -> str:
    """Where to go after signing in: a page of the desk, never of another host (ASVS 3.7.2)."""
    wanted = own_path(request.args.get("next") or request.args.get("back") or DESK)
    is_desk = wanted == DESK or wanted.startswith((f"{DESK}/", f"{DESK}?"))
    return wanted if is_desk and not wanted.startswith((SIGN_IN, "/desk/link", "/desk/enrol")) else DESK


def signed_in() -> SignedIn | None:
    """Who is signed in, and from which of their seats; None when nobody is."""
    if "staff" not in g:
        services, token = current_services(), session_token()
        g.staff = staff_signed_in(services.database, token=token, at=services.clock()) if token else None
    found = g.staff
    return found if isinstance(found, SignedIn) else None


def _required() -> SignedIn:
    found = signed_in()
    if found is None:
        raise NotAllowed("officer.signed_out", N_("请先登录工作台。"))
    return found


def _named(name: str, settings: Settings) -> str:
    return f"__Host-{name}" if settings.cookie_secure else name


def _set(response: Response, name: str, token: str, *, max_age: int | None = None) -> None:
    response.set_cookie(
        name, token, max_age=max_age, secure=current_settings().cookie_secure, httponly=True, samesite="Lax", path="/"
    )
