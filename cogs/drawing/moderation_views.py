"""What `/moderation` shows: the settings, the word list, a page of the history."""

from collections.abc import Sequence

from bot.models.offer import Offer
from bot.moderation.administration import Purpose
from bot.moderation.history import HistoryPage
from bot.moderation.policy import SpicyPolicy
from bot.moderation.records import ModerationSettings
from bot.servers.audit import AuditEntry
from bot.servers.places import Permission
from bot.texts.texts import Texts
from cogs.drawing.audit_lines import audit_sentence
from cogs.drawing.custom_ids import history_button
from cogs.drawing.layout import (
    TEXT_MOST_CHARS,
    MessageView,
    framed,
    paged,
    permission_names,
    small,
)
from cogs.drawing.markup import (
    channel_mention,
    date_and_time,
    inert,
    role_mention,
    units,
)

PATTERN_CHARS = 100
LINE_UNITS = 440
"""A page of the history has eight such lines, and stays below the limit."""


def settings_view(
    texts: Texts,
    locale: str,
    settings: ModerationSettings,
    offer: Offer,
    warnings: Sequence[str],
) -> MessageView:
    """Draw all settings at a glance, with what would not work."""

    def say(text_id: str, **values: object) -> str:
        return texts.say(locale, text_id, **values)

    nobody = say("moderation-none")
    roles = ", ".join(role_mention(one) for one in sorted(settings.spicy_role_ids))
    lines = [
        f"### {say('moderation-title')}",
        say(
            "moderation-policy",
            policy=say(f"choice-policy-{settings.policy}"),
        ),
        say("moderation-roles", roles=roles or say("moderation-everybody")),
        say(
            "moderation-pictures",
            policy=say(f"choice-pictures-{settings.pictures}"),
        ),
        say(
            "moderation-review-channel",
            channel=nobody
            if settings.review_channel_id is None
            else channel_mention(settings.review_channel_id),
        ),
        say(
            "moderation-log-channel",
            channel=nobody
            if settings.log_channel_id is None
            else channel_mention(settings.log_channel_id),
        ),
        say("moderation-words", count=len(settings.words)),
        *_models(texts, locale, settings, offer),
        *(f"⚠️ {one}" for one in warnings),
    ]
    return MessageView(framed(lines))


def _models(
    texts: Texts, locale: str, settings: ModerationSettings, offer: Offer
) -> list[str]:
    """Say which models the server uses, if there are several."""
    if not offer.has_several:
        return []
    default, *others = offer.narrowed(
        barred=settings.barred_models, default=settings.default_model
    ).models
    said = texts.say(locale, "moderation-model-default", model=default.title)
    used = ", ".join([said, *(one.title for one in others)])
    lines = [texts.say(locale, "moderation-models", models=used)]
    unused = [one.title for one in offer.models if one not in (default, *others)]
    if unused:
        named = ", ".join(unused)
        lines.append(texts.say(locale, "moderation-models-unused", models=named))
    return lines


def channel_warnings(
    texts: Texts,
    locale: str,
    settings: ModerationSettings,
    *,
    review_lacks: Sequence[Permission] | None,
    review_restricted: bool,
    log_lacks: Sequence[Permission] | None,
) -> list[str]:
    """Say what would not work; `lacks` None = we cannot see the channel."""
    warnings: list[str] = []
    reviews = settings.policy is SpicyPolicy.REVIEW
    if settings.review_channel_id is None:
        if reviews:
            warnings.append(texts.say(locale, "moderation-warning-no-review"))
    else:
        warnings += _lacking(
            texts, locale, channel_mention(settings.review_channel_id), review_lacks
        )
        if reviews and not review_restricted:
            warnings.append(texts.say(locale, "moderation-warning-review-plain"))
    if settings.log_channel_id is not None:
        warnings += _lacking(
            texts, locale, channel_mention(settings.log_channel_id), log_lacks
        )
    return warnings


def channel_removed(
    texts: Texts,
    locale: str,
    purpose: Purpose,
    before: ModerationSettings,
    after: ModerationSettings,
) -> list[str]:
    """Say which channel is no longer used, in case it was left out by mistake."""
    if purpose is Purpose.REVIEW:
        text_id = "moderation-removed-review"
        old, new = before.review_channel_id, after.review_channel_id
    else:
        text_id = "moderation-removed-log"
        old, new = before.log_channel_id, after.log_channel_id
    if old is None or new is not None:
        return []
    return [texts.say(locale, text_id, channel=channel_mention(old))]


def words_view(texts: Texts, locale: str, settings: ModerationSettings) -> MessageView:
    """Draw the list of words, as much of it as a message holds."""
    lines = [f"### {texts.say(locale, 'moderation-words-title')}"]
    if not settings.words:
        lines.append(texts.say(locale, "moderation-words-empty"))
    shown: list[str] = []
    left = TEXT_MOST_CHARS - 300
    for number, rule in enumerate(settings.words):
        kind = texts.say(locale, f"choice-kind-{rule.kind}")
        applies = texts.say(locale, f"choice-applies-{rule.applies}")
        line = f"- {inert(rule.pattern, PATTERN_CHARS)} ({kind}, {applies})"
        left -= units(line) + 1
        if left < 0:
            more = len(settings.words) - number
            shown.append(texts.say(locale, "moderation-words-more", count=more))
            break
        shown.append(line)
    if shown:
        lines.append("\n".join(shown))
    return MessageView(framed(lines))


def history_view(texts: Texts, locale: str, page: HistoryPage) -> MessageView:
    """Draw a page of the audit, with buttons if there are others."""
    title = texts.say(locale, "history-title", page=page.number, pages=page.pages)
    lines = [f"### {title}"]
    lines += [_history_line(texts, locale, row.entry) for row in page.rows]
    if not page.rows:
        lines.append(texts.say(locale, "history-empty"))
    return paged(
        lines,
        texts,
        locale,
        page.number,
        page.pages,
        lambda number: history_button(page.member, number),
    )


def _history_line(texts: Texts, locale: str, entry: AuditEntry) -> str:
    sentence = _cut(audit_sentence(texts, locale, entry), LINE_UNITS)
    return f"{sentence}\n{small(date_and_time(entry.at))}"


def _lacking(
    texts: Texts, locale: str, channel: str, lacks: Sequence[Permission] | None
) -> list[str]:
    if lacks is None:
        return [texts.say(locale, "moderation-warning-gone", channel=channel)]
    if not lacks:
        return []
    return [
        texts.say(
            locale,
            "moderation-warning-permissions",
            channel=channel,
            permissions=permission_names(texts, locale, lacks),
        )
    ]


def _cut(line: str, most_units: int) -> str:
    """Cut a line, but not within an escape: that would set the next sign free."""
    if units(line) <= most_units:
        return line
    while (excess := units(line) - most_units) > 0:
        line = line[: -max(1, excess // 2)]
    return f"{line.rstrip(chr(92))}…"
