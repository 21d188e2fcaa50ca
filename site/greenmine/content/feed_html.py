"""HTML for readers elsewhere: only what a text is made of, and every address with the site's own origin before it."""

from collections.abc import Callable
from typing import Final

import nh3

from greenmine.content.markdown import is_safe_link, is_safe_picture

_TAGS: Final = frozenset(
    {
        *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "ul", "ol", "li"),
        *("a", "img", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    }
)
_ATTRIBUTES: Final = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "th": {"scope"}}


def feed_html(html: str, *, site_url: str, page: str) -> str:
    """The HTML without classes, ids and whatever else means nothing outside this site, its links absolute.

    :param site_url: origin from the settings, never from a request (trust.md 18)
    :param page: own path of the page, to which links to its own parts lead
    """
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_absolute(site_url, page),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    ).strip()


def _absolute(site_url: str, page: str) -> Callable[[str, str, str], str | None]:
    def mend(_tag: str, name: str, value: str) -> str | None:
        if name not in ("href", "src"):
            return value
        if not (is_safe_link(value) if name == "href" else is_safe_picture(value)):
            return None
        if value.startswith("#"):
            return f"{site_url}{page}{value}"
        return f"{site_url}{value}" if value.startswith("/") else value

    return mend
