"""Settings: one frozen dataclass, read once from the environment, and nowhere else.

Each field carries its environment name, its default as text and its meaning; docs/settings.md is
printed from them (``make docs``) and a test keeps the two alike. A refused setting is a
:class:`SettingsError` whose sentences tell the operator what to write instead; doors exit with 2.
"""

from greenmine.config.mail import MailSecurity, MailServer
from greenmine.config.page import settings_page
from greenmine.config.parsers import Mode
from greenmine.config.secret_key import ensure_secret_key
from greenmine.config.settings import (
    EXIT_CODE,
    Settings,
    SettingsError,
    read_settings,
    read_settings_or_exit,
    settings_by_field,
)

__all__ = [
    "EXIT_CODE",
    "MailSecurity",
    "MailServer",
    "Mode",
    "Settings",
    "SettingsError",
    "ensure_secret_key",
    "read_settings",
    "read_settings_or_exit",
    "settings_by_field",
    "settings_page",
]
