"""Lets clients that are not discord.py use the stand-in, and says whether they could.

`python -m sandbox.discord.acceptance [DIRECTORY]`: the directory holds a copy of
`independent-client` in which `npm install` was run, and `requirements.txt` installed
into `venv`; without one, the original is taken. Ends with status 0 only if each bot
logged in, got the command, answered it, and what it uploaded matches byte for byte.
"""

import asyncio
import base64
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sandbox.discord.config import SandboxConfig
from sandbox.discord.handle import ApplicationDidNotRespond
from sandbox.discord.invocation import ClientRefused
from sandbox.discord.records import ChannelKind
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world

_CLIP_BYTES = 3_000_000
_PATIENCE_S = 60.0
_GRACE_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Client:
    """A bot of ours that was made with somebody else's library."""

    name: str
    command: Sequence[str]
    needs: str
    """What has to be in the directory before it can be started."""
    told: Mapping[str, str] = field(default_factory=dict)
    greets: bool = False
    """Whether it speaks up in servers and threads that are new."""
    shards: int = 1
    """With how many it comes: as many as are recommended, or one whatever is."""


def _hikari(compression: str, *, shards: int) -> Client:
    return Client(
        name=f"hikari, {compression}, shards: {shards}",
        command=("venv/bin/python", "hikari_bot.py"),
        needs="venv/bin/python",
        told={"COMPRESSION": compression},
        greets=True,
        shards=shards,
    )


CLIENTS = (
    Client(name="discord.js", command=("node", "bot.mjs"), needs="node_modules"),
    _hikari("transport_zlib_stream", shards=1),
    _hikari("transport_zstd_stream", shards=3),
)


class NotAccepted(Exception):
    """The client and the stand-in do not understand each other."""


_FAILURES = (
    NotAccepted,
    ApplicationDidNotRespond,
    ClientRefused,
    TimeoutError,
    LookupError,
    OSError,
)


async def accept(
    client: Client, directory: Path, openapi: Path | None = None
) -> list[str]:
    """Run a client through everything it can do.

    Args:
        client: Which one.
        directory: Where it is installed.
        openapi: Discord's own document, to check what the client sends.

    Returns:
        What was seen, a sentence each.

    Raises:
        NotAccepted: If something was not as it should be.
    """
    if not (directory / client.needs).exists():
        msg = f"{client.name} is not installed: there is no {client.needs}"
        raise NotAccepted(msg)
    clip = secrets.token_bytes(_CLIP_BYTES)
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(clip)
        file.flush()
        async with DiscordSandbox(_config(openapi, client.shards)) as discord:
            place = standard_world(discord.world)
            async with _running(client, discord, directory, file.name) as gone:
                playing = asyncio.create_task(
                    _play(client, discord, place, clip), name="acceptance"
                )
                await asyncio.wait({playing, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not playing.done():
                    playing.cancel()
                    msg = "the client ended by itself"
                    raise NotAccepted(msg)
                return await playing


def _config(openapi: Path | None, shards: int) -> SandboxConfig:
    """Return a Discord whose token begins as Discord's do: some clients read that."""
    usual = SandboxConfig(openapi=openapi, shards=shards)
    account = base64.b64encode(str(usual.application_id).encode()).decode()
    return replace(usual, token=f"{account}.sandbox.{'x' * 27}")


async def _play(
    client: Client, discord: DiscordSandbox, place: StandardWorld, clip: bytes
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
    discord.gateway.ask_to_reconnect()
    resumed = client.shards
    await discord.wait_until(lambda: discord.gateway.resumes == resumed, _PATIENCE_S)
    pressed = await discord.press(place.member, message, "Edit")
    await pressed.response(_PATIENCE_S)
    begun = discord.gateway.identifies
    _demand(begun == client.shards, "it began a session instead of resuming")
    _demand(not discord.gateway.hasty_identifies, "it began sessions too quickly")
    seen.append("It resumed its session when asked to, and went on.")
    if client.greets:
        await _greeted(discord, place)
        seen.append("It greeted a new server and a new thread.")
    _demand(not discord.violations, f"it sent what it must not: {discord.violations}")
    return seen


async def _greeted(discord: DiscordSandbox, place: StandardWorld) -> None:
    """Let a server add the bot and a thread be begun, and wait for its words."""
    world = discord.world
    new = world.add_guild("New", owner=place.owner, with_bot=False)
    lobby = world.add_channel(new, "lobby")
    world.add_bot(new)
    await discord.wait_for_message(lobby, lambda one: one.text == "hello", _PATIENCE_S)
    thread = world.add_channel(
        place.guild, "scenes", kind=ChannelKind.PUBLIC_THREAD, parent=place.general
    )
    await discord.wait_for_message(
        thread, lambda one: one.text == "new thread", _PATIENCE_S
    )


def _demand(holds: object, what: str) -> None:
    if not holds:
        raise NotAccepted(what)


@asynccontextmanager
async def _running(
    client: Client, discord: DiscordSandbox, directory: Path, clip: str
) -> AsyncIterator[asyncio.Task[int]]:
    """Have the client running, and end it politely; lend what waits for its end."""
    told = {
        "DISCORD_API": f"{discord.url}/api",
        "DISCORD_TOKEN": discord.config.token,
        "CLIP": clip,
        **client.told,
    }
    process = await asyncio.create_subprocess_exec(
        *client.command, cwd=directory, env={**os.environ, **told}
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
    """Run them all and say what was seen."""
    here = Path(__file__).parent / "independent-client"
    directory = (Path(sys.argv[1]) if len(sys.argv) > 1 else here).resolve()
    openapi = os.environ.get("DISCORD_OPENAPI")
    status = 0
    for client in CLIENTS:
        accepting = accept(client, directory, Path(openapi) if openapi else None)
        try:
            seen = asyncio.run(accepting)
        except _FAILURES as error:
            seen, status = [f"Not accepted: {error!r}"], 1
        sys.stderr.write("\n  ".join([f"{client.name}:", *seen]) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
