"""A member, a place where clips may be posted, and an interaction that asks."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.errors import MessengerError
from bot.ids import MessageId
from bot.jobs.jobs import Job
from bot.jobs.store import JobStore
from bot.moderation.records import Applies, ModerationSettings, WordKind, WordRule
from bot.operations.account import AccountGate
from bot.operations.intake_pause import IntakePause
from bot.operations.ports import Pauses
from bot.pictures.preparation import Preparation
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.intake import Intake
from bot.requests.server_offers import ServerOffers
from bot.requests.video_orders import VideoOrders
from storage.database.engine import Database
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from tests.callbacks import holding
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import make_rules
from tests.offers import PLAIN, SEVERAL, SameInEveryServer, in_servers
from tests.stores import FIRST_ESTIMATES

NO_GORE = WordRule(pattern="gore", kind=WordKind.WORD, applies=Applies.ALWAYS)


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


@pytest.fixture
def own(database: Database) -> SqlMemberSettings:
    return SqlMemberSettings(database)


@pytest.fixture
def presets(database: Database) -> SqlPresets:
    return SqlPresets(database)


@pytest.fixture
def make_orders(
    store: JobStore,
    pause: IntakePause,
    clock: FakeClock,
    own: SqlMemberSettings,
    presets: SqlPresets,
    decisions: AdmissionStore,
) -> Callable[[ServerOffers], VideoOrders]:
    def make(offers: ServerOffers) -> VideoOrders:
        admission = Admission(
            decisions, make_rules(), make_gate(rules=[NO_GORE]), FIRST_ESTIMATES
        )
        intake = Intake(
            store, pause, admission, offers, clock, pictures=Preparation(None)
        )
        return VideoOrders(intake, own, presets, offers)

    return make


@pytest.fixture
def orders(make_orders: Callable[[ServerOffers], VideoOrders]) -> VideoOrders:
    return make_orders(in_servers(PLAIN))


@pytest.fixture
def server() -> SameInEveryServer:
    """Return what the server has set of its models."""
    return SameInEveryServer(ModerationSettings())


@pytest.fixture
def choosing(
    make_orders: Callable[[ServerOffers], VideoOrders], server: SameInEveryServer
) -> VideoOrders:
    """Take `/video` where the operator offers several models."""
    return make_orders(ServerOffers(SEVERAL, server))


@pytest.fixture
def pause(account: AccountGate, pauses: Pauses, clock: FakeClock) -> IntakePause:
    """Return what intake asks in the process that looks after the account."""
    return IntakePause(account, pauses, clock, is_ours=holding)
