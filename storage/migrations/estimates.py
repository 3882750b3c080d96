"""What jobs are expected to cost, as revision v0002 brings it. Never changed later."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import sqlalchemy as sa
from alembic import op

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

_FIRST_RATES = {
    "grok-imagine-text-to-video": 0.82,
    "grok-imagine-text-to-video-beta": 0.82,
    "grok-imagine-image-to-video-beta": 0.82,
    "grok-imagine-video-1.5-preview": 4.35,
    "seedance-2.0-mini-text-to-video": 0.82,
    "seedance-2.0-mini-image-to-video": 0.82,
    "seedance-2.0-fast-text-to-video": 2.31,
    "seedance-2.0-fast-image-to-video": 2.31,
    "seedance-2.0-text-to-video": 3.88,
    "seedance-2.0-image-to-video": 3.88,
    "seedance-2.5-text-to-video": 5.78,
    "seedance-2.5-image-to-video": 5.78,
    "veo-3.1-fast-generate-preview": 2.72,
    "sora-2-preview": 5.78,
    "kling-v3-turbo-text-to-video": 7.21,
    "wan3.0-text-to-video": 5.1,
}
"""Credits a second, where no clip of a model has been billed."""
_DEAREST_RATE = 10.2
_ENOUGH = 5
"""Bills that are believed rather than the rates above."""
_OPEN_JOBS = sa.text(
    f"SELECT id, model, quality, duration_s FROM jobs WHERE state IN {_OPEN}"  # noqa: S608 - our own words
)
_BILLS = sa.text(
    "SELECT duration_s, coalesce(credits_used, credits_reserved) AS credits FROM jobs"
    " WHERE model = :model AND coalesce(quality, '') = coalesce(:quality, '')"
    " AND coalesce(credits_used, credits_reserved) > 0"
    " ORDER BY requested_at DESC LIMIT 15"
).bindparams(sa.bindparam("quality", type_=sa.Text()))
_FILL = sa.text("UPDATE jobs SET credits_estimated = :credits WHERE id = :id")


def add() -> None:
    """Add the column, count it in the sums, and fill it for what is under way."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    number = "REAL" if is_sqlite else "DOUBLE PRECISION"
    op.execute(
        f"ALTER TABLE jobs ADD COLUMN credits_estimated {number}"
        " CONSTRAINT ck_jobs_estimate CHECK (credits_estimated >= 0)"
    )
    _index()
    for statement in _on_sqlite() if is_sqlite else _on_postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))
    _fill(connection)


def _index() -> None:
    op.drop_index("ix_jobs_priced", "jobs")
    for name, columns, where in (
        (
            "ix_jobs_priced",
            (
                "requested_at",
                "guild_id",
                "state",
                "credits_used",
                "credits_reserved",
                "credits_estimated",
            ),
            (
                "(credits_used IS NOT NULL OR credits_reserved IS NOT NULL"
                " OR credits_estimated IS NOT NULL)"
            ),
        ),
        (
            "ix_jobs_bills",
            ("model", "quality", "requested_at"),
            "(credits_used > 0 OR credits_reserved > 0)",
        ),
    ):
        condition = sa.text(where)
        op.create_index(
            name,
            "jobs",
            list(columns),
            sqlite_where=condition,
            postgresql_where=condition,
        )


def _fill(connection: sa.Connection) -> None:
    rates: dict[tuple[str, str | None], float] = {}
    filled = []
    for job in connection.execute(_OPEN_JOBS).all():
        kind = (job.model, job.quality)
        if kind not in rates:
            parameters = {"model": job.model, "quality": job.quality}
            bills = connection.execute(_BILLS, parameters).all()
            rates[kind] = _rate(job.model, bills)
        expected = round(rates[kind] * job.duration_s, 2)
        filled.append({"id": job.id, "credits": expected})
    if filled:
        connection.execute(_FILL, filled)


def _rate(model: str, bills: Sequence[Any]) -> float:
    first = _FIRST_RATES.get(model)
    if bills and (first is None or len(bills) >= _ENOUGH):
        return float(median(bill.credits / bill.duration_s for bill in bills))
    return _DEAREST_RATE if first is None else first


def _note(row: str, dialect: str) -> str:
    """Return SQL that writes down a job as it is, or was, if it adds anything."""
    month, state, price, charged = (
        one.format(row) for one in (_MONTH[dialect], _STATE, _PRICE, _CHARGED)
    )
    jobs = -1 if row == "OLD" else 1
    return (
        "INSERT INTO job_changes (guild_id, month, state, price, charged, jobs)"
        f" SELECT {row}.guild_id, {month}, {state}, {price}, {charged}, {jobs}"
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
    statements = []
    for name, on, rows in _TRIGGERS:
        body = " ".join(_note(row, "postgresql") for row in rows)
        when = f"WHEN ({_DIFFERS})" if len(rows) > 1 else ""
        statements += [
            f"DROP TRIGGER {name} ON jobs",
            (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger"
                f" LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
            ),
            (
                f"CREATE TRIGGER {name} AFTER {on} ON jobs FOR EACH ROW {when}"
                f" EXECUTE FUNCTION {name}()"
            ),
        ]
    return statements
