"""Audit entries as sentences, "who did what to whom": the log channel, the history."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from discord import ui

from bot.ids import ChannelId, UserId
from bot.jobs.jobs import Job
from bot.models.known import model_title
from bot.moderation.ports import AuditRow
from bot.quotas.limits import LimitKind, LimitSet, Scope
from bot.quotas.prices_shown import PricesShown
from bot.quotas.settings import Target
from bot.requests.preset import NAME_MAX_CHARS
from bot.servers.audit import REASON_MAX_CHARS, AuditEntry
from bot.servers.people import FORGOTTEN
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView, small
from cogs.drawing.markup import (
    channel_mention,
    date_and_time,
    inert,
    mention,
    quotation,
    role_mention,
)
from cogs.drawing.quota_views import limits_line, target_name

VALUE_CHARS = 120
LOGGED_PROMPT_CHARS = 300


class _Teller:
    """Tells one entry in one language."""

    def __init__(self, texts: Texts, locale: str, entry: AuditEntry) -> None:
        self._texts = texts
        self._locale = locale
        self._entry = entry
        self._before = entry.before or {}
        self._after = entry.after or {}

    def say(self, text_id: str, **values: object) -> str:
        """Return a text that begins with who did it."""
        actor_id = self._entry.actor_id
        if actor_id is None:
            actor = self._texts.say(self._locale, "audit-clapper")
        else:
            actor = mention(actor_id)
        return self._texts.say(self._locale, text_id, actor=actor, **values)

    def policy(self) -> str:
        before, after = self._before["policy"], self._after["policy"]
        values = {
            "before": self._texts.say(self._locale, f"choice-policy-{before}"),
            "after": self._texts.say(self._locale, f"choice-policy-{after}"),
        }
        return self.say(
            "audit-policy-kept" if before == after else "audit-policy", **values
        )

    def pictures(self) -> str:
        before, after = self._before["pictures"], self._after["pictures"]
        values = {
            "before": self._texts.say(self._locale, f"choice-pictures-{before}"),
            "after": self._texts.say(self._locale, f"choice-pictures-{after}"),
        }
        return self.say(
            "audit-pictures-kept" if before == after else "audit-pictures", **values
        )

    def models(self) -> str:
        after = self._after
        if not after["allowed"]:
            text_id = "audit-model-barred"
        elif after["default"] and not self._before["default"]:
            text_id = "audit-model-default"
        else:
            text_id = "audit-model-allowed"
        return self.say(text_id, model=model_title(str(after["model"])))

    def spicy_role(self) -> str:
        allowed = self._after["allowed"]
        text_id = "audit-role-allowed" if allowed else "audit-role-removed"
        return self.say(text_id, role=role_mention(self._subject_id()))

    def channel(self) -> str:
        channel_id = self._after["channel"]
        is_review = self._entry.subject == "review"
        if channel_id is None:
            return self.say(
                "audit-channel-review-none" if is_review else "audit-channel-log-none"
            )
        return self.say(
            "audit-channel-review" if is_review else "audit-channel-log",
            channel=channel_mention(ChannelId(int(str(channel_id)))),
        )

    def word(self) -> str:
        rule = self._after or self._before
        if not self._after:
            text_id = "audit-word-removed"
        else:
            text_id = "audit-word-changed" if self._before else "audit-word-added"
        return self.say(
            text_id,
            pattern=inert(str(rule["pattern"]), VALUE_CHARS),
            kind=self._texts.say(self._locale, f"choice-kind-{rule['kind']}"),
            applies=self._texts.say(self._locale, f"choice-applies-{rule['applies']}"),
        )

    def block(self) -> str:
        until = self._after.get("until")
        if until is None:
            return self.say("audit-block", member=self._subject_member())
        return self.say(
            "audit-block-until",
            member=self._subject_member(),
            until=date_and_time(datetime.fromisoformat(str(until))),
        )

    def unblock(self) -> str:
        return self.say("audit-unblock", member=self._subject_member())

    def of_requester(self, text_id: str) -> str:
        """Tell what was done to a member's request or video."""
        return self.say(text_id, member=self._requester())

    def clip_deleted(self) -> str:
        if self._after.get("requester") == str(self._entry.actor_id):
            return self.say("audit-deleted-own")
        return self.of_requester("audit-deleted")

    def limits(self) -> str:
        changed = {
            kind: value
            for kind, value in self._after.items()
            if self._before.get(kind) != value
        }
        target = self._target()
        if not changed:
            return self.say("audit-limits-kept", target=target)
        return self.say("audit-limits", target=target, limits=self._limits(changed))

    def limits_removed(self) -> str:
        target = self._target()
        if not self._before:
            return self.say("audit-limits-none", target=target)
        limits = self._limits(self._before)
        return self.say("audit-limits-removed", target=target, limits=limits)

    def grant(self) -> str:
        granted, left = int(str(self._after["granted"])), self._after["left"]
        member = self._subject_member()
        if granted == 0:
            return self.say("audit-grant-none", member=member)
        text_id = "audit-grant" if granted > 0 else "audit-grant-back"
        return self.say(text_id, member=member, videos=abs(granted), left=left)

    def reset(self) -> str:
        videos = self._before["videos"]
        if self._entry.subject == "server":
            return self.say("audit-reset-everyone", videos=videos)
        member = self._subject_member()
        return self.say("audit-reset-member", member=member, videos=videos)

    def zone(self) -> str:
        return self.say(
            "audit-zone",
            before=inert(str(self._before["zone"]), VALUE_CHARS),
            after=inert(str(self._after["zone"]), VALUE_CHARS),
        )

    def prices(self) -> str:
        return self.say(f"audit-prices-{PricesShown(str(self._after['shown']))}")

    def spend_warning(self) -> str:
        return self.say("audit-spend-warning", percent=self._after["percent"])

    def limit_warning(self) -> str:
        return self.say(
            "audit-limit-warning",
            percent=self._after["percent"],
            limit=self._after["limit"],
        )

    def preset_kept(self) -> str:
        before, after = self._before.get("name"), self._after["name"]
        text_id = "audit-preset-added" if before is None else "audit-preset-changed"
        return self.say(text_id, name=inert(str(after), NAME_MAX_CHARS))

    def preset_removed(self) -> str:
        name = inert(str(self._before["name"]), NAME_MAX_CHARS)
        return self.say("audit-preset-removed", name=name)

    def other(self) -> str:
        """Name an action of a newer Clapper, or one whose values are not as ours."""
        return self.say("audit-other", action=inert(self._entry.action, VALUE_CHARS))

    def _subject_id(self) -> int:
        return int((self._entry.subject or "").partition(":")[2])

    def _subject_member(self) -> str:
        return mention(UserId(self._subject_id()))

    def _requester(self) -> str:
        requester = int(str(self._after.get("requester") or FORGOTTEN))
        if requester == FORGOTTEN:
            return self._texts.say(self._locale, "audit-somebody")
        return mention(UserId(requester))

    def _target(self) -> str:
        scope, _, number = (self._entry.subject or "").partition(":")
        target = Target(scope=Scope(scope), subject_id=int(number or 0))
        return target_name(self._texts, self._locale, target)

    def _limits(self, values: Mapping[str, object]) -> str:
        # A newer Clapper may have limits that have no name here.
        known: dict[str, Any] = {
            kind.value: values[kind] for kind in LimitKind if kind in values
        }
        return limits_line(self._texts, self._locale, LimitSet(**known))


