"""The status message: where a job stands, and in the end one line about how it went."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta

from discord import ui

from bot.jobs.jobs import Job
from bot.jobs.states import CANCELLABLE_STATES, OPEN_STATES, JobState
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, MessageKind
from cogs.drawing.layout import (
    MessageView,
    framed,
    job_buttons,
    price_part,
    quoted_prompt,
    settings_line,
    small,
)
from cogs.drawing.markup import member_name, message_link, time_of_day
from cogs.drawing.progress import progress_bar, shown_percent

PROMPT_CHARS = 280
"""A reminder of what was asked; the clip shows the whole prompt."""
LONG_WAIT = timedelta(minutes=15)
SLOW_ATTEMPTS = 3
"""After so many failures to fetch or post a clip, the status message says so."""


def status_view(
    texts: Texts, job: Job, *, position: int | None, now: datetime
) -> MessageView:
    """Draw a job as it is, in the server's language.

    `position` is the place in the queue, from 1, of a queued job. The result changes
    seldom: a status message is edited only when it does.
    """
    if job.state not in OPEN_STATES:
        return MessageView(ui.TextDisplay(end_line(texts, job)))
    lines = [
        f"### {texts.say(job.locale, f'status-{job.state}')}",
    ]
    if quoted := quoted_prompt(job.request, PROMPT_CHARS):
        lines.append(quoted)
    if job.state is JobState.QUEUED and position is not None:
        lines += _queue_lines(texts, job, position, now)
    if job.state is JobState.GENERATING:
        lines.append(_progress_line(texts, job, now))
    if _is_slow(job):
        lines.append(texts.say(job.locale, "status-delivering-slow"))
    settings = settings_line(texts, job.locale, job.request)
    if job.shows_price:
        settings += price_part(texts, job.locale, job)
    lines.append(
        small(
            texts.say(
                job.locale,
                "status-settings",
                member=member_name(texts, job.locale, job.user_id),
                settings=settings,
            )
        )
    )
    if job.state not in CANCELLABLE_STATES | {JobState.RECEIVED}:
        return MessageView(framed(lines))
    # The button is there from the start: by its custom_id a message is known as ours.
    buttons = job_buttons(texts, job.locale, job.id, MessageKind.STATUS, Act.CANCEL)
    return MessageView(framed(lines, buttons))


def status_looks(job: Job, *, position: int | None, now: datetime) -> str:
    """Return a hash of what `status_view` would draw: equal where it looks the same.

    In every process, and in every version that draws the same from the same. Drawing
    takes far longer than this, and usually nothing has changed.
    """
    seen = repr(_seen(job, position, now)).encode(errors="surrogatepass")
    return hashlib.blake2b(seen, digest_size=8).hexdigest()


def _seen(job: Job, position: int | None, now: datetime) -> tuple[object, ...]:
    if job.state not in OPEN_STATES:
        free = job.first_submit_at is None
        return (job.state.value, job.user_id, job.locale, result_link(job), free)
    progress = None
    if job.state is JobState.GENERATING:
        progress = (shown_percent(job, now), _expectation(job, now))
    queued = job.state is JobState.QUEUED
    return (
        job.state.value,
        job.user_id,
        job.locale,
        astuple(job.request),
        (position, _expectation(job, now)) if queued else None,
        progress,
        _is_slow(job),
        (job.credits_estimated, job.credits_reserved) if job.shows_price else None,
    )


def end_line(texts: Texts, job: Job) -> str:
    """Say how a job ended, with a link to its clip or notice where there is one."""
    member = member_name(texts, job.locale, job.user_id)
    if job.state is JobState.CANCELLED:
        # Once the paid request may have left, cancelling no longer saved the money;
        # before that, the cancellation takes the time off.
        cost = "free" if job.first_submit_at is None else "counts"
        return texts.say(job.locale, f"status-cancelled-{cost}", member=member)
    link = result_link(job)
    if link is None or job.state is JobState.REFUSED:
        return texts.say(job.locale, f"status-{job.state}", member=member)
    return texts.say(job.locale, f"status-{job.state}-link", member=member, link=link)


def result_link(job: Job) -> str | None:
    """Return the address of the message that ended a job, if there is one."""
    message_id = job.clip_message_id or job.notice_message_id
    if message_id is None:
        return None
    return message_link(job.guild_id, job.channel_id, message_id)


def _is_slow(job: Job) -> bool:
    """Return whether a finished clip takes unusually long to arrive."""
    return job.state is JobState.DELIVERING and job.delivery_attempts >= SLOW_ATTEMPTS


def _queue_lines(texts: Texts, job: Job, position: int, now: datetime) -> Sequence[str]:
    place = texts.say(job.locale, "status-position", position=position)
    when = _expectation(job, now)
    if not when:
        # Its estimate has proved wrong: better none than another.
        return [place]
    return [place, texts.say(job.locale, "status-expected", when=when)]


def _progress_line(texts: Texts, job: Job, now: datetime) -> str:
    percent = shown_percent(job, now)
    bar = texts.say(
        job.locale, "status-progress", bar=progress_bar(percent), percent=percent
    )
    when = _expectation(job, now)
    if when is None:
        return bar
    if not when:
        return f"{bar}\n{texts.say(job.locale, 'status-any-moment')}"
    return f"{bar}\n{texts.say(job.locale, 'status-expected', when=when)}"


def _expectation(job: Job, now: datetime) -> str | None:
    """Return when the clip is expected; empty = any moment, None = nobody knows.

    As a time of day: a client would count "in 20 seconds" on to "4 seconds ago" when
    the next edit is late.
    """
    if job.expected_end_at is None:
        return None
    if job.expected_end_at <= now:
        return ""
    return time_of_day(_rounded(job.expected_end_at, now), now)


def _rounded(at: datetime, now: datetime) -> datetime:
    """Round an estimate to the minute, or to five minutes if it is far away."""
    step_s = 60 if at - now < LONG_WAIT else 300
    return datetime.fromtimestamp(round(at.timestamp() / step_s) * step_s, at.tzinfo)
