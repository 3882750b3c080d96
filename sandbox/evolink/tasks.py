"""The tasks that were paid for, and the moments at which they end.

Nothing runs for a task: its state is computed from the clock when somebody asks, and
what follows from its end (the charge, the callback) is caught up on by `settle_due`.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from sandbox.evolink.clock import MovableClock
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.files import StoredFile
from sandbox.evolink.ledger import Ledger
from sandbox.evolink.life import Ending, Life
from sandbox.evolink.orders import Order
from sandbox.evolink.refusals import Refusal

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True, kw_only=True, eq=False)
class Task:
    """One clip in the making. Times are unix seconds on the stand-in's clock."""

    id: str
    owner: str
    """The key it was ordered with."""
    order: Order
    pictures: tuple[StoredFile, ...]
    """What was found at the order's addresses."""
    life: Life
    total_s: float
    promised_s: int
    """How long it is said to take."""
    created_at: float
    began_at: float
    """When the present life began: at creation, or when it was given another."""
    reserved: float
    """Credits set aside."""
    charged: float | None = None
    """Credits spent, 0 if refunded; `None` while it runs."""
    settled_at: float | None = None
    result_path: str = ""
    """Where the results host serves it."""

    @property
    def ends_at(self) -> float | None:
        """When it ends; `None` if never."""
        never = self.life.ending is Ending.NEVER
        return None if never else self.began_at + self.total_s

    def state(self, now: float) -> tuple[str, int]:
        """Return status and progress."""
        return self.life.status_at(now - self.began_at, self.total_s)


class TaskBook(Mapping[str, Task]):
    """Every task by id, oldest first. Reading never changes anything."""

    def __init__(
        self, clock: MovableClock, ledger: Ledger, config: EvolinkConfig
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._config = config
        self._tasks: dict[str, Task] = {}
        self._by_path: dict[str, Task] = {}
        self._ends: list[tuple[float, int, Task, Life]] = []
        self._order = count()
        self._scripted: deque[Life] = deque()
        self._random = random.Random()  # noqa: S311 - ids of a stand-in
        self._begun_listeners: list[Callable[[Task], None]] = []
        self._settled_listeners: list[Callable[[Task], None]] = []
        self.active = 0
        """Tasks not yet settled."""
        self.peak_active = 0
        """The most that ever were unsettled at once."""

    def __getitem__(self, task_id: str) -> Task:
        return self._tasks[task_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tasks)

    def __len__(self) -> int:
        return len(self._tasks)

    def with_result_at(self, path: str) -> Task | None:
        """Return the task whose clip is served under a path."""
        return self._by_path.get(path)

    def when_begun(self, listener: Callable[[Task], None]) -> None:
        """Call `listener` with every task whose life begins, even a second time."""
        self._begun_listeners.append(listener)

    def when_settled(self, listener: Callable[[Task], None]) -> None:
        """Call `listener` with every task that ended, after its charge."""
        self._settled_listeners.append(listener)

    def script(self, life: Life) -> None:
        """Give the next created task this life, whatever its prompt says."""
        self._scripted.append(life)

    def create(
        self,
        order: Order,
        owner: str,
        life: Life,
        pictures: tuple[StoredFile, ...] = (),
    ) -> Task:
        """Reserve the price and begin a task.

        Raises:
            Refusal: If too many are running or the credits do not suffice. Nothing
                has changed then.
        """
        limit = self._config.max_active_tasks
        if limit is not None and self.active >= limit:
            raise Refusal("rate_limit_exceeded", "Too many tasks at once.")
        by_length = self._config.price
        price = order.price if by_length is None else by_length(order.duration_s)
        if not self._ledger.reserve(price):
            raise Refusal("insufficient_quota")
        life = self._scripted.popleft() if self._scripted else life
        now = self._clock.now()
        day = datetime.fromtimestamp(now, UTC).strftime("%Y/%m/%d")
        task = Task(
            id=self._new_id(now),
            owner=owner,
            order=order,
            pictures=pictures,
            life=life,
            total_s=self._total_s(life),
            promised_s=self._promised_s(),
            created_at=now,
            began_at=now,
            reserved=price,
            result_path=f"/acct1/videos/{day}/file_{self._random.getrandbits(128):032x}.mp4",
        )
        self._tasks[task.id] = task
        self._by_path[task.result_path] = task
        self.active += 1
        self.peak_active = max(self.peak_active, self.active)
        self._await_end(task)
        return task

    def change_life(self, task_id: str, life: Life) -> None:
        """Give an unfinished task another life, which begins now.

        Raises:
            KeyError: If there is no such task.
            ValueError: If it has already ended.
        """
        self.settle_due()
        task = self._tasks[task_id]
        if task.settled_at is not None:
            msg = f"{task_id} has already ended"
            raise ValueError(msg)
        task.life = life
        task.total_s = self._total_s(life)
        task.began_at = self._clock.now()
        self._await_end(task)

    def lose_picture(self, stored: StoredFile) -> None:
        """Let every task fail that has not begun to work with this file.

        EvoLink does not say when it reads a picture; here, when a task is no longer
        pending.
        """
        now = self._clock.now()
        for task in self._tasks.values():
            if stored in task.pictures and task.state(now)[0] == "pending":
                task.life = replace(
                    task.life,
                    ending=Ending.FAILED,
                    code="image_processing_error",
                    message="Image could not be read.\nThe URL could not be fetched.",
                )
                self._await_end(task)

    def next_end(self) -> float | None:
        """Return when the next task ends; `None` if none will."""
        return self._ends[0][0] if self._ends else None

    def settle_due(self) -> None:
        """Charge or refund every task that has ended, in the order of their ends."""
        now = self._clock.now()
        while self._ends and self._ends[0][0] <= now:
            _, _, task, life = heapq.heappop(self._ends)
            if life is task.life:  # else it was given another life meanwhile
                self._settle(task)

    def _settle(self, task: Task) -> None:
        task.settled_at = task.ends_at
        task.charged = 0.0
        if task.life.ending is Ending.COMPLETED:
            final = task.life.credits_used
            task.charged = task.reserved if final is None else final
        self._ledger.settle(task.reserved, task.charged)
        self.active -= 1
        for listener in self._settled_listeners:
            listener(task)

    def _await_end(self, task: Task) -> None:
        if task.ends_at is not None:
            entry = (task.ends_at, next(self._order), task, task.life)
            heapq.heappush(self._ends, entry)
        for listener in self._begun_listeners:
            listener(task)

    def _total_s(self, life: Life) -> float:
        if life.total_s is not None:
            return life.total_s
        total = self._config.total_s
        return total() if callable(total) else total

    def _promised_s(self) -> int:
        promised = self._config.estimated_time_s
        return promised() if callable(promised) else promised

    def _new_id(self, now: float) -> str:
        while True:
            tail = "".join(self._random.choices(_BASE36, k=8))
            task_id = f"task-unified-{int(now)}-{tail}"
            if task_id not in self._tasks:
                return task_id
