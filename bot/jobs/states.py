"""The states of a job, which may follow which, and what each step does to the quota."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class JobState(StrEnum):
    """Where a job stands. The values are stored and must never change."""

    RECEIVED = "received"
    """The row exists; Discord has not yet taken the status message."""
    REFUSED = "refused"
    """The second check refused it, or it was found at start and could not be saved."""
    AWAITING_REVIEW = "awaiting_review"
    """A moderator has to approve it."""
    QUEUED = "queued"
    """Accepted and reserved; waits for a free slot at EvoLink."""
    SUBMITTING = "submitting"
    """The paid request may have left; EvoLink's id is not stored yet."""
    GENERATING = "generating"
    """EvoLink works on it under the stored task id."""
    DELIVERING = "delivering"
    """The clip is made; it has to be fetched and posted."""
    DELIVERED = "delivered"
    """Discord has the clip."""
    DENIED = "denied"
    """A moderator denied it, or nobody decided in time."""
    CANCELLED = "cancelled"
    """The requester cancelled it. A task at EvoLink runs on."""
    FAILED = "failed"
    """There is no clip: EvoLink failed, or we gave up waiting."""
    UNCONFIRMED = "unconfirmed"
    """We cannot find out whether EvoLink accepted the paid request."""
    UNDELIVERABLE = "undeliverable"
    """There is a clip, but no place where it may be posted."""


class QuotaEffect(StrEnum):
    """What a transition writes into the ledger, in the same transaction."""

    NONE = "none"
    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"


S, Q = JobState, QuotaEffect

TRANSITIONS: Mapping[tuple[JobState, JobState], QuotaEffect] = MappingProxyType(
    {
        (S.RECEIVED, S.QUEUED): Q.RESERVE,
        (S.RECEIVED, S.AWAITING_REVIEW): Q.RESERVE,
        (S.RECEIVED, S.REFUSED): Q.NONE,
        (S.AWAITING_REVIEW, S.QUEUED): Q.NONE,
        (S.AWAITING_REVIEW, S.DENIED): Q.RELEASE,
        (S.AWAITING_REVIEW, S.CANCELLED): Q.RELEASE,
        # A server that removed the bot: nobody is left to decide or to receive.
        (S.AWAITING_REVIEW, S.UNDELIVERABLE): Q.RELEASE,
        (S.QUEUED, S.SUBMITTING): Q.NONE,
        (S.QUEUED, S.CANCELLED): Q.RELEASE,
        (S.QUEUED, S.FAILED): Q.RELEASE,
        (S.QUEUED, S.UNDELIVERABLE): Q.RELEASE,
        (S.SUBMITTING, S.GENERATING): Q.NONE,
        # Only the operator can fix the cause of the refusal; the job waits.
        (S.SUBMITTING, S.QUEUED): Q.NONE,
        (S.SUBMITTING, S.FAILED): Q.RELEASE,
        (S.SUBMITTING, S.UNCONFIRMED): Q.RELEASE,
        (S.SUBMITTING, S.CANCELLED): Q.SETTLE,
        (S.SUBMITTING, S.UNDELIVERABLE): Q.RELEASE,
        (S.GENERATING, S.CANCELLED): Q.SETTLE,
        (S.GENERATING, S.DELIVERING): Q.NONE,
        (S.GENERATING, S.FAILED): Q.RELEASE,
        (S.GENERATING, S.UNDELIVERABLE): Q.RELEASE,
        # Late success after a notice: the clip follows and is free.
        (S.FAILED, S.DELIVERING): Q.NONE,
        (S.UNCONFIRMED, S.DELIVERING): Q.NONE,
        # The operator found out how it ended (`clapper jobs resolve`).
        (S.UNCONFIRMED, S.FAILED): Q.NONE,
        (S.UNCONFIRMED, S.DELIVERED): Q.NONE,
        (S.DELIVERING, S.DELIVERED): Q.SETTLE,
        (S.DELIVERING, S.FAILED): Q.RELEASE,
        (S.DELIVERING, S.UNDELIVERABLE): Q.RELEASE,
    }
)
"""Every step a job may take. RELEASE and SETTLE close a reservation at most once: a job
whose reservation is already closed (a late success) is left as it was."""
UNPAID_CANCELLATION = QuotaEffect.RELEASE
"""What cancelling a job that is submitting does instead while nothing of it may have
left: its picture is being uploaded, or EvoLink took nothing of it for certain."""

OPEN_STATES = frozenset(
    {
        S.RECEIVED,
        S.AWAITING_REVIEW,
        S.QUEUED,
        S.SUBMITTING,
        S.GENERATING,
        S.DELIVERING,
    }
)
"""States in which the requester still waits for the end."""

CANCELLABLE_STATES = frozenset(
    {S.AWAITING_REVIEW, S.QUEUED, S.SUBMITTING, S.GENERATING}
)

BEING_MADE_STATES = frozenset({S.SUBMITTING, S.GENERATING})
"""States in which cancelling may no longer save the money."""

AT_ONCE_STATES = frozenset({S.QUEUED, S.SUBMITTING, S.GENERATING, S.DELIVERING})
"""States that count for a limit on simultaneous jobs."""


def may_follow(old: JobState, new: JobState) -> bool:
    """Return whether a job may go from `old` to `new` in one step."""
    return (old, new) in TRANSITIONS
