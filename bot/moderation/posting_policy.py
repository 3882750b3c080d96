"""Whether a clip may still be posted where it was asked for, right before it is."""

from bot.errors import PlaceUnfit
from bot.jobs.jobs import Job
from bot.models.choices import Mode
from bot.moderation.policy import Moment, PolicyFacts, Verdict, decide
from bot.moderation.ports import ChannelView, ModerationStore


class PostingPolicy:
    """Asks the server's settings and Discord itself, for spicy clips alone."""

    def __init__(self, store: ModerationStore, channels: ChannelView) -> None:
        self._store = store
        self._channels = channels

    async def check(self, job: Job) -> None:
        """Return only if a clip may still be posted in its channel.

        Raises:
            PlaceUnfit: If it may not.
            MessengerError: If the channel cannot be read now.
        """
        if job.request.mode is not Mode.SPICY:
            return
        settings = await self._store.settings(job.guild_id)
        facts = PolicyFacts(
            moment=Moment.DELIVERED,
            requester_id=job.user_id,
            mode=job.request.mode,
            policy=settings.policy,
            is_restricted=await self._channels.is_restricted(
                job.guild_id, job.channel_id
            ),
            pictures=settings.pictures,
            picture=job.request.picture,
        )
        verdict = decide(facts)
        if verdict is not Verdict.ALLOWED:
            msg = f"post clip: {verdict}"
            raise PlaceUnfit(msg)
