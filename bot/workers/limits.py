"""How much each of the services is asked at once: the limits of one process."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.workers.rate import RatePerSecond
from bot.workers.service_evidence import ServiceEvidence
from bot.workers.service_limit import UNLIMITED, EndpointLimit

MOST_CREATES = 20
MOST_READS = 12
MOST_DOWNLOADS = 16
MOST_HOSTS = 4
MOST_UPLOADS = 8
MOST_FILE_DELETES = 4
MOST_MESSAGES = 16
MOST_EDITS, EDITS_PER_S = 10, 10.0
"""They trickle: should Discord fall silent, no more than two find that out, or as many
as are always under way where it is slow."""
TOLERATED = 8
"""Failures in a row that are no doubt, after one beside answers. Paid requests bear
none: each that fails may keep a place from others until its outcome is known."""
MOST_LOOKUPS = 8
MOST_OF_DISCORD_PER_S = 40
"""Of all processes together. Discord allows 50, and answers to commands come first."""
MOST_OF_A_CHANNEL = 2
"""Its rate limit must not hold up the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One for each kind of request; answers to commands have none."""

    creates: EndpointLimit
    """EvoLink's paid requests, by job."""
    reads: EndpointLimit
    """Reads of tasks at EvoLink, by task or by batch."""
    results: EndpointLimit
    """Downloads from the hosts of results, by job."""
    result_hosts: EndpointLimit
    """Whether a host of results lives, by host."""
    messages: EndpointLimit
    """New messages in Discord, of every kind, by channel."""
    edits: EndpointLimit
    """Edits of status messages, by message, or by channel without its token."""
    lookups: EndpointLimit
    """Whether Discord showed a status message, by request."""
    uploads: EndpointLimit
    """Uploads of pictures to EvoLink's host of files, by job."""
    file_deletes: EndpointLimit
    """Deletions there, by job."""
    balance: EndpointLimit
    """EvoLink's balance, which is one item."""


def new_limits(clock: Clock, *, wall: Clock, living: Callable[[], int]) -> Limits:
    """Return the limits of a process that has asked for nothing yet.

    Waits are measured by `clock`, which is monotonic; `wall` is what people go by.
    `living` says how many processes ask, and so share what Discord allows.
    """
    evolink = ServiceEvidence(clock, wall=wall, tolerance=TOLERATED)
    results = ServiceEvidence(clock, wall=wall, tolerance=TOLERATED)
    files = ServiceEvidence(clock, wall=wall, tolerance=0)
    discord = ServiceEvidence(clock, wall=wall, tolerance=TOLERATED)

    def discord_per_s() -> float:
        # A single process hears of it from Discord.
        return UNLIMITED if living() == 1 else MOST_OF_DISCORD_PER_S / living()

    discord.keep_to(RatePerSecond(discord_per_s, clock))
    return Limits(
        creates=EndpointLimit(
            evolink, "evolink submits", maximum=MOST_CREATES, tolerant=False
        ),
        reads=EndpointLimit(evolink, "evolink", maximum=MOST_READS),
        results=EndpointLimit(results, "results", maximum=MOST_DOWNLOADS),
        result_hosts=EndpointLimit(
            results, "result hosts", maximum=MOST_HOSTS, per_key=1, tolerant=False
        ),
        messages=EndpointLimit(
            discord,
            "discord messages",
            maximum=MOST_MESSAGES,
            per_key=MOST_OF_A_CHANNEL,
        ),
        edits=EndpointLimit(
            discord,
            "discord edits",
            maximum=MOST_EDITS,
            per_key=1,
            per_s=EDITS_PER_S,
        ),
        lookups=EndpointLimit(
            discord, "discord lookups", maximum=MOST_LOOKUPS, proves_others=False
        ),
        uploads=EndpointLimit(files, "evolink uploads", maximum=MOST_UPLOADS),
        file_deletes=EndpointLimit(
            files, "evolink file deletions", maximum=MOST_FILE_DELETES
        ),
        balance=EndpointLimit(evolink, "evolink balance", maximum=1, tolerant=False),
    )
