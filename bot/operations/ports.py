"""What operating needs from storage, EvoLink and Discord. Declarations only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.errors import AccountFault
from bot.jobs.tasks import Balance
from bot.operations.installation import Fact, OperatorMessage, SecondTask
from bot.workers.leases import LeaseStore


class Installation(Protocol):
    """The memory of the whole installation. Implemented in `storage.operations`."""

    async def facts(self) -> frozenset[Fact]:
        """Return everything learned so far."""
        ...

    async def learn(self, fact: Fact, at: datetime) -> bool:
        """Remember a fact; return whether it was new."""
        ...

    async def second_task(self, second: SecondTask) -> bool:
        """Record a task paid for needlessly, and that the key is ignored.

        Returns whether this task was news.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why EvoLink takes no paid requests from us, and since when."""

    fault: AccountFault
    reason: str
    """What EvoLink answered, or what is left, for the operator."""
    since: datetime
    refusals: int
    """Paid requests refused one after another; 0 = the balance alone is the reason."""
    told_at: datetime | None
    """When the operator was last told; None = not yet."""
    probe_at: datetime | None
    """From when on a request may find out whether it is over; None = one does just now,
    or nothing can be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBalance:
    """What the account at EvoLink could pay when it was last read."""

    credits: float
    read_at: datetime


class Pauses(Protocol):
    """Keeps why intake is paused over restarts. Implemented in `storage.operations`."""

    async def load(self) -> Pause | None:
        """Return the pause that lasts; None = intake is open."""
        ...

    async def save(self, pause: Pause | None) -> None:
        """Keep this pause in place of an earlier one; None = forget it."""
        ...


class ToldOutages(Protocol):
    """Keeps which outage the operator was told of. In `storage.operations`."""

    async def load(self) -> datetime | None:
        """Return since when it lasts; None = of none, or of its end, too."""
        ...

    async def begin(self, since: datetime) -> bool:
        """Note that the operator is told of an outage; False = of one they were."""
        ...

    async def end(self, since: datetime) -> bool:
        """Note that they are told of its end; False = somebody else has told it."""
        ...


class Outbox(LeaseStore[OperatorMessage], Protocol):
    """What the operator is still to be told. Implemented in `storage.operations`."""

    async def put(self, event: str, values: Mapping[str, str], at: datetime) -> None:
        """Keep a message until it has been posted. It is due at once."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[OperatorMessage]:
        """Return the messages whose time has come, the oldest first.

        Without those that are claimed.
        """
        ...

    async def claim(
        self, message: OperatorMessage, now: datetime, until: datetime
    ) -> OperatorMessage | None:
        """Claim a message until then; None if another worker has it."""
        ...

    async def postpone(self, message: OperatorMessage, due_at: datetime) -> None:
        """Count a failed attempt of a claimed message, and try again at `due_at`.

        Raises:
            ClaimLost: If another worker has claimed it since; nothing was changed.
        """
        ...

    async def drop(self, message: OperatorMessage) -> None:
        """Forget a claimed message, because it was posted or never can be.

        Raises:
            ClaimLost: If another worker has claimed it since; nothing was changed.
        """
        ...


class Operator(Protocol):
    """Tells the operator, in the log and where configured in a channel."""

    async def tell(self, event: str, **values: object) -> None: ...


class OperatorChannel(Protocol):
    """Posts to the operator's channel. Implemented by `cogs.wire.operator_channel`.

    Raises `MessengerError` where Discord did not take it.
    """

    async def post(self, message: OperatorMessage) -> None:
        """Post a message; a repetition within minutes is the same message."""
        ...

    async def is_posted(self, message: OperatorMessage) -> bool:
        """Return whether a message is among the channel's latest hundred."""
        ...


class Balances(Protocol):
    """Says what is left in the account. Implemented by `bot.evolink.client`."""

    async def credits(self) -> Balance: ...
