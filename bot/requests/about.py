"""What a request by one member in one place would meet, without making one."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.ids import GuildId
from bot.models.choices import Mode
from bot.moderation.policy import (
    Block,
    Moment,
    PicturesPolicy,
    PolicyFacts,
    Verdict,
    decide,
)
from bot.moderation.ports import ChannelView, ModerationStore
from bot.quotas.status import QuotaStatus, QuotaStatuses
from bot.servers.people import Actor
from bot.servers.places import Permission, Place, missing_permissions, place_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOutlook:
    """What applies to one member in one place."""

    is_served: bool
    """The operator lets the bot work in this server."""
    place: Place
    place_fault: str | None
    """The id of the text that says why no clip can be posted there, whatever the
    permissions are; None = one can."""
    missing: tuple[Permission, ...]
    """What the bot lacks to post a clip there."""
    block: Block | None
    """The member's, while it is in force."""
    spicy: Verdict
    """What the rules say of a spicy request, whatever its prompt."""
    pictures: PicturesPolicy
    """Whose pictures a clip may begin with, as the server has it."""
    quota: QuotaStatus


class About:
    """Gathers it from the database and Discord."""

    def __init__(
        self,
        usage: QuotaStatuses,
        moderation: ModerationStore,
        channels: ChannelView,
        clock: Clock,
        *,
        is_served: Callable[[GuildId], bool],
    ) -> None:
        self._usage = usage
        self._moderation = moderation
        self._channels = channels
        self._clock = clock
        self._is_served = is_served

    async def outlook(self, actor: Actor, place: Place) -> RequestOutlook:
        """Return what a request of this member would meet in this place now."""
        guild_id, now = actor.guild_id, self._clock.now()
        settings = await self._moderation.settings(guild_id)
        block = await self._moderation.block_of(guild_id, actor.user_id)
        review = settings.review_channel_id
        spicy = decide(
            PolicyFacts(
                moment=Moment.ASKED,
                requester_id=actor.user_id,
                mode=Mode.SPICY,
                policy=settings.policy,
                is_restricted=place.is_age_restricted,
                pictures=settings.pictures,
                picture=None,
                spicy_role_ids=settings.spicy_role_ids,
                member_role_ids=actor.role_ids,
                can_review=review is not None
                and await self._channels.seems_restricted(guild_id, review),
            )
        )
        return RequestOutlook(
            is_served=self._is_served(guild_id),
            place=place,
            place_fault=place_fault(place, now),
            missing=missing_permissions(place),
            block=block if block and block.holds(now) else None,
            spicy=spicy,
            pictures=settings.pictures,
            quota=await self._usage.of(actor),
        )
