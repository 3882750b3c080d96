"""Videos that begin with a picture, as people ask for them and see them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.demo.stage import Stage
from sandbox.discord.handle import Handle
from sandbox.discord.messages import Message
from sandbox.discord.records import User
from tests.e2e.channel import PATIENCE_S, posted

ANIMATE = "Animate picture"


async def chosen(stage: Stage, message: Message, user: User | None = None) -> Handle:
    """Choose "Animate picture" in the menu of a message."""
    return await stage.discord.context_menu(
        user or stage.world.member, stage.world.general, ANIMATE, message
    )


async def filled_in(
    stage: Stage, handle: Handle, fields: dict[str, Any], user: User | None = None
) -> Message:
    """Send the form that was opened, and return what answers."""
    modal = (await handle.response()).modal
    sent = await stage.discord.submit_modal(user or stage.world.member, modal, fields)
    return await sent.answer()


async def clips_in(stage: Stage, count: int) -> Sequence[Message]:
    """Wait until so many clips are posted; people have posted pictures, too."""

    def found() -> Sequence[Message]:
        return [one for one in posted(stage) if one.videos]

    await stage.discord.wait_until(lambda: len(found()) >= count, PATIENCE_S)
    return found()


async def all_gone(stage: Stage) -> None:
    """Wait until nothing of any picture is left at EvoLink."""
    async with asyncio.timeout(PATIENCE_S):
        while stage.evolink.files:  # noqa: ASYNC110 - nobody would set an event
            await asyncio.sleep(0.05)


def shows_picture(message: Message) -> bool:
    return "picture.jpg" in [one.filename for one in message.attachments]
