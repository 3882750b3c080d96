"""Wakes the workers for what was just written, so that they need not look for it.

A wake-up that gets lost costs a delay, never a job: the database says what is due.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from bot.clock import Clock
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import BEING_MADE_STATES, JobState
from bot.workers.worker import Worker


class Wakeups:
    """Told of every change in the store; knows which worker each concerns."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._workers: dict[str, Worker] = {}
        """By the name of the column that says when something is due for them."""
        self._slot_left: Callable[[], None] = lambda: None

    def connect(self, kind: Due, worker: Worker) -> None:
        """Ring for this worker whenever something becomes due for `kind`."""
        self._workers[kind.value] = worker

    def when_slot_left(self, ring: Callable[[], None]) -> None:
        """Call `ring` whenever a task may have left EvoLink's hands."""
        self._slot_left = ring

    def changed(self, changes: Collection[JobChanges]) -> None:
        """Ring for what these changes made due, once for each kind."""
        self._wake_for(changes)

    def moved(self, old: Iterable[JobState], job: Job, changes: JobChanges) -> None:
        """Ring for what became due, and where a job joined the queue or left a slot."""
        self._wake_for([changes])
        left_slot = (
            job.state not in BEING_MADE_STATES and not BEING_MADE_STATES.isdisjoint(old)
        )
        if job.state is JobState.QUEUED:
            self.wake(Due.SUBMIT)
        elif left_slot:
            self._slot_left()

    def wake(self, kind: Due) -> None:
        """Wake the worker for this kind of work, if it is connected."""
        worker = self._workers.get(kind.value)
        if worker is not None:
            worker.wake()

    def _wake_for(self, changes: Collection[JobChanges]) -> None:
        earliest: dict[str, datetime] = {}
        slot_left = False
        for one in changes:
            for column in self._workers:
                due = one.get(column)
                if isinstance(due, datetime):
                    earliest[column] = min(earliest.get(column, due), due)
            if one.get("poll_due_at", one) is None:
                # A task that is no longer asked about has left its slot.
                slot_left = True
        now = self._clock.now()
        for column, due in earliest.items():
            self._workers[column].wake_in(max(0.0, (due - now).total_seconds()))
        if slot_left:
            self._slot_left()
