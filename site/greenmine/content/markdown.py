"""Markdown as safe HTML. Pure: the same text gives the same HTML, and nothing outside it is asked.

Three nets, each enough by itself (ASVS 1.3.5): raw HTML is not parsed, it is text; a link or picture
whose address is not of a known form loses the address; and the result passes an allow-list of elements.
"""

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from greenmine.content.emphasis import chinese_emphasis, is_wide

_WEB: Final = re.compile(r"https?://(?!/)[^\s\\@/?#]+(?:[/?#][^\s\\]*)?", re.IGNORECASE)
_OWN: Final = re.compile(r"/(?![/\\]|%5c|%2f)[^\s\\]*|#[^\s\\]*", re.IGNORECASE)
_DIRECT: Final = re.compile(r"mailto:[^\s\\/?#&:@]+@[^\s\\/?#&:@]+|tel:\+?[0-9-]+", re.IGNORECASE)
_PICTURE: Final = re.compile(r"/(?:media|documents)/[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_CONTROL: Final = re.compile("[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_UNFIT_IN_ID: Final = re.compile(r"[^\w-]+")

_HEADINGS: Final = ("h2", "h3", "h4", "h5", "h6")
_ALIGNMENTS: Final = {"text-align:left": "left", "text-align:center": "center", "text-align:right": "right"}


def is_safe_link(address: str) -> bool:
    """Whether a text may link there: a page of this site, the web, an e-mail address or a telephone number.

    ``//host`` and ``/\\host`` lead to another site under this one's scheme and are refused, as are
    addresses with a user name, control or direction characters, and every other scheme.
    """
    if _CONTROL.search(address):
        return False
    return any(form.fullmatch(address) for form in (_OWN, _WEB, _DIRECT))


def is_safe_picture(address: str) -> bool:
    """Whether a text may show it: only what this site itself serves under ``/media/`` or ``/documents/``."""
    return _PICTURE.fullmatch(address) is not None


def _kept_attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "href" and not is_safe_link(value):
        return None
    if name == "src" and not is_safe_picture(value):
        return None
    return value


_CLEANER: Final = nh3.Cleaner(
    tags={
        *_HEADINGS, *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong"),
        *("ul", "ol", "li", "a", "img", "div", "table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={
        **{heading: {"id"} for heading in _HEADINGS},
        "a": {"href", "title", "rel"},
        "img": {"src", "alt", "title"},
        "ol": {"start"},
        "div": {"role", "aria-label", "tabindex"},
        "th": {"scope"},
    },
    allowed_classes={
        "div": {"table-scroll"},
        "th": {"align-left", "align-center", "align-right"},
        "td": {"align-left", "align-center", "align-right"},
    },
    attribute_filter=_kept_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)  # fmt: skip


def render(text: str, *, id_prefix: str = "s-") -> str:
    """Markdown as HTML that may stand in a page as it is.

    Headings begin at h2 and skip no level (the page's own title is its h1) and carry unique ids that begin
    with ``id_prefix``. Tables, wide on a phone, stand in a ``div.table-scroll``. Links to other sites
    carry ``rel="noopener"``. A line break between two Chinese characters is no space.
    """
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.enable("table").use(chinese_emphasis)
    # Addresses are judged in one place, _mend_addresses, which keeps the label of a refused link.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.core.ruler.push("own_house", _put_in_order)
    parser.add_render_rule("softbreak", _soft_break)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return _CLEANER.clean(str(parser.render(text, {"id_prefix": id_prefix})))


def _put_in_order(state: StateCore) -> None:
    """The last core rule: headings, addresses and table cells as this site wants them."""
    _order_headings(state.tokens, prefix=str(state.env["id_prefix"]))
    for token in state.tokens:
        if token.type == "inline":
            token.children = _mend_addresses(token.children or [])
        elif token.type in {"th_open", "td_open"}:
            _mend_cell(token)


def _order_headings(tokens: Sequence[Token], *, prefix: str) -> None:
    above: list[str] = []
    taken: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        while above and above[-1] >= token.tag:
            above.pop()
        above.append(token.tag)
        # A heading is always three tokens: open, inline, close. Six source levels share five here.
        token.tag = tokens[place + 2].tag = _HEADINGS[min(len(above), len(_HEADINGS)) - 1]
        token.attrSet("id", _free_id(prefix + _id_text(tokens[place + 1]), taken=taken))


def _id_text(inline: Token) -> str:
    """The visible words of a heading as an id: letters of any script, digits, hyphens."""
    words = "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})
    return _UNFIT_IN_ID.sub("-", words).strip("-")[:60] or "section"


def _free_id(wanted: str, *, taken: dict[str, int]) -> str:
    """``wanted``, or ``wanted-2`` and so on; ``taken`` holds every id given and the last number tried for it."""
    number = taken.get(wanted, 0) + 1
    free = wanted if number == 1 else f"{wanted}-{number}"
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    taken[wanted] = number
    taken.setdefault(free, 1)
    return free


def _mend_addresses(children: Sequence[Token]) -> list[Token]:
    """Of a refused link keep the label, of a refused picture the words; mark links to other sites."""
    kept: list[Token] = []
    open_links: list[bool] = []
    for token in children:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            open_links.append(is_safe_link(address))
            if _WEB.fullmatch(address):
                token.attrSet("rel", "noopener")
        if token.type in {"link_open", "link_close"}:
            if open_links[-1]:
                kept.append(token)
            if token.type == "link_close":
                open_links.pop()
        elif token.type == "image" and not is_safe_picture(str(token.attrGet("src") or "")):
            kept.extend(_mend_addresses(token.children or []))
        else:
            kept.append(token)
    return kept


def _mend_cell(token: Token) -> None:
    """Alignment as a class (the site's policy forbids style attributes) and the scope of a heading cell."""
    alignment = _ALIGNMENTS.get(str(token.attrs.pop("style", "")))
    if alignment is not None:
        token.attrSet("class", f"align-{alignment}")
    if token.tag == "th":
        token.attrSet("scope", "col")


def _soft_break(
    _renderer: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict, _env: EnvType
) -> str:
    before = tokens[place - 1].content[-1:] if place else ""
    after = tokens[place + 1].content[:1] if place + 1 < len(tokens) else ""
    return "" if before and after and is_wide(before) and is_wide(after) else "\n"


def _table_open(
    _renderer: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict, _env: EnvType
) -> str:
    # A part that scrolls sideways must be reachable by keyboard and have a name (WCAG 2.1.1).
    headings = []
    for token in tokens[place:]:
        if token.type == "thead_close":
            break
        headings += [child.content for child in token.children or [] if child.type == "text"]
    name = escape("表格：" + "、".join(headings)[:60])
    return f'<div class="table-scroll" role="group" tabindex="0" aria-label="{name}"><table>\n'


def _table_close(
    _renderer: RendererHTML, _tokens: Sequence[Token], _place: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table></div>\n"


class _Words(HTMLParser):
    """Gathers what a reader sees. Parts that stand on lines of their own are set apart by a space."""

    _INLINE: Final = frozenset({"a", "em", "strong", "code"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._INLINE:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain_text(html: str) -> str:
    """The words of HTML made by :func:`render`, on one line, without any markup."""
    words = _Words()
    words.feed(html)
    words.close()
    return " ".join("".join(words.parts).split())


def summary(text: str, *, length: int = 120) -> str:
    """The first ``length`` characters of a Markdown text in plain words, with an ellipsis when cut."""
    words = plain_text(render(text))
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
