"""Whether Discord knows the bot, and how to invite it."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

from bot.cli.checks.discord_rest import DiscordReader, Unanswered
from bot.cli.checks.finding import Finding, bad, ended, good, note
from bot.cli.checks.permissions import NEEDED

UNAUTHORISED = 401


async def account_findings(discord: DiscordReader) -> AsyncIterator[Finding]:
    """Yield whether the token is good, whose it is, and the invitation."""
    try:
        user = await discord.read("/users/@me")
        application = await discord.read("/oauth2/applications/@me")
    except Unanswered as error:
        if error.status == UNAUTHORISED:
            yield bad("Discord refuses the bot token (discord.token).")
        else:
            yield bad(f"Discord {ended(error)}")
        return
    yield good(f"Discord accepts the token of {user['username']} ({user['id']}).")
    query = {
        "client_id": application["id"],
        "scope": "bot applications.commands",
        "permissions": int(sum(NEEDED)),
    }
    yield note(
        f"Invite it with https://discord.com/oauth2/authorize?{urlencode(query)}"
    )
