"""Whether a paid request may be repeated, as far as this installation has learned.

EvoLink's own client relies on Idempotency-Key, but no page of EvoLink's promises it.
Two tasks for one job prove that the key is ignored; then nothing is repeated any more.
"""

from collections.abc import Collection

import structlog

from bot.clock import Clock
from bot.errors import StorageError
from bot.ids import JobId, TaskId
from bot.operations.installation import Fact, SecondTask
from bot.operations.ports import Installation, Operator

log = structlog.get_logger(__name__)


class Idempotency:
    """Remembers what was seen, over a restart too."""

    def __init__(
        self,
        operator: Operator,
        clock: Clock,
        *,
        allowed: bool,
        installation: Installation,
        facts: Collection[Fact],
    ) -> None:
        """Keep what is known.

        Args:
            operator: Is told of second tasks.
            clock: The time of day.
            allowed: The operator's own setting.
            installation: Where to keep what is learned.
            facts: What had been learned when the process began.
        """
        self._operator = operator
        self._clock = clock
        self._allowed = allowed
        self._installation = installation
        self._facts = set(facts)
        self._told: set[TaskId] = set()
        """Second tasks of this process, each a rare event."""

    async def recall(self) -> None:
        """Read what other processes have learned.

        Raises:
            StorageError: If the database did not answer.
        """
        self._facts |= await self._installation.facts()

    @property
    def allowed(self) -> bool:
        """Whether a lost answer may be asked for again under its key."""
        return self._allowed and Fact.KEY_IGNORED not in self._facts

    @property
    def proven(self) -> bool:
        """Whether EvoLink was seen to honour the key."""
        return Fact.KEY_HONOURED in self._facts

    async def honoured(self) -> None:
        """Note that EvoLink recognised a repeated request."""
        if Fact.KEY_HONOURED in self._facts:
            return
        self._facts.add(Fact.KEY_HONOURED)
        log.info("idempotency key honoured")
        await self._installation.learn(Fact.KEY_HONOURED, self._clock.now())

    async def second_task(
        self, job_id: JobId, task_id: TaskId, credits_spent: float | None
    ) -> None:
        """Note that a job has been given another task: never repeat again.

        Its cost is recorded and the operator is told, once for each such task.
        """
        self._facts.add(Fact.KEY_IGNORED)
        second = SecondTask(
            task_id=task_id,
            job_id=job_id,
            credits=credits_spent,
            seen_at=self._clock.now(),
        )
        try:
            is_new = await self._installation.second_task(second)
        except StorageError:
            # The operator need not wait until it can be recorded.
            await self._tell(second)
            raise
        if is_new:
            await self._tell(second)

    async def _tell(self, second: SecondTask) -> None:
        if second.task_id in self._told:
            return
        self._told.add(second.task_id)
        await self._operator.tell(
            "second-task",
            job_id=second.job_id,
            task_id=second.task_id,
            credits_reserved=second.credits,
        )