def _of_requester(text_id: str) -> Callable[[_Teller], str]:
    return lambda teller: teller.of_requester(text_id)


SENTENCES: Mapping[str, Callable[[_Teller], str]] = MappingProxyType(
    {
        "moderation.policy": _Teller.policy,
        "moderation.pictures": _Teller.pictures,
        "moderation.models": _Teller.models,
        "moderation.spicy-role": _Teller.spicy_role,
        "moderation.channel": _Teller.channel,
        "moderation.word": _Teller.word,
        "moderation.block": _Teller.block,
        "moderation.unblock": _Teller.unblock,
        "review.approved": _of_requester("audit-review-approved"),
        "review.denied": _of_requester("audit-review-denied"),
        "review.lapsed": _of_requester("audit-review-lapsed"),
        "report.made": _of_requester("audit-report-made"),
        "report.removed": _of_requester("audit-report-removed"),
        "report.dismissed": _of_requester("audit-report-dismissed"),
        "clip.deleted": _Teller.clip_deleted,
        "quota.limits": _Teller.limits,
        "quota.clear": _Teller.limits_removed,
        "quota.grant": _Teller.grant,
        "quota.reset": _Teller.reset,
        "quota.timezone": _Teller.zone,
        "quota.prices": _Teller.prices,
        "quota.spend_warning": _Teller.spend_warning,
        "quota.limit_warning": _Teller.limit_warning,
        "preset.add": _Teller.preset_kept,
        "preset.remove": _Teller.preset_removed,
    }
)
"""How each kind of entry is told."""


def log_view(
    texts: Texts, locale: str, row: AuditRow, job: Job | None, *, number: int
) -> MessageView:
    """Draw an entry for the log channel, with the prompt of the job that is given.

    `number` is how the message is found again.
    """
    lines = [audit_sentence(texts, locale, row.entry)]
    if job is not None and job.request.prompt:
        lines.append(quotation(job.request.prompt, LOGGED_PROMPT_CHARS))
    lines.append(small(date_and_time(row.entry.at)))
    return MessageView(ui.TextDisplay("\n".join(lines), id=number))


def audit_sentence(texts: Texts, locale: str, entry: AuditEntry) -> str:
    """Say who did what, with the reason they gave below. It pings nobody.

    People's own words in it are inert.
    """
    teller = _Teller(texts, locale, entry)
    try:
        sentence = SENTENCES.get(entry.action, _Teller.other)(teller)
    except (KeyError, ValueError):
        # The row of an older or newer Clapper: its values are not the ones we write.
        sentence = teller.other()
    if entry.reason is None:
        return sentence
    reason = texts.say(locale, "audit-reason")
    return f"{sentence}\n{reason} {inert(entry.reason, REASON_MAX_CHARS)}"
