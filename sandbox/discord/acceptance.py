"""Lets a client that is not discord.py use the stand-in, and says whether it could.

`python -m sandbox.discord.acceptance [DIRECTORY]`: the directory holds a copy of
`independent-client` in which `npm install` was run; without one, the original is
taken. Ends with status 0 only if the bot logged in, got the command, answered it,
and what it uploaded matches byte for byte.
"""

import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.discord.config import SandboxConfig
from sandbox.discord.handle import ApplicationDidNotRespond
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world

_CLIP_BYTES = 3_000_000
_PATIENCE_S = 60.0
_GRACE_S = 10.0


class NotAccepted(Exception):
    """The client and the stand-in do not understand each other."""


_FAILURES = (NotAccepted, ApplicationDidNotRespond, TimeoutError, LookupError)


async def accept(directory: Path, openapi: Path | None = None) -> list[str]:
    """Run the client through everything it can do.

    Args:
        directory: Where the installed client is.
        openapi: Discord's own document, to check what the client sends.

    Returns:
        What was seen, a sentence each.

    Raises:
        NotAccepted: If something was not as it should be.
    """
    clip = secrets.token_bytes(_CLIP_BYTES)
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(clip)
        file.flush()
        async with DiscordSandbox(SandboxConfig(openapi=openapi)) as discord:
            place = standard_world(discord.world)
            async with _client(discord, directory, file.name) as gone:
                playing = asyncio.create_task(
                    _play(discord, place, clip), name="acceptance"
                )
                await asyncio.wait({playing, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not playing.done():
                    playing.cancel()
                    msg = "the client ended by itself"
                    raise NotAccepted(msg)
                return await playing


async def _play(
    discord: DiscordSandbox, place: StandardWorld, clip: bytes
) -> list[str]:
    await discord.wait_ready(["clip"], _PATIENCE_S)
    seen = ["The client logged in and registered its command."]
    options = {"prompt": "a cat"}
    handle = await discord.slash(place.member, place.general, "clip", options)
    status = await handle.answer(_PATIENCE_S)
    seen.append(f"It answered after {handle.acknowledged_after_s or 0:.3f} s.")
    message = await discord.wait_for_message(
        place.general, lambda one: bool(one.videos), _PATIENCE_S
    )
    _demand(message.videos[0].data == clip, "the clip differs from the file")
    _demand(message.pinged == {place.member.id}, "the wrong people were called")
    seen.append(f"It posted {len(clip)} bytes, and every one of them arrived.")
    await discord.wait_until(lambda: status.text == "done", _PATIENCE_S)
    seen.append("It edited its answer.")
    pressed = await discord.press(place.member, message, "Edit")
    modal = (await pressed.response(_PATIENCE_S)).modal
    sent = await discord.submit_modal(place.member, modal, {"Prompt": "a dog"})
    answer = await sent.answer(_PATIENCE_S)
    _demand(answer.text == "a dog", "the form did not come back as filled in")
    _demand(answer.ephemeral, "what was for one was seen by all")
    seen.append("Its button, form and ephemeral answer work.")
    _demand(not discord.violations, f"it sent what it must not: {discord.violations}")
    return seen


def _demand(holds: object, what: str) -> None:
    if not holds:
        raise NotAccepted(what)


@asynccontextmanager
async def _client(
    discord: DiscordSandbox, directory: Path, clip: str
) -> AsyncIterator[asyncio.Task[int]]:
    """Have the client running, and end it politely; lend what waits for its end."""
    told = {
        "DISCORD_API": f"{discord.url}/api",
        "DISCORD_TOKEN": discord.config.token,
        "CLIP": clip,
    }
    process = await asyncio.create_subprocess_exec(
        "node", "bot.mjs", cwd=directory, env={**os.environ, **told}
    )
    gone = asyncio.create_task(process.wait(), name="client")
    try:
        yield gone
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait({gone}, timeout=_GRACE_S)
        if process.returncode is None:
            process.kill()
        await gone


def main() -> int:
    """Run it and say what was seen."""
    here = Path(__file__).parent / "independent-client"
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else here
    openapi = os.environ.get("DISCORD_OPENAPI")
    try:
        seen = asyncio.run(accept(directory, Path(openapi) if openapi else None))
    except _FAILURES as error:
        sys.stderr.write(f"Not accepted: {error!r}\n")
        return 1
    sys.stderr.write("\n".join(seen) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
