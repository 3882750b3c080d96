"""Ends of tasks, as EvoLink reports them."""

from bot.jobs.failures import Failure
from bot.jobs.tasks import TaskSnapshot, TaskStatus
from tests.pipeline.outside import running

GIVE_UP_AFTER_S = 3600.0


def ended(status: TaskStatus, failure: Failure) -> TaskSnapshot:
    return TaskSnapshot(
        task_id=running("task-1").task_id,
        status=status,
        progress=40,
        failure=failure,
        credits_used=0.0,
    )
