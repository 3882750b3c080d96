"""Servers: the greeting, `/about`, and what follows when the bot comes or goes."""

from collections.abc import Sequence

import bot as clapper
from bot.ids import GuildId
from bot.pipeline.wakeups import Rows
from bot.privacy.ports import RetentionStore
from bot.processes.shards import KnownShards
from bot.quotas.status import QuotaStatuses
from bot.requests.about import About
from bot.servers.greeter import Greeter
from bot.servers.greetings import Greetings
from bot.texts.texts import Texts
from bot.wiring.core import Core
from bot.wiring.feature import Feature
from bot.wiring.moderation import ModerationParts
from bot.wiring.rules import admission_rules
from cogs.bot import ClapperBot
from cogs.servers.about import BotInfo, about_command
from cogs.servers.membership import Membership
from cogs.wire.system_channels import DiscordSystemChannels
from storage.servers.greetings import SqlGreetings


def join_servers(
    core: Core,
    bot: ClapperBot,
    texts: Texts,
    *,
    moderation: ModerationParts,
    retention: RetentionStore,
    usage: QuotaStatuses,
) -> Feature:
    """Return what makes a server the bot's home."""
    clock, operator = core.clock, core.config.operator
    rules = admission_rules(core.config)
    store = SqlGreetings(core.database)
    greeter = Greeter(
        store,
        DiscordSystemChannels(bot.wire, bot.servers, texts),
        clock,
        messages=core.limits.messages,
    )
    core.wakeups.connect(Rows.GREETINGS, greeter)
    greetings = Greetings(
        store,
        clock,
        enabled=operator.greet,
        is_served=rules.serves,
        wake=greeter.wake,
    )

    async def left(guild_id: GuildId) -> None:
        await core.jobs.end_of_guild(guild_id, clock.now())
        await retention.note_departed(guild_id, clock.now())

    async def present(guild_ids: Sequence[GuildId], of: KnownShards) -> None:
        await retention.note_present(guild_ids, of, clock.now())
        await greetings.guilds_seen(guild_ids)

    about = About(
        usage,
        moderation.settings,
        moderation.channels,
        clock,
        is_served=rules.serves,
    )
    imprint = BotInfo(
        version=clapper.__version__,
        privacy_url=operator.privacy_url,
        terms_url=operator.terms_url,
        support_url=operator.support_url,
    )
    return Feature(
        cogs=[Membership(bot, left=left, present=present)],
        slash_commands=[
            about_command(about, moderation.offers, imprint, texts, bot.servers)
        ],
        routes=[],
        workers=[greeter, bot.registration],
    )
