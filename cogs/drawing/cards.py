"""Cards for moderators: a request to approve, or a report to decide on."""

from typing import Any

import discord
from discord import ui

from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.moderation.records import Card, CardKind, Report, ReportState
from bot.servers.audit import REASON_MAX_CHARS
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import CardAct, card_button
from cogs.drawing.layout import (
    MessageView,
    attached_picture,
    framed,
    settings_line,
    small,
)
from cogs.drawing.markup import (
    channel_mention,
    member_name,
    mention,
    message_link,
    quotation,
    relative,
)

PROMPT_CHARS = 1200
"""Escaped it may be twice as long; with the rest it stays below 4000."""

_STYLES = {
    CardAct.APPROVE: discord.ButtonStyle.success,
    CardAct.DENY: discord.ButtonStyle.danger,
    CardAct.BLOCK_REQUESTER: discord.ButtonStyle.secondary,
    CardAct.REMOVE: discord.ButtonStyle.danger,
    CardAct.DISMISS: discord.ButtonStyle.secondary,
    CardAct.BLOCK_REPORTED: discord.ButtonStyle.secondary,
}
_LABELS = {
    CardAct.APPROVE: "button-approve",
    CardAct.DENY: "button-deny",
    CardAct.BLOCK_REQUESTER: "button-block",
    CardAct.REMOVE: "button-remove",
    CardAct.DISMISS: "button-dismiss",
    CardAct.BLOCK_REPORTED: "button-block-author",
}


def card_view(
    texts: Texts,
    card: Card,
    job: Job,
    report: Report | None,
    *,
    show_prompt: bool,
    with_picture: bool = False,
) -> MessageView:
    """Draw a card as things stand, in the server's language.

    Once it is decided it has no buttons any more, and says who decided. `with_picture`
    shows the attached picture that the reported clip begins with.
    """
    if card.kind is CardKind.REVIEW:
        return review_view(texts, job, show_prompt=show_prompt)
    assert report is not None
    with_buttons = card.kind is CardKind.REPORT
    return report_view(
        texts,
        job,
        report,
        show_prompt=show_prompt,
        with_buttons=with_buttons,
        with_picture=with_picture,
    )


def is_open(job: Job, report: Report) -> bool:
    """Return whether there is something to decide about a reported clip."""
    return report.state is ReportState.OPEN and job.removed_at is None


def review_view(texts: Texts, job: Job, *, show_prompt: bool) -> MessageView:
    """Draw a request under review, or what became of it."""

    def say(text_id: str, **values: object) -> str:
        return texts.say(job.locale, text_id, **values)

    lines = [
        f"### {say('card-review-title')}",
        say(
            "card-review-asked",
            member=member_name(texts, job.locale, job.user_id),
            channel=channel_mention(job.channel_id),
            when=relative(job.requested_at),
        ),
        *_prompt(job, show_prompt=show_prompt),
        small(settings_line(texts, job.locale, job.request)),
    ]
    if job.state is JobState.AWAITING_REVIEW:
        acts = (CardAct.APPROVE, CardAct.DENY, CardAct.BLOCK_REQUESTER)
        return MessageView(framed(lines, _buttons(texts, job.locale, job.id, *acts)))
    lines.append(_end_of_review(texts, job))
    if job.decision_reason is not None:
        lines.append(quotation(job.decision_reason, REASON_MAX_CHARS))
    return MessageView(framed(lines))


def report_view(
    texts: Texts,
    job: Job,
    report: Report,
    *,
    show_prompt: bool,
    with_buttons: bool,
    with_picture: bool = False,
) -> MessageView:
    """Draw a report, or what became of it. The operator's copy has no buttons."""

    def say(text_id: str, **values: object) -> str:
        return texts.say(job.locale, text_id, **values)

    lines = [
        f"### {say('card-report-title')}",
        say(
            "card-report-made",
            reporter=mention(report.reporter_id),
            member=member_name(texts, job.locale, job.user_id),
            when=relative(report.at),
        ),
        quotation(report.reason, REASON_MAX_CHARS),
    ]
    if job.clip_message_id is not None:
        link = message_link(job.guild_id, job.channel_id, job.clip_message_id)
        lines.append(say("card-report-clip", link=link))
    lines += _prompt(job, show_prompt=show_prompt)
    lines.append(small(settings_line(texts, job.locale, job.request)))
    if is_open(job, report):
        items: list[ui.Item[Any]] = []
        if with_picture:
            items.append(attached_picture(texts, job.locale))
        if with_buttons:
            acts = (CardAct.REMOVE, CardAct.DISMISS, CardAct.BLOCK_REPORTED)
            items.append(_buttons(texts, job.locale, report.id, *acts))
        return MessageView(framed(lines, *items))
    if report.state is ReportState.DISMISSED:
        lines.append(say("card-dismissed", moderator=_by(report)))
    elif report.decided_by is None:
        lines.append(say("card-clip-deleted"))
    else:
        lines.append(say("card-removed", moderator=_by(report)))
    return MessageView(framed(lines))


def _prompt(job: Job, *, show_prompt: bool) -> list[str]:
    if not show_prompt or not job.request.prompt:
        return []
    return [quotation(job.request.prompt, PROMPT_CHARS)]


def _end_of_review(texts: Texts, job: Job) -> str:
    if job.decided_by is not None:
        denied = job.state is JobState.DENIED
        return texts.say(
            job.locale,
            "card-denied" if denied else "card-approved",
            moderator=mention(job.decided_by),
        )
    if job.state is JobState.DENIED:
        return texts.say(job.locale, "card-lapsed")
    return texts.say(job.locale, "card-cancelled")


def _by(report: Report) -> str:
    return "?" if report.decided_by is None else mention(report.decided_by)


def _buttons(
    texts: Texts, locale: str, subject: str, *acts: CardAct
) -> ui.ActionRow[Any]:
    row: ui.ActionRow[Any] = ui.ActionRow()
    for act in acts:
        row.add_item(
            ui.Button(
                style=_STYLES[act],
                label=texts.say(locale, _LABELS[act]),
                custom_id=card_button(act, subject),
            )
        )
    return row
