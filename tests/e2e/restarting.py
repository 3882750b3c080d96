"""Starts the bot once more, and says when it is ready again."""

from bot.demo.stage import Stage
from tests.e2e.channel import PATIENCE_S

COMMANDS_LOOKED_AT = "[cogs.commands.registration]"
"""What the bot logs once in each life, after it has compared its commands."""


async def start_again(stage: Stage, **settings: str) -> None:
    """Start a bot that has ended; return once it is connected and its start is over.

    Discord still knows the commands of the life before: they say nothing of this one.
    """
    lives = stage.bot.log().count(COMMANDS_LOOKED_AT)
    await stage.bot.start(**settings)
    await stage.discord.wait_until(
        lambda: stage.bot.log().count(COMMANDS_LOOKED_AT) > lives, PATIENCE_S
    )
    await stage.discord.wait_until(lambda: stage.discord.gateway.is_ready, PATIENCE_S)
