"""The mark of the demonstration on what leaves the site's pages: downloads, feeds, calendars.

Pages bear it in their frame (templates/layout.html); a file is read without one.
"""

from greenmine.web.context import current_settings
from greenmine.web.i18n import gettext as _


def marked(title: str) -> str:
    """A title or a description, in demo mode behind ``演示数据，均为虚构：``."""
    if not current_settings().is_demo:
        return title
    return _("演示数据，均为虚构：%(title)s", title=title)


def marked_name(name: str) -> str:
    """The name of a download, in demo mode behind ``演示数据-``."""
    return f"{_('演示数据')}-{name}" if current_settings().is_demo else name
