"""Wakes the workers for what was just written, so that they need not search for it.

What other processes wrote, the database notifies of: `storage.migrations.initial`.
A wake-up that gets lost costs a delay, never a job: the database says what is due.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import BEING_MADE_STATES, OPEN_STATES, JobState
from bot.workers.worker import Worker

CHANNEL = "clapper"
"""In which the database notifies the processes."""
OTHERS_FIRST_S = 1.0
"""What is posted in an order is left for so long to the process that wrote it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Listen = Callable[[str, Callable[[str], None]], Awaitable[None]]
"""Calls the second with all that is notified of in the channel of that name; with
nothing where notifications may have been missed."""


class Rows(StrEnum):
    """The kinds of work that are no column of a job: by the names of their tables."""

    CARDS = "cards"
    OPERATOR_MESSAGES = "operator_messages"
    GREETINGS = "greetings"
    GUILD_LOGS = "guild_logs"


_TABLES = frozenset(one.value for one in Rows)


class _OfJobs(StrEnum):
    """What is notified of jobs beside what became due."""

    QUEUE = "queue"
    SLOT = "slot"
    CALLBACK = "callback"


_WITH_PICTURE = OPEN_STATES - {JobState.DELIVERING}
"""The states in which a task may still be made from a job's picture."""


def _nothing() -> None:
    return


class Wakeups:
    """Told of every change in the store; knows which worker each concerns."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._own_name = ""
        self._workers: dict[str, Worker] = {}
        """By the name of the column that says when something is due for them, or of
        the table."""
        self._slot_left: Callable[[], None] = _nothing
        self._called_back: Callable[[], None] = _nothing
        self._picture_left: Callable[[], None] = _nothing

    async def listen(self, listen: Listen, own_name: str) -> None:
        """Wake for what other processes write, too, from now on.

        `own_name` is what the sessions of this process are called in the database.
        """
        self._own_name = own_name
        await listen(CHANNEL, self.heard)

    def connect(self, kind: Due | Rows, worker: Worker) -> None:
        """Wake this worker whenever something becomes due for `kind`."""
        self._workers[kind.value] = worker

    def wakes(self, worker: Worker) -> bool:
        """Return whether a worker is woken for anything."""
        return worker in self._workers.values()

    def when_slot_left(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever a task may have left EvoLink."""
        self._slot_left = wake

    def when_called_back(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever another process has got a callback."""
        self._called_back = tell

    def when_picture_left(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever a job may need its picture no more."""
        self._picture_left = tell

    def changed(self, changes: Collection[JobChanges]) -> None:
        """Wake for what these changes made due, once for each kind."""
        self._wake_for(changes)

    def moved(self, old: Iterable[JobState], job: Job, changes: JobChanges) -> None:
        """Wake for what became due, and where a job joined the queue or left a slot."""
        self._wake_for([changes])
        left_slot = (
            job.state not in BEING_MADE_STATES and not BEING_MADE_STATES.isdisjoint(old)
        )
        if job.state is JobState.QUEUED:
            self.wake(Due.SUBMIT)
        elif left_slot:
            self._slot_left()
        if job.request.picture is not None and job.state not in _WITH_PICTURE:
            self._picture_left()

    def heard(self, notification: str) -> None:
        """Wake for what a notification is about; an empty one may be about anything.

        What this process wrote itself about jobs it has woken for already.
        """
        if not notification:
            self._wake_all()
            return
        kind, _, rest = notification.partition(" ")
        due, _, writer = rest.partition(" ")
        is_own = writer == self._own_name
        if kind in _TABLES:
            self._wake_in(kind, int(due), 0.0 if is_own else OTHERS_FIRST_S)
        elif is_own:
            return
        elif kind == _OfJobs.QUEUE:
            self.wake(Due.SUBMIT)
        elif kind == _OfJobs.SLOT:
            self._slot_left()
        elif kind == _OfJobs.CALLBACK:
            self._called_back()
        else:
            self._wake_in(kind, int(due), 0.0)

    def wake(self, kind: Due) -> None:
        """Wake the worker for this kind of work, if it is connected."""
        worker = self._workers.get(kind.value)
        if worker is not None:
            worker.wake()

    def _wake_for(self, changes: Collection[JobChanges]) -> None:
        earliest: dict[str, datetime] = {}
        slot_left = False
        for one in changes:
            for kind in Due:
                column, due = kind.value, one.get(kind.value)
                if isinstance(due, datetime):
                    earliest[column] = min(earliest.get(column, due), due)
            if one.get("poll_due_at", one) is None:
                # A task that is no longer asked about has left its slot.
                slot_left = True
        now = self._clock.now()
        for column, due in earliest.items():
            if column in self._workers:
                wait_s = max(0.0, (due - now).total_seconds())
                self._workers[column].wake_in(wait_s)
        if slot_left:
            self._slot_left()

    def _wake_in(self, kind: str, due_us: int, least_s: float) -> None:
        worker = self._workers.get(kind)
        if worker is not None:
            due_at = _EPOCH + timedelta(microseconds=due_us)
            wait_s = (due_at - self._clock.now()).total_seconds()
            worker.wake_in(max(wait_s, least_s))

    def _wake_all(self) -> None:
        for worker in self._workers.values():
            worker.wake()
