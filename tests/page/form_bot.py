"""A bot made with discord.py that shows every field and menu there is."""

import asyncio
from typing import Any

import discord
from discord import app_commands

LONG_LABEL = "A lighthouse keeper who paints the sea at night, and his very patient dog"
LONG_DESCRIPTION = (
    "With fireflies above the water, and a song that takes all evening long"
)


class Everything(discord.ui.Modal, title="Everything"):
    """A form with one field of each kind."""

    def __init__(self) -> None:
        super().__init__()
        label, option = discord.ui.Label, discord.SelectOption
        self.text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph, default="a red fox", max_length=100
        )
        self.mode: discord.ui.Select[Any] = discord.ui.Select(
            options=[
                option(label="Fun", value="fun"),
                option(label="Normal", value="normal", default=True),
                option(label=LONG_LABEL, value="long", description=LONG_DESCRIPTION),
            ]
        )
        self.length: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
            options=[
                discord.RadioGroupOption(label="6 seconds", value="6", default=True),
                discord.RadioGroupOption(
                    label="10 seconds", value="10", description="Costs more"
                ),
            ]
        )
        self.extras: discord.ui.CheckboxGroup[Any] = discord.ui.CheckboxGroup(
            required=False,
            max_values=2,
            options=[
                discord.CheckboxGroupOption(label=name, value=name.lower())
                for name in ("Sound", "Loop", "Slow")
            ],
        )
        self.pictures: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
            required=False, max_values=2
        )
        self.add_item(label(text="Prompt", component=self.text))
        self.add_item(label(text="Mode", description="Mood", component=self.mode))
        self.add_item(label(text="Length", component=self.length))
        self.add_item(label(text="Extras", component=self.extras))
        self.add_item(label(text="Pictures", component=self.pictures))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say what came."""
        files = [(one.filename, len(await one.read())) for one in self.pictures.values]
        said = (
            f"text={self.text.value} mode={self.mode.values} "
            f"length={self.length.value} extras={self.extras.values} files={files}"
        )
        await interaction.response.send_message(discord.utils.escape_markdown(said))


class Tick(discord.ui.Modal, title="Tick"):
    """A form with a box to tick and an optional choice."""

    def __init__(self) -> None:
        super().__init__()
        self.sure: discord.ui.Checkbox[Any] = discord.ui.Checkbox(default=True)
        self.choice: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
            required=False,
            options=[
                discord.RadioGroupOption(label="Left", value="left"),
                discord.RadioGroupOption(label="Right", value="right"),
            ],
        )
        self.add_item(discord.ui.Label(text="Sure", component=self.sure))
        self.add_item(discord.ui.Label(text="Side", component=self.choice))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say what came."""
        said = f"sure={self.sure.value} side={self.choice.value}"
        await interaction.response.send_message(said)


class Menus(discord.ui.View):
    """One menu of which one entry is taken, and one of which several are."""

    @discord.ui.select(
        placeholder="One of them",
        options=[
            discord.SelectOption(label="First", value="first"),
            discord.SelectOption(
                label=LONG_LABEL, value="long", description=LONG_DESCRIPTION
            ),
        ],
    )
    async def one(
        self, interaction: discord.Interaction, select: discord.ui.Select[Any]
    ) -> None:
        """Say what was picked."""
        await interaction.response.send_message(f"one={select.values}")

    @discord.ui.select(
        placeholder="Some of them",
        max_values=2,
        options=[discord.SelectOption(label=name) for name in ("Red", "Blue", "Green")],
    )
    async def some(
        self, interaction: discord.Interaction, select: discord.ui.Select[Any]
    ) -> None:
        """Say what was picked."""
        await interaction.response.send_message(f"some={select.values}")


class FormBot(discord.Client):
    """Answers /form, /tick, /menus, /word, /size and the message menu "Files"."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.may_suggest = asyncio.Event()
        """Suggestions are held back until it is set."""
        self.suggested = asyncio.Event()
        """Set once suggestions have been sent."""

    async def setup_hook(self) -> None:
        for name, made in (("form", Everything), ("tick", Tick)):
            self.tree.command(name=name, description="Fill in")(_opening(made))
        self.tree.command(name="menus", description="Choose")(_menus)
        word = self.tree.command(name="word", description="Say a word")(_word)
        word.autocomplete("word")(self._suggest)
        self.tree.command(name="size", description="Measure a file")(_size)
        self.tree.context_menu(name="Files")(_files)
        await self.tree.sync()

    async def _suggest(
        self, _interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        await self.may_suggest.wait()
        self.suggested.set()
        return [app_commands.Choice(name=f"{current}!", value=f"{current}!")]


def _opening(made: type[discord.ui.Modal]) -> Any:
    async def form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(made())

    return form


async def _menus(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Choose:", view=Menus(timeout=None))


async def _word(interaction: discord.Interaction, word: str) -> None:
    await interaction.response.send_message(f"word={word}")


async def _size(
    interaction: discord.Interaction,
    file: discord.Attachment,
    note: str | None = None,
) -> None:
    size = len(await file.read())
    said = f"{file.filename} has {size} bytes, {file.width} px wide, note={note}"
    await interaction.response.send_message(discord.utils.escape_markdown(said))


async def _files(interaction: discord.Interaction, message: discord.Message) -> None:
    names = [one.filename for one in message.attachments]
    said = f"{message.author.display_name} posted {names}"
    await interaction.response.send_message(discord.utils.escape_markdown(said))
