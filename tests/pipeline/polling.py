"""A poller whose recorder fails where a test says so."""

from collections.abc import Sequence
from datetime import datetime

from bot.ids import TaskId
from bot.jobs.claims import Claim
from bot.pipeline.task_reader import Answer
from bot.pipeline.task_recorder import TaskRecorder


class FailingRecorder(TaskRecorder):
    """Cannot record anything of the tasks that a test names."""

    odd: Sequence[TaskId] = ()

    async def record(
        self, answered: Sequence[tuple[Claim, Answer | None]]
    ) -> datetime | None:
        if any(claim.job.task_id in self.odd for claim, _ in answered):
            msg = "who would have thought"
            raise ZeroDivisionError(msg)
        return await super().record(answered)
