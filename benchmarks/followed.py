"""Clapper with many jobs at once: what it asked, how soon it posted, what it cost."""

import asyncio
import socket
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from benchmarks.lives import Scale, evolink, lives
from benchmarks.outcome import Outcome, delays_s, detection_s, questions
from benchmarks.town import ask, cpu_s, open_town
from bot.demo.stage import Stage
from sandbox.discord.wire import moment_s
from sandbox.evolink import EvolinkConfig, Life

PATIENCE = 8.0
"""Times the median, after which whatever is missing is lost."""
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
    jobs = scale.jobs
    settings = _settings(means)
    async with open_town(_evolink(scale, means), jobs=jobs, **settings) as (
        stage,
        channels,
    ):
        for number, life in enumerate(lives(jobs, scale.median_s)):
            stage.evolink.next_task(_heard(life, number, means))
        discord_before = len(stage.discord.requests)
        cpu_before_s = cpu_s(stage.bot.pid)
        await ask(stage, channels, jobs=jobs, within_s=scale.begin_within_s)
        posted_at = await _all_posted(stage, jobs, scale.median_s * PATIENCE)
        clips, notices = delays_s(stage.evolink, posted_at)
        return Outcome(
            name=f"clapper, {means}",
            jobs=jobs,
            requests=questions(stage.evolink),
            discord_calls=len(stage.discord.requests) - discord_before,
            detection_s=detection_s(stage.evolink),
            posted_s=clips,
            told_s=notices,
            cpu_ms_per_job=(cpu_s(stage.bot.pid) - cpu_before_s) / jobs * 1000,
        )


def _evolink(scale: Scale, means: Means) -> EvolinkConfig:
    # Callbacks are measured without the batch call: each confirming read counts.
    return evolink(scale, batch="on" if means is Means.BATCH else 404)


def _heard(life: Life, number: int, means: Means) -> Life:
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
    stage: Stage, jobs: int, patience_s: float
) -> Mapping[str, float]:
    """Wait until each job has its message; return when each was posted, by task."""
    give_up_at = time.monotonic() + patience_s
    database = stage.folder / "clapper.db"
    posted = _posted(database)
    while len(posted) < jobs and time.monotonic() < give_up_at:
        await asyncio.sleep(LOOK_S)
        posted = _posted(database)
    return {task_id: moment_s(message_id) for task_id, message_id in posted.items()}


def _posted(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
        return dict(opened.execute(_POSTED).fetchall())
