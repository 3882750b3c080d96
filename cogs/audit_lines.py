"""What was done, by whom and to what: lines for the log channel and the history."""

from collections.abc import Mapping
from types import MappingProxyType

from discord import ui

from bot.domain.audit import AuditEntry
from bot.domain.ids import UserId
from bot.domain.jobs import Job
from bot.domain.moderation import REASON_MAX_CHARS
from bot.moderation_ports import AuditRow
from bot.texts.texts import Texts
from cogs.layout import Sheet
from cogs.markup import date_and_time, inert, mention, quotation, role_mention

VALUE_CHARS = 120
LOGGED_PROMPT_CHARS = 300
_ARROW = "→"

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "moderation.policy": "audit-moderation-policy",
        "moderation.spicy-role": "audit-moderation-spicy-role",
        "moderation.channel": "audit-moderation-channel",
        "moderation.word": "audit-moderation-word",
        "moderation.block": "audit-moderation-block",
        "moderation.unblock": "audit-moderation-unblock",
        "review.approved": "audit-review-approved",
        "review.denied": "audit-review-denied",
        "review.lapsed": "audit-review-lapsed",
        "report.made": "audit-report-made",
        "report.removed": "audit-report-removed",
        "report.dismissed": "audit-report-dismissed",
        "clip.deleted": "audit-clip-deleted",
        "quota.limits": "audit-quota-limits",
        "quota.grant": "audit-quota-grant",
        "quota.reset": "audit-quota-reset",
        "quota.timezone": "audit-quota-timezone",
        "quota.clear": "audit-quota-clear",
        "quota.spend_warning": "audit-quota-spend-warning",
    }
)
"""The text that names each action which the audit knows."""


def log_sheet(texts: Texts, locale: str, row: AuditRow, job: Job | None) -> Sheet:
    """Draw a line for the log channel, with the prompt of the job that is given."""
    line = audit_line(texts, locale, row.entry)
    if job is not None and job.request.prompt:
        line = f"{line}\n{quotation(job.request.prompt, LOGGED_PROMPT_CHARS)}"
    return Sheet(ui.TextDisplay(line))


def audit_line(texts: Texts, locale: str, entry: AuditEntry) -> str:
    """Say what was done. People's own words in it do nothing but be read."""
    actor = (
        texts.say(locale, "audit-by-clapper")
        if entry.actor_id is None
        else mention(entry.actor_id)
    )
    parts = [
        f"**{_name(texts, locale, entry.action)}**",
        actor,
        date_and_time(entry.at),
    ]
    if entry.subject is not None:
        parts.insert(1, _subject(entry.subject))
    lines = [" · ".join(parts)]
    change = _change(entry)
    if change:
        lines.append(change)
    if entry.reason is not None:
        lines.append(quotation(entry.reason, REASON_MAX_CHARS))
    return "\n".join(lines)


def _name(texts: Texts, locale: str, action: str) -> str:
    text_id = ACTIONS.get(action)
    # An older or newer Clapper may have written what this one has no words for.
    return inert(action, VALUE_CHARS) if text_id is None else texts.say(locale, text_id)


def _subject(subject: str) -> str:
    kind, _, number = subject.partition(":")
    if kind == "member" and number.isdecimal():
        return mention(UserId(int(number)))
    if kind == "role" and number.isdecimal():
        return role_mention(int(number))
    return inert(subject, VALUE_CHARS)


def _change(entry: AuditEntry) -> str:
    before, after = _values(entry.before), _values(entry.after)
    if before and after:
        return f"{before} {_ARROW} {after}"
    return f"{before} {_ARROW} -" if before else after


def _values(values: Mapping[str, object] | None) -> str:
    return ", ".join(
        f"{inert(name, VALUE_CHARS)}: {inert(_shown(value), VALUE_CHARS)}"
        for name, value in (values or {}).items()
    )


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
