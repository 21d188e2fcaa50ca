"""Emphasis beside Chinese punctuation, which plain CommonMark leaves as bare asterisks.

CommonMark tells an opening ``**`` from a closing one by the spaces and punctuation around it. Chinese
writes no spaces, so in ``**注意：**这是`` the second ``**``, after punctuation and before a letter, may
not close. Here a wide character (Chinese letter or full-width punctuation) never hinders a marker.
"""

from typing import NamedTuple
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Delimiter, StateInline


class _Beside(NamedTuple):
    """What stands on one side of a run of markers."""

    space: bool
    punctuation: bool
    wide: bool

    @property
    def narrow_punctuation(self) -> bool:
        return self.punctuation and not self.wide

    @property
    def loose(self) -> bool:
        """Whether a marker next to it may touch narrow punctuation on its other side."""
        return self.space or self.punctuation or self.wide


def is_wide(character: str) -> bool:
    """Whether ``character`` is a Chinese letter, full-width punctuation or another wide sign."""
    return east_asian_width(character) in {"W", "F"}


def _look(character: str) -> _Beside:
    code = ord(character)
    punctuation = isMdAsciiPunct(code) or isPunctChar(character)
    return _Beside(isWhiteSpace(code), punctuation, is_wide(character))


def _can_open_and_close(before: _Beside, after: _Beside, *, splits_words: bool) -> tuple[bool, bool]:
    """CommonMark's flanking rules, with wide characters counted as neither letter nor punctuation."""
    left = not after.space and (not after.narrow_punctuation or before.loose)
    right = not before.space and (not before.narrow_punctuation or after.loose)
    can_open = left and (splits_words or not right or before.punctuation)
    can_close = right and (splits_words or not left or after.punctuation)
    return can_open, can_close


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Stand in for markdown-it's ``emphasis`` rule; the pairing of markers afterwards is its own."""
    marker = state.src[state.pos]
    if silent or marker not in "_*":
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    before = _look(state.src[state.pos - 1] if state.pos else " ")
    after = _look(state.src[end] if end < state.posMax else " ")
    can_open, can_close = _can_open_and_close(before, after, splits_words=marker == "*")
    length = end - state.pos
    for _ in range(length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(Delimiter(ord(marker), length, len(state.tokens) - 1, -1, can_open, can_close))
    state.pos = end
    return True


def chinese_emphasis(parser: MarkdownIt) -> None:
    """A markdown-it plug-in: ``parser.use(chinese_emphasis)``."""
    parser.inline.ruler.at("emphasis", _emphasis)
