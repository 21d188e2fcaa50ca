"""Sentences a citizen reads, marked for translation where they are written and translated at the door."""


def N_(message: str) -> str:
    """Mark a Chinese sentence for the catalogue (gettext calls it so); returned unchanged, the door translates."""
    return message
