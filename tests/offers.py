"""What operators may offer, by the names of the models."""

from typing import Any

from bot.ids import GuildId
from bot.jobs.video_settings import VideoSettings
from bot.models import offer as offers
from bot.models.offer import Offer
from bot.moderation.records import ModerationSettings
from bot.requests.member_settings import OwnDefaults
from bot.requests.server_offers import ServerOffers
from tests.factories import PICTURE_ID


def make_offer(*names: str, picture_id: str = "") -> Offer:
    """Return an offer of models, the default first, that take no other's pictures."""
    return offers.make_offer(names, picture_id=picture_id)


PICTURES = make_offer("grok-imagine-text-to-video", picture_id=PICTURE_ID)
"""What is offered unless the operator chooses otherwise."""
PLAIN = make_offer("grok-imagine-text-to-video")
"""The same, without pictures."""
BETA = make_offer("grok-imagine-text-to-video-beta")
"""A model with qualities, and with as many lengths as a menu holds."""
SEVERAL = make_offer(
    "grok-imagine-text-to-video",
    "seedance-2.0-fast-text-to-video",
    "sora-2-preview",
    picture_id=PICTURE_ID,
)
"""Models that differ in everything: modes, lengths, shapes, sound, pictures."""
WAN = "wan3.0-text-to-video"
"""A model with more lengths than a menu holds, and no modes."""


class SameInEveryServer:
    """Implements `bot.requests.server_offers.ServerSettings`."""

    def __init__(self, settings: ModerationSettings) -> None:
        self.now = settings

    async def settings(self, guild_id: GuildId) -> ModerationSettings:
        assert guild_id
        return self.now


def in_servers(offer: Offer, **settings: Any) -> ServerOffers:
    """Return what servers offer that have set this about moderation."""
    return ServerOffers(offer, SameInEveryServer(ModerationSettings(**settings)))


def own_defaults(settings: VideoSettings, offer: Offer) -> OwnDefaults:
    """Return what a member has chosen, as it works with an offer."""
    return OwnDefaults(settings=settings, model=offer.choose(settings.model))
