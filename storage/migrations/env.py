"""Runs migrations on the connection, and in the transaction, that it is handed.

Nothing is committed here: the caller's transaction takes all of them or none.
Alembic executes this file; it is never imported. See `storage.database.schema`.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
