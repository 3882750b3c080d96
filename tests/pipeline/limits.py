"""Limits as they are once a service has answered."""

from bot.workers.service_limit import EndpointLimit


def warm(endpoint: EndpointLimit) -> None:
    """Let an endpoint have been answered just now: many may be asked for at once."""
    call = endpoint.begin("somebody")
    call.answered()
    call.end()
