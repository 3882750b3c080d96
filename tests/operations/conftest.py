"""What tests of operating the bot share with those of the pipeline."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import pytest
from pydantic import SecretStr

from bot.evolink.client import EvolinkClient
from bot.evolink.session import open_session
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.operations.account_watch import AccountWatch
from bot.pictures.uploads import Uploads
from bot.pipeline.dispatcher import Dispatcher
from bot.pipeline.submitter import Submitter
from bot.workers.limits import new_limits
from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from storage.database.engine import Database
from storage.operations.pauses import SqlPauses
from tests.callbacks import alone, holding, ignored
from tests.clock import FakeClock
from tests.factories import MODEL
from tests.offers import make_offer
from tests.operations.pausing import GIVE_UP_S, Begin, Life
from tests.pipeline.conftest import callback_tasks, make_dispatcher
from tests.pipeline.outside import RecordingOperator
from tests.pipeline.parts import make_idempotency, make_submit_policy

__all__ = ["callback_tasks", "make_dispatcher"]


@pytest.fixture
async def begin(
    store: JobStore,
    database: Database,
    uploads: Uploads,
    clock: FakeClock,
    operator: RecordingOperator,
) -> AsyncIterator[Begin]:
    """Begin a process's life. A second one is a restart beside the same service."""
    pauses = SqlPauses(database)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session())
        running: list[EvolinkSandbox] = []

        async def life(model: str = MODEL, **switches: object) -> Life:
            if not running:
                config = EvolinkConfig(**({"speed": 0.0} | switches))  # type: ignore[arg-type]
                sandbox = EvolinkSandbox(config)
                running.append(await stack.enter_async_context(sandbox))
            evolink = running[0]
            client = EvolinkClient(
                session,
                base_url=evolink.base_url,
                api_key=SecretStr(evolink.api_key),
                count=ignored,
            )
            account = AccountGate(
                client,
                operator,
                clock,
                pauses,
                reserve=0,
                model=model,
                pause=await pauses.load(),
                has_seat=holding,
            )
            limits = new_limits(clock, wall=clock, living=alone)
            policy = make_submit_policy(
                give_up_after_s=GIVE_UP_S,
                offer=make_offer(model),
            )
            submitter = Submitter(
                store,
                client,
                account,
                operator,
                clock,
                policy,
                idempotency=make_idempotency(operator, clock, allowed=True),
                uploads=uploads,
            )
            dispatcher = Dispatcher(
                store,
                submitter,
                account,
                clock,
                creates=limits.creates,
                uploads=limits.uploads,
                recall=partial(asyncio.sleep, 0),
                max_active_tasks=20,
                give_up_after_s=GIVE_UP_S,
            )
            return Life(
                evolink=evolink,
                clock=clock,
                operator=operator,
                account=account,
                dispatcher=dispatcher,
                watch=AccountWatch(
                    account, balance=limits.balance, resumed=lambda: None
                ),
            )

        yield life
