"""The first answer, where Discord and we disagree about whether there is one."""

import asyncio

import discord
import pytest

from bot.errors import TokenExpired
from cogs.acknowledgement import InteractionAcknowledgement
from cogs.bot import ClapperBot
from sandbox.discord.messages import Message
from tests.cogs.stage import Stage


@pytest.fixture
async def interaction(stage: Stage, bot: ClapperBot) -> discord.Interaction:
    """A press that no part of the bot answers by itself."""
    seen: asyncio.Queue[discord.Interaction] = asyncio.Queue()

    async def on_interaction(interaction: discord.Interaction) -> None:
        await seen.put(interaction)

    bot.add_listener(on_interaction)
    await stage.discord.press(stage.member, await foreign(stage, bot), "Foreign")
    return await asyncio.wait_for(seen.get(), 20)


async def foreign(stage: Stage, bot: ClapperBot) -> Message:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Foreign", custom_id="not-ours"))
    view.stop()
    channel = bot.get_partial_messageable(stage.world.general.id)
    posted = await channel.send("Press", view=view)
    return next(one for one in stage.public() if one.id == posted.id)


async def test_somebody_elses_answer_is_not_taken_for_ours(
    stage: Stage, interaction: discord.Interaction
) -> None:
    """A second process with the same token would otherwise charge for the same."""
    await interaction.response.send_message("Another process was faster.")
    interaction.response._response_type = None
    ack = InteractionAcknowledgement(interaction, stage.texts)

    with pytest.raises(TokenExpired):
        await ack.show_received(stage.job())


async def test_an_answer_that_cannot_be_read_is_not_taken_for_ours(
    stage: Stage, interaction: discord.Interaction
) -> None:
    await interaction.response.defer()
    await interaction.delete_original_response()
    interaction.response._response_type = None
    ack = InteractionAcknowledgement(interaction, stage.texts)

    with pytest.raises(TokenExpired):
        await ack.show_received(stage.job())


async def test_a_withdrawn_message_may_be_gone_already(
    stage: Stage, interaction: discord.Interaction
) -> None:
    ack = InteractionAcknowledgement(interaction, stage.texts)
    job = stage.job()
    message_id = await ack.show_received(job)
    await ack.withdraw(job)
    await ack.withdraw(job)

    assert message_id not in {message.id for message in stage.public()}
