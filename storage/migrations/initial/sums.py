"""What jobs add up to, and the triggers that write down every change."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.initial.columns import NUMBER, WHOLE

_COLUMNS = "guild_id, month, state, price, charged, jobs"
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
_PRICE = "coalesce({0}.credits_used, {0}.credits_reserved)"
_CHARGED = (
    "coalesce({0}.credits_used, CASE WHEN {0}.state = 'failed' THEN 0.0"
    " ELSE {0}.credits_reserved END, 0.0)"
)
_DIFFERS = " OR ".join(
    f"{one.format('OLD')} IS DISTINCT FROM {one.format('NEW')}"
    for one in (_STATE, _PRICE, _CHARGED)
)


def create() -> None:
    """Create the tables, their index and the triggers on jobs."""
    op.create_table(
        "job_changes",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("month", WHOLE, nullable=False),
        sa.Column("state", sa.Text()),
        sa.Column("price", NUMBER),
        sa.Column("charged", NUMBER, nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_changes"),
        sa.CheckConstraint("jobs IN (-1, 1)", name="ck_job_changes_jobs"),
        sqlite_strict=True,
    )
    op.create_table(
        "job_counts",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("jobs", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_job_counts"),
        sqlite_strict=True,
    )
    op.create_table(
        "month_prices",
        sa.Column("guild_id", WHOLE, nullable=False),
        sa.Column("month", WHOLE, nullable=False),
        sa.Column("price", NUMBER, nullable=False),
        sa.Column("charged", NUMBER, nullable=False),
        sa.Column("jobs", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint(
            "guild_id", "month", "price", "charged", name="pk_month_prices"
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_month_prices_month",
        "month_prices",
        ["month", "guild_id", "charged", "jobs"],
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _on_sqlite() if is_sqlite else _on_postgresql():
        op.execute(sa.text(statement.replace(":", "\\:")))


def _note(row: str, jobs: int, dialect: str) -> str:
    """Return SQL that writes down a job as it is, or (-1) was, if it adds anything."""
    month, state, price, charged = (
        one.format(row) for one in (_MONTH[dialect], _STATE, _PRICE, _CHARGED)
    )
    return (
        f"INSERT INTO job_changes ({_COLUMNS})"
        f" SELECT {row}.guild_id, {month}, {state}, {price}, {charged}, {jobs}"
        f" WHERE {row}.state IN {_ENDED} OR {price} IS NOT NULL;"
    )


def _on_sqlite() -> tuple[str, ...]:
    before, after = (_note(*one, "sqlite") for one in (("OLD", -1), ("NEW", 1)))
    return (
        f"CREATE TRIGGER new_jobs_are_summed AFTER INSERT ON jobs BEGIN {after} END",
        (
            f"CREATE TRIGGER erased_jobs_are_summed AFTER DELETE ON jobs"
            f" BEGIN {before} END"
        ),
        (
            f"CREATE TRIGGER changed_jobs_are_summed"
            f" AFTER UPDATE OF state, credits_used, credits_reserved ON jobs"
            f" WHEN {_DIFFERS.replace('IS DISTINCT FROM', 'IS NOT')}"
            f" BEGIN {before} {after} END"
        ),
    )


def _on_postgresql() -> tuple[str, ...]:
    before, after = (_note(*one, "postgresql") for one in (("OLD", -1), ("NEW", 1)))

    def trigger(name: str, on: str, body: str, when: str = "") -> tuple[str, str]:
        return (
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
                f" AS $$ BEGIN {body} RETURN NULL; END $$"
            ),
            (
                f"CREATE TRIGGER {name} AFTER {on} ON jobs FOR EACH ROW {when}"
                f" EXECUTE FUNCTION {name}()"
            ),
        )

    return (
        *trigger("new_jobs_are_summed", "INSERT", after),
        *trigger("erased_jobs_are_summed", "DELETE", before),
        *trigger(
            "changed_jobs_are_summed",
            "UPDATE OF state, credits_used, credits_reserved",
            before + after,
            f"WHEN ({_DIFFERS})",
        ),
    )
