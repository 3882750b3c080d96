"""Whether Discord knows the bot, and how to invite it."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import discord

from bot.cli.checks.discord_client import Unanswered, answer
from bot.cli.checks.finding import Finding, bad, ended, good, note
from bot.cli.checks.guild import NEEDED


async def account_findings(
    client: discord.Client, token: str
) -> AsyncIterator[Finding]:
    """Log in, and yield whether the token is good, whose it is, and the invitation."""
    try:
        await answer(lambda: client.login(token))
    except Unanswered as error:
        if error.status == HTTPStatus.UNAUTHORIZED:
            yield bad("Discord refuses the bot token (discord.token).")
        else:
            yield bad(f"Discord {ended(error)}")
        return
    assert client.user is not None
    assert client.application_id is not None
    yield good(f"Discord accepts the token of {client.user.name} ({client.user.id}).")
    invitation = discord.utils.oauth_url(
        client.application_id,
        permissions=NEEDED,
        scopes=("bot", "applications.commands"),
    )
    yield note(f"Invite it with {invitation}")
