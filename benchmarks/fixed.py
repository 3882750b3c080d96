"""The shape of other bots: a coroutine for each job that asks at a fixed interval.

It edits its status message whenever progress has changed, and posts the clip as soon
as it has it. No gateway, no database, no recovery: it is here for its figures alone.
"""

import asyncio
import time
from typing import Any

import aiohttp

from benchmarks.lives import LATENCY_S, Scale, evolink, lives
from benchmarks.outcome import Outcome, delays_s, detection_s, questions
from sandbox.discord.config import SandboxConfig
from sandbox.discord.faults import Fault
from sandbox.discord.rate_limits import RateLimits
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import standard_world
from sandbox.evolink import EvolinkSandbox

MODEL = "grok-imagine-text-to-video"


class FixedPoller:
    """Asks about each task every `interval_s` seconds."""

    def __init__(
        self, discord: DiscordSandbox, evolink: EvolinkSandbox, interval_s: float
    ) -> None:
        channel = standard_world(discord.world).general
        self._messages = f"{discord.rest_url}/channels/{channel.id}/messages"
        self._bot = {"Authorization": f"Bot {discord.config.token}"}
        self._api = evolink.base_url
        self._key = {"Authorization": f"Bearer {evolink.api_key}"}
        self._interval_s = interval_s
        self.posted_at: dict[str, float] = {}

    async def follow(self, session: aiohttp.ClientSession, begin_in_s: float) -> None:
        """Take one job from the command to the clip."""
        await asyncio.sleep(begin_in_s)
        status = await self._discord(session, "POST", "", {"content": "queued"})
        created = await self._evolink(
            session, "POST", "/v1/videos/generations", {"model": MODEL, "prompt": "a"}
        )
        shown = 0
        while True:
            await asyncio.sleep(self._interval_s)
            task = await self._evolink(session, "GET", f"/v1/tasks/{created['id']}")
            if task["status"] in {"completed", "failed"}:
                break
            if task["progress"] != shown:
                shown = task["progress"]
                edit = {"content": f"{shown} %"}
                await self._discord(session, "PATCH", f"/{status['id']}", edit)
        await self._post(session, task)
        self.posted_at[created["id"]] = time.time()

    async def _post(self, session: aiohttp.ClientSession, task: dict[str, Any]) -> None:
        results = task.get("results")
        if not isinstance(results, list):
            await self._discord(session, "POST", "", {"content": "failed"})
            return
        async with session.get(results[0]) as response:
            clip = await response.read()
        form = aiohttp.FormData()
        form.add_field("payload_json", '{"content": "done"}')
        form.add_field("files[0]", clip, filename="clip.mp4", content_type="video/mp4")
        async with session.post(
            self._messages, data=form, headers=self._bot
        ) as response:
            response.raise_for_status()

    async def _discord(
        self,
        session: aiohttp.ClientSession,
        method: str,
        path: str,
        body: dict[str, Any],
    ) -> dict[str, Any]:
        async with session.request(
            method, self._messages + path, json=body, headers=self._bot
        ) as response:
            response.raise_for_status()
            message: dict[str, Any] = await response.json()
            return message

    async def _evolink(
        self,
        session: aiohttp.ClientSession,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        async with session.request(
            method, self._api + path, json=body, headers=self._key
        ) as response:
            response.raise_for_status()
            answer: dict[str, Any] = await response.json()
            return answer


async def follow_fixed(scale: Scale, interval_s: float) -> Outcome:
    """Measure one interval."""
    limits = SandboxConfig(rate_limits=RateLimits.none(), requests_kept=1_000_000)
    jobs = scale.fixed_jobs
    async with (
        DiscordSandbox(limits) as discord,
        EvolinkSandbox(evolink(scale)) as sandbox,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        discord.faults.add(Fault(delay_s=LATENCY_S))
        for life in lives(jobs, scale.median_s):
            sandbox.next_task(life)
        poller = FixedPoller(discord, sandbox, interval_s)
        step_s = scale.begin_within_s / jobs
        await asyncio.gather(
            *(poller.follow(session, number * step_s) for number in range(jobs))
        )
        clips, notices = delays_s(sandbox, poller.posted_at)
        return Outcome(
            name=f"fixed {interval_s:g} s",
            jobs=jobs,
            requests=questions(sandbox),
            discord_calls=len(discord.requests),
            detection_s=detection_s(sandbox),
            posted_s=clips,
            told_s=notices,
        )
