"""Reads tasks: many in one request where the API has the batch call."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import EvolinkError, NoSuchEndpoint
from bot.ids import TaskId
from bot.jobs.tasks import TaskSnapshot
from bot.pipeline.ports import Evolink
from bot.workers.outcomes import note_evolink
from bot.workers.service_limit import Call

log = structlog.get_logger(__name__)

BATCH = 50
"""The most ids that EvoLink's batch call takes."""
PROBE_AGAIN_AFTER_S = 3600.0
"""The batch call is undocumented: where it was missing it may appear."""
TRY_AGAIN_AFTER_S = 60.0
"""Where the call itself fails, the documented single reads may still work."""
BAD_BATCHES = 6
"""So many in a row, while EvoLink lives, and it is not one task's fault."""
REMEMBERED = 4096

Answer = TaskSnapshot | EvolinkError


class TaskReader:
    """Cuts tasks into requests, so that one that cannot be read spoils no other.

    A batch that fails is asked for again in halves, down to the single task: only the
    one at fault stays alone.
    """

    def __init__(self, evolink: Evolink, clock: Clock) -> None:
        self._evolink = evolink
        self._clock = clock
        self._no_batch_until: datetime | None = None
        self._bad_batches = 0
        """Failed since the latest batch that was answered, while EvoLink lived. Those
        that left together are one."""
        self._bad_batch_at: datetime | None = None
        """When the latest of them failed."""
        self._most: dict[TaskId, int] = {}
        """How many may share a request with a task whose batch failed."""

    @property
    def has_batch(self) -> bool:
        """Whether the next request for several tasks tries the batch call."""
        return self._no_batch_until is None or (
            self._clock.now() >= self._no_batch_until
        )

    def portions(
        self, task_ids: Sequence[TaskId], *, is_sure: bool
    ) -> Iterator[Sequence[TaskId]]:
        """Cut the ids into what goes into one request each.

        While it is not sure that EvoLink lives, those of a batch that failed go alone:
        that tells sooner than halves which of them can be read.
        """
        together: dict[int, list[TaskId]] = {}
        for task_id in task_ids:
            most = self._most.get(task_id, BATCH) if self.has_batch else 1
            if most < BATCH and not is_sure:
                most = 1
            together.setdefault(most, []).append(task_id)
        for most, ids in together.items():
            for start in range(0, len(ids), most):
                yield ids[start : start + most]

    async def read(
        self, task_ids: Sequence[TaskId], call: Call
    ) -> Mapping[TaskId, Answer]:
        """Read one portion in one request, and tell `call` what came of it.

        Ids that are missing from the answer are due as before, and go in smaller
        portions from now on.
        """
        if len(task_ids) == 1:
            return {task_ids[0]: await self._single(task_ids[0], call)}
        left_at = self._clock.now()
        try:
            answers = await self._evolink.tasks(task_ids)
        except NoSuchEndpoint:
            # No outcome is noted: it says nothing about the call that there is instead.
            self._do_without_batch(PROBE_AGAIN_AFTER_S)
            return {}
        except EvolinkError as error:
            note_evolink(call, error)
            self.divide(task_ids, (len(task_ids) + 1) // 2)
            if call.endpoint.lives:
                self._note_bad_batch(left_at)
            return {}
        call.answered(answers)
        self._bad_batches = 0
        for task_id in answers:
            self._most.pop(task_id, None)
        self.divide([one for one in task_ids if one not in answers], 1)
        return answers

    async def _single(self, task_id: TaskId, call: Call) -> Answer:
        try:
            report = await self._evolink.task(task_id)
        except EvolinkError as error:
            note_evolink(call, error)
            return error
        call.answered()
        self._most.pop(task_id, None)
        return report

    def divide(self, task_ids: Sequence[TaskId], most: int) -> None:
        """Let no more than `most` of these go together, until they are answered."""
        for task_id in task_ids:
            self._most.pop(task_id, None)
            self._most[task_id] = most
        while len(self._most) > REMEMBERED:
            self._most.pop(next(iter(self._most)))

    def _note_bad_batch(self, left_at: datetime) -> None:
        bad_at = self._bad_batch_at
        if bad_at is None or left_at >= bad_at:
            self._bad_batches += 1
        self._bad_batch_at = self._clock.now()
        if self._bad_batches >= BAD_BATCHES:
            self._do_without_batch(TRY_AGAIN_AFTER_S)

    def _do_without_batch(self, for_s: float) -> None:
        self._bad_batches = 0
        if self._no_batch_until is None:
            log.info("batch endpoint unavailable", fallback="one request per task")
        self._no_batch_until = self._clock.now() + timedelta(seconds=for_s)
