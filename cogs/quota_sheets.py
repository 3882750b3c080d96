"""Draws limits: bars for what counts against them, and where each comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ButtonStyle, ui

from bot.domain.ids import UserId
from bot.domain.limits import Limit, LimitKind, LimitSet, Scope
from bot.domain.quota_settings import Target
from bot.domain.quotas import left
from bot.domain.usage import Usage
from bot.texts.texts import Texts
from bot.usecases.quotas import GuildView
from bot.usecases.usage import Standing
from cogs.layout import Sheet, framed, small
from cogs.markup import mention, relative
from cogs.progress import progress_bar

ROLES_SHOWN = 20
RESET_EVERYBODY = "clapper:quota:reset"
KEEP_EVERYTHING = "clapper:quota:keep"


def usage_sheet(texts: Texts, locale: str, standing: Standing) -> Sheet:
    """Draw what a member may still make, for the member."""
    title = texts.say(locale, "usage-title")
    return Sheet(framed([f"### {title}", *_standing(texts, locale, standing)]))


def member_sheet(texts: Texts, locale: str, standing: Standing) -> Sheet:
    """Draw what a member may still make, for an admin."""
    title = texts.say(locale, "quota-title-member", member=mention(standing.user_id))
    return Sheet(framed([f"### {title}", *_standing(texts, locale, standing)]))


def guild_sheet(texts: Texts, locale: str, view: GuildView) -> Sheet:
    """Draw a server's limits: its own, each member's, and the roles'."""
    say, settings, standing = texts.say, view.settings, view.standing
    limits = standing.member_limits
    each = [
        _set_line(texts, locale, kind, limits[kind].value, limits[kind].source)
        for kind in LimitKind
    ]
    lines = [
        f"### {say(locale, 'quota-title-server')}",
        _used(texts, locale, standing.server_limits, standing.server),
        f"**{say(locale, 'quota-each-member')}**\n" + "\n".join(each),
    ]
    roles = list(settings.roles.items())
    if roles:
        shown = [
            f"<@&{role_id}>: {limits_line(texts, locale, of_role)}"
            for role_id, of_role in roles[:ROLES_SHOWN]
        ]
        more = len(roles) - len(shown)
        if more:
            shown.append(say(locale, "quota-more-roles", count=more))
        lines.append(f"**{say(locale, 'quota-roles')}**\n" + "\n".join(shown))
    zone = say(locale, "quota-zone", zone=settings.zone)
    own = say(locale, "quota-members-with-own", count=settings.members_with_own)
    return Sheet(framed([*lines, f"{small(zone)}\n{small(own)}"]))


def confirmation_sheet(texts: Texts, locale: str) -> Sheet:
    """Ask whether really everybody is to be set back."""
    row: ui.ActionRow[Any] = ui.ActionRow()
    row.add_item(
        ui.Button(
            style=ButtonStyle.danger,
            label=texts.say(locale, "quota-reset-yes"),
            custom_id=RESET_EVERYBODY,
        )
    )
    row.add_item(
        ui.Button(label=texts.say(locale, "quota-reset-no"), custom_id=KEEP_EVERYTHING)
    )
    return Sheet(framed([texts.say(locale, "quota-reset-question")], row))


def sentence_sheet(sentence: str) -> Sheet:
    """Draw a sentence in place of a question."""
    return Sheet(framed([sentence]))


def limits_line(texts: Texts, locale: str, limits: LimitSet) -> str:
    """Say in one line what is set in one place."""
    said = [
        texts.say(locale, f"quota-set-{kind}", value=value)
        for kind in LimitKind
        if (value := limits.of(kind)) is not None
    ]
    return ", ".join(said) or texts.say(locale, "quota-set-nothing")


def target_name(texts: Texts, locale: str, target: Target) -> str:
    """Return how to call those whom limits are set for, in a sentence."""
    match target.scope:
        case Scope.ROLE:
            return f"<@&{target.subject_id}>"
        case Scope.MEMBER:
            return mention(UserId(target.subject_id))
        case _:
            return texts.say(locale, f"quota-target-{target.scope}")


def _standing(texts: Texts, locale: str, standing: Standing) -> Sequence[str]:
    say = texts.say
    lines = [_used(texts, locale, standing.member_limits, standing.member)]
    cooldown = standing.member_limits[LimitKind.COOLDOWN]
    if not cooldown.unlimited:
        line = say(locale, "quota-set-cooldown_s", value=cooldown.value)
        lines.append(f"{line}\n{_source(texts, locale, cooldown)}")
    if standing.grants:
        lines.append(say(locale, "quota-grants", count=standing.grants))
    server = _used(texts, locale, standing.server_limits, standing.server)
    lines.append(f"**{say(locale, 'quota-whole-server')}**\n{server}")
    return lines


def _used(
    texts: Texts, locale: str, limits: Mapping[LimitKind, Limit], used: Usage
) -> str:
    say = texts.say
    blocks = []
    for kind, count, ends_at in (
        (LimitKind.PER_DAY, used.day, used.day_ends_at),
        (LimitKind.PER_MONTH, used.month, used.month_ends_at),
        (LimitKind.AT_ONCE, used.at_once, None),
    ):
        limit = limits[kind]
        window = say(locale, f"quota-window-{kind}")
        line = f"{window} {_amount(texts, locale, limit, count)}"
        if ends_at is not None:
            line = f"{line} · {say(locale, 'quota-resets', when=relative(ends_at))}"
        blocks.append(f"{line}\n{_source(texts, locale, limit)}")
    return "\n".join(blocks)


def _amount(texts: Texts, locale: str, limit: Limit, count: int) -> str:
    remaining = left(limit, count)
    if remaining is None:
        return texts.say(locale, "quota-amount-unlimited", used=count)
    full = limit.value <= 0 or count >= limit.value
    percent = 100 if full else int(100 * count / limit.value)
    return texts.say(
        locale,
        "quota-amount",
        bar=progress_bar(percent),
        used=count,
        limit=limit.value,
        left=remaining,
    )


def _source(texts: Texts, locale: str, limit: Limit) -> str:
    role = "" if limit.role_id is None else f"<@&{limit.role_id}>"
    said = texts.say(locale, f"quota-source-{limit.source}", role=role)
    return small(said)


def _set_line(
    texts: Texts, locale: str, kind: LimitKind, value: float, source: Scope
) -> str:
    said = texts.say(locale, f"quota-set-{kind}", value=value)
    if source is Scope.OPERATOR:
        return f"{said} · {texts.say(locale, 'quota-source-operator')}"
    return said
