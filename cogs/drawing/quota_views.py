"""Draws limits: bars for what counts against them, and where each comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ButtonStyle, ui

from bot.ids import UserId
from bot.models.choices import quality_of
from bot.quotas.administration import GuildSummary
from bot.quotas.limits import (
    ADMINS_KINDS,
    Limit,
    LimitKind,
    LimitSet,
    Scope,
    Usage,
)
from bot.quotas.rules import left
from bot.quotas.settings import Target
from bot.quotas.status import QuotaStatus
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import QuotaButton
from cogs.drawing.layout import MessageView, framed, small
from cogs.drawing.lengths import length_of_time
from cogs.drawing.markup import mention, relative, role_mention
from cogs.drawing.progress import progress_bar

ROLES_SHOWN = 20
BAR_STEPS = 5
"""Few enough that a window stays on one line of a phone."""


def usage_view(texts: Texts, locale: str, quota: QuotaStatus) -> MessageView:
    """Draw what a member may still make, for the member."""
    lines = [f"### {texts.say(locale, 'usage-title')}"]
    lines.append(_of_member(texts, locale, quota))
    if quota.grants:
        lines.append(texts.say(locale, "quota-grants", count=quota.grants))
    server = [
        *_windows(texts, locale, quota.server_limits, quota.server),
        *_bounds(texts, locale, quota),
        *_sizes(texts, locale, quota.server_limits, sources=False),
    ]
    if server:
        lines.append(_headed(texts, locale, "quota-whole-server", server))
    lines += _resets(texts, locale, quota)
    return MessageView(framed(lines))


def member_view(texts: Texts, locale: str, quota: QuotaStatus) -> MessageView:
    """Draw what a member may still make, for an admin."""
    member = mention(quota.user_id)
    lines = [f"### {texts.say(locale, 'quota-title-member', member=member)}"]
    lines.append(_of_member(texts, locale, quota, sources=True))
    if quota.grants:
        said = texts.say(locale, "quota-grants-of", count=quota.grants, member=member)
        lines.append(said)
    server = _of_server(texts, locale, quota)
    lines.append(_headed(texts, locale, "quota-whole-server", server))
    lines += _resets(texts, locale, quota)
    return MessageView(framed(lines))


def guild_view(texts: Texts, locale: str, summary: GuildSummary) -> MessageView:
    """Draw a server's limits: its own, each member's, and the roles'."""
    say, settings, quota = texts.say, summary.settings, summary.quota
    limits = quota.member_limits
    each = [
        _set_line(texts, locale, kind, limits[kind].value, limits[kind].source)
        for kind in LimitKind
        if _is_said(limits[kind])
    ]
    lines = [
        f"### {say(locale, 'quota-title-server')}",
        "\n".join(_of_server(texts, locale, quota)),
        f"**{say(locale, 'quota-each-member')}**\n" + "\n".join(each),
    ]
    roles = list(settings.roles.items())
    if roles:
        shown = [
            f"{role_mention(role_id)}: {limits_line(texts, locale, of_role)}"
            for role_id, of_role in roles[:ROLES_SHOWN]
        ]
        more = len(roles) - len(shown)
        if more:
            shown.append(say(locale, "quota-more-roles", count=more))
        lines.append(f"**{say(locale, 'quota-roles')}**\n" + "\n".join(shown))
    zone = small(say(locale, "quota-zone", zone=settings.zone))
    prices = small(say(locale, f"quota-prices-{settings.prices}"))
    own = small(say(locale, "quota-members-with-own", count=settings.members_with_own))
    resets = _resets(texts, locale, quota)
    return MessageView(framed([*lines, "\n".join([*resets, zone, own, prices])]))


