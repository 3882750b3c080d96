"""What a channel shows of a job, for assertions on what people see."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from bot.demo.stage import Stage
from sandbox.discord.messages import Message
from sandbox.discord.records import Channel, User

HANDS = 2
PATIENCE_S = 60.0


async def ask(
    stage: Stage,
    prompt: str,
    *,
    user: User | None = None,
    channel: Channel | None = None,
    **options: Any,
) -> Message:
    """Type `/video` and return the status message."""
    handle = await stage.discord.slash(
        user or stage.world.member,
        channel or stage.world.general,
        "video",
        {"prompt": prompt, **options},
    )
    return await handle.answer()


async def refusal(stage: Stage, prompt: str, **options: Any) -> str:
    """Type `/video`, which must be refused, and return the sentence."""
    answer = await ask(stage, prompt, **options)
    assert answer.ephemeral
    return answer.text


def places(stage: Stage) -> Sequence[Channel]:
    """Return where members may ask, all of them: Discord limits posts by channel."""
    world = stage.world
    return (
        world.general,
        world.general_thread,
        world.restricted,
        world.restricted_thread,
    )


async def ask_everywhere(
    stage: Stage, orders: Sequence[Mapping[str, Any]]
) -> Sequence[Message]:
    """Type `/video` once for each order, spread over all places, a few at a time.

    Each has to be answered within Discord's three seconds, on a busy machine too.
    """
    hands = asyncio.Semaphore(HANDS)

    async def one(order: Mapping[str, Any], channel: Channel) -> Message:
        options = {name: value for name, value in order.items() if name != "prompt"}
        async with hands:
            return await ask(stage, str(order["prompt"]), channel=channel, **options)

    spread = zip(orders, cycle(places(stage)), strict=False)
    return await asyncio.gather(*(one(order, channel) for order, channel in spread))


def posted(stage: Stage) -> Sequence[Message]:
    """Return the messages that are nobody's answer: clips and notices."""
    return [
        message
        for channel in places(stage)
        for message in stage.discord.messages(channel)
        if message.origin is None and not message.ephemeral
    ]


async def posts(
    stage: Stage, count: int, timeout_s: float = PATIENCE_S
) -> Sequence[Message]:
    """Wait until so many clips and notices stand in all places, and return them."""
    await stage.discord.wait_until(lambda: len(posted(stage)) >= count, timeout_s)
    return posted(stage)


async def settled(stage: Stage, status: Message, timeout_s: float = PATIENCE_S) -> str:
    """Wait until a status message has become its one last line, and return it."""
    await stage.discord.wait_until(lambda: "\n" not in status.text, timeout_s)
    return status.text


def links(text: str) -> list[str]:
    """Return the addresses in a text."""
    return re.findall(r"https://\S+", text)
