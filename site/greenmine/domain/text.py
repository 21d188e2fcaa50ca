"""Sentences a citizen reads, marked for translation where they are written and translated at the door."""


def N_(message: str) -> str:
    """Mark a Chinese sentence for the catalogue (gettext's own name for it); returns it unchanged, the door translates."""
    return message
