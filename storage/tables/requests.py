"""The tables of members' own defaults, and of presets."""

from sqlalchemy import Column, Index, Integer, Table, Text

from bot.models.choices import Aspect, Mode
from storage.tables.column_types import Flag, WholeNumber, Word
from storage.tables.metadata import metadata

member_settings = Table(
    "member_settings",
    metadata,
    Column("guild_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("user_id", WholeNumber, primary_key=True, autoincrement=False),
    Column("model", Text),
    Column("mode", Word(Mode)),
    Column("duration_s", Integer),
    Column("aspect", Word(Aspect)),
    Column("sound", Flag),
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
    Column("model", Text),
    Column("mode", Word(Mode)),
    Column("duration_s", Integer),
    Column("aspect", Word(Aspect)),
    Column("sound", Flag),
    Column("quality", Text),
    sqlite_strict=True,
)
