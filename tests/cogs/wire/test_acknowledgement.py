"""The first answer, where Discord and we disagree about whether there is one."""

import asyncio
from typing import Any

import discord
import pytest

from bot.errors import AnswerUnreadable, TokenExpired
from cogs.bot import ClapperBot
from cogs.commands.error_answers import ErrorAnswers
from cogs.wire.acknowledgement import InteractionAcknowledgement
from sandbox.discord.faults import Fault
from sandbox.discord.messages import Message
from tests.cogs.stage import Stage
from tests.cogs.wires import make_wire


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
    ack = InteractionAcknowledgement(
        interaction, stage.texts, make_wire(interaction.client)
    )

    with pytest.raises(TokenExpired):
        await ack.show_received(stage.job())


async def test_an_answer_that_cannot_be_read_is_not_taken_for_ours(
    stage: Stage, interaction: discord.Interaction
) -> None:
    await interaction.response.defer()
    await interaction.delete_original_response()
    interaction.response._response_type = None
    ack = InteractionAcknowledgement(
        interaction, stage.texts, make_wire(interaction.client)
    )

    with pytest.raises(TokenExpired):
        await ack.show_received(stage.job())


async def test_a_withdrawn_message_may_be_gone_already(
    stage: Stage, interaction: discord.Interaction
) -> None:
    ack = InteractionAcknowledgement(
        interaction, stage.texts, make_wire(interaction.client)
    )
    job = stage.job()
    message_id = await ack.show_received(job)
    await ack.withdraw(job)
    await ack.withdraw(job)

    assert message_id not in {message.id for message in stage.public()}


def without_message(told: Any) -> object:
    """Leave out what discord.py would make a message of."""
    return {"interaction": told["interaction"]}


def with_half_a_message(told: Any) -> object:
    half = {"id": told["resource"]["message"]["id"], "type": "surprise"}
    return {"interaction": {}, "resource": {"type": 4, "message": half}}


READABLE = {
    "no message": without_message,
    "half a message": with_half_a_message,
    "nothing": lambda _: {},
    "another kind": lambda _: ["surprise"],
}


@pytest.mark.parametrize("said", READABLE)
async def test_an_answer_is_known_whatever_discord_says_to_it(
    stage: Stage, interaction: discord.Interaction, said: str
) -> None:
    """Its id is enough, and where even that is missing the answer itself is read."""
    stage.discord.faults.add(
        Fault(method="POST", path="/callback", garble=READABLE[said])
    )
    ack = InteractionAcknowledgement(
        interaction, stage.texts, make_wire(interaction.client)
    )

    message_id = await ack.show_received(stage.job())

    assert message_id in {message.id for message in stage.public()}
    assert interaction.response.is_done()


async def test_an_answer_that_nobody_can_read_is_known_as_such(
    stage: Stage, interaction: discord.Interaction
) -> None:
    """It is taken back, and the member hears of it."""
    stage.discord.faults.add(
        Fault(method="*", path="/(callback|@original)$", garble=lambda _: {})
    )
    ack = InteractionAcknowledgement(
        interaction, stage.texts, make_wire(interaction.client)
    )
    job = stage.job()

    with pytest.raises(AnswerUnreadable) as error:
        await ack.show_received(job)
    await ack.withdraw(job)
    await ErrorAnswers(stage.texts, make_wire(interaction.client)).answer(
        interaction, error.value
    )

    assert not any("request is in" in message.text for message in stage.public())
    said = [one.text for one in stage.discord.messages(stage.world.general)]
    assert "Discord isn't answering properly" in said[-1]
