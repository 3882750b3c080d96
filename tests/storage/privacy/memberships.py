"""What Discord says of servers."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.errors import MessengerDown
from bot.ids import GuildId


@dataclass
class In:
    """Says that the bot is in these servers, or nothing."""

    guild_ids: AbstractSet[GuildId]
    answers: bool = True

    async def is_in(self, guild_id: GuildId) -> bool:
        if not self.answers:
            msg = "Discord is down"
            raise MessengerDown(msg)
        return guild_id in self.guild_ids
