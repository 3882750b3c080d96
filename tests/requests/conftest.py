"""A member, a place where clips may be posted, and an interaction that asks."""

from dataclasses import dataclass, field

import pytest

from bot.errors import MessengerError
from bot.ids import MessageId
from bot.jobs.jobs import Job
from bot.jobs.store import JobStore


@dataclass
class ScriptedAcknowledgement:
    """Implements `bot.requests.incoming.Acknowledgement` for one interaction."""

    store: JobStore
    error: MessengerError | None = None
    withdraw_error: MessengerError | None = None
    shown: list[Job] = field(default_factory=list)
    """The jobs as they stood in the store when their message was shown."""
    withdrawn: list[Job] = field(default_factory=list)
    meanwhile: list[object] = field(default_factory=list)
    """Awaited while the answer is on its way."""

    async def show_received(self, job: Job) -> MessageId:
        stored = await self.store.get(job.id)
        assert stored is not None
        self.shown.append(stored)
        for one in self.meanwhile:
            await one  # type: ignore[misc]
        if self.error is not None:
            raise self.error
        return MessageId(4711)

    async def withdraw(self, job: Job) -> None:
        self.withdrawn.append(job)
        if self.withdraw_error is not None:
            raise self.withdraw_error


@pytest.fixture
def ack(store: JobStore) -> ScriptedAcknowledgement:
    return ScriptedAcknowledgement(store)


@pytest.fixture
def reserve() -> float:
    return 10
