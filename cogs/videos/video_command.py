"""`/video`: ask for a clip. What may be chosen follows the model in use."""

from typing import Any

import discord
from discord import app_commands

from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest
from bot.models.offer import Offer
from bot.models.profile import PROMPT_MAX_CHARS
from bot.requests.incoming import IncomingRequest
from bot.requests.preset import NAME_MAX_CHARS
from bot.requests.presets import Presets
from bot.requests.video_orders import VideoOrder, VideoOrders
from bot.texts.texts import Texts
from cogs.commands.choices import chosen, video_options
from cogs.servers.presets import suggested_presets
from cogs.wire.acknowledgement import InteractionAcknowledgement
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.pictures import DiscordPictures, attached
from cogs.wire.places import actor_of, incoming_request
from cogs.wire.servers import Servers

_Prompt = app_commands.Range[str, 1, PROMPT_MAX_CHARS]
_Preset = app_commands.Range[str, 1, NAME_MAX_CHARS]


def video_command(  # noqa: PLR0913 - each a collaborator of its own
    orders: VideoOrders,
    presets: Presets,
    offer: Offer,
    texts: Texts,
    *,
    pictures: DiscordPictures,
    wire: DiscordWire,
    servers: Servers,
) -> app_commands.Command[Any, ..., None]:
    """Return `/video` with the menus of the offered models.

    It is made rather than declared, because a declaration would come before the
    configuration that says which models they are.
    """

    @video_options(offer)
    async def video(  # noqa: PLR0913, PLR0917 - the options
        interaction: discord.Interaction,
        prompt: _Prompt,
        image: discord.Attachment | None = None,
        mode: str | None = None,
        duration: int | None = None,
        aspect: str | None = None,
        model: str | None = None,
        quality: str | None = None,
        sound: str | None = None,
        preset: _Preset | None = None,
    ) -> None:
        """Make a short video."""

        async def make_incoming(request: VideoRequest) -> IncomingRequest:
            picture = None if image is None else pictures.source(attached(image))
            return await incoming_request(interaction, request, servers, picture)

        given = chosen(
            mode=mode,
            duration=duration,
            aspect=aspect,
            model=model,
            quality=quality,
            sound=sound,
        )
        actor, use = actor_of(interaction), None
        if image is not None:
            use = PictureUse(kind=PictureKind.ATTACHED, owner_id=actor.user_id)
        # No deferring: the status message is the answer, and comes before any cost.
        await orders.request(
            actor,
            VideoOrder(prompt=prompt, given=given, preset=preset, picture=use),
            make_incoming,
            InteractionAcknowledgement(interaction, texts, wire),
        )

    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name="video",
        description="Make a short video.",
        callback=video,
    )
    command.autocomplete("preset")(suggested_presets(presets))
    return command
