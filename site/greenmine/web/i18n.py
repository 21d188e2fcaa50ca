"""Language of the pages: Chinese is the source, catalogues translate it (``translations/``, babel.cfg)."""

from pathlib import Path
from typing import Final

from flask import Flask
from flask_babel import Babel, get_locale
from flask_babel import gettext as babel_gettext
from flask_babel import ngettext as babel_ngettext

SOURCE_LOCALE: Final = "zh_Hans_CN"
TRANSLATIONS: Final = Path(__file__).parent / "translations"


def select_locale() -> str:
    """The language of this request. English addresses (``/en/…``) come with their catalogue."""
    return SOURCE_LOCALE


def language() -> str:
    """The value of ``<html lang>`` (BCP 47)."""
    locale = get_locale()
    return "zh-CN" if locale is None or locale.language == "zh" else str(locale.language)


def gettext(message: str, **values: object) -> str:
    """The sentence in the reader's language, with its values. Modules import it as ``_``.

    The source language needs no catalogue: a page holds hundreds of sentences, and a look-up of each
    through the request's context took a third of its time.
    """
    if select_locale() == SOURCE_LOCALE:
        return message % values if values else message
    return str(babel_gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """As :func:`gettext`, for a sentence that counts ``%(num)d`` things."""
    if select_locale() == SOURCE_LOCALE:
        return many % {"num": num, **values}
    return str(babel_ngettext(one, many, num, **values))


def init_i18n(app: Flask) -> None:
    """Hang gettext on the application and its templates. Times of day are legal time (Asia/Shanghai)."""
    Babel(
        app,
        default_locale=SOURCE_LOCALE,
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=select_locale,
    )
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["language"] = language
