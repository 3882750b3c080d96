"""Animate picture: an entry in the menu of messages, and the form that it opens."""

from contextlib import suppress

import discord
from discord import app_commands

from bot.errors import NotFound, Refused
from bot.ids import UserId
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest
from bot.jobs.video_settings import VideoSettings
from bot.models.choices import Aspect, Mode
from bot.models.profile import ModelProfile
from bot.pictures.preparation import picture_fault
from bot.requests.clips import Clips
from bot.requests.incoming import IncomingRequest
from bot.requests.picture_check import PictureCheck
from bot.requests.video_orders import VideoOrder, VideoOrders
from bot.servers.people import Actor
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import (
    AnimatePress,
    animate_form,
    animate_press,
    job_press,
)
from cogs.presses import Fields, Route, Routes
from cogs.videos.pending_pictures import PendingPicture, PendingPictures
from cogs.videos.request_modal import (
    PICTURE,
    PROMPT,
    RequestModal,
    sent_settings,
)
from cogs.wire.acknowledgement import InteractionAcknowledgement
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.found_messages import read_message
from cogs.wire.pictures import AttachedFile, DiscordPictures, as_json, uploaded
from cogs.wire.places import actor_of, incoming_request
from cogs.wire.servers import Servers


class AnimateModal(RequestModal):
    """Asks what is to happen, and for a file where no message has the picture."""

    def __init__(
        self,
        texts: Texts,
        locale: str,
        profile: ModelProfile,
        usual: VideoSettings,
        number: int | None,
    ) -> None:
        """Begin with a member's own defaults.

        `number` stands for the message's picture; None = it has none.
        """
        super().__init__(
            texts,
            locale,
            profile,
            title="modal-animate-title",
            custom_id=animate_form(number),
        )
        self.add_prompt("", required=not profile.prompt_optional)
        self.add_choices(
            Mode.NORMAL if usual.mode in {None, Mode.SPICY} else Mode(usual.mode),
            usual.duration_s or profile.default_duration_s,
            Aspect(usual.aspect or profile.usual_aspect),
            with_spicy=False,
        )
        if number is None:
            self.add_picture("modal-picture", None, required=True)


class Animate:
    """Makes clips of the pictures in messages."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        orders: VideoOrders,
        clips: Clips,
        check: PictureCheck,
        pending: PendingPictures,
        pictures: DiscordPictures,
        texts: Texts,
        *,
        wire: DiscordWire,
        servers: Servers,
    ) -> None:
        self._orders = orders
        self._clips = clips
        self._check = check
        self._pending = pending
        self._pictures = pictures
        self._texts = texts
        self._wire = wire
        self._servers = servers

    def routes(self) -> Routes:
        """Return what answers the form."""
        route = Route(
            read=animate_press, on_press=_never_pressed, on_submit=self._on_submit
        )
        return {"animate": route}

    async def open(
        self, interaction: discord.Interaction, message: discord.Message
    ) -> None:
        """Put the form before a member who has chosen a message's picture, or none."""
        actor = actor_of(interaction)
        file = self._pictures.first_in(message)
        use = _attached(actor)
        if file is not None:
            fault = picture_fault(self._pictures.source(file))
            if fault is not None:
                raise Refused(fault)
            use = await self._posted(actor, message)
        await self._check.check(actor, use)
        pixels = None if file is None else file.pixels
        profile, usual = await self._orders.picture_form(actor, pixels)
        number = None
        if file is not None:
            number = interaction.id
            kept = PendingPicture(file=file, use=use, user_id=actor.user_id)
            self._pending.keep(number, kept)
        modal = AnimateModal(
            self._texts, str(interaction.locale), profile, usual, number
        )
        await interaction.response.send_modal(modal)

    async def _posted(self, actor: Actor, message: discord.Message) -> PictureUse:
        """Return whose the picture in a message is: its author's.

        What Clapper shows beside a clip is that of whom the clip's request names.
        """
        author_id = message.author.id
        told = {"id": message.id, "author": {"id": author_id}, **as_json(message)}
        found = read_message(told)
        presses = (job_press(one) for one in found.custom_ids)
        press = next((one for one in presses if one is not None), None)
        if press is not None and self._wire.is_ours(found):
            # A job that is gone, or of another server, gives nobody a right to it.
            with suppress(NotFound):
                request = await self._clips.settings_of(press.job_id, actor)
                if request.picture is not None:
                    return request.picture
        return PictureUse(kind=PictureKind.POSTED, owner_id=UserId(author_id))

    async def _on_submit(
        self, interaction: discord.Interaction, press: AnimatePress, sent: Fields
    ) -> None:
        actor = actor_of(interaction)
        file, use = self._picture(interaction, actor, press, sent)

        async def make_incoming(request: VideoRequest) -> IncomingRequest:
            picture = self._pictures.source(file)
            return await incoming_request(interaction, request, self._servers, picture)

        await self._orders.request(
            actor,
            VideoOrder(
                prompt=sent.get(PROMPT, ""),
                given=sent_settings(sent),
                preset=None,
                picture=use,
            ),
            make_incoming,
            InteractionAcknowledgement(interaction, self._texts, self._wire),
        )

    def _picture(
        self,
        interaction: discord.Interaction,
        actor: Actor,
        press: AnimatePress,
        sent: Fields,
    ) -> tuple[AttachedFile, PictureUse]:
        if press.number is not None:
            kept = self._pending.get(press.number, actor.user_id)
            if kept is not None:
                return kept.file, kept.use
        else:
            file = uploaded(dict(interaction.data or {}), sent.get(PICTURE))
            if file is not None:
                return file, _attached(actor)
        raise Refused("refused-picture-gone")


def animate_menu(animate: Animate) -> app_commands.ContextMenu:
    """Return the entry "Animate picture" for the menu of messages."""

    async def open_form(
        interaction: discord.Interaction, message: discord.Message
    ) -> None:
        await animate.open(interaction, message)

    return app_commands.ContextMenu(name="Animate picture", callback=open_form)


def _attached(actor: Actor) -> PictureUse:
    return PictureUse(kind=PictureKind.ATTACHED, owner_id=actor.user_id)


async def _never_pressed(_: discord.Interaction, __: AnimatePress) -> None:
    """Do nothing: no button has such a custom_id."""
