"""What strangers may spend: who can use the bot, and how much at most."""

from collections.abc import Iterator

from bot.cli.checks.finding import Finding, note
from bot.config import Config
from bot.quotas.limits import NO_LIMIT

_WINDOWS = ("a day", "a month", "at once")


def bound_findings(config: Config) -> Iterator[Finding]:
    """Say how far the admins of a server can go, and that strangers may be some."""
    quotas = config.quotas
    most = (
        quotas.server_most_per_day,
        quotas.server_most_per_month,
        quotas.server_most_at_once,
    )
    bounds = [
        f"{number} {window}"
        for number, window in zip(most, _WINDOWS, strict=True)
        if number != NO_LIMIT
    ]
    if bounds:
        said = ", ".join(bounds)
        yield note(f"A server's admins can allow at most this many videos: {said}.")
    else:
        yield note(
            "Nothing bounds how many videos a server's admins can allow: set"
            " quotas.server_most_per_day, server_most_per_month and"
            " server_most_at_once."
        )
    if config.operator.guilds_allowed is None:
        yield note(
            "Every server that can invite the bot may use it, at your cost: turn off"
            " Public Bot in Discord's developer portal, or list your servers in"
            " operator.guilds_allowed."
        )
