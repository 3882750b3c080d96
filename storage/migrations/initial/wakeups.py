"""What PostgreSQL tells other processes, in the transaction of a change.

A notification reads `<kind> <due, in microseconds> <who changed it>`. It may get lost:
the due times are in the rows, and every worker reads them now and then.
"""

from alembic import op

_CHANNEL = "clapper"
_SOON = "(extract(epoch FROM clock_timestamp()) * 1000000 + 30000000)"
"""Later ones are seen by the pass that comes before."""
_SLOT = (
    "({0}.state IN ('submitting', 'generating') OR {0}.state IN ('cancelled',"
    " 'undeliverable') AND ({0}.poll_due_at IS NOT NULL OR {0}.submit_due_at IS NOT"
    " NULL))"
)
_DUE_OF_JOBS = (
    "submit_due_at",
    "poll_due_at",
    "delivery_due_at",
    "notice_due_at",
    "status_due_at",
)


def create() -> None:
    """Create the triggers, where other processes may be."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for column in _DUE_OF_JOBS:
        _tell(column, "jobs", f"UPDATE OF {column}", _sooner(column), due=column)
    _tell(
        "queue",
        "jobs",
        "UPDATE OF state",
        "NEW.state = 'queued' AND OLD.state <> 'queued'",
    )
    _tell(
        "slot",
        "jobs",
        "UPDATE OF state, poll_due_at, submit_due_at",
        f"{_SLOT.format('OLD')} AND NOT {_SLOT.format('NEW')}",
    )
    _tell(
        "callback",
        "jobs",
        "UPDATE OF called_back_at",
        "NEW.called_back_at IS NOT NULL AND OLD.called_back_at IS NULL",
    )
    for table in ("cards", "greetings", "guild_logs"):
        _tell(f"new_{table}", table, "INSERT", _soon("due_at"), due="due_at")
        _tell(table, table, "UPDATE OF due_at", _sooner("due_at"), due="due_at")
    _tell(
        "operator_messages",
        "operator_messages",
        "INSERT",
        # Health tries with it whether writing works, and takes it back.
        "NEW.event <> 'probe'",
        due="due_at",
    )


def _soon(column: str) -> str:
    return f"NEW.{column} < {_SOON}"


def _sooner(column: str) -> str:
    """Return SQL that is true where a time comes soon, and sooner than before."""
    was_later = f"(OLD.{column} IS NULL OR NEW.{column} < OLD.{column})"
    return f"{was_later} AND {_soon(column)}"


def _tell(name: str, table: str, on: str, when: str, *, due: str | None = None) -> None:
    kind = name.removeprefix("new_")
    time = "0" if due is None else f"NEW.{due}"
    function = f"{name}_wakes" if table == name else f"{table}_{name}_wakes"
    op.execute(
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM pg_notify('{_CHANNEL}', '{kind} ' || {time} || ' '"
        " || current_setting('application_name')); RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {function} AFTER {on} ON {table} FOR EACH ROW"
        f" WHEN ({when}) EXECUTE FUNCTION {function}()"
    )
