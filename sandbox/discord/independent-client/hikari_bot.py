"""A bot made with hikari: one command, one clip, one button, one form.

It is told by its environment where Discord is, how to pack frames, and what to post.
"""

import os
import traceback

import hikari
from hikari.api.shard import GatewayCompression
from hikari.impl import MediaGalleryItemBuilder
from hikari.impl.shard import GatewayShardImpl

bot = hikari.GatewayBot(
    os.environ["DISCORD_TOKEN"],
    rest_url=f"{os.environ['DISCORD_API']}/v10",
    intents=hikari.Intents.GUILDS,
    banner=None,
    logs="WARNING",
)


def clip_message() -> hikari.api.ContainerComponentBuilder:
    """Return the clip with its button."""
    box = hikari.impl.ContainerComponentBuilder()
    box.add_text_display("Done")
    box.add_separator()
    clip = hikari.File(os.environ["CLIP"], filename="clip.mp4")
    box.add_media_gallery([MediaGalleryItemBuilder(media=clip)])
    row = hikari.impl.MessageActionRowBuilder()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "edit", label="Edit")
    box.add_component(row)
    return box


@bot.listen()
async def on_started(_event: hikari.StartedEvent) -> None:
    """Register the command, and look at what only such a client looks at."""
    me = bot.get_me()
    assert me is not None
    command = bot.rest.slash_command_builder("clip", "Post a clip")
    prompt = hikari.CommandOption(
        type=hikari.OptionType.STRING,
        name="prompt",
        description="What to see",
        is_required=True,
    )
    command.add_option(prompt)
    await bot.rest.set_application_commands(me.id, [command])
    async for guild in bot.rest.fetch_my_guilds():
        assert guild.my_permissions
    await bot.rest.fetch_application()


@bot.listen()
async def on_interaction(event: hikari.InteractionCreateEvent) -> None:
    """Answer whatever is done."""
    interaction = event.interaction
    match interaction:
        case hikari.CommandInteraction(options=[prompt]):
            await interaction.create_initial_response(
                hikari.ResponseType.MESSAGE_CREATE, f"queued {prompt.value}"
            )
            posted = await bot.rest.create_message(
                interaction.channel_id,
                component=clip_message().add_text_display(interaction.user.mention),
                nonce="clip-1",
                user_mentions=[interaction.user],
                flags=hikari.MessageFlag.IS_COMPONENTS_V2,
            )
            read = await bot.rest.fetch_message(posted.channel_id, posted)
            assert read.components
            await interaction.edit_initial_response("done")
        case hikari.ComponentInteraction():
            row = hikari.impl.ModalActionRowBuilder()
            row.add_text_input("prompt", "Prompt")
            await interaction.create_modal_response("Edit", "form", component=row)
        case hikari.ModalInteraction():
            await interaction.create_initial_response(
                hikari.ResponseType.DEFERRED_MESSAGE_CREATE,
                flags=hikari.MessageFlag.EPHEMERAL,
            )
            [[field]] = interaction.components
            await interaction.edit_initial_response(field.value)


@bot.listen()
async def on_join(event: hikari.GuildJoinEvent) -> None:
    """Say in the first channel that the server has added us."""
    [channel, *_] = event.guild.get_channels().values()
    await bot.rest.create_message(channel, "hello")


@bot.listen()
async def on_thread(event: hikari.GuildThreadCreateEvent) -> None:
    """Say in a new thread that it is new."""
    await bot.rest.create_message(event.thread, "new thread")


@bot.listen()
async def on_failure(event: hikari.ExceptionEvent) -> None:
    """Log the error and exit at once, for the parent process to see."""
    traceback.print_exception(event.exception)
    os._exit(1)


# hikari itself takes zstd where it finds it; here each way is to be tried.
defaults = GatewayShardImpl.__init__.__kwdefaults__
defaults["compression"] = GatewayCompression(os.environ["COMPRESSION"])
bot.run(check_for_updates=False)
