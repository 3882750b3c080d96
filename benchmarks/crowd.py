"""A database full of jobs that wait for EvoLink, as a restart would find it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.demo.stage import Stage
from bot.ids import (
    ChannelId,
    GuildId,
    InteractionId,
    MessageId,
    TaskId,
    UserId,
    new_job_id,
)
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.video import VideoRequest
from bot.models.choices import Aspect, Mode
from sandbox.evolink import Life
from sandbox.evolink.models import MODELS
from sandbox.evolink.orders import Order
from storage.database.engine import Database
from storage.database.schema import upgrade
from storage.jobs.rows import row_of
from storage.tables.jobs import jobs as table

MODEL = "grok-imagine-text-to-video"
PORTION = 5000


async def settle(
    stage: Stage, count: int, *, due_in_s: tuple[float, float], life: Life | None
) -> None:
    """Put so many running jobs into the stage's database, before its bot begins.

    They become due evenly between two moments from now. With a `life` EvoLink knows
    their tasks; without, they must not become due.
    """
    url = stage.bot.settings["CLAPPER_STORAGE__URL"]
    await upgrade(url)
    rows = _rows(stage, count, due_in_s, life)
    async with Database.open(url, may_write=None) as database:
        while portion := [row for _, row in zip(range(PORTION), rows, strict=False)]:
            await database.write(
                lambda connection, these=portion: connection.execute(
                    insert(table), these
                )  # type: ignore[misc]
            )


def _rows(
    stage: Stage, count: int, due_in_s: tuple[float, float], life: Life | None
) -> Iterator[Mapping[str, Any]]:
    now = datetime.now(UTC)
    first_s, last_s = due_in_s
    for number in range(count):
        wait_s = first_s + (last_s - first_s) * number / max(count, 1)
        task_id = _task(stage, life) if life is not None else f"task-waiting-{number}"
        job = Job(
            id=new_job_id(),
            guild_id=GuildId(stage.world.guild.id),
            channel_id=ChannelId(stage.world.general.id),
            user_id=UserId(stage.world.member.id),
            locale="en-US",
            request=VideoRequest(
                prompt=f"scene {number}",
                mode=Mode.NORMAL,
                duration_s=6,
                aspect=Aspect.LANDSCAPE,
                model=MODEL,
                quality=None,
            ),
            interaction_id=InteractionId(number + 1),
            interaction_token=None,
            application_id=stage.discord.config.application_id,
            requested_at=now,
            state=JobState.GENERATING,
            state_since=now,
            status_message_id=MessageId(number + 1),
            task_id=TaskId(task_id),
            accepted_at=now,
            estimated_time_s=120.0,
            poll_due_at=now + timedelta(seconds=wait_s),
        )
        yield row_of(job)


def _task(stage: Stage, life: Life) -> str:
    order = Order(
        model=MODEL,
        rules=MODELS[MODEL],
        prompt="a",
        duration_s=6,
        choices={"mode": "normal", "aspect_ratio": "16:9"},
        pictures=(),
        callback_url=None,
    )
    return stage.evolink.tasks.create(order, stage.evolink.api_key, life).id
