"""What the ledger and the audit refuse: they are only ever added to.

Erasing a member changes `user_id` in the ledger and nothing else: the sums must stay.
Retention names what it erases in `erasing`, within its transaction; see
`storage.privacy.retention`.
"""

from alembic import op

_LEDGER = (
    "id, guild_id, job_id, kind, videos, own_videos, grants, credits, counted_at, at"
)
_MAY_SHORTEN = {
    "ledger": "SELECT 1 FROM erasing WHERE erasing.guild_id = OLD.guild_id",
    "audit": "SELECT 1 FROM erasing WHERE erasing.guild_id = OLD.guild_id"
    " OR OLD.at < erasing.audit_before",
}
_REWRITES = {"ledger": f"UPDATE OF {_LEDGER}", "audit": "UPDATE"}


def create() -> None:
    """Create the triggers, in the words of the database."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("ledger", "audit"):
        for statement in _on_sqlite(table) if is_sqlite else _on_postgresql(table):
            op.execute(statement)


def _on_sqlite(table: str) -> tuple[str, ...]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END"
    return (
        f"""
        CREATE TRIGGER {table}_is_never_rewritten
        BEFORE {_REWRITES[table]} ON {table} {refuse}
        """,
        f"""
        CREATE TRIGGER {table}_is_never_shortened BEFORE DELETE ON {table}
        WHEN NOT EXISTS ({_MAY_SHORTEN[table]}) {refuse}
        """,
    )


def _on_postgresql(table: str) -> tuple[str, ...]:
    refuse = (
        f"RAISE EXCEPTION 'the {table} is append-only'"
        " USING ERRCODE = 'integrity_constraint_violation';"
    )

    def trigger(name: str, on: str, body: str) -> tuple[str, str]:
        return (
            f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN {body} END $$
            """,
            f"""
            CREATE TRIGGER {name} BEFORE {on} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}()
            """,
        )

    may = f"IF EXISTS ({_MAY_SHORTEN[table]}) THEN RETURN OLD; END IF;"
    return (
        *trigger(f"{table}_is_never_rewritten", _REWRITES[table], refuse),
        *trigger(f"{table}_is_never_shortened", "DELETE", f"{may} {refuse}"),
    )
