"""Limits at both checks: before anything is written, and once the message stands."""

import asyncio

import pytest

from bot.errors import Refused
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.intake_pause import IntakePause
from bot.pictures.preparation import Preparation
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.intake import Intake
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import make_rules
from tests.offers import PLAIN, in_servers
from tests.requests.conftest import ScriptedAcknowledgement
from tests.servers.people import make_incoming
from tests.stores import FIRST_ESTIMATES, Used


@pytest.fixture
def intake(
    store: JobStore, pause: IntakePause, clock: FakeClock, decisions: AdmissionStore
) -> Intake:
    """Take one request a day from each member."""
    return Intake(
        store,
        pause,
        Admission(
            decisions, make_rules(member_per_day=1), make_gate(), FIRST_ESTIMATES
        ),
        in_servers(PLAIN),
        clock,
        pictures=Preparation(None),
    )


async def test_beyond_the_limit_nothing_is_shown_or_written(
    intake: Intake, store: JobStore, ack: ScriptedAcknowledgement
) -> None:
    first = await intake.request(make_incoming(interaction_id=1), ack)

    with pytest.raises(Refused, match="refused-member-day") as refusal:
        await intake.request(make_incoming(interaction_id=2), ack)

    assert refusal.value.values["limit"] == 1
    assert [job.id for job in ack.shown] == [first.id]
    assert sum((await store.counts()).values()) == 1


async def test_of_two_at_once_one_is_withdrawn_again(
    intake: Intake, store: JobStore, clock: FakeClock, used: Used
) -> None:
    """Both pass the first check; the transaction lets one through."""
    both_shown = asyncio.Barrier(2)
    acks = [ScriptedAcknowledgement(store) for _ in range(2)]
    for ack in acks:
        ack.meanwhile.append(both_shown.wait())

    results = await asyncio.gather(
        *(
            intake.request(make_incoming(interaction_id=number), ack)
            for number, ack in enumerate(acks, start=1)
        ),
        return_exceptions=True,
    )

    (job,) = (one for one in results if isinstance(one, Job))
    (refusal,) = (one for one in results if isinstance(one, Refused))
    assert refusal.text_id == "refused-member-day"
    assert [len(ack.shown) for ack in acks] == [1, 1]
    (withdrawn,) = (one for ack in acks for one in ack.withdrawn)
    assert withdrawn.id != job.id
    left = await store.get(withdrawn.id)
    assert left is not None
    assert (left.state, left.role_ids) == (JobState.REFUSED, frozenset())
    assert (await used(job.guild_id, job.user_id, clock.now())).day == 1
