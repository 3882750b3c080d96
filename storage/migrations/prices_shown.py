"""Who sees prices, as revision v0003 brings it. Never changed later.

Nobody does until a server's admins say so, and messages that are there stay as they
are.
"""

from alembic import op


def add() -> None:
    """Add the server's setting, and whether a job's messages say what it costs."""
    op.execute(
        "ALTER TABLE guilds ADD COLUMN prices TEXT DEFAULT 'nobody' NOT NULL"
        " CONSTRAINT ck_guilds_prices"
        " CHECK (prices IN ('admins', 'everyone', 'nobody'))"
    )
    op.execute(
        "ALTER TABLE jobs ADD COLUMN shows_price INTEGER DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_jobs_shows_price CHECK (shows_price IN (0, 1))"
    )
