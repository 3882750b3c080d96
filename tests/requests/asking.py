"""Requests as members make them."""

from dataclasses import replace

from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Aspect, Mode
from bot.requests.incoming import IncomingRequest
from bot.requests.preset import Preset
from bot.requests.video_orders import VideoOrder, VideoOrders
from bot.servers.audit import AuditEntry
from storage.requests.presets import SqlPresets
from tests.factories import NOON
from tests.pictures.samples import SentPicture
from tests.requests.conftest import ScriptedAcknowledgement
from tests.servers.people import make_actor, make_incoming

ME = make_actor()
MINE = PictureUse(kind=PictureKind.ATTACHED, owner_id=ME.user_id)
TALL = VideoSettings(aspect=Aspect.TALL, duration_s=10)
SPICY = VideoSettings(mode=Mode.SPICY)


async def ask(
    orders: VideoOrders,
    ack: ScriptedAcknowledgement,
    prompt: str = "a fox",
    given: VideoSettings = NOTHING_CHOSEN,
    preset: str | None = None,
    picture: SentPicture | None = None,
) -> VideoRequest:
    async def asked(request: VideoRequest) -> IncomingRequest:
        return replace(make_incoming(), request=request, picture=picture)

    order = VideoOrder(
        prompt=prompt,
        given=given,
        preset=preset,
        picture=None if picture is None else MINE,
    )
    return (await orders.request(ME, order, asked, ack)).request


async def keep(
    presets: SqlPresets, settings: VideoSettings, words: str = "{prompt}, noir"
) -> None:
    entry = AuditEntry(guild_id=ME.guild_id, actor_id=None, at=NOON, action="x")
    preset = Preset(name="Noir", words=words, settings=settings)
    await presets.put(ME.guild_id, preset, lambda *_: entry)


SORA, SEEDANCE = "sora-2-preview", "seedance-2.0-fast-text-to-video"
