"""The tables of members' own defaults, of presets, and of greetings to servers."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, text

from bot.jobs.video import Aspect, Mode
from storage.column_types import Instant, WholeNumber, Word
from storage.tables import metadata

member_settings = Table(
    "member_settings",
    metadata,
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("user_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("mode", Word(Mode)),
    Column("duration_s", Integer),
    Column("aspect", Word(Aspect)),
    Column("quality", Text),
    sqlite_strict=True,
)
# What is stored about one person, in all servers.
Index("ix_member_settings_user", member_settings.c.user_id)

presets = Table(
    "presets",
    metadata,
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    # The name without case and width: it tells presets apart.
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("mode", Word(Mode)),
    Column("duration_s", Integer),
    Column("aspect", Word(Aspect)),
    Column("quality", Text),
    sqlite_strict=True,
)

greetings = Table(
    "greetings",
    metadata,
    # A row for each server that was greeted, or is not to be. Server 0, which does not
    # exist, stands for all that were there before there were greetings.
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("due_at", Instant),
    # Before the first attempt to post it.
    Column("intended_at", Instant),
    Column("attempts", Integer, nullable=False),
    CheckConstraint("attempts >= 0", name="attempts"),
    sqlite_strict=True,
)
_due = text("due_at IS NOT NULL")
# The greeter: which servers are still to be greeted.
Index("ix_greetings_due", greetings.c.due_at, sqlite_where=_due, postgresql_where=_due)
