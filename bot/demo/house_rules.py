"""The settings that the demo's admin has already made.

Without it spicy is off and reports go nowhere, as in any new server, and there would be
less to see.
"""

from bot.demo.stage import Stage
from sandbox.discord.invocation import Value


async def settle(stage: Stage) -> None:
    """Give the server a review channel, a log, and spicy after a review.

    The bot has to be ready. Afterwards the admin is a moderator, too, and the answers
    to their commands are in the log channel, visible only to them.
    """
    discord, world = stage.discord, stage.world
    roles = (world.admin_role, world.moderator_role)
    discord.world.set_roles(world.guild, world.admin, roles)
    await discord.wait_ready(["moderation"])
    rules: tuple[tuple[str, dict[str, Value]], ...] = (
        ("channel", {"purpose": "review", "channel": world.review}),
        ("channel", {"purpose": "log", "channel": world.log}),
        ("spicy", {"policy": "review"}),
    )
    for command, options in rules:
        typed = await discord.slash(
            world.admin, world.log, f"moderation {command}", options
        )
        await typed.answer()
