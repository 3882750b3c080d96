"""What moderation says about a request: by policy, blocks and prompt rules."""

from datetime import datetime

from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.moderation.policy import REFUSALS, Block, Moment, PolicyFacts, Verdict, decide
from bot.moderation.ports import ChannelView
from bot.moderation.prompt_check import PromptCheck
from bot.moderation.records import ModerationFacts
from bot.requests.decision import Refusal


class ModerationGate:
    """Collects the facts that are not in the database, and lets the policy decide."""

    def __init__(self, prompts: PromptCheck, channels: ChannelView) -> None:
        self._prompts = prompts
        self._channels = channels

    async def prepare(self, job: Job, facts: ModerationFacts) -> None:
        """Hold the prompt against the rules, beside the event loop."""
        words = facts.settings.words
        await self._prompts.prepare(job.request.prompt, job.request.mode, words)

    def verdict(
        self,
        job: Job,
        facts: ModerationFacts,
        *,
        is_restricted: bool | None,
        now: datetime,
    ) -> Refusal | JobState:
        """Return where a request may go, `queued` or `awaiting_review`, or why not.

        `is_restricted` is what Discord said of the place with the request; None = it is
        looked up in what the gateway told us last.
        """
        settings, request = facts.settings, job.request
        if is_restricted is None:
            is_restricted = self._channels.seems_restricted(
                job.guild_id, job.channel_id
            )
        review = settings.review_channel_id
        block = facts.block if facts.block and facts.block.holds(now) else None
        verdict = decide(
            PolicyFacts(
                moment=Moment.ASKED,
                mode=request.mode,
                policy=settings.policy,
                is_restricted=is_restricted,
                spicy_role_ids=settings.spicy_role_ids,
                member_role_ids=job.role_ids,
                can_review=review is not None
                and self._channels.seems_restricted(job.guild_id, review),
                blocked=block is not None,
                offends=self._prompts.offends(
                    request.prompt, request.mode, settings.words
                ),
            )
        )
        if verdict in REFUSALS:
            return _refusal(verdict, block)
        if verdict is Verdict.REVIEW:
            return JobState.AWAITING_REVIEW
        return JobState.QUEUED


def _refusal(verdict: Verdict, block: Block | None) -> Refusal:
    if block is not None and block.until is not None:
        return Refusal(text_id="refused-blocked-until", values={"until": block.until})
    return Refusal(text_id=f"refused-{verdict}")
