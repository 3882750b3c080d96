"""Clapper with many jobs at once: what it asked, how soon it posted, what it cost."""

import asyncio
import socket
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from enum import StrEnum
from functools import partial
from pathlib import Path

from benchmarks.lives import Scale, evolink, lives
from benchmarks.many_channels import ask, cpu_s, open_many_channels
from benchmarks.outcome import Outcome, delays_s, detection_s, questions
from bot.demo.stage import Stage
from sandbox.discord.records import Channel
from sandbox.discord.wire import moment_s
from sandbox.evolink import EvolinkConfig, Life

PATIENCE = 8.0
"""After this many times the median, a missing task counts as lost."""
LOOK_S = 1.0


class Means(StrEnum):
    """What EvoLink offers for following tasks."""

    SINGLE = "single reads"
    BATCH = "batch"
    CALLBACKS = "callbacks"
    LOSSY_CALLBACKS = "callbacks, 5 % lost"


_POSTED = """
    SELECT task_id, coalesce(clip_message_id, notice_message_id) FROM jobs
    WHERE clip_message_id IS NOT NULL OR notice_message_id IS NOT NULL
"""


async def follow(scale: Scale, means: Means, *, begin_in_s: float = 0.0) -> Outcome:
    """Let Clapper take jobs from the command to the clip, and count."""
    await asyncio.sleep(begin_in_s)
    async with open_many_channels(
        _evolink(scale, means), jobs=scale.jobs, settings=_settings(means)
    ) as (stage, channels):
        return await take_jobs(
            stage,
            channels,
            scale,
            name=f"clapper, {means}",
            posted=partial(_posted, stage.folder / "clapper.db"),
            heard=partial(_heard, means=means),
        )


async def take_jobs(
    stage: Stage,
    channels: Sequence[Channel],
    scale: Scale,
    *,
    name: str,
    posted: Callable[[], Mapping[str, float]],
    heard: Callable[[Life, int], Life] = lambda life, _number: life,
) -> Outcome:
    """Have the bot on this stage take jobs from the command to the clip, and count.

    Its CPU time is what its whole process used from before the first command until
    all are posted, or given up.

    Args:
        stage: With a bot that is ready.
        channels: Where the commands are typed.
        scale: How many, how soon, and how long they take.
        name: What is measured.
        posted: Returns when each task was answered for good, in seconds since 1970.
        heard: Changes the life of a task by its number.
    """
    jobs = scale.jobs
    for number, life in enumerate(lives(jobs, scale.median_s)):
        stage.evolink.next_task(heard(life, number))
    discord_before = len(stage.discord.requests)
    cpu_before_s = cpu_s(stage.bot.pid)
    await ask(stage, channels, jobs=jobs, within_s=scale.begin_within_s)
    posted_at = await _all_posted(posted, jobs, scale.median_s * PATIENCE)
    used_s = cpu_s(stage.bot.pid) - cpu_before_s
    clips, notices = delays_s(stage.evolink, posted_at)
    return Outcome(
        name=name,
        jobs=jobs,
        requests=questions(stage.evolink),
        discord_calls=len(stage.discord.requests) - discord_before,
        detection_s=detection_s(stage.evolink),
        posted_s=clips,
        told_s=notices,
        cpu_ms_per_job=used_s / jobs * 1000,
    )


def _evolink(scale: Scale, means: Means) -> EvolinkConfig:
    # Callbacks are measured without the batch call: each confirming read counts.
    return evolink(scale, batch="on" if means is Means.BATCH else 404)


def _heard(life: Life, number: int, *, means: Means) -> Life:
    if means is not Means.LOSSY_CALLBACKS or number % 20:
        return life
    return Life(
        total_s=life.total_s,
        steps=life.steps,
        ending=life.ending,
        code=life.code,
        callback="never",
    )


def _settings(means: Means) -> Mapping[str, str]:
    if means not in {Means.CALLBACKS, Means.LOSSY_CALLBACKS}:
        return {}
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    return {
        "CLAPPER_HTTP__LISTEN": f"127.0.0.1:{port}",
        "CLAPPER_HTTP__PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


async def _all_posted(
    posted: Callable[[], Mapping[str, float]], jobs: int, patience_s: float
) -> Mapping[str, float]:
    """Wait until each job has its message; return when each was posted, by task."""
    give_up_at = time.monotonic() + patience_s
    seen = posted()
    while len(seen) < jobs and time.monotonic() < give_up_at:
        await asyncio.sleep(LOOK_S)
        seen = posted()
    return seen


def _posted(database: Path) -> Mapping[str, float]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
        rows = opened.execute(_POSTED).fetchall()
    return {task_id: moment_s(message_id) for task_id, message_id in rows}