def confirmation_view(texts: Texts, locale: str) -> MessageView:
    """Ask for confirmation before everybody's usage is reset."""
    row: ui.ActionRow[Any] = ui.ActionRow()
    row.add_item(
        ui.Button(
            style=ButtonStyle.danger,
            label=texts.say(locale, "quota-reset-yes"),
            custom_id=QuotaButton.RESET_EVERYBODY,
        )
    )
    row.add_item(
        ui.Button(
            label=texts.say(locale, "quota-reset-no"),
            custom_id=QuotaButton.KEEP_EVERYTHING,
        )
    )
    return MessageView(framed([texts.say(locale, "quota-reset-question")], row))


def limits_line(texts: Texts, locale: str, limits: LimitSet) -> str:
    """Say in one line what is set in one place."""
    said = [
        _set(texts, locale, kind, value)
        for kind in LimitKind
        if (value := limits.of(kind)) is not None
    ]
    return ", ".join(said) or texts.say(locale, "quota-set-nothing")


def target_name(texts: Texts, locale: str, target: Target) -> str:
    """Return a sentence's name for those whom limits are set for."""
    match target.scope:
        case Scope.ROLE:
            return role_mention(target.subject_id)
        case Scope.MEMBER:
            return mention(UserId(target.subject_id))
        case _:
            return texts.say(locale, f"quota-target-{target.scope}")


def _of_member(
    texts: Texts, locale: str, quota: QuotaStatus, *, sources: bool = False
) -> str:
    """Draw a line for each window that limits a member, and one for the cooldown."""
    limits = quota.member_limits
    lines = list(_windows(texts, locale, limits, quota.member, sources=sources))
    lines = lines or list(_unlimited(texts, locale, quota.member))
    cooldown = limits[LimitKind.COOLDOWN]
    if not cooldown.unlimited:
        line = f"⏱️ {_set(texts, locale, LimitKind.COOLDOWN, cooldown.value)}"
        lines.append(_with_source(texts, locale, line, cooldown, sources=sources))
    lines += _sizes(texts, locale, limits, sources=sources)
    defaults = [
        one.source is Scope.OPERATOR for one in limits.values() if _is_said(one)
    ]
    if sources and any(defaults):
        said = "quota-all-default" if all(defaults) else "quota-rest-default"
        lines.append(small(texts.say(locale, said)))
    return "\n".join(lines)


def _of_server(texts: Texts, locale: str, quota: QuotaStatus) -> Sequence[str]:
    """Draw what limits the whole server, for an admin."""
    limits = quota.server_limits
    windows = _windows(texts, locale, limits, quota.server, sources=True)
    return [
        *(windows or _unlimited(texts, locale, quota.server)),
        *_bounds(texts, locale, quota),
        *_sizes(texts, locale, limits, sources=True),
    ]


def _is_said(limit: Limit) -> bool:
    """Return whether a limit is there at all: of some the operator sets none."""
    return limit.kind not in ADMINS_KINDS or limit.source is not Scope.OPERATOR


def _sizes(
    texts: Texts, locale: str, limits: Mapping[LimitKind, Limit], *, sources: bool
) -> Sequence[str]:
    """Draw a line for each bound of a single video."""
    return [
        _with_source(
            texts,
            locale,
            f"📏 {_set(texts, locale, kind, limits[kind].value)}",
            limits[kind],
            sources=sources,
        )
        for kind in (LimitKind.LONGEST, LimitKind.BEST_QUALITY)
        if not limits[kind].unlimited
    ]


def _windows(
    texts: Texts,
    locale: str,
    limits: Mapping[LimitKind, Limit],
    used: Usage,
    *,
    sources: bool = False,
) -> Sequence[str]:
    """Draw one line for each window that has a limit.

    Where a limit comes from is said on a line of its own, and only where it is not
    the usual place.
    """
    lines = []
    for kind, count in (
        (LimitKind.PER_DAY, used.day),
        (LimitKind.PER_MONTH, used.month),
        (LimitKind.AT_ONCE, used.at_once),
        (LimitKind.CREDITS_PER_DAY, round(used.credits_day, 1)),
        (LimitKind.CREDITS_PER_MONTH, round(used.credits_month, 1)),
    ):
        limit = limits[kind]
        if limit.unlimited:
            continue
        window = texts.say(locale, f"quota-window-{kind}")
        line = f"{window} {_amount(texts, locale, limit, count)}"
        lines.append(_with_source(texts, locale, line, limit, sources=sources))
    return lines


