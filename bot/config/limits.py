"""The operator's rules: how much, by whom, what, and for how long it is kept."""

from typing import Annotated

from bot.config.sections import (
    Credits,
    Days,
    ExistingFile,
    Ids,
    Limit,
    Link,
    SecondsLimit,
    Section,
    Snowflake,
    Unset,
)


class Quotas(Section):
    """Limits of servers that have set none of their own, and the operator's ceilings.

    Numbers are videos: 0 = none allowed, -1 = no limit of this kind.
    """

    server_per_day: Limit = 50
    server_per_month: Limit = 500
    server_at_once: Limit = 10
    server_most_per_day: Limit = 200
    """What a server makes at most, whatever its admins do; -1 = anything. With the next
    two."""
    server_most_per_month: Limit = 2000
    server_most_at_once: Limit = 20
    member_per_day: Limit = 5
    member_per_month: Limit = 50
    member_at_once: Limit = 2
    member_cooldown_s: SecondsLimit = 0
    """Seconds between two requests of one member; 0 and -1 = none needed."""
    server_credits_per_month: Annotated[Credits | None, Unset] = None
    """EvoLink credits that one server may spend in a month; None = no ceiling."""
    total_credits_per_month: Annotated[Credits | None, Unset] = None
    """EvoLink credits that all servers may spend in a month; None = no ceiling."""
    credit_reserve: Credits = 0
    """Intake pauses while the account holds fewer credits."""


class Operator(Section):
    """Who runs this installation, and for which servers."""

    channel_id: Annotated[Snowflake | None, Unset] = None
    """Discord channel where the operator is told; None = the log only."""
    guilds_allowed: Ids = None
    """The only servers Clapper works for; None = all, empty = none."""
    guilds_barred: Ids = None
    """Servers Clapper never works for, even if they are allowed above."""
    privacy_url: Link = None
    """The operator's privacy policy, shown by `/about`."""
    terms_url: Link = None
    """The operator's terms of service, shown by `/about`."""
    support_url: Link = None
    """Where people get help, shown by `/about`."""
    greet: bool = True
    """Say once in a server that has added Clapper how to begin."""


class Moderation(Section):
    """The operator's word lists, which no server can lift. One pattern a line."""

    words_file: ExistingFile = None
    """For every prompt; None = no list."""
    spicy_words_file: ExistingFile = None
    """Also for prompts in spicy mode; None = the list that comes with Clapper."""


class Privacy(Section):
    """How long personal data is kept."""

    prompt_days: Days = 90
    audit_days: Days = 365
    departed_guild_days: Days = 30
    """The data of a server that removed the bot."""
