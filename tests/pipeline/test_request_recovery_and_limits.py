"""A request that is found after a crash is decided on like any other."""

import pytest

from bot.ids import MessageId
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.request_recovery import LEAVE_ALONE_S, RequestRecovery
from bot.requests.admission import Admission, AdmissionStore
from bot.workers.limits import Limits
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import make_rules
from tests.pipeline.outside import ScriptedMessenger
from tests.pipeline.stages import Stages
from tests.stores import FIRST_ESTIMATES


@pytest.fixture
def recovery(
    store: JobStore,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    decisions: AdmissionStore,
    limits: Limits,
) -> RequestRecovery:
    admission = Admission(
        decisions, make_rules(member_per_day=1), make_gate(), FIRST_ESTIMATES
    )
    return RequestRecovery(
        store,
        admission,
        messenger,
        clock,
        lookups=limits.lookups,
        is_alone=lambda: True,
    )


async def test_beyond_the_limit_its_message_says_that_it_was_refused(
    recovery: RequestRecovery,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    jobs = [await stages.received() for _ in range(2)]
    for number, job in enumerate(jobs):
        messenger.responses[job.id] = MessageId(4 + number)
    clock.advance(LEAVE_ALONE_S + 1)

    await recovery.run_once()

    found = [await stages.now(job) for job in jobs]
    assert {job.state for job in found} == {JobState.QUEUED, JobState.REFUSED}
    (refused,) = (job for job in found if job.state is JobState.REFUSED)
    assert refused.status_message_id in {4, 5}
    assert refused.status_due_at == clock.now()
    # Its message may have to be edited by it; then it goes.
    assert refused.interaction_token is not None
    await stages.store.note({refused.id: {"status_due_at": None}})
    await recovery.run_once()
    assert (await stages.now(refused)).interaction_token is None
    assert await stages.used(refused) == 1
