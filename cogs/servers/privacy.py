"""`/privacy`: what is stored about a member, handed out or erased."""

from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.privacy.own_data import Privacy
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import FORGET_BUTTON, forget_press
from cogs.drawing.layout import MessageView, framed
from cogs.presses import Route, Routes
from cogs.wire.exports import hand_out, most_bytes
from cogs.wire.places import actor_of


class PrivacyCommands(commands.GroupCog, group_name="privacy"):
    """Your data."""

    def __init__(self, privacy: Privacy, texts: Texts) -> None:
        super().__init__()
        self._privacy = privacy
        self._texts = texts

    def routes(self) -> Routes:
        """Return what answers the confirmation of an erasure."""
        return {
            "forget": Route(read=forget_press, on_press=self._forget, on_submit=None)
        }

    @app_commands.command()
    async def export(self, interaction: discord.Interaction) -> None:
        """Hand out all that is stored about you."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        files = await self._privacy.export(
            actor_of(interaction), most_bytes=most_bytes(interaction)
        )
        sentence = self._texts.say(str(interaction.locale), "privacy-export")
        await hand_out(interaction, self._texts, sentence, files)

    @app_commands.command()
    async def forget(self, interaction: discord.Interaction) -> None:
        """Erase what is stored about you, after a confirmation."""
        view = forget_view(self._texts, str(interaction.locale))
        await interaction.response.send_message(view=view, ephemeral=True)

    async def _forget(self, interaction: discord.Interaction, _: str) -> None:
        await interaction.response.defer()
        await self._privacy.forget(actor_of(interaction))
        sentence = self._texts.say(str(interaction.locale), "privacy-forgotten")
        await interaction.edit_original_response(
            view=MessageView(ui.TextDisplay(sentence))
        )


def forget_view(texts: Texts, locale: str) -> MessageView:
    """Ask whether somebody's data is really to be erased."""
    row: ui.ActionRow[Any] = ui.ActionRow()
    row.add_item(
        ui.Button(
            style=discord.ButtonStyle.danger,
            label=texts.say(locale, "button-forget"),
            custom_id=FORGET_BUTTON,
        )
    )
    return MessageView(framed([texts.say(locale, "privacy-question")], row))
