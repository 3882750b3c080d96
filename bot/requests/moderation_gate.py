"""What moderation says about a request: by policy, blocks and prompt rules."""

from dataclasses import dataclass
from datetime import datetime

from bot.ids import ChannelId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.models.choices import Mode
from bot.moderation.policy import REFUSALS, Block, Moment, PolicyFacts, Verdict, decide
from bot.moderation.ports import ChannelView
from bot.moderation.prompt_check import PromptCheck, PromptFinding
from bot.moderation.records import ModerationFacts, ModerationSettings
from bot.requests.decision import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What moderation knows of a request that is not in the database. A value."""

    is_restricted: bool
    """Whether the place of the request is age-restricted."""
    restricted_channels: frozenset[ChannelId]
    """The server's age-restricted channels; of a request that is not spicy none."""
    prompt: PromptFinding

    def verdict(
        self, job: Job, facts: ModerationFacts, now: datetime
    ) -> Refusal | JobState:
        """Return where a request may go, `queued` or `awaiting_review`, or why not."""
        settings = facts.settings
        block = facts.block if facts.block and facts.block.holds(now) else None
        verdict = decide(
            PolicyFacts(
                moment=Moment.ASKED,
                requester_id=job.user_id,
                mode=job.request.mode,
                policy=settings.policy,
                is_restricted=self.is_restricted,
                pictures=settings.pictures,
                picture=job.request.picture,
                spicy_role_ids=settings.spicy_role_ids,
                member_role_ids=job.role_ids,
                can_review=settings.review_channel_id in self.restricted_channels,
                blocked=block is not None,
                offends=self.prompt.offends_by(settings.words),
            )
        )
        if verdict in REFUSALS:
            return _refusal(verdict, block)
        if verdict is Verdict.REVIEW:
            return JobState.AWAITING_REVIEW
        return JobState.QUEUED


class ModerationGate:
    """Gathers on the event loop what a later decision needs and the database lacks."""

    def __init__(self, prompts: PromptCheck, channels: ChannelView) -> None:
        self._prompts = prompts
        self._channels = channels

    async def screen(
        self, job: Job, settings: ModerationSettings, *, is_restricted: bool | None
    ) -> Screening:
        """Look at a request's place and hold its prompt against the rules.

        `is_restricted` is what Discord said of the place with the request; None = it is
        looked up in what Discord told us lately.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        request = job.request
        prompt = await self._prompts.check(request.prompt, request.mode, settings.words)
        if is_restricted is None:
            is_restricted = await self._channels.seems_restricted(
                job.guild_id, job.channel_id
            )
        is_spicy = request.mode is Mode.SPICY
        return Screening(
            is_restricted=is_restricted,
            restricted_channels=await self._channels.restricted_channels(job.guild_id)
            if is_spicy
            else frozenset(),
            prompt=prompt,
        )


def _refusal(verdict: Verdict, block: Block | None) -> Refusal:
    if block is not None and block.until is not None:
        return Refusal(text_id="refused-blocked-until", values={"until": block.until})
    return Refusal(text_id=f"refused-{verdict}")
