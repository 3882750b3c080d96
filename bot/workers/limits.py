"""How much each of the services is asked at once: the limits of one process."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.workers.service_evidence import ServiceEvidence
from bot.workers.service_limit import EndpointLimit

MOST_CREATES = 20
MOST_READS = 12
MOST_DOWNLOADS = 16
MOST_MESSAGES = 16
MOST_EDITS, UNPROVEN_EDITS = 10, 2
"""They trickle: should Discord fall silent, no more than two find that out."""
TOLERATED = 8
"""Failures in a row that are no doubt, after one beside answers. EvoLink has none: each
paid request that fails may keep a place from others until its outcome is known."""
MOST_LOOKUPS = 8
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
    messages: EndpointLimit
    """New messages in Discord, of every kind, by channel."""
    edits: EndpointLimit
    """Edits of status messages, by message, or by channel without its token."""
    lookups: EndpointLimit
    """Whether Discord showed a status message, by request."""
    balance: EndpointLimit
    """EvoLink's balance, which is one item."""


def new_limits(clock: Clock) -> Limits:
    """Return the limits of a process that has asked for nothing yet."""
    evolink = ServiceEvidence(clock, tolerance=0)
    results = ServiceEvidence(clock, tolerance=0)
    discord = ServiceEvidence(clock, tolerance=TOLERATED)
    return Limits(
        creates=EndpointLimit(evolink, "evolink submits", maximum=MOST_CREATES),
        reads=EndpointLimit(evolink, "evolink", maximum=MOST_READS),
        results=EndpointLimit(results, "results", maximum=MOST_DOWNLOADS),
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
            unproven=UNPROVEN_EDITS,
        ),
        lookups=EndpointLimit(
            discord, "discord lookups", maximum=MOST_LOOKUPS, proves_others=False
        ),
        balance=EndpointLimit(evolink, "evolink balance", maximum=1),
    )
