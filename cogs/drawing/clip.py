"""The message that brings a finished clip, as a file or as a link."""

from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.models.choices import Mode
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, MessageKind
from cogs.drawing.layout import (
    MessageView,
    beside_picture,
    job_buttons,
    price_part,
    quoted_prompt,
    settings_line,
    small,
)
from cogs.drawing.markup import (
    bare_link,
    date_and_time,
    mention,
    shortened,
)

PROMPT_CHARS = 1000
"""Escaped it may be twice as long; with the rest it stays below 4000."""
LINK_PROMPT_CHARS = 280
"""Beside a signed address of perhaps 2000 characters there is less room."""
ALT_TEXT_CHARS = 250


def clip_filename(job_id: JobId) -> str:
    """Return the name of a job's file in Discord; by it the message is found again."""
    return f"clapper-{job_id}.mp4"


def clip_view(
    texts: Texts,
    job: Job,
    original_until: datetime | None = None,
    *,
    with_picture: bool = False,
    with_continue: bool = False,
) -> MessageView:
    """Draw the message around the attached clip, which plays in place.

    With `original_until` the file is a smaller copy, and the link works until then.
    `with_picture` shows the attached picture that it begins with, too; `with_continue`
    has a button to continue it.
    """
    gallery: ui.MediaGallery[Any] = ui.MediaGallery(
        discord.MediaGalleryItem(
            f"attachment://{clip_filename(job.id)}",
            description=shortened(job.request.prompt, ALT_TEXT_CHARS) or None,
            spoiler=job.request.mode is Mode.SPICY,
        )
    )
    return MessageView(
        *beside_picture(
            texts,
            job.locale,
            [
                _greeting(texts, job, "clip-ready", "clip-late"),
                quoted_prompt(
                    job.request,
                    PROMPT_CHARS if original_until is None else LINK_PROMPT_CHARS,
                ),
            ],
            with_picture=with_picture,
        ),
        gallery,
        *_original(texts, job, original_until),
        *_footer(texts, job, with_continue=with_continue),
    )


def link_view(
    texts: Texts, job: Job, expires_at: datetime, *, with_picture: bool = False
) -> MessageView:
    """Draw the message for a clip that is too large for Discord.

    A plain link: Discord's player would have to fetch the large file first, and a
    message whose picture cannot be fetched is a broken one.
    """
    address = _address(texts, job, "clip-link-address", expires_at)
    return MessageView(
        *beside_picture(
            texts,
            job.locale,
            [
                _greeting(texts, job, "clip-link", "clip-link-late"),
                quoted_prompt(job.request, LINK_PROMPT_CHARS),
            ],
            with_picture=with_picture,
        ),
        ui.TextDisplay(address),
        *_footer(texts, job, with_continue=False),
    )


def _original(
    texts: Texts, job: Job, until: datetime | None
) -> tuple[ui.Item[Any], ...]:
    if until is None:
        return ()
    return (ui.TextDisplay(small(_address(texts, job, "clip-shrunk", until))),)


def _address(texts: Texts, job: Job, text_id: str, until: datetime) -> str:
    assert job.result_url is not None
    link = bare_link(job.result_url)
    return texts.say(
        job.locale,
        text_id,
        until=date_and_time(until),
        link=f"||{link}||" if job.request.mode is Mode.SPICY else link,
    )


def _greeting(texts: Texts, job: Job, usual: str, late: str) -> str:
    text_id = late if job.late else usual
    return texts.say(job.locale, text_id, member=mention(job.user_id))


def _footer(texts: Texts, job: Job, *, with_continue: bool) -> tuple[ui.Item[Any], ...]:
    settings = settings_line(texts, job.locale, job.request)
    if job.shows_price:
        settings += price_part(texts, job.locale, job)
    return (
        ui.TextDisplay(small(settings)),
        job_buttons(
            texts,
            job.locale,
            job.id,
            MessageKind.CLIP,
            Act.AGAIN,
            Act.EDIT,
            *([Act.CONTINUE] if with_continue else ()),
            Act.DELETE,
            Act.REPORT,
        ),
    )
