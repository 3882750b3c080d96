"""Runs migrations on the connection, and in the transaction, that it is handed.

Alembic executes this file; it is never imported. See `storage.schema`.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite rolls tables back like rows, where nobody commits in between.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
