"""Verbs. One function, one transaction."""
