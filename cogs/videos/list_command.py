"""`/videos`: a member's own jobs, to look through and to cancel."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.requests.cancelling import Cancelling
from bot.requests.listing import Listing, StatusFilter
from bot.texts.texts import Texts
from cogs.commands.choices import CHOICE_CHARS, menu
from cogs.drawing.cancel_view import cancel_view
from cogs.drawing.custom_ids import PagePress, page_press
from cogs.drawing.list_page import page_view
from cogs.drawing.markup import shortened
from cogs.presses import Route, Routes
from cogs.wire.places import actor_of


class Videos(commands.GroupCog, group_name="videos"):
    """Your videos."""

    def __init__(self, listing: Listing, cancelling: Cancelling, texts: Texts) -> None:
        super().__init__()
        self._listing = listing
        self._cancelling = cancelling
        self._texts = texts

    def routes(self) -> Routes:
        """Return what turns the pages of the list."""
        return {"list": Route(read=page_press, on_press=self._turn, on_submit=None)}

    @app_commands.command(name="list")
    @app_commands.choices(status=menu("status", StatusFilter))
    async def list_(
        self, interaction: discord.Interaction, status: str | None = None
    ) -> None:
        """List your videos."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        page = await self._listing.page(
            actor_of(interaction), None if status is None else StatusFilter(status), 1
        )
        view = page_view(self._texts, str(interaction.locale), page)
        await interaction.edit_original_response(view=view)

    @app_commands.command()
    async def cancel(self, interaction: discord.Interaction, job: str) -> None:
        """Cancel one of your videos."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        actor = actor_of(interaction)
        outcome = await self._cancelling.cancel(JobId(job), actor, confirmed=False)
        view = cancel_view(self._texts, str(interaction.locale), outcome, actor)
        await interaction.edit_original_response(view=view)

    @cancel.autocomplete("job")
    async def _cancellable(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        jobs = await self._cancelling.cancellable(actor_of(interaction))
        locale = str(interaction.locale)
        named = ((self._name(locale, job), job) for job in jobs)
        return [
            app_commands.Choice(name=name, value=job.id)
            for name, job in named
            if typed.casefold() in name.casefold()
        ]

    async def _turn(self, interaction: discord.Interaction, press: PagePress) -> None:
        await interaction.response.defer()
        page = await self._listing.page(actor_of(interaction), press.status, press.page)
        view = page_view(self._texts, str(interaction.locale), page)
        await interaction.edit_original_response(view=view)

    def _name(self, locale: str, job: Job) -> str:
        state = self._texts.say(locale, f"state-{job.state}")
        return shortened(f"{state}: {job.request.prompt}", CHOICE_CHARS)
