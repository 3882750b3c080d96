"""The tables of quotas: what counts, and what is set for whom."""

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.sql.selectable import NamedFromClause

from bot.quotas.limits import Scope
from storage.tables.column_types import (
    Instant,
    Number,
    WholeNumber,
    Word,
)
from storage.tables.metadata import metadata


class LedgerKind(StrEnum):
    """What a row of the ledger does to the videos that count."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    RESET = "reset"
    """An admin reset a member's usage: the video counts for the server alone."""
    RESET_ALL = "reset_all"
    """An admin reset the usage of everybody and of the server."""
    GRANT = "grant"
    """An admin granted a member videos beyond the limits, or took some back."""


def counts(column: str) -> TextClause:
    """Return SQL that is true for rows of the ledger that add to a column's sum."""
    return text(f"{column} <> 0")


_CLOSES = "kind IN ('settle', 'release')"


def closes(rows: NamedFromClause) -> TextClause:
    """Return SQL that is true for rows of a ledger that close a reservation."""
    return text(f"{rows.name}.{_CLOSES}")


ledger = Table(
    "ledger",
    metadata,
    Column("id", WholeNumber, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    # Without a member, a row is about the whole server.
    Column("user_id", WholeNumber),
    # No foreign key: what was used stays known when a job itself has been erased.
    Column("job_id", Text),
    Column("kind", Word(LedgerKind), nullable=False),
    # What the row adds to the usage of the server, to that of the member, and to the
    # videos granted to the member. Each of the three is the sum of its column.
    Column("videos", Integer, nullable=False),
    Column("own_videos", Integer, nullable=False),
    Column("grants", Integer, nullable=False),
    Column("credits", Number),
    Column("counted_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("job_id", "kind"),
    CheckConstraint("credits >= 0", name="credits"),
    # A job's video is the member's own, or one of those granted. Reports tell by the
    # kinds whether it counts: `storage.quotas.made`.
    CheckConstraint(
        "CASE kind WHEN 'reserve' THEN videos = 1 AND own_videos - grants = 1"
        " AND own_videos IN (0, 1)"
        " WHEN 'settle' THEN videos = 0 AND own_videos = 0 AND grants = 0"
        " WHEN 'release' THEN videos IN (0, -1) AND own_videos IN (0, -1)"
        " AND grants IN (0, 1)"
        " WHEN 'reset' THEN videos = 0 AND own_videos = -1 AND grants = 0"
        " WHEN 'reset_all' THEN videos = -1 AND own_videos IN (0, -1) AND grants = 0"
        " WHEN 'grant' THEN videos = 0 AND own_videos = 0 AND grants <> 0"
        " ELSE 0 = 1 END",
        name="videos",
    ),
    CheckConstraint("(kind = 'grant') = (job_id IS NULL)", name="job"),
    sqlite_strict=True,
)


def _counting(name: str, *columns: str, column: str) -> None:
    Index(
        name,
        *(ledger.c[one] for one in (*columns, column)),
        sqlite_where=counts(column),
        postgresql_where=counts(column),
    )


# A reservation is closed once: by settling or by releasing it, whichever comes first.
Index(
    "uq_ledger_closing",
    ledger.c.job_id,
    unique=True,
    sqlite_where=text(_CLOSES),
    postgresql_where=text(_CLOSES),
)
# Quotas of members and of servers, read from the index alone.
_counting("ix_ledger_member", "guild_id", "user_id", "counted_at", column="own_videos")
_counting("ix_ledger_guild", "guild_id", "counted_at", column="videos")
_counting("ix_ledger_grants", "guild_id", "user_id", column="grants")
# One person's rows in all servers. Pseudonyms are negative: they come first.
Index("ix_ledger_user", ledger.c.user_id, ledger.c.guild_id, ledger.c.id)

limits = Table(
    "limits",
    metadata,
    Column("guild_id", WholeNumber, nullable=False),
    Column("scope", Word(Scope), nullable=False),
    # The role or the member; 0 where the scope alone says it.
    Column("subject_id", WholeNumber, nullable=False),
    Column("per_day", Integer),
    Column("per_month", Integer),
    Column("at_once", Integer),
    Column("cooldown_s", Integer),
    *(
        Column(name, Integer, CheckConstraint(f"{name} >= -1", name=name))
        for name in ("credits_per_day", "credits_per_month", "longest_s")
    ),
    # In lines of pixels.
    Column(
        "best_quality",
        Integer,
        CheckConstraint(
            "best_quality IN (-1, 480, 720, 1080, 2160)", name="best_quality"
        ),
    ),
    PrimaryKeyConstraint("guild_id", "scope", "subject_id"),
    CheckConstraint(
        "CASE scope WHEN 'server' THEN subject_id = 0 AND cooldown_s IS NULL"
        " WHEN 'members' THEN subject_id = 0"
        " WHEN 'role' THEN subject_id > 0"
        " WHEN 'member' THEN subject_id > 0 ELSE 0 = 1 END",
        name="scope",
    ),
    CheckConstraint(
        "per_day >= -1 AND per_month >= -1 AND at_once >= -1 AND cooldown_s >= -1",
        name="values",
    ),
    sqlite_strict=True,
)

resets = Table(
    "resets",
    metadata,
    # Resets of more videos than one transaction takes, until the last of them.
    Column("id", Text, primary_key=True),
    Column("guild_id", WholeNumber, nullable=False),
    # Whose usage; NULL = everybody's.
    Column("user_id", WholeNumber),
    Column("actor_id", WholeNumber, nullable=False),
    Column("at", Instant, nullable=False),
    # How many have been reset so far.
    Column("videos", Integer, nullable=False),
    sqlite_strict=True,
)
