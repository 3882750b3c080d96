"""Who is in the gallery, when, and in which language."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from discord import ui
from PIL import Image, ImageDraw, ImageOps

from bot.errors import UserError
from bot.ids import ChannelId, GuildId, JobId, MessageId, UserId
from bot.jobs.jobs import Job
from bot.texts.texts import DEFAULT_LOCALE, Texts
from cogs.commands.error_answers import ErrorAnswers
from cogs.drawing.layout import MessageView
from sandbox.discord.records import Channel, User
from sandbox.discord.standard_world import StandardWorld
from tests.cogs.wires import make_wire
from tests.factories import make_job

NOW = datetime(2026, 3, 14, 11, 30, tzinfo=UTC)
"""What the clocks of the gallery show."""

PROMPTS: Mapping[str, str] = MappingProxyType(
    {
        "en-US": "a paper boat sails down a rainy street",
        "de": "ein Papierboot fährt über eine verregnete Straße",
    }
)


class ListeningTexts(Texts):
    """Remembers the ids of all texts that were said."""

    heard: set[str]

    @classmethod
    def ready(cls) -> "ListeningTexts":
        """Return all languages; a missing text or value is an error."""
        texts = cls(Texts.load()._bundles, strict=True)
        texts.heard = set()
        return texts

    def say(self, locale: str, text_id: str, **values: object) -> str:
        """Return a text, as `Texts.say` does."""
        self.heard.add(text_id)
        return super().say(locale, text_id, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to look at."""

    caption: str
    """What it is, for those who look at it: in English."""
    shows: MessageView | ui.Modal | str
    """A message of components, a form, or the plain text of a message."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What the message carries, by file name."""
    pictured: bool = True
    """False for one so long that it would fill the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What entries are made of."""

    texts: Texts
    locale: str
    world: StandardWorld

    def say(self, text_id: str, **values: object) -> str:
        """Return a text in the language of the gallery."""
        return self.texts.say(self.locale, text_id, **values)

    def refusal(self, error: UserError) -> str:
        """Return what a member reads of an error."""
        sentence = ErrorAnswers(self.texts, make_wire()).sentence(self.locale, error)
        assert sentence is not None
        return sentence

    # ---- who, where, when ----------------------------------------------------------

    @property
    def mia(self) -> UserId:
        """A member."""
        return _user(self.world.member)

    @property
    def ben(self) -> UserId:
        """Another member."""
        return _user(self.world.other_member)

    @property
    def mo(self) -> UserId:
        """A moderator."""
        return _user(self.world.moderator)

    @property
    def ada(self) -> UserId:
        """An admin."""
        return _user(self.world.admin)

    @property
    def guild_id(self) -> GuildId:
        """The server."""
        return GuildId(self.world.guild.id)

    @property
    def general(self) -> ChannelId:
        """Where most videos are asked for."""
        return channel_id(self.world.general)

    def later(self, **length: float) -> datetime:
        """Return a moment that lies so far ahead, as `timedelta` has it."""
        return NOW + timedelta(**length)

    # ---- what ----------------------------------------------------------------------

    def job(self, **fields: Any) -> Job:
        """Return a request of Mia's, two minutes old; `fields` as for `make_job`."""
        usual: dict[str, Any] = {
            "id": JobId("0a1b2c3d4e5f6071"),
            "guild_id": self.guild_id,
            "channel_id": self.general,
            "user_id": self.mia,
            "locale": self.locale,
            "prompt": PROMPTS.get(self.locale, PROMPTS[DEFAULT_LOCALE]),
            "requested_at": NOW - timedelta(minutes=2),
        }
        return make_job(**(usual | fields))

    def with_clip(self, **fields: Any) -> Job:
        """Return one whose clip stands in the channel."""
        return self.job(clip_message_id=MessageId(1_400_000_000_000_000_001), **fields)


@cache
def picture_bytes() -> bytes:
    """Return a picture that somebody may have posted."""
    sky = Image.linear_gradient("L").resize((640, 360))
    drawn = ImageOps.colorize(sky, "#24506e", "#f4c98b")
    draw = ImageDraw.Draw(drawn)
    draw.polygon([(220, 250), (420, 250), (370, 300), (270, 300)], fill="white")
    draw.polygon([(320, 110), (320, 240), (410, 240)], fill="#fdf3e3")
    kept = io.BytesIO()
    drawn.save(kept, "JPEG")
    return kept.getvalue()


def channel_id(channel: Channel) -> ChannelId:
    """Return a channel's id as the bot has it."""
    return ChannelId(channel.id)


def _user(user: User) -> UserId:
    return UserId(user.id)
