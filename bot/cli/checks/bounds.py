"""What strangers may spend: who can use the bot, and how much at most."""

from collections.abc import Iterator, Mapping

from bot.cli.checks.finding import Finding, note
from bot.config import Config
from bot.quotas.limits import NO_LIMIT, LimitKind, LimitSet, exceeds
from bot.wiring.rules import quota_rules

_WINDOWS = {
    LimitKind.PER_DAY: "a day",
    LimitKind.PER_MONTH: "a month",
    LimitKind.AT_ONCE: "at once",
}


def bound_findings(config: Config) -> Iterator[Finding]:
    """Say how far the admins of a server can go, and that strangers may be some."""
    defaults = quota_rules(config.quotas).defaults
    bounds = {kind: defaults.most_for_admins(kind) for kind in _WINDOWS}
    said = ", ".join(
        f"{most:.0f} {_WINDOWS[kind]}"
        for kind, most in bounds.items()
        if most is not None
    )
    if said:
        yield note(f"A server makes at most this many videos: {said}.")
    else:
        yield note(
            "Nothing bounds how many videos a server's admins can allow: set"
            " quotas.server_most_per_day, server_most_per_month and"
            " server_most_at_once."
        )
    yield from _defaults_above(defaults.server, bounds)
    allowed = config.operator.guilds_allowed
    if allowed is None:
        yield note(
            "Every server that can invite the bot may use it, at your cost: turn off"
            " Public Bot in Discord's developer portal, or list your servers in"
            " operator.guilds_allowed."
        )
    elif not allowed:
        yield note(
            "operator.guilds_allowed is an empty list, so the bot works in no server:"
            " list your servers, or remove the setting to allow all."
        )


def _defaults_above(
    defaults: LimitSet, bounds: Mapping[LimitKind, float | None]
) -> Iterator[Finding]:
    for kind, most in bounds.items():
        value = defaults.of(kind)
        if value is not None and most is not None and exceeds(value, most):
            is_free = value == NO_LIMIT
            yield note(
                f"quotas.server_{kind} ({'no limit' if is_free else f'{value:.0f}'}) is"
                f" above quotas.server_most_{kind} ({most:.0f}), so {most:.0f} holds."
            )
