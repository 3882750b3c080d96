"""Records with good defaults, so that a test names only what it is about."""

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from bot.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    UserId,
    new_job_id,
)
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.video import VideoRequest
from bot.models.choices import Aspect, Mode
from bot.quotas.limits import NO_LIMIT, DefaultLimits, LimitSet
from bot.quotas.rules import QuotaRules
from bot.requests.decision import AdmissionRules

AT_ONCE = 0.0
"""For tests that write: nobody waits to share a commit."""
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When a job is requested unless a test says otherwise: where `FakeClock` starts."""

S = JobState
WAYS: Mapping[JobState, tuple[JobState, ...]] = {
    S.RECEIVED: (),
    S.REFUSED: (S.REFUSED,),
    S.AWAITING_REVIEW: (S.AWAITING_REVIEW,),
    S.QUEUED: (S.QUEUED,),
    S.SUBMITTING: (S.QUEUED, S.SUBMITTING),
    S.GENERATING: (S.QUEUED, S.SUBMITTING, S.GENERATING),
    S.DELIVERING: (S.QUEUED, S.SUBMITTING, S.GENERATING, S.DELIVERING),
    S.DELIVERED: (S.QUEUED, S.SUBMITTING, S.GENERATING, S.DELIVERING, S.DELIVERED),
    S.DENIED: (S.AWAITING_REVIEW, S.DENIED),
    S.CANCELLED: (S.QUEUED, S.CANCELLED),
    S.FAILED: (S.QUEUED, S.SUBMITTING, S.GENERATING, S.FAILED),
    S.UNCONFIRMED: (S.QUEUED, S.SUBMITTING, S.UNCONFIRMED),
    S.UNDELIVERABLE: (S.QUEUED, S.UNDELIVERABLE),
}
"""The shortest ordinary way from `received` to each state."""

_interactions = itertools.count(1_400_000_000_000_000_001)


MODEL = "grok-imagine-text-to-video"
PICTURE_ID = "grok-imagine-image-to-video-beta"
"""What makes clips from pictures for it."""


def make_request(**overrides: Any) -> VideoRequest:
    """Return a request for a short wide clip, or one that begins with a picture."""
    fields: dict[str, Any] = {
        "prompt": "a paper boat on a rainy street",
        "mode": Mode.NORMAL,
        "duration_s": 6,
        "aspect": Aspect.WIDE,
        "model": MODEL,
    }
    if overrides.get("picture") is not None:
        fields |= {"aspect": Aspect.AUTO, "model": PICTURE_ID}
    return VideoRequest(**(fields | overrides))


def make_job(**overrides: Any) -> Job:
    """Return a job just received, with ids of its own, not stored anywhere.

    Every field of `Job` can be overridden, and every field of its `VideoRequest` by
    its own name as well (`make_job(prompt="a fox")`).
    """
    asked = {
        name: overrides.pop(name)
        for name in VideoRequest.__dataclass_fields__
        if name in overrides
    }
    requested_at = overrides.get("requested_at", NOON)
    fields: dict[str, Any] = {
        "id": new_job_id(),
        "guild_id": GuildId(1_300_000_000_000_000_001),
        "channel_id": ChannelId(1_300_000_000_000_000_002),
        "user_id": UserId(1_300_000_000_000_000_003),
        "locale": "en-US",
        "request": make_request(**asked),
        "interaction_id": InteractionId(next(_interactions)),
        "interaction_token": "token-of-an-interaction",
        "application_id": 1_300_000_000_000_000_004,
        "requested_at": requested_at,
        "state_since": requested_at,
    }
    return Job(**(fields | overrides))


async def reach(
    store: JobStore, state: JobState, job: Job | None = None, **changes: Any
) -> Job:
    """Store a job and bring it to a state step by step, so that its ledger is true.

    It is moved at the time of its request, and `changes` come with the last step (or
    as a note, for `received`). Returns it as it is then.
    """
    job = job or make_job()
    assert await store.receive(job)
    old = JobState.RECEIVED
    for step in WAYS[state]:
        now = changes if step is state else {}
        assert await store.move(job.id, old, step, job.requested_at, **now)
        old = step
    if old is JobState.RECEIVED:
        await store.note({job.id: cast("JobChanges", changes)})
    reached = await store.get(job.id)
    assert reached is not None
    return reached


def make_rules(**limits: Any) -> AdmissionRules:
    """Return the operator's rules: no limits but those given, as in `config.quotas`."""
    return AdmissionRules(
        quotas=QuotaRules(
            defaults=DefaultLimits(
                server=LimitSet(
                    per_day=limits.get("server_per_day", NO_LIMIT),
                    per_month=limits.get("server_per_month", NO_LIMIT),
                    at_once=limits.get("server_at_once", NO_LIMIT),
                ),
                member=LimitSet(
                    per_day=limits.get("member_per_day", NO_LIMIT),
                    per_month=limits.get("member_per_month", NO_LIMIT),
                    at_once=limits.get("member_at_once", NO_LIMIT),
                    cooldown_s=limits.get("member_cooldown_s", 0),
                ),
                server_most=LimitSet(
                    per_day=limits.get("server_most_per_day"),
                    per_month=limits.get("server_most_per_month"),
                    at_once=limits.get("server_most_at_once"),
                ),
            ),
            server_credits_per_month=limits.get("server_credits_per_month"),
            total_credits_per_month=limits.get("total_credits_per_month"),
        ),
        guilds_allowed=limits.get("guilds_allowed"),
        guilds_barred=limits.get("guilds_barred", ()),
    )
