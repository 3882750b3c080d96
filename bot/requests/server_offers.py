"""What each server uses of the operator's models."""

from typing import Protocol

from bot.ids import GuildId
from bot.models.offer import Offer
from bot.moderation.records import ModerationSettings


class ServerSettings(Protocol):
    """What servers have set. Implemented in `storage.moderation`."""

    async def settings(self, guild_id: GuildId) -> ModerationSettings:
        """Return a server's settings, or the defaults."""
        ...


class ServerOffers:
    """Narrows the operator's offer to what a server has set."""

    def __init__(self, offer: Offer, servers: ServerSettings) -> None:
        self._offer = offer
        self._servers = servers

    async def of(self, guild_id: GuildId) -> Offer:
        """Return what a server offers its members, its default model first.

        Raises:
            StorageError: If the database did not answer.
        """
        if not self._offer.has_several:
            return self._offer
        settings = await self._servers.settings(guild_id)
        return self._offer.narrowed(
            barred=settings.barred_models, default=settings.default_model
        )
