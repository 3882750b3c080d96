"""A member's own defaults for `/video` in one server."""

from typing import Protocol

from bot.errors import Refused
from bot.ids import GuildId, UserId
from bot.jobs.video_settings import (
    NOTHING_CHOSEN,
    VideoSettings,
    settings_fault,
    taken_by,
)
from bot.models.offer import Offer
from bot.servers.people import Actor


class MemberSettingsStore(Protocol):
    """Implemented in `storage.requests`; each method is one transaction."""

    async def of(self, guild_id: GuildId, user_id: UserId) -> VideoSettings:
        """Return a member's own defaults in a server; all open if there are none."""
        ...

    async def change(
        self, guild_id: GuildId, user_id: UserId, chosen: VideoSettings
    ) -> VideoSettings:
        """Set what is chosen, keep the rest, and return all as it is then."""
        ...

    async def clear(self, guild_id: GuildId, user_id: UserId) -> None:
        """Forget a member's own defaults in a server."""
        ...


class MemberSettings:
    """Shows and changes what is the actor's own."""

    def __init__(self, store: MemberSettingsStore, offer: Offer) -> None:
        self._store = store
        self._offer = offer

    async def of(self, actor: Actor) -> VideoSettings:
        """Return the member's defaults, without what the model no longer takes."""
        stored = await self._store.of(actor.guild_id, actor.user_id)
        return taken_by(self._offer.first.text, stored)

    async def change(self, actor: Actor, chosen: VideoSettings) -> VideoSettings:
        """Set what is chosen, and return all defaults as they are then.

        Spicy can be set anywhere: whether it is allowed is decided at each request.

        Raises:
            Refused: If nothing is chosen, or the model does not take it.
        """
        if chosen == NOTHING_CHOSEN:
            raise Refused("refused-settings-nothing")
        fault = settings_fault(chosen, self._offer.first.text)
        if fault is not None:
            raise fault
        changed = await self._store.change(actor.guild_id, actor.user_id, chosen)
        return taken_by(self._offer.first.text, changed)

    async def reset(self, actor: Actor) -> None:
        """Go back to the usual defaults."""
        await self._store.clear(actor.guild_id, actor.user_id)
