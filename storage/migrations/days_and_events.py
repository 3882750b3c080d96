"""Sums by day, and what needed a person, as revision v0003 brings them. Never changed.

For the operator's page. The triggers on jobs are those of v0002, with the day.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import NUMBER, WHOLE

_OPEN = "('awaiting_review', 'queued', 'submitting', 'generating', 'delivering')"
_MAY_COST = (
    f"{{0}}.state IN {_OPEN} OR {{0}}.state IN ('delivered', 'unconfirmed')"
    " OR {0}.state IN ('cancelled', 'undeliverable')"
    " AND ({0}.accepted_at IS NOT NULL OR {0}.unsure_since IS NOT NULL)"
    " OR {0}.state = 'failed' AND {0}.poll_due_at IS NOT NULL"
)
_ESTIMATE = f"CASE WHEN {_MAY_COST} THEN {{0}}.credits_estimated END"
_ENDED = (
    "('refused', 'delivered', 'denied', 'cancelled', 'failed', 'unconfirmed',"
    " 'undeliverable')"
)
_MONTH = {
    "sqlite": "CAST(strftime('%s', {0}.requested_at / 1000000, 'unixepoch',"
    " 'start of month') AS INTEGER) * 1000000",
    "postgresql": "CAST(extract(epoch FROM date_trunc('month',"
    " to_timestamp({0}.requested_at / 1000000) AT TIME ZONE 'UTC')) AS bigint)"
    " * 1000000",
}
_DAY = "{0}.requested_at - {0}.requested_at % 86400000000"
_STATE = f"CASE WHEN {{0}}.state IN {_ENDED} THEN {{0}}.state END"
_PRICE = f"coalesce({{0}}.credits_used, {{0}}.credits_reserved, {_ESTIMATE})"
_CHARGED = (
    "coalesce({0}.credits_used, CASE WHEN {0}.state = 'failed' AND {0}.poll_due_at"
    f" IS NULL THEN 0.0 ELSE {{0}}.credits_reserved END, {_ESTIMATE}, 0.0)"
)
_DIFFERS = " OR ".join(
    f"{one.format('OLD')} IS DISTINCT FROM {one.format('NEW')}"
    for one in (_STATE, _PRICE, _CHARGED)
)
_CHANGED = (
    "UPDATE OF state, credits_used, credits_reserved, credits_estimated, accepted_at,"
    " unsure_since, poll_due_at"
)
_TRIGGERS = (
    ("new_jobs_are_summed", "INSERT", ("NEW",)),
    ("erased_jobs_are_summed", "DELETE", ("OLD",)),
    ("changed_jobs_are_summed", _CHANGED, ("OLD", "NEW")),
)


def add() -> None:
    """Add the tables and the column, fill the sums, and have the triggers keep them."""
    _create_tables()
    # Changes that are not added up yet have no day: the jobs themselves are counted.
    whole = "INTEGER" if _is_sqlite() else "BIGINT"
    op.execute(f"ALTER TABLE job_changes ADD COLUMN day {whole}")
    for statement in _filling():
        op.execute(sa.text(statement.replace(":", "\\:")))
    for statement in _on_sqlite() if _is_sqlite() else _on_postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_tables() -> None:
    op.create_table(
        "day_counts",
        sa.Column("day", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("jobs", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("day", "state", name="pk_day_counts"),
        sqlite_strict=True,
    )
    op.create_table(
        "day_prices",
        sa.Column("day", WHOLE, nullable=False),
        sa.Column("charged", NUMBER, nullable=False),
        sa.Column("jobs", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("day", "charged", name="pk_day_prices"),
        sqlite_strict=True,
    )
    op.create_table(
        "operator_events",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("told_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operator_events"),
        sqlite_strict=True,
    )


def _filling() -> tuple[str, ...]:
    day, price, charged = (one.format("jobs") for one in (_DAY, _PRICE, _CHARGED))
    return (
        (
            f"INSERT INTO day_counts (day, state, jobs) SELECT {day}, state, count(*)"  # noqa: S608 - our own words
            f" FROM jobs WHERE state IN {_ENDED} GROUP BY {day}, state"
        ),
        (
            "INSERT INTO day_prices (day, charged, jobs) SELECT day, charged, count(*)"  # noqa: S608 - our own words
            f" FROM (SELECT {day} AS day, {charged} AS charged FROM jobs"
            f" WHERE {price} IS NOT NULL) AS priced GROUP BY day, charged"
        ),
    )


def _note(row: str, dialect: str) -> str:
    """Return SQL that writes down a job as it is, or was, if it adds anything."""
    month, day, state, price, charged = (
        one.format(row) for one in (_MONTH[dialect], _DAY, _STATE, _PRICE, _CHARGED)
    )
    jobs = -1 if row == "OLD" else 1
    return (
        "INSERT INTO job_changes (guild_id, month, day, state, price, charged, jobs)"
        f" SELECT {row}.guild_id, {month}, {day}, {state}, {price}, {charged}, {jobs}"
        f" WHERE {row}.state IN {_ENDED} OR {price} IS NOT NULL;"
    )


def _on_sqlite() -> list[str]:
    statements = []
    differs = _DIFFERS.replace("IS DISTINCT FROM", "IS NOT")
    for name, on, rows in _TRIGGERS:
        body = " ".join(_note(row, "sqlite") for row in rows)
        when = f"WHEN {differs}" if len(rows) > 1 else ""
        statements += [
            f"DROP TRIGGER {name}",
            f"CREATE TRIGGER {name} AFTER {on} ON jobs {when} BEGIN {body} END",
        ]
    return statements


def _on_postgresql() -> list[str]:
    """Return what changes the triggers' functions; which rows call them stays."""
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {' '.join(_note(row, 'postgresql') for row in rows)}"
        " RETURN NULL; END $$"
        for name, _, rows in _TRIGGERS
    ]
