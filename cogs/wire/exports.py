"""Hands files out in the answer to a command, as many as it takes."""

import io
from collections.abc import Sequence

import discord

from bot.export_files import ExportFile
from bot.texts.texts import Texts

_OF_THE_LIMIT = 0.95
"""Of what Discord takes for a file; the rest is what a request has around it."""


def most_bytes(interaction: discord.Interaction) -> int:
    """Return how large a file may be that answers this."""
    return int(interaction.filesize_limit * _OF_THE_LIMIT)


async def hand_out(
    interaction: discord.Interaction,
    texts: Texts,
    sentence: str,
    files: Sequence[ExportFile],
) -> None:
    """Answer with the first file, and with a message for each of the others.

    All for the reader alone. The first says what it is, and how many there are.
    """
    if any(one.is_packed for one in files):
        locale = str(interaction.locale)
        packed = texts.say(locale, "export-packed", files=len(files))
        sentence = f"{sentence} {packed}"
    first, *others = (
        discord.File(io.BytesIO(one.content), filename=one.name) for one in files
    )
    await interaction.edit_original_response(content=sentence, attachments=[first])
    for file in others:
        await interaction.followup.send(file=file, ephemeral=True)
