"""What admins and moderators do, and what their channels show."""

import sqlite3
from contextlib import closing
from typing import Any

from bot.demo.stage import Stage
from sandbox.discord.messages import Message
from sandbox.discord.permissions import Permission
from sandbox.discord.records import Channel, User
from tests.e2e.channel import PATIENCE_S


def let_admins_moderate(stage: Stage) -> None:
    """Let admins see `/moderation`: its default permission is Moderate Members."""
    world = stage.world
    both = Permission.MANAGE_GUILD | Permission.MODERATE_MEMBERS
    stage.discord.world.set_role_permissions(world.guild, world.admin_role, both)


async def moderate(
    stage: Stage, command: str, *, by: User | None = None, **options: Any
) -> Message:
    """Type a command under `/moderation` as the admin, and return the answer."""
    world = stage.world
    handle = await stage.discord.slash(
        by or world.admin, world.log, f"moderation {command}", options
    )
    answer = await handle.answer(timeout_s=PATIENCE_S)
    assert answer.ephemeral
    return answer


async def allow_spicy(stage: Stage, policy: str, *, review: bool = True) -> None:
    """Set the policy, with the review and the log channel."""
    await moderate(stage, "spicy", policy=policy)
    await moderate(stage, "channel", purpose="log", channel=stage.world.log)
    if review:
        await moderate(stage, "channel", purpose="review", channel=stage.world.review)


async def card(stage: Stage, channel: Channel, words: str) -> Message:
    """Wait for a message of the bot that says this, and return it."""
    return await stage.discord.wait_for_message(
        channel, lambda one: words in one.text and not one.ephemeral, PATIENCE_S
    )


async def pressed(stage: Stage, user: User, message: Message, button: str) -> str:
    """Press a button and return what the presser is told."""
    handle = await stage.discord.press(user, message, button)
    return (await handle.answer(timeout_s=PATIENCE_S)).text


async def says(stage: Stage, message: Message, words: str) -> None:
    """Wait until a message says this."""
    await stage.discord.wait_until(lambda: words in message.text, PATIENCE_S)


def rows(stage: Stage, query: str) -> list[tuple[Any, ...]]:
    """Return what the program's database answers."""
    with closing(sqlite3.connect(stage.folder / "clapper.db")) as database:
        return database.execute(query).fetchall()
