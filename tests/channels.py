"""What tests of any part need of moderation: channels that they describe themselves."""

from collections.abc import Iterable

from bot.errors import MessengerError
from bot.ids import ChannelId, GuildId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.moderation.prompt_check import PromptCheck
from bot.moderation.records import WordRule
from bot.requests.moderation_gate import ModerationGate


class ScriptedChannels:
    """Implements `bot.moderation.ports.ChannelView`."""

    def __init__(self, restricted: Iterable[int] = ()) -> None:
        self.restricted = set(restricted)
        self.error: MessengerError | None = None
        """What reading afresh raises, if anything."""
        self.always: MessengerError | None = None
        """What every look at the server raises, if anything."""

    async def seems_restricted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        assert guild_id
        if self.always is not None:
            raise self.always
        return channel_id in self.restricted

    async def restricted_channels(self, guild_id: GuildId) -> frozenset[ChannelId]:
        assert guild_id
        if self.always is not None:
            raise self.always
        return frozenset(ChannelId(one) for one in self.restricted)

    async def is_restricted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        if self.error is not None:
            raise self.error
        return await self.seems_restricted(guild_id, channel_id)


def make_gate(
    channels: ScriptedChannels | None = None, rules: Iterable[WordRule] = ()
) -> ModerationGate:
    """Return a gate with these channels, and the operator's rules for prompts."""
    return ModerationGate(PromptCheck(tuple(rules)), channels or ScriptedChannels())


class ScriptedGate:
    """Implements `bot.pipeline.deliverer.Gate`."""

    def __init__(self) -> None:
        self.error: MessengerError | None = None

    async def check(self, job: Job) -> None:
        assert job.state is JobState.DELIVERING
        if self.error is not None:
            raise self.error
