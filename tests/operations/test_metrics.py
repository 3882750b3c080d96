"""What is counted of tasks that ended."""

from dataclasses import replace

import pytest

from bot.ids import TaskId
from bot.jobs.tasks import TaskSnapshot, TaskStatus
from bot.operations.metrics import Metrics, Scraped
from storage.processes.only import OnlyProcess
from tests.clock import FakeClock
from tests.pipeline.stages import Stages

NOTHING = Scraped(
    healthy={}, jobs=None, waited_s=None, free={}, balance=None, intake_paused=False
)


@pytest.mark.parametrize(
    ("status", "said", "used"),
    [
        (TaskStatus.COMPLETED, None, 8.5),
        (TaskStatus.COMPLETED, 7.0, 7.0),
        (TaskStatus.COMPLETED, 0.0, 0.0),
        (TaskStatus.FAILED, None, 0.0),
        (TaskStatus.FAILED, 2.0, 2.0),
        (TaskStatus.CANCELLED, None, 0.0),
    ],
)
async def test_a_task_used_what_evolink_says_or_what_it_reserved_for_a_clip(
    stages: Stages,
    clock: FakeClock,
    status: TaskStatus,
    said: float | None,
    used: float,
) -> None:
    job = replace(await stages.generating("task-1"), credits_reserved=8.5)
    metrics = Metrics(clock)

    metrics.ended(
        job,
        TaskSnapshot(
            task_id=TaskId("task-1"), status=status, progress=100, credits_used=said
        ),
    )

    shown = metrics.page(NOTHING, OnlyProcess()).decode()
    assert f'clapper_credits_total{{kind="used"}} {used}\n' in shown