def _bounds(texts: Texts, locale: str, quota: QuotaStatus) -> Sequence[str]:
    """Say which of the operator's bounds leave less than the server's limits do."""
    used = {
        LimitKind.PER_DAY: quota.server.day,
        LimitKind.PER_MONTH: quota.server.month,
    }
    lines = []
    for bound in quota.bounds:
        kind = bound.limit.kind
        others = left(quota.server_limits[kind], used[kind])
        if others is None or bound.left < others:
            said = texts.say(
                locale,
                f"quota-bound-{kind}",
                made=bound.made,
                limit=bound.limit.value,
                when=relative(bound.ends_at),
            )
            lines.append(small(said))
    return lines


def _resets(texts: Texts, locale: str, quota: QuotaStatus) -> Sequence[str]:
    """Say once when the windows end: a server's clock is the same for all of them."""
    day = ("day", relative(quota.member.day_ends_at))
    month = ("month", relative(quota.member.month_ends_at))
    ends = {
        LimitKind.PER_DAY: day,
        LimitKind.CREDITS_PER_DAY: day,
        LimitKind.PER_MONTH: month,
        LimitKind.CREDITS_PER_MONTH: month,
    }
    windows = {
        window: when
        for kind, (window, when) in ends.items()
        if quota.member_limits[kind].value > 0 or quota.server_limits[kind].value > 0
    }
    if not windows:
        return []
    which = "both" if len(windows) > 1 else next(iter(windows))
    return [small(texts.say(locale, f"quota-resets-{which}", **windows))]


def _unlimited(texts: Texts, locale: str, used: Usage) -> Sequence[str]:
    return [texts.say(locale, "quota-unlimited", used=used.month)]


def _headed(texts: Texts, locale: str, text_id: str, lines: Sequence[str]) -> str:
    return "\n".join([f"**{texts.say(locale, text_id)}**", *lines])


def _amount(texts: Texts, locale: str, limit: Limit, count: float) -> str:
    if limit.value == 0:
        return texts.say(locale, "quota-none-allowed")
    percent = min(100, int(100 * count / limit.value))
    return texts.say(
        locale,
        "quota-amount",
        bar=progress_bar(percent, steps=BAR_STEPS),
        used=count,
        limit=limit.value,
    )


def _with_source(
    texts: Texts, locale: str, line: str, limit: Limit, *, sources: bool
) -> str:
    own = {Scope.ROLE, Scope.MEMBER}
    if sources and limit.bounded:
        return f"{line}\n{small(texts.say(locale, 'quota-source-bound'))}"
    if limit.source not in (own | {Scope.SERVER, Scope.MEMBERS} if sources else own):
        return line
    role = "" if limit.role_id is None else role_mention(limit.role_id)
    # Without the sources it is the member who reads this.
    is_reader = limit.source is Scope.MEMBER and not sources
    named = "you" if is_reader else limit.source
    source = texts.say(locale, f"quota-source-{named}", role=role)
    return f"{line}\n{small(source)}"


def _set(texts: Texts, locale: str, kind: LimitKind, value: float) -> str:
    if kind is LimitKind.COOLDOWN:
        length = length_of_time(texts, locale, value)
        return texts.say(locale, f"quota-set-{kind}", value=value, length=length)
    if kind is LimitKind.BEST_QUALITY:
        quality = quality_of(value)
        return texts.say(locale, f"quota-set-{kind}", value=value, quality=quality)
    return texts.say(locale, f"quota-set-{kind}", value=value)


def _set_line(
    texts: Texts, locale: str, kind: LimitKind, value: float, source: Scope
) -> str:
    said = _set(texts, locale, kind, value)
    if source is Scope.OPERATOR:
        return f"{said} · {texts.say(locale, 'quota-source-operator')}"
    return said
