"""A bot made with discord.py, doing one small thing of each kind that Clapper does."""

import asyncio
import io
import re
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

CLIP = bytes(range(256)) * 64


class AgainButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"again:(?P<job>[0-9]+)"
):
    """A button whose job stands in its custom id."""

    def __init__(self, job: int) -> None:
        self.job = job
        super().__init__(discord.ui.Button(label="Again", custom_id=f"again:{job}"))

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,
        item: discord.ui.Item[Any],
        match: re.Match[str],
    ) -> Self:
        assert interaction.message is not None
        assert item.type is discord.ComponentType.button
        return cls(int(match["job"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(EditModal(self.job))


class EditModal(discord.ui.Modal, title="Edit"):
    """A form with one field."""

    prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Prompt")

    def __init__(self, job: int) -> None:
        super().__init__()
        self._job = job

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"{self._job}: {self.prompt.value}")


def clip_view(mention: str) -> discord.ui.LayoutView:
    """Return a clip with a text and a button, made of components."""
    view = discord.ui.LayoutView(timeout=None)
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    row.add_item(AgainButton(7))
    view.add_item(
        discord.ui.Container(
            discord.ui.TextDisplay(f"{mention} done"),
            discord.ui.MediaGallery(
                discord.MediaGalleryItem("attachment://clip.mp4", spoiler=True)
            ),
            row,
        )
    )
    return view


def clip_file() -> discord.File:
    """Return the clip, fresh to be read once."""
    return discord.File(io.BytesIO(CLIP), filename="clip.mp4")


class RealBot(commands.AutoShardedBot):
    """Answers /video, /slow and /late, and remembers what went wrong."""

    def __init__(self) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.01,
        )
        self.errors: list[Exception] = []
        self.go_on = asyncio.Event()
        """Held back commands wait for this."""
        self.resumed = 0
        self.left: list[str] = []
        self.tree.error(self._note)

    async def _note(
        self, _interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        self.errors.append(getattr(error, "original", error))

    async def before_identify_hook(
        self, _shard_id: int | None, *, initial: bool = False
    ) -> None:
        """Do not wait the usual five seconds between identifications."""
        assert isinstance(initial, bool)

    async def on_shard_resumed(self, _shard_id: int) -> None:
        self.resumed += 1

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.left.append(guild.name)

    async def setup_hook(self) -> None:
        self.tree.command(description="Make a video")(video)
        self.tree.command(description="Answer when let")(slow)
        self.add_dynamic_items(AgainButton)
        await self.tree.sync()


@app_commands.describe(prompt="What to see", who="For whom")
async def video(
    interaction: discord.Interaction[RealBot],
    prompt: app_commands.Range[str, 1, 4000],
    who: discord.Member | None = None,
) -> None:
    """Answer at once, then post a clip that mentions the one who asked."""
    await interaction.response.send_message(f"queued {prompt} for {who}")
    channel = interaction.channel
    assert isinstance(channel, discord.TextChannel)
    for _ in range(2):  # as after a crash: the same job is posted again
        await channel.send(
            view=clip_view(interaction.user.mention),
            file=clip_file(),
            nonce="job-7",
            allowed_mentions=discord.AllowedMentions(users=[interaction.user]),
        )
    status = await interaction.original_response()
    await channel.get_partial_message(status.id).edit(content="done")


async def slow(interaction: discord.Interaction[RealBot]) -> None:
    """Answer only when the test lets it."""
    await interaction.client.go_on.wait()
    await interaction.response.send_message("at last")
    await interaction.edit_original_response(content="edited")
