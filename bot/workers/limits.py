"""How much each of the services is asked at once: the limits of one process."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.workers.service_limit import EndpointLimit, ServiceLimit

MOST_CREATES = 20
MOST_READS = 12
MOST_DOWNLOADS = 16
MOST_MESSAGES = 16
MOST_EDITS = 10
"""As many of them as are needed: should Discord fall silent, few find that out."""
MOST_OF_A_CHANNEL = 2
"""Its rate limit must not hold up the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One for each kind of request; answers to commands have none."""

    creates: EndpointLimit
    """EvoLink's paid requests, by job."""
    reads: EndpointLimit
    """EvoLink's readings, by task or by batch."""
    results: EndpointLimit
    """Downloads from the hosts of results, by job."""
    messages: EndpointLimit
    """New messages in Discord, of every kind, by channel."""
    edits: EndpointLimit
    """Edits of status messages, by message, or by channel without its token."""


def new_limits(clock: Clock) -> Limits:
    """Return the limits of a process that has asked for nothing yet."""
    evolink = ServiceLimit(clock, is_one_api=False)
    results = ServiceLimit(clock, is_one_api=False)
    discord = ServiceLimit(clock, is_one_api=True)
    return Limits(
        creates=evolink.endpoint("evolink submits", maximum=MOST_CREATES),
        reads=evolink.endpoint("evolink", maximum=MOST_READS),
        results=results.endpoint("results", maximum=MOST_DOWNLOADS),
        messages=discord.endpoint(
            "discord messages", maximum=MOST_MESSAGES, per_key=MOST_OF_A_CHANNEL
        ),
        edits=discord.endpoint(
            "discord edits", maximum=MOST_EDITS, per_key=1, as_needed=True
        ),
    )
