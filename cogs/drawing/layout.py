"""The form of every message with components: a view, and the pieces most have."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import discord
from discord import ui

from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind
from bot.jobs.video import VideoRequest
from bot.models.catalogue import UNNAMED
from bot.models.choices import Aspect
from bot.models.known import profile_of
from bot.quotas.estimates import is_guess
from bot.servers.places import Permission
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import Act, MessageKind, job_button
from cogs.drawing.markup import quotation

TEXT_MOST_CHARS = 4000
"""All texts of a message together. Discord docs: "Text Display"."""

PICTURE_FILENAME = "picture.jpg"
"""Of the picture that a clip begins with, in the messages that show it. By its name it
is found there again."""

ACCENT = discord.Colour(0xE8590C)

_STYLES = {
    Act.CANCEL: discord.ButtonStyle.secondary,
    Act.CANCEL_CONFIRMED: discord.ButtonStyle.danger,
    Act.KEEP: discord.ButtonStyle.secondary,
    Act.AGAIN: discord.ButtonStyle.primary,
    Act.EDIT: discord.ButtonStyle.secondary,
    Act.CONTINUE: discord.ButtonStyle.secondary,
    Act.DELETE: discord.ButtonStyle.danger,
    Act.REPORT: discord.ButtonStyle.secondary,
}


class MessageView(ui.LayoutView):
    """What a message shows, in Components V2.

    It is stopped from the start: presses are read from their custom_id, so discord.py
    need not keep a view in memory for every message.
    """

    def __init__(self, *items: ui.Item[Any]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)
        self.stop()


def framed(lines: Sequence[str], *items: ui.Item[Any]) -> ui.Container[Any]:
    """Return a frame with a text for each line, and the items below."""
    return ui.Container(
        *(ui.TextDisplay(line) for line in lines), *items, accent_colour=ACCENT
    )


def sentence_view(sentence: str) -> MessageView:
    """Draw a sentence alone, also in place of a question."""
    return MessageView(framed([sentence]))


def small(line: str) -> str:
    """Return a line in small print."""
    return f"-# {line}"


def settings_line(texts: Texts, locale: str, request: VideoRequest) -> str:
    """Say in one line how a video was to be made. The first model goes unnamed."""
    profile = profile_of(request.model, with_picture=request.with_picture)
    sound = request.sound
    said = [
        None if request.model == UNNAMED else profile.title,
        texts.say(locale, f"mode-{request.mode}") if profile.modes else None,
        texts.say(locale, "settings-seconds", seconds=request.duration_s),
        # A shape that the model chooses says nothing.
        None if request.aspect is Aspect.AUTO else request.aspect.value,
        request.quality,
        None if sound is None else sound_name(texts, locale, on=sound),
        _origin(texts, locale, request),
    ]
    return " · ".join(one for one in said if one)


def price_part(texts: Texts, locale: str, job: Job) -> str:
    """Say what a video costs, as what follows its settings: EvoLink's figure, or ours.

    EvoLink tells it with the task, and once more at its end.
    """
    told = job.credits_reserved if job.credits_used is None else job.credits_used
    if told is not None:
        said = texts.say(locale, "price", credits=_shown_credits(told))
    elif job.credits_estimated is None or is_guess(job.request, job.credits_estimated):
        said = texts.say(locale, "price-unknown")
    else:
        shown = _shown_credits(job.credits_estimated)
        said = texts.say(locale, "price-about", credits=shown)
    return f" · {said}"


def _shown_credits(credits: float) -> float:  # noqa: A002 - EvoLink's word
    """Round to a digit after the point, and below one credit to two."""
    return round(credits, 1 if credits >= 1 else 2)


def _origin(texts: Texts, locale: str, request: VideoRequest) -> str | None:
    """Say with what a video begins, if not with words alone."""
    if request.picture is None:
        return None
    is_frame = request.picture.kind is PictureKind.FRAME
    return texts.say(locale, "settings-frame" if is_frame else "settings-picture")


def quoted_prompt(request: VideoRequest, most_chars: int) -> str:
    """Return the prompt as a quotation; empty where a picture needed none."""
    if request.with_picture and not request.prompt:
        return ""
    return quotation(request.prompt, most_chars)


def aspect_name(texts: Texts, locale: str, aspect: Aspect) -> str:
    """Return what people call a shape."""
    if aspect is Aspect.AUTO:
        return texts.say(locale, "choice-aspect-auto")
    return aspect.value


def sound_name(texts: Texts, locale: str, *, on: bool) -> str:
    """Say that a clip has sound, or none."""
    return texts.say(locale, "settings-sound-on" if on else "settings-sound-off")


def beside_picture(
    texts: Texts, locale: str, lines: Sequence[str], *, with_picture: bool
) -> Sequence[ui.Item[Any]]:
    """Return up to three texts, beside the attached picture if there is one."""
    displays = [ui.TextDisplay[Any](line) for line in lines if line]
    if not with_picture:
        return displays
    shown: ui.Thumbnail[Any] = ui.Thumbnail(
        f"attachment://{PICTURE_FILENAME}",
        description=texts.say(locale, "picture-alt"),
    )
    return [ui.Section(*displays, accessory=shown)]


def attached_picture(texts: Texts, locale: str) -> ui.MediaGallery[Any]:
    """Return the attached picture that a clip begins with, large enough to judge it."""
    return ui.MediaGallery(
        discord.MediaGalleryItem(
            f"attachment://{PICTURE_FILENAME}",
            description=texts.say(locale, "picture-alt"),
        )
    )


def job_buttons(
    texts: Texts, locale: str, job_id: JobId, message_kind: MessageKind, *acts: Act
) -> ui.ActionRow[Any]:
    """Return a row of buttons that work for as long as the message stands."""
    row: ui.ActionRow[Any] = ui.ActionRow()
    for act in acts:
        row.add_item(
            ui.Button(
                style=_STYLES[act],
                label=texts.say(locale, f"button-{act}"),
                custom_id=job_button(act, job_id, message_kind),
            )
        )
    return row


def paged(
    lines: Sequence[str],
    texts: Texts,
    locale: str,
    number: int,
    pages: int,
    custom_id: Callable[[int], str],
) -> MessageView:
    """Draw page `number` of `pages`, with buttons to those before and after.

    `custom_id` returns that of the button that turns to a page.
    """
    if pages == 1:
        return MessageView(framed(lines))
    row: ui.ActionRow[Any] = ui.ActionRow()
    for text_id, other in (
        ("list-previous", number - 1),
        ("list-next", number + 1),
    ):
        row.add_item(
            ui.Button(
                label=texts.say(locale, text_id),
                custom_id=custom_id(other),
                disabled=not 1 <= other <= pages,
            )
        )
    return MessageView(framed(lines, row))


def permission_names(
    texts: Texts, locale: str, permissions: Iterable[Permission]
) -> str:
    """Return the names of permissions as Discord's settings show them."""
    return ", ".join(texts.say(locale, f"permission-{one}") for one in permissions)
