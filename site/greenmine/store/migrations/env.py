"""Alembic environment: runs on the connection that :mod:`greenmine.store.migrate` hands over."""

from alembic import context

from greenmine.store.tables_case import outbox  # the tables of cases, and with them all others

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=outbox.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
