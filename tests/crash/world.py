"""A world with a bot that dies often, and what has to be true of it in the end."""

import asyncio
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.demo.stage import Stage, open_stage
from bot.jobs.states import OPEN_STATES, JobState
from sandbox.discord.config import SandboxConfig
from sandbox.discord.handle import Handle
from sandbox.discord.invocation import File
from sandbox.discord.messages import Message
from sandbox.discord.rate_limits import RateLimits
from sandbox.evolink import EvolinkConfig
from tests.lives.forked import ForkedBot
from tests.lives.points import AT, RECORD, Point

ZYGOTE = "CRASH_ZYGOTE"
"""Names where lives of the program are begun."""
PATIENCE_S = 90.0
MISSED_AT_MOST = 0.25
"""As a share of the points at which it did die."""
UNHURRIED = SandboxConfig(rate_limits=RateLimits.none(), identify_interval_s=0.0)
"""A Discord that lets lives follow one another as quickly as they end."""
CLIP_S = 0.8
"""How long a clip takes to make here."""
CALM_LIVES = 3
"""So many say which points every job passes, and which some do by chance."""
SETTINGS = {
    "CLAPPER_POLLING__MIN_INTERVAL_S": "0.2",
    "CLAPPER_EVOLINK__MAX_ACTIVE_TASKS": "200",
    **{
        f"CLAPPER_QUOTAS__{who}_{window}": "-1"
        for who in ("SERVER", "SERVER_MOST", "MEMBER")
        for window in ("PER_DAY", "PER_MONTH", "AT_ONCE")
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The points that jobs passed undisturbed, in order."""

    points: list[Point]
    by_chance: frozenset[Point]
    """Those of some jobs alone: a claim that was released, say, to wait for room."""


@dataclass
class CrashWorld:
    """One stage, the requests made on it, and how many crashes there were."""

    stage: Stage
    bot: ForkedBot
    settings: dict[str, str]
    picture: File | None = None
    """What each clip is to begin with."""
    asked: dict[str, Handle] = field(default_factory=dict)
    """By the prompt, each of which is used once."""
    reached: list[Point] = field(default_factory=list)
    missed: list[Point] = field(default_factory=list)
    """Where it was to die by chance, and never came."""

    async def live(self, at: Point | None = None, record: Path | None = None) -> bool:
        """Begin a life; return whether it lives long enough to take a command."""
        before = self.stage.discord.gateway.identifies
        extra = {} if at is None else {AT: at.text}
        if record is not None:
            extra[RECORD] = str(record)
        await self.bot.start(**SETTINGS, **self.settings, **extra)
        discord = self.stage.discord
        await discord.wait_until(
            lambda: (
                not self.bot.running
                or (
                    discord.gateway.identifies > before
                    and discord.gateway.is_ready
                    and any(
                        one.name == "video" for one in discord.commands.within(None)
                    )
                )
            ),
            PATIENCE_S,
        )
        return self.bot.running

    async def ask(self, about: str = "clip") -> Handle:
        """Let a member ask for another clip; `about` may hold EvoLink's markers."""
        world = self.stage.world
        prompt = f"{about} number {len(self.asked)} of many"
        picture = {} if self.picture is None else {"image": self.picture}
        self.asked[prompt] = handle = await self.stage.discord.slash(
            world.member, world.general, "video", {"prompt": prompt, **picture}
        )
        return handle

    async def crash_at(self, point: Point, *, by_chance: bool = False) -> None:
        """Live until the process dies at this point, with a new request on the way.

        Jobs that former crashes left over share requests (a batch is read instead of
        one task): where they kept the process from the point, a job of its own leads
        there once they are done. For a point that some jobs pass `by_chance` there is
        one more job, and then the process is killed.
        """
        alive, jobs = await self.live(at=point), 0
        try:
            async with asyncio.timeout(PATIENCE_S):
                while alive and not (by_chance and jobs):
                    await self.ask()
                    jobs += 1
                    while self.bot.running and self._awaited():  # noqa: ASYNC110 - another process would have to set it
                        await asyncio.sleep(0.05)
                    alive = self.bot.running
        except TimeoutError:
            self._fail(f"{jobs} jobs did not come to {point.text!r}")
        if alive:
            self.missed.append(point)
            await self.bot.kill()
            return
        status = await self.bot.ended()
        assert status == -9, (point, status, self.bot.log()[-2000:])
        self.reached.append(point)

    async def calm_points(self) -> Passed:
        """Let one job live undisturbed in each of some lives; return their points."""
        lives = [
            await self._calm_life(self.stage.folder / f"points{number}")
            for number in range(CALM_LIVES)
        ]
        points = list(dict.fromkeys(chain(*lives)))
        in_all = set(points).intersection(*lives)
        by_chance = set(points) - in_all
        return Passed(points=points, by_chance=frozenset(by_chance))

    async def _calm_life(self, record: Path) -> list[Point]:
        assert await self.live(record=record)
        await self.ask()
        await self.settle()
        await self.bot.stop()
        lines = record.read_text().splitlines()  # noqa: ASYNC240 - a small file
        passed = [Point.parse(line) for line in lines]
        began = passed.index(Point("commit insert jobs", after=False))
        # What a start passes too would be met before the job is.
        started = set(passed[:began])
        return list(dict.fromkeys(one for one in passed[began:] if one not in started))

    async def settle(self) -> None:
        """Live on without crashes until nothing is left to do."""
        if not self.bot.running:
            assert await self.live(), self.bot.log()[-3000:]
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self._awaited():  # noqa: ASYNC110 - another process's database
                    await asyncio.sleep(0.1)
        except TimeoutError:
            self._fail("not everything came to its end")

    @property
    def delivered(self) -> list[dict[str, Any]]:
        """The jobs whose clips are in Discord."""
        return self.rows("SELECT * FROM jobs WHERE state = 'delivered'")

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Read the bot's own database."""
        file = self.stage.folder / "clapper.db"
        with closing(sqlite3.connect(file, timeout=10)) as opened:
            opened.row_factory = sqlite3.Row
            return [dict(row) for row in opened.execute(statement)]

    def _awaited(self) -> list[str]:
        """Return what is awaited: answers to requests, and jobs with something due."""
        unanswered = [
            f"an answer to {prompt!r}"
            for prompt, one in self.asked.items()
            if one.interaction.response is None and not one.failed
        ]
        states = {state.value for state in OPEN_STATES}
        due = [
            str({name: value for name, value in row.items() if value is not None})
            for row in self.rows("SELECT * FROM jobs")
            if row["state"] in states
            or row["notice_due_at"] is not None
            or row["status_due_at"] is not None
            or row["poll_due_at"] is not None
        ]
        return unanswered + due

    def _fail(self, why: str) -> NoReturn:
        """Fail with all that shows what was waited for."""
        awaited = "\n".join(self._awaited())
        msg = f"{why} within {PATIENCE_S} s; awaited:\n{awaited}\nthe log:\n"
        pytest.fail(msg + self.bot.log()[-5000:])

    # ---- what must be true ---------------------------------------------------------

    def check(self, *, key_honoured: bool = True) -> None:
        """Nothing lost, nothing doubled, nothing miscounted.

        Where the key is not honoured, a crash around the paid request may be paid for
        twice, and nowhere else.
        """
        self._check_coverage()
        jobs = {row["prompt"]: row for row in self.rows("SELECT * FROM jobs")}
        for prompt, handle in self.asked.items():
            self._check_one(prompt, handle, jobs.get(prompt), sure=key_honoured)
        paid = Counter(task.order.prompt for task in self.stage.evolink.tasks.values())
        doubled = {prompt: times for prompt, times in paid.items() if times > 1}
        if key_honoured:
            assert doubled == {}
        else:
            assert max(doubled.values(), default=2) == 2
            assert len(doubled) <= len(self._around_the_paid_request())
        self._check_ledger(list(jobs.values()))
        assert self.stage.discord.violations == []

    def _check_coverage(self) -> None:
        """Name the points that were never reached: there may be few only."""
        missed = ", ".join(point.text for point in self.missed)
        if missed:
            sys.stderr.write(f"  never reached: {missed}\n")
        assert len(self.missed) <= MISSED_AT_MOST * len(self.reached), missed

    def _around_the_paid_request(self) -> list[Point]:
        """Return the crashes after which nobody but EvoLink could know."""
        names = {
            "POST /v1/videos/generations",
            "commit submitting",
            "commit generating",
        }
        return [point for point in self.reached if point.name in names]

    def _check_one(
        self, prompt: str, handle: Handle, job: dict[str, Any] | None, *, sure: bool
    ) -> None:
        clips = [one for one in self._shown(prompt) if one.attachments]
        assert len(clips) <= 1, f"{len(clips)} clips for {prompt!r}"
        shown = handle.interaction.original
        if shown and self.picture and job and job["state"] == "refused":
            # The picture was in the memory of the process that died, and was not kept.
            assert clips == []
            assert "could not be started" in shown.text
            return
        if job is None or job["state"] == JobState.REFUSED.value:
            # Nobody was ever shown that it was taken.
            assert handle.interaction.response is None, prompt
            assert clips == []
            return
        if not sure and job["state"] == JobState.UNCONFIRMED.value:
            # The key was found to be ignored: not repeated, and the member was told.
            assert job["notice_message_id"] is not None
            assert clips == []
            return
        assert job["state"] == JobState.DELIVERED.value, job
        assert len(clips) == 1, prompt
        assert job["clip_message_id"] == clips[0].id

    def _shown(self, prompt: str) -> list[Message]:
        channel = self.stage.world.general
        # Markers are shown with every bracket escaped.
        words = prompt.rpartition("]] ")[2]
        return [
            one for one in self.stage.discord.all_messages(channel) if words in one.text
        ]

    def _check_ledger(self, jobs: list[dict[str, Any]]) -> None:
        ledger = self.rows("SELECT * FROM ledger")
        kinds = Counter((row["job_id"], row["kind"]) for row in ledger)
        assert set(kinds.values()) <= {1}
        delivered = [row for row in jobs if row["state"] == "delivered"]
        reserved = {row["job_id"] for row in ledger if row["kind"] == "reserve"}
        settled = {row["job_id"] for row in ledger if row["kind"] == "settle"}
        assert settled == {row["id"] for row in delivered if not row["late"]}
        assert reserved == {row["id"] for row in jobs if row["state"] != "refused"}
        assert sum(row["videos"] for row in ledger) == len(settled)


@asynccontextmanager
async def open_crash_world(
    folder: Path,
    evolink: EvolinkConfig | None = None,
    discord: SandboxConfig | None = None,
    /,
    **settings: str,
) -> AsyncGenerator[CrashWorld]:
    """Open a stage whose clips take less than a second."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - at once
    bots: list[ForkedBot] = []

    def make_bot(given: dict[str, str], log_file: Path) -> ForkedBot:
        bots.append(ForkedBot(Path(os.environ[ZYGOTE]), given, log_file))
        return bots[0]

    async with open_stage(
        discord or UNHURRIED,
        evolink or EvolinkConfig(total_s=CLIP_S, estimated_time_s=1),
        folder,
        make_bot=make_bot,
    ) as stage:
        world = CrashWorld(stage, bots[0], settings)
        try:
            yield world
        finally:
            await world.bot.kill()
