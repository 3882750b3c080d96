"""Tells the other processes that something is due that they could not take before.

The triggers of `storage.migrations.initial.wakeups` tell what becomes due.
"""

from sqlalchemy import Connection, text

_NOTIFY = text(
    "SELECT pg_notify('clapper', :kind || ' 0 ' || current_setting('application_name'))"
)


def notify(connection: Connection, kind: str) -> None:
    """Tell them once the transaction is committed; on a file there is nobody.

    `kind` is the column that says when work is due, or its table.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTIFY, {"kind": kind})
