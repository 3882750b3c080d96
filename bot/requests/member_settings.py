"""A member's own defaults for `/video` in one server."""

from dataclasses import dataclass, replace
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
from bot.models.profile import Model
from bot.requests.server_offers import ServerOffers
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDefaults:
    """A member's own defaults as they work in a server now."""

    settings: VideoSettings
    """Without what the model does not take."""
    model: Model
    """The one that makes a video where the member chooses none."""


class MemberSettings:
    """Shows and changes what is the actor's own."""

    def __init__(self, store: MemberSettingsStore, offers: ServerOffers) -> None:
        self._store = store
        self._offers = offers

    async def of(self, actor: Actor) -> OwnDefaults:
        """Return the member's defaults."""
        offer = await self._offers.of(actor.guild_id)
        return _in_use(await self._store.of(actor.guild_id, actor.user_id), offer)

    async def change(self, actor: Actor, chosen: VideoSettings) -> OwnDefaults:
        """Set what is chosen, and return all defaults as they are then.

        Spicy can be set anywhere: whether it is allowed is decided at each request.

        Raises:
            Refused: If nothing is chosen, or the model does not take it.
        """
        if chosen == NOTHING_CHOSEN:
            raise Refused("refused-settings-nothing")
        offer = await self._offers.of(actor.guild_id)
        stored = await self._store.of(actor.guild_id, actor.user_id)
        model = offer.choose(chosen.model, stored.model)
        fault = settings_fault(chosen, model.text)
        if fault is not None:
            raise fault
        changed = await self._store.change(actor.guild_id, actor.user_id, chosen)
        return _in_use(changed, offer)

    async def reset(self, actor: Actor) -> OwnDefaults:
        """Go back to the usual defaults, and return them."""
        await self._store.clear(actor.guild_id, actor.user_id)
        return _in_use(NOTHING_CHOSEN, await self._offers.of(actor.guild_id))


def _in_use(stored: VideoSettings, offer: Offer) -> OwnDefaults:
    model = offer.choose(None, stored.model)
    settings = taken_by(model.text, stored)
    if stored.model != model.name:
        settings = replace(settings, model=None)
    return OwnDefaults(settings=settings, model=model)
