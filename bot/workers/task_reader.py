"""Reads many tasks in few requests, whatever the API offers."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.ids import TaskId
from bot.domain.tasks import TaskReport
from bot.errors import (
    EvolinkConfused,
    EvolinkError,
    NoSuchEndpoint,
    RequestRefused,
    TaskUnknown,
)
from bot.ports import Clock, Evolink

log = structlog.get_logger(__name__)

BATCH = 50
"""The most ids that EvoLink's batch call takes."""
SINGLE_PORTION = 12
"""Single reads under way at once."""
PROBE_AGAIN_AFTER_S = 3600.0
"""The batch call is undocumented: where it was missing it may appear."""
TRY_AGAIN_AFTER_S = 60.0
"""One answer to it that cannot be read is no proof that there is no such call."""

Answer = TaskReport | EvolinkError


def is_fault(answer: Answer) -> bool:
    """Return whether the service failed; that it knows no such task is an answer."""
    return isinstance(answer, EvolinkError) and not isinstance(answer, TaskUnknown)


class TaskReader:
    """Uses the batch call where there is one, and single reads otherwise."""

    def __init__(self, evolink: Evolink, clock: Clock) -> None:
        self._evolink = evolink
        self._clock = clock
        self._no_batch_until: datetime | None = None

    def portions(self, task_ids: Sequence[TaskId]) -> Iterator[Sequence[TaskId]]:
        """Cut the ids into what one `read` takes."""
        start = 0
        while start < len(task_ids):
            size = BATCH if self.has_batch else SINGLE_PORTION
            yield task_ids[start : start + size]
            start += size

    async def read(self, task_ids: Sequence[TaskId]) -> Mapping[TaskId, Answer]:
        """Read these tasks; each gets a report or the error that came instead.

        An id that is missing from a batch's answer is asked for singly.
        """
        answers: dict[TaskId, Answer] = {}
        if len(task_ids) > 1 and self.has_batch:
            try:
                answers.update(await self._evolink.tasks(task_ids))
            except NoSuchEndpoint:
                self._do_without_batch(PROBE_AGAIN_AFTER_S)
            except (EvolinkConfused, RequestRefused):
                # Not the answer we know: the documented single reads may still work.
                self._do_without_batch(TRY_AGAIN_AFTER_S)
            except EvolinkError as error:
                return dict.fromkeys(task_ids, error)
        missing = [task_id for task_id in task_ids if task_id not in answers]
        # One asks for all, unless others were answered just now.
        size = SINGLE_PORTION if answers else 1
        while missing:
            some, missing = missing[:size], missing[size:]
            singles = await asyncio.gather(*(self._single(one) for one in some))
            answers.update(zip(some, singles, strict=True))
            faults = sum(map(is_fault, singles))
            if faults == len(singles):
                break  # asking on would only add to an outage
            # It may be beginning: again one asks for all.
            size = 1 if faults else SINGLE_PORTION
        return answers

    async def _single(self, task_id: TaskId) -> Answer:
        try:
            return await self._evolink.task(task_id)
        except EvolinkError as error:
            return error

    @property
    def has_batch(self) -> bool:
        """Whether the next reading of several tasks tries the batch call."""
        return self._no_batch_until is None or (
            self._clock.now() >= self._no_batch_until
        )

    def _do_without_batch(self, for_s: float) -> None:
        if self._no_batch_until is None:
            log.info("no batch call", fallback="single reads")
        self._no_batch_until = self._clock.now() + timedelta(seconds=for_s)
