"""Records with good defaults, so that a test names only what it is about."""

import itertools
from datetime import UTC, datetime
from typing import Any

from bot.domain.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    UserId,
    new_job_id,
)
from bot.domain.jobs import Job
from bot.domain.video import Aspect, Mode, VideoRequest

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When a job is requested unless a test says otherwise: where `FakeClock` starts."""

_interactions = itertools.count(1_400_000_000_000_000_001)


def make_request(**overrides: Any) -> VideoRequest:
    """Return a request for a short wide clip."""
    fields: dict[str, Any] = {
        "prompt": "a paper boat on a rainy street",
        "mode": Mode.NORMAL,
        "duration_s": 6,
        "aspect": Aspect.WIDE,
        "model": "grok-imagine-text-to-video",
    }
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
