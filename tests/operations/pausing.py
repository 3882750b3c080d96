"""A dispatcher whose account is refused, and what it does meanwhile."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.ids import UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.operations.account import AccountGate
from bot.operations.account_watch import WHILE_PAUSED_S, AccountWatch
from bot.pipeline.dispatcher import Dispatcher
from sandbox.evolink import EvolinkSandbox, Fault
from tests.clock import FakeClock
from tests.pipeline.outside import RecordingOperator
from tests.pipeline.stages import Stages

CREATE = "/v1/videos/generations"
GIVE_UP_S = 3600.0
SLOWEST_S = 600


@dataclass(kw_only=True)
class Life:
    """One process: its gate, its dispatcher, and the watch over the account."""

    evolink: EvolinkSandbox
    clock: FakeClock
    operator: RecordingOperator
    account: AccountGate
    dispatcher: Dispatcher
    watch: AccountWatch
    watched_s: float = WHILE_PAUSED_S

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The keys and models of all paid requests."""
        return [
            (one.headers["idempotency-key"], one.body["model"])
            for one in self.evolink.requests
            if one.path == CREATE
        ]

    def refuse(self, code: str, status: int = 402) -> Fault:
        fault = Fault(path=CREATE, answer=status, code=code, times=None)
        return self.evolink.faults.add(fault)

    async def turn(self) -> None:
        await self.dispatcher.run_once()
        await self.dispatcher.drain()

    async def goes_on(self, for_s: float, step_s: float = 10.0) -> list[float]:
        """Let time pass; return after how many seconds each paid request left."""
        left: list[float] = []
        for step in range(int(for_s / step_s)):
            before = len(self.asked)
            self.clock.advance(step_s)
            self.watched_s += step_s
            if self.watched_s >= WHILE_PAUSED_S:
                self.watched_s = 0
                await self.watch.run_once()
            await self.turn()
            left += [(step + 1) * step_s] * (len(self.asked) - before)
        return left


Begin = Callable[..., Awaitable[Life]]


async def five(stages: Stages, clock: FakeClock) -> list[Job]:
    """Queue jobs of five members, one after another."""
    jobs = []
    for number in range(5):
        jobs.append(await stages.queued(user_id=UserId(100 + number)))
        clock.advance(0.1)
    return jobs


async def states(stages: Stages, jobs: Sequence[Job]) -> list[JobState]:
    return [(await stages.now(job)).state for job in jobs]
