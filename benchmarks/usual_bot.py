"""A bot of the usual shape, as a program: `python -m benchmarks.usual_bot`.

discord.py and aiohttp, and a coroutine for each job that asks at a fixed interval. No
database, no quotas, no recovery: what was under way when it ends is lost. It is here
to be measured beside Clapper, of which it knows nothing. Addresses and keys come from
the environment, under the names that are read below.
"""

import asyncio
import io
import os
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

MODEL = "grok-imagine-text-to-video"
FINAL = {"completed", "failed", "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOptions:
    """What a member chose."""

    prompt: str
    mode: str
    duration_s: int
    aspect: str


class Videos:
    """EvoLink, as far as this bot needs it."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: str) -> None:
        self._session = session
        self._base_url = base_url
        self._key = {"Authorization": f"Bearer {key}"}

    async def create(self, asked: VideoOptions) -> dict[str, Any]:
        """Order a clip, and return its task."""
        order = {
            "model": MODEL,
            "prompt": asked.prompt,
            "mode": asked.mode,
            "duration": asked.duration_s,
            "aspect_ratio": asked.aspect,
        }
        async with self._session.post(
            f"{self._base_url}/v1/videos/generations", json=order, headers=self._key
        ) as response:
            response.raise_for_status()
            task: dict[str, Any] = await response.json()
            return task

    async def task(self, task_id: str) -> dict[str, Any]:
        """Return how a task stands."""
        async with self._session.get(
            f"{self._base_url}/v1/tasks/{task_id}", headers=self._key
        ) as response:
            response.raise_for_status()
            task: dict[str, Any] = await response.json()
            return task

    async def download(self, url: str) -> bytes:
        """Return a finished clip."""
        async with self._session.get(url) as response:
            response.raise_for_status()
            return await response.read()


class UsualBot(discord.Client):
    """Offers `/video` and follows every job in a task of its own."""

    videos: Videos

    def __init__(self, interval_s: float) -> None:
        # Slash commands need no more; with `default()` it would also be sent, and
        # have to read, each of its own messages again.
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self._interval_s = interval_s
        self._following: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """Open the connections to EvoLink, and publish the command."""
        self.videos = Videos(
            aiohttp.ClientSession(),
            os.environ["EVOLINK_API"],
            os.environ["EVOLINK_KEY"],
        )
        await self.tree.sync()

    def begin(self, interaction: discord.Interaction, asked: VideoOptions) -> None:
        """Follow a job from now on, in the background."""
        following = asyncio.create_task(self._guarded(interaction, asked))
        self._following.add(following)
        following.add_done_callback(self._following.discard)

    async def _guarded(
        self, interaction: discord.Interaction, asked: VideoOptions
    ) -> None:
        try:
            await self._follow(interaction, asked)
        except (aiohttp.ClientError, discord.HTTPException, TimeoutError) as error:
            print(f"job lost: {error!r}", flush=True)
            await self._say(interaction, "Something went wrong.", asked)

    async def _follow(
        self, interaction: discord.Interaction, asked: VideoOptions
    ) -> None:
        task = await self.videos.create(asked)
        shown = task["progress"]
        while task["status"] not in FINAL:
            await asyncio.sleep(self._interval_s)
            task = await self.videos.task(task["id"])
            if task["status"] not in FINAL and task["progress"] != shown:
                shown = task["progress"]
                await self._say(interaction, f"Working on it: {shown} %", asked)
        if task["status"] != "completed":
            await self._say(interaction, "Sorry, that failed.", asked)
            return
        clip = await self.videos.download(task["results"][0])
        await self._post(interaction, clip, asked)
        await self._say(interaction, "Done!", asked)

    async def _say(
        self, interaction: discord.Interaction, words: str, asked: VideoOptions
    ) -> None:
        await interaction.edit_original_response(content=f"{words}\n{asked.prompt}")

    async def _post(
        self, interaction: discord.Interaction, clip: bytes, asked: VideoOptions
    ) -> None:
        channel = interaction.channel
        assert isinstance(channel, discord.abc.Messageable)
        await channel.send(
            f"{interaction.user.mention} Here is your video.\n{asked.prompt}",
            file=discord.File(io.BytesIO(clip), filename="video.mp4"),
        )


def build(interval_s: float) -> UsualBot:
    """Return the bot with its command."""
    bot = UsualBot(interval_s)

    @bot.tree.command(name="video", description="Make a short video")
    async def video(
        interaction: discord.Interaction,
        prompt: str,
        mode: Literal["normal", "fun"] = "normal",
        duration: Literal[6, 10] = 6,
        aspect: Literal["16:9", "9:16", "1:1", "3:2", "2:3"] = "16:9",
    ) -> None:
        await interaction.response.defer(thinking=True)
        asked = VideoOptions(
            prompt=prompt, mode=mode, duration_s=duration, aspect=aspect
        )
        bot.begin(interaction, asked)

    return bot


def main() -> None:
    """Run until a signal ends the process."""
    Route.BASE = os.environ["DISCORD_API"]
    # Where discord.py would turn to if a session could not be resumed.
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY"])
    build(float(os.environ["POLL_EVERY_S"])).run(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    main()
