"""All checks, in the order in which to correct what they find."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from itertools import chain

from bot.cli.checks.account import account_findings
from bot.cli.checks.bounds import bound_findings
from bot.cli.checks.copies import copy_findings
from bot.cli.checks.database import database_findings
from bot.cli.checks.discord_client import open_client
from bot.cli.checks.evolink import evolink_findings
from bot.cli.checks.files import files_findings
from bot.cli.checks.finding import Finding
from bot.cli.checks.guild import guild_findings
from bot.cli.checks.machine import machine_findings
from bot.cli.checks.word_lists import word_list_findings
from bot.config import Config


async def check(
    config: Config, guild_id: int | None, say: Callable[[Finding], object]
) -> None:
    """Say each finding as soon as it is made."""
    async with aclosing(_findings(config, guild_id)) as findings:
        async for finding in findings:
            say(finding)


async def _findings(config: Config, guild_id: int | None) -> AsyncGenerator[Finding]:
    for found in chain(
        word_list_findings(config.moderation),
        machine_findings(config),
        copy_findings(config.storage),
        bound_findings(config),
    ):
        yield found
    async for finding in database_findings(config.storage):
        yield finding
    async for finding in evolink_findings(config):
        yield finding
    async for finding in files_findings(config.evolink):
        yield finding
    async with open_client(config.discord) as client:
        token = config.discord.token.get_secret_value()
        async for finding in account_findings(client, token):
            yield finding
        if guild_id is not None and client.user is not None:
            async for finding in guild_findings(client, guild_id):
                yield finding
