"""The record of one request, from the slash command to its end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from bot.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    JobId,
    MessageId,
    TaskId,
    UserId,
)
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.video import VideoRequest
from bot.models.choices import Aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One request by one member. Every time is aware and in UTC."""

    id: JobId
    guild_id: GuildId
    channel_id: ChannelId
    user_id: UserId
    locale: str
    """Discord's name of the server's language: what the channel sees is in it."""
    request: VideoRequest = field(repr=False)
    prompt_erased: bool = False
    """Whether its prompt is gone. A request with a picture may never have had one."""
    interaction_id: InteractionId
    interaction_token: str | None = field(repr=False)
    """For edits of the status message. Kept for 15 minutes at most, and erased as
    soon as the end has been told."""
    application_id: int
    role_ids: frozenset[int] = frozenset()
    """The requester's roles as Discord gave them with the request. Only while
    `received`: limits and permissions go by them."""
    requested_at: datetime
    """The quota's windows go by this time."""
    state: JobState = JobState.RECEIVED
    state_since: datetime

    status_message_id: MessageId | None = None
    status_due_at: datetime | None = None
    """When to check the status message again; None = it shows the end already."""
    status_shown: str | None = field(default=None, repr=False)
    """What the status message shows, as its last editor left it; None = nobody knows.
    `bot.pipeline.status_board` says how to read it."""

    picture_url: str | None = field(default=None, repr=False)
    """Where EvoLink finds its picture; the paid request has it, word for word."""
    picture_uploaded_at: datetime | None = None

    submit_key: str | None = None
    """The Idempotency-Key of the paid request, fixed before it first leaves."""
    submit_attempts: int = 0
    first_submit_at: datetime | None = None
    """None of a cancelled job = it was free, whatever was tried before."""
    submit_due_at: datetime | None = None
    """While `submitting`: when the same request may go again."""
    unsure_since: datetime | None = None
    """Since when there may be a paid task at EvoLink whose id we do not know."""
    callback_hash: str | None = None
    """SHA-256 of the token in the callback's address, in hexadecimal digits."""
    task_hint: TaskId | None = None
    """The task that a callback named, until EvoLink has been asked about it."""
    called_back_at: datetime | None = None
    """When the first callback came while there was something to ask."""

    task_id: TaskId | None = None
    accepted_at: datetime | None = None
    estimated_time_s: float | None = None
    progress: int = 0
    """Percent, as EvoLink last said."""
    progress_at: datetime | None = None
    """When that progress was first seen."""
    progress_step: int = 0
    """The smallest rise of progress seen so far, in percent; 0 = none yet."""
    expected_end_at: datetime | None = None
    poll_due_at: datetime | None = None
    """When to ask EvoLink again; None = there is nothing to ask."""
    polled_at: datetime | None = None
    """When EvoLink was last asked about it."""
    polls: int = 0
    misses: int = 0
    """Polls in a row that found no such task."""

    result_url: str | None = field(default=None, repr=False)
    done_at: datetime | None = None
    """When we saw that EvoLink had finished."""
    late: bool = False
    """The clip came after a notice that there would be none: it is free."""
    delivery_due_at: datetime | None = None
    delivery_attempts: int = 0
    link_alarm_at: datetime | None = None
    """When the operator was told that the clip's link is about to die."""
    post_intended_at: datetime | None = None
    """Set before the first attempt to post: a search for the clip begins here."""
    clip_message_id: MessageId | None = None
    refusals: int = 0
    """How often Discord refused the clip or the notice for an unknown reason."""

    failure: Failure | None = None
    reference: str | None = None
    """Short code that is logged with an unexpected error."""
    notice_due_at: datetime | None = None
    """When to tell the channel that there is no clip; None = nothing to tell."""
    notice_attempts: int = 0
    notice_intended_at: datetime | None = None
    notice_message_id: MessageId | None = None

    credits_estimated: float | None = None
    """What it was expected to cost when it was accepted; None = it never was."""
    credits_reserved: float | None = None
    credits_used: float | None = None
    shows_price: bool = False
    """Whether its messages say what it costs, as the server had it when accepted."""

    decided_by: UserId | None = None
    """The moderator who approved or denied it."""
    decision_reason: str | None = field(default=None, repr=False)
    """Why it was denied, in the moderator's words."""
    removed_at: datetime | None = None
    """When the requester or a moderator deleted the clip."""


class JobChanges(TypedDict, total=False):
    """The fields of a job that may change, for storage's `move` and `note`."""

    interaction_token: str | None
    role_ids: frozenset[int]
    status_message_id: MessageId | None
    status_due_at: datetime | None
    status_shown: str | None
    model: str
    """With the three below: of the request, as the model in use takes it."""
    quality: str | None
    aspect: Aspect
    sound: bool | None
    picture_url: str | None
    picture_uploaded_at: datetime | None
    submit_key: str | None
    submit_attempts: int
    first_submit_at: datetime | None
    submit_due_at: datetime | None
    unsure_since: datetime | None
    callback_hash: str | None
    task_hint: TaskId | None
    called_back_at: datetime | None
    task_id: TaskId | None
    accepted_at: datetime | None
    estimated_time_s: float | None
    progress: int
    progress_at: datetime | None
    progress_step: int
    expected_end_at: datetime | None
    poll_due_at: datetime | None
    polled_at: datetime | None
    polls: int
    misses: int
    result_url: str | None
    done_at: datetime | None
    late: bool
    delivery_due_at: datetime | None
    delivery_attempts: int
    link_alarm_at: datetime | None
    post_intended_at: datetime | None
    clip_message_id: MessageId | None
    refusals: int
    failure: Failure | None
    reference: str | None
    notice_due_at: datetime | None
    notice_attempts: int
    notice_intended_at: datetime | None
    notice_message_id: MessageId | None
    credits_estimated: float | None
    credits_reserved: float | None
    credits_used: float | None
    shows_price: bool
    decided_by: UserId | None
    decision_reason: str | None
    removed_at: datetime | None


TOKEN_LIFE = timedelta(minutes=15)
"""Discord docs, "Receiving and Responding"."""
_USED_FOR = TOKEN_LIFE - timedelta(seconds=10)


def live_token(job: Job, now: datetime) -> str | None:
    """Return the token of a job's interaction while Discord still takes it."""
    return job.interaction_token if now - job.requested_at < _USED_FOR else None


def clip_nonce(job_id: JobId) -> str:
    """Return the nonce of the clip's message: 21 of Discord's 25 characters."""
    return f"clip-{job_id}"


def notice_nonce(job_id: JobId) -> str:
    """Return the nonce of the notice, which must differ from the clip's.

    With the same nonce Discord would answer a late clip with the notice and drop it.
    """
    return f"note-{job_id}"
