"""Alembic environment: runs on the connection that :mod:`greenmine.store.migrate` hands over."""

from alembic import context

from greenmine.store.tables_private import journal  # the private tables join the public ones

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=journal.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
