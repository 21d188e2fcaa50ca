"""Text size and theme, chosen without JavaScript: a GET form that sets a cookie and goes back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from flask import redirect, request
from flask.typing import ResponseReturnValue

from greenmine.web.context import current_settings
from greenmine.web.routing import own_path

COOKIE: Final = "gm_view"
YEAR: Final = 365 * 24 * 3600
Choice = TypeVar("Choice", bound=StrEnum)


class TextSize(StrEnum):
    """Size of all text (适老化: without the browser's own zoom)."""

    NORMAL = "m"  # 标准
    LARGE = "l"  # 大
    LARGEST = "xl"  # 特大


class Theme(StrEnum):
    """Light, dark, or as the device says."""

    DEVICE = "auto"  # 跟随系统
    LIGHT = "light"  # 浅色
    DARK = "dark"  # 深色


@dataclass(frozen=True)
class Preferences:
    """How this reader wants pages to look; says nothing about who it is."""

    text_size: TextSize = TextSize.NORMAL
    theme: Theme = Theme.DEVICE

    def as_cookie(self) -> str:
        """``l.dark``: one of nine values, so a page cache may key on it."""
        return f"{self.text_size}.{self.theme}"


def preferences_from(text: str) -> Preferences:
    """Preferences from a cookie's value; what is not understood is the default."""
    size, _, theme = text.partition(".")
    return Preferences(_one_of(TextSize, size, TextSize.NORMAL), _one_of(Theme, theme, Theme.DEVICE))


def current_preferences() -> Preferences:
    """What this request's cookie says."""
    return preferences_from(request.cookies.get(COOKIE, ""))


def set_preferences() -> ResponseReturnValue:
    """``GET /preferences?fs=l&theme=dark&back=/mines``: keep the choice, go back to an own path only."""
    now = current_preferences()
    chosen = Preferences(
        _one_of(TextSize, request.args.get("fs", ""), now.text_size),
        _one_of(Theme, request.args.get("theme", ""), now.theme),
    )
    answer = redirect(own_path(request.args.get("back", "/")), 303)
    answer.set_cookie(
        COOKIE,
        chosen.as_cookie(),
        max_age=YEAR,
        secure=current_settings().cookie_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _one_of(kind: type[Choice], text: str, otherwise: Choice) -> Choice:
    return kind(text) if text in tuple(kind) else otherwise
