"""A request is shown, then charged, then queued; or refused without a trace."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    AccountRefused,
    AnswerUnreadable,
    MessengerDown,
    MessengerError,
    Refused,
    TokenExpired,
)
from bot.ids import MessageId
from bot.jobs.showing import PASSING_S
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.models.choices import Mode
from bot.operations.account import AccountGate
from bot.operations.intake_pause import IntakePause
from bot.pictures.preparation import Preparation
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.cancelling import Cancelling
from bot.requests.intake import Intake
from bot.servers.places import Permission
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import make_rules
from tests.offers import PLAIN, in_servers
from tests.requests.conftest import ScriptedAcknowledgement
from tests.servers.people import make_actor, make_incoming
from tests.stores import FIRST_ESTIMATES, Used


@pytest.fixture
def intake(
    store: JobStore, pause: IntakePause, clock: FakeClock, decisions: AdmissionStore
) -> Intake:
    admission = Admission(decisions, make_rules(), make_gate(), FIRST_ESTIMATES)
    return Intake(
        store,
        pause,
        admission,
        in_servers(PLAIN),
        clock,
        pictures=Preparation(None),
    )


async def test_a_request_is_shown_then_charged_and_queued(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    clock: FakeClock,
    used: Used,
) -> None:
    asked = make_incoming(prompt="a fox")

    job = await intake.request(asked, ack)

    assert job == await store.get(job.id)
    assert (job.state, job.request.prompt, job.locale) == (
        JobState.QUEUED,
        "a fox",
        "de",
    )
    assert job.status_message_id == 4711
    # The answer has just been shown: what passes within seconds is left out.
    assert job.status_due_at == clock.now() + timedelta(seconds=PASSING_S)
    # For what the bot's own token may turn out unable to say.
    assert job.interaction_token == "token-of-an-interaction"
    usage = await used(job.guild_id, job.user_id, clock.now())
    assert (usage.day, usage.at_once) == (1, 1)


async def test_when_the_member_sees_it_nothing_is_charged_yet(
    intake: Intake, ack: ScriptedAcknowledgement
) -> None:
    """The row is there before the message, and the money after it."""
    await intake.request(make_incoming(), ack)

    (shown,) = ack.shown
    assert shown.state is JobState.RECEIVED
    assert shown.interaction_token == "token-of-an-interaction"


@pytest.mark.parametrize(
    ("wrong", "text_id"),
    [
        ({"allowed": frozenset()}, "refused-permissions"),
        ({"is_closed": True}, "refused-thread-closed"),
        ({"is_in_server": False}, "refused-not-a-member"),
        ({"takes_messages": False}, "refused-channel-kind"),
        ({"is_hidden": True}, "refused-thread-private"),
        ({"timed_out_until": datetime(2030, 1, 1, tzinfo=UTC)}, "refused-timed-out"),
        ({"prompt": " "}, "refused-prompt-empty"),
        ({"prompt": "x" * 4001}, "refused-prompt-long"),
        ({"duration_s": 7}, "refused-duration"),
        ({"quality": "8k"}, "refused-quality"),
        ({"mode": Mode.SPICY}, "refused-spicy-off"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_what_is_refused_leaves_no_trace(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    wrong: dict[str, object],
    text_id: str,
) -> None:
    """No row, no message, no charge: the member alone reads why."""
    with pytest.raises(Refused) as refused:
        await intake.request(make_incoming(**wrong), ack)

    assert refused.value.text_id == text_id
    assert await store.counts() == {}
    assert ack.shown == []


async def test_the_missing_permissions_are_named(
    intake: Intake, ack: ScriptedAcknowledgement
) -> None:
    allowed = frozenset(Permission) - {Permission.ATTACH_FILES}

    with pytest.raises(Refused) as refused:
        await intake.request(make_incoming(allowed=allowed), ack)

    assert refused.value.values == {"permissions": (Permission.ATTACH_FILES,)}


async def test_while_intake_is_paused_nothing_is_taken(
    intake: Intake, store: JobStore, ack: ScriptedAcknowledgement, account: AccountGate
) -> None:
    await account.refused(AccountRefused("402"))

    with pytest.raises(Refused, match="refused-paused"):
        await intake.request(make_incoming(), ack)

    assert await store.counts() == {}


async def test_an_interaction_that_comes_twice_counts_once(
    intake: Intake, store: JobStore, ack: ScriptedAcknowledgement
) -> None:
    """Discord replays what it is not sure that we heard."""
    asked = make_incoming()
    await intake.request(asked, ack)

    with pytest.raises(Refused, match="refused-duplicate"):
        await intake.request(asked, ack)

    assert await store.counts() == {JobState.QUEUED: 1}
    assert len(ack.shown) == 1


async def test_an_interaction_answered_too_late_costs_nothing(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    clock: FakeClock,
    used: Used,
) -> None:
    ack.error = TokenExpired("10062")
    asked = make_incoming()

    with pytest.raises(TokenExpired):
        await intake.request(asked, ack)

    (job,) = await store.in_state(JobState.REFUSED, 10)
    assert job.interaction_token is None
    assert (await used(job.guild_id, job.user_id, clock.now())).day == 0


async def test_an_answer_that_was_lost_is_left_to_the_reception(
    intake: Intake, store: JobStore, ack: ScriptedAcknowledgement
) -> None:
    """The member may have seen the message; request recovery finds out."""
    ack.error = MessengerDown("timeout")

    with pytest.raises(MessengerDown):
        await intake.request(make_incoming(), ack)

    (job,) = await store.in_state(JobState.RECEIVED, 10)
    assert job.interaction_token is not None


@pytest.mark.parametrize(
    "error", [AnswerUnreadable("no id"), MessengerError("400")], ids=repr
)
async def test_an_answer_that_was_refused_or_cannot_be_read_costs_nothing(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    clock: FakeClock,
    error: MessengerError,
    used: Used,
) -> None:
    """Its message may be there after all: it is deleted, if there is one."""
    ack.error = error

    with pytest.raises(type(error)):
        await intake.request(make_incoming(), ack)

    (job,) = await store.in_state(JobState.REFUSED, 10)
    assert job.interaction_token is None
    assert [one.id for one in ack.withdrawn] == [job.id]
    assert (await used(job.guild_id, job.user_id, clock.now())).day == 0


@pytest.mark.parametrize("withdraw_error", [None, MessengerDown("503")], ids=repr)
async def test_a_second_check_that_refuses_takes_the_message_back(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    account: AccountGate,
    withdraw_error: MessengerDown | None,
) -> None:
    """The balance ran out while Discord took the answer."""
    ack.meanwhile.append(account.refused(AccountRefused("402")))
    ack.withdraw_error = withdraw_error

    with capture_logs() as logs, pytest.raises(Refused, match="refused-paused"):
        await intake.request(make_incoming(), ack)

    assert len(ack.withdrawn) == 1
    assert await store.counts() == {JobState.REFUSED: 1}
    told = "status message not deleted" in [one["event"] for one in logs]
    assert told is (withdraw_error is not None)


def settled(
    store: JobStore, ack: ScriptedAcknowledgement, new: JobState, clock: FakeClock
) -> Awaitable[object]:
    """Return what request recovery does with the job that is being shown."""

    async def settle() -> None:
        await store.move(
            ack.shown[0].id,
            JobState.RECEIVED,
            new,
            clock.now(),
            interaction_token=None,
            status_message_id=MessageId(4711),
        )

    return settle()


async def test_a_request_that_the_reception_saved_first_is_queued_once(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    clock: FakeClock,
    used: Used,
) -> None:
    ack.meanwhile.append(settled(store, ack, JobState.QUEUED, clock))

    job = await intake.request(make_incoming(), ack)

    assert job.state is JobState.QUEUED
    assert (await used(job.guild_id, job.user_id, clock.now())).day == 1
    assert ack.withdrawn == []


async def test_a_request_that_the_reception_dropped_first_is_taken_back(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    clock: FakeClock,
) -> None:
    """Else its message would stand there for ever, and nothing would come of it."""
    ack.meanwhile.append(settled(store, ack, JobState.REFUSED, clock))

    with pytest.raises(Refused, match="refused-busy"):
        await intake.request(make_incoming(), ack)

    assert len(ack.withdrawn) == 1
    assert await store.counts() == {JobState.REFUSED: 1}


async def test_a_request_cancelled_as_it_was_queued_is_given_back_cancelled(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    clock: FakeClock,
) -> None:
    """The status message has its button as soon as it stands."""

    async def cancel() -> None:
        cancelling = Cancelling(store, clock)
        await cancelling.cancel(ack.shown[0].id, make_actor(), confirmed=True)

    ack.meanwhile += [settled(store, ack, JobState.QUEUED, clock), cancel()]

    job = await intake.request(make_incoming(), ack)

    assert job.state is JobState.CANCELLED
    assert ack.withdrawn == []
