"""Alembic revisions; run by :mod:`greenmine.store.migrate`."""
