"""A server's presets, kept by its admins; each change is recorded."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.clock import Clock
from bot.errors import NotFound, Refused
from bot.ids import GuildId
from bot.jobs.video_settings import VideoSettings, settings_fault
from bot.models.offer import Offer
from bot.requests.preset import (
    MOST_PRESETS,
    NAME_MAX_CHARS,
    PLACEHOLDER,
    WORDS_MAX_CHARS,
    Preset,
    preset_fault,
    preset_key,
)
from bot.requests.server_offers import ServerOffers
from bot.servers.audit import AuditEntry, entry_by
from bot.servers.people import Actor, require_manager

Record = Callable[[Preset | None, int], AuditEntry]
"""Says how a change is recorded, from the preset of that name as it was and how many
there are. Pure: it is called within a transaction, and whatever it raises leaves
everything as it was."""


class PresetStore(Protocol):
    """Implemented by `storage.requests.presets`; each method is one transaction."""

    async def all_of(self, guild_id: GuildId) -> Sequence[Preset]:
        """Return a server's presets, by their keys."""
        ...

    async def get(self, guild_id: GuildId, key: str) -> Preset | None:
        """Return a preset by its key."""
        ...

    async def put(
        self, guild_id: GuildId, preset: Preset, record: Record
    ) -> Preset | None:
        """Store a preset in place of one with the same key, which is returned."""
        ...

    async def remove(
        self, guild_id: GuildId, key: str, record: Record
    ) -> Preset | None:
        """Remove a preset and return it; None, with nothing recorded, if none was."""
        ...


class Presets:
    """Everything under `/preset`, and the suggestions of `/video preset:`."""

    def __init__(self, store: PresetStore, offers: ServerOffers, clock: Clock) -> None:
        self._store = store
        self._offers = offers
        self._clock = clock

    async def add(self, actor: Actor, preset: Preset) -> bool:
        """Add a preset, or change the one of that name. Returns whether it is new.

        Raises:
            NotAllowed: To anybody but admins.
            Refused: If it cannot be used, or there would be too many.
        """
        require_manager(actor)
        text_id = preset_fault(preset)
        if text_id is not None:
            raise Refused(text_id, **_LIMITS.get(text_id, {}))
        fault = _fault(preset.settings, await self._offers.of(actor.guild_id))
        if fault is not None:
            raise fault
        at = self._clock.now()

        def record(before: Preset | None, count: int) -> AuditEntry:
            if before is None and count >= MOST_PRESETS:
                raise Refused("refused-presets-many", most=MOST_PRESETS)
            return entry_by(
                actor,
                at,
                "preset.add",
                "server",
                before=None if before is None else before.values(),
                after=preset.values(),
            )

        return await self._store.put(actor.guild_id, preset, record) is None

    async def remove(self, actor: Actor, name: str) -> Preset:
        """Remove a preset, and return it.

        Raises:
            NotAllowed: To anybody but admins.
            NotFound: If there is none of that name.
        """
        require_manager(actor)
        at = self._clock.now()

        def record(before: Preset | None, _: int) -> AuditEntry:
            return entry_by(
                actor,
                at,
                "preset.remove",
                "server",
                before=None if before is None else before.values(),
            )

        removed = await self._store.remove(actor.guild_id, preset_key(name), record)
        if removed is None:
            raise NotFound("not-found-preset")
        return removed

    async def all_of(self, actor: Actor) -> Sequence[Preset]:
        """Return all presets of the server, to be changed.

        Raises:
            NotAllowed: To anybody but admins.
        """
        require_manager(actor)
        return await self._store.all_of(actor.guild_id)

    async def names(self, actor: Actor, typed: str, limit: int) -> Sequence[str]:
        """Return names that hold what was typed, those that begin with it first."""
        key = preset_key(typed)
        found = [
            one for one in await self._store.all_of(actor.guild_id) if key in one.key
        ]
        found.sort(key=lambda one: not one.key.startswith(key))
        return [one.name for one in found[:limit]]


def _fault(chosen: VideoSettings, offer: Offer) -> Refused | None:
    """Return what is wrong with settings; without a model, one has to take them."""
    if chosen.model is not None:
        return settings_fault(chosen, offer.choose(chosen.model).text)
    faults = [settings_fault(chosen, one.text) for one in offer.models]
    return None if None in faults else faults[0]


_LIMITS: dict[str, dict[str, object]] = {
    "refused-preset-name": {"most": NAME_MAX_CHARS},
    "refused-preset-words-long": {"most": WORDS_MAX_CHARS},
    "refused-preset-placeholder": {"placeholder": PLACEHOLDER},
}
"""The values in the sentences that name a limit."""
