"""Turns `/video` as typed into a request: options left out are filled in.

An option wins over the preset, the preset over the member's own defaults, and those
over the server's and the usual ones. Every rule is applied to the request that comes of
it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from bot.errors import NotFound, Refused
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureUse
from bot.jobs.video import VideoRequest
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings, taken_by
from bot.models.profile import Model, ModelProfile
from bot.models.refusals import unfit_picture
from bot.pictures.prepare import sent_size
from bot.requests.incoming import Acknowledgement, IncomingRequest
from bot.requests.intake import Intake
from bot.requests.member_settings import MemberSettingsStore
from bot.requests.preset import Preset, preset_key
from bot.requests.presets import PresetStore
from bot.requests.server_offers import ServerOffers
from bot.servers.people import Actor

_ABOUT_SPICY = ("refused-spicy-", "refused-picture-spicy", "refused-mode")
"""A default mode that a model does not take is left out, unless it is spicy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOrder:
    """What a member typed."""

    prompt: str = field(repr=False)
    given: VideoSettings
    """The options, None where they were left out."""
    preset: str | None
    """The name of a preset, as it was typed."""
    picture: PictureUse | None
    """The picture that the clip is to begin with."""


class VideoOrders:
    """Takes `/video`."""

    def __init__(
        self,
        intake: Intake,
        settings: MemberSettingsStore,
        presets: PresetStore,
        offers: ServerOffers,
    ) -> None:
        self._intake = intake
        self._settings = settings
        self._presets = presets
        self._offers = offers

    async def request(
        self,
        actor: Actor,
        order: VideoOrder,
        make_incoming: Callable[[VideoRequest], Awaitable[IncomingRequest]],
        ack: Acknowledgement,
    ) -> Job:
        """Fill in what was left out, and request the video with `make_incoming`.

        Raises:
            NotFound: If there is no such preset.
            Refused: As `Intake.request`. A spicy that comes from a default is never
                replaced by another mode where it is not allowed: the prompt may not be
                fit for this place. The refusal then says where it came from.
        """
        preset = await self._preset(actor, order.preset)
        own = await self._settings.of(actor.guild_id, actor.user_id)
        prompt = order.prompt if preset is None else _filled(preset, order.prompt)
        of_preset = NOTHING_CHOSEN if preset is None else preset.settings
        offer = await self._offers.of(actor.guild_id)
        models = (order.given.model, of_preset.model, own.model)
        with_picture = order.picture is not None
        profile = offer.profile_for(*models, with_picture=with_picture)
        chosen = order.given.over(_of_preset(of_preset, profile))
        chosen = chosen.over(taken_by(profile, own))
        try:
            request = chosen.request(prompt, profile)
            request = replace(request, picture=order.picture)
            return await self._intake.request(await make_incoming(request), ack)
        except Refused as refusal:
            if order.given.mode is None and refusal.text_id.startswith(_ABOUT_SPICY):
                refusal.hint = (
                    "hint-spicy-default"
                    if of_preset.mode is None
                    else "hint-spicy-preset"
                )
            elif with_picture:
                _name_chosen(refusal, profile, offer.stands_in_for(profile, *models))
            raise

    async def picture_form(
        self, actor: Actor, pixels: tuple[int, int] | None
    ) -> tuple[ModelProfile, VideoSettings]:
        """Return what a clip from a picture may be, and a member's own defaults for it.

        `pixels` are the width and height of the picture, if they are known: what is
        refused for them is refused before anybody has filled in a form.

        Raises:
            Refused: If no model takes pictures, or the one that would make the clip
                takes none of that size.
        """
        own = await self._settings.of(actor.guild_id, actor.user_id)
        offer = await self._offers.of(actor.guild_id)
        profile = offer.profile_for(None, own.model, with_picture=True)
        if pixels is not None:
            unfit = unfit_picture(profile, size=sent_size(*pixels), bytes_=0)
            if unfit is not None:
                chosen = offer.stands_in_for(profile, None, own.model)
                _name_chosen(unfit, profile, chosen)
                raise unfit
        return profile, taken_by(profile, own)

    async def _preset(self, actor: Actor, name: str | None) -> Preset | None:
        if name is None:
            return None
        preset = await self._presets.get(actor.guild_id, preset_key(name))
        if preset is None:
            raise NotFound("not-found-preset")
        return preset


def _name_chosen(refusal: Refused, profile: ModelProfile, chosen: Model | None) -> None:
    """Say in whose place a model refuses a picture, if it is in another one's."""
    if chosen is not None and refusal.values.get("model") == profile.title:
        refusal.hint = "hint-picture-model"
        refusal.values["chosen"] = chosen.title


def _of_preset(chosen: VideoSettings, profile: ModelProfile) -> VideoSettings:
    """Return a preset's settings; a length that the model has not is refused."""
    return replace(taken_by(profile, chosen), duration_s=chosen.duration_s)


def _filled(preset: Preset, typed: str) -> str:
    if len(typed) > preset.room:
        raise Refused("refused-preset-prompt-long", most=preset.room)
    return preset.prompt(typed)
