"""Texts that say the same: what is left of a text once the ways to vary it by hand are taken away.

The desk lists complaints of one wording together (trust.md 4); the words themselves stay sealed, only a keyed hash
of this form is kept (store/cluster.py).
"""

import unicodedata


def normal_text(text: str) -> str:
    """Only letters and characters of writing, in one width and case: no spaces, punctuation, digits or marks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in folded if unicodedata.category(character)[0] == "L")
