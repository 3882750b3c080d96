"""When intake pauses for the account's sake, and when it goes on."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.errors import (
    AccountFault,
    AccountRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    NoSuchEndpoint,
    StorageFull,
)
from bot.ids import JobId
from bot.jobs.tasks import Balance
from bot.operations.account import AccountGate
from bot.operations.operator import LoggedOperator
from tests.callbacks import NoHistory, holding, ignored
from tests.clock import FakeClock
from tests.factories import MODEL
from tests.pipeline.outside import (
    ENOUGH,
    RecordingOperator,
    RememberedPauses,
    ScriptedEvolink,
)

REFUSED = AccountRefused("POST answered 402 insufficient_quota")
PROBE = JobId("probe")
EARLIER = JobId("earlier")
"""Its request left before the pause."""


@pytest.fixture
def reserve() -> float:
    return 10


def test_it_is_open_until_something_is_refused(account: AccountGate) -> None:
    assert not account.paused
    assert account.is_open
    assert account.paused_since is None


async def test_a_refusal_pauses_and_is_told_once(
    account: AccountGate, operator: RecordingOperator, clock: FakeClock
) -> None:
    begun_at = clock.now()
    await asyncio.gather(*(account.refused(REFUSED) for _ in range(20)))
    clock.advance(20)
    await account.refused(REFUSED)

    assert account.paused
    assert account.paused_since == begun_at
    told = {
        "fault": "balance",
        "reason": str(REFUSED),
        "model": MODEL,
        "resets_at": None,
    }
    assert operator.told == [("intake-paused", told)]


@pytest.mark.parametrize("spendable", [-3, 0, 9.99])
async def test_less_than_the_reserve_pauses(
    account: AccountGate,
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    spendable: float,
) -> None:
    evolink.balance = Balance(spendable=spendable)

    await account.read_balance()

    assert account.paused
    assert operator.events == ["intake-paused"]


async def test_without_a_reserve_an_empty_account_still_pauses(
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    clock: FakeClock,
    pauses: RememberedPauses,
) -> None:
    account = AccountGate(
        evolink,
        operator,
        clock,
        pauses,
        reserve=0,
        model=MODEL,
        pause=None,
        has_seat=holding,
    )
    evolink.balance = Balance(spendable=0)

    await account.read_balance()

    assert account.paused


async def test_it_resumes_by_itself_when_the_balance_is_back(
    account: AccountGate, evolink: ScriptedEvolink
) -> None:
    await account.refused(REFUSED)
    evolink.balance = Balance(spendable=10)

    with capture_logs() as logs:
        await account.read_balance()
        await account.read_balance()
        assert account.begin(PROBE)
        await account.accepted(PROBE)

    assert account.is_open
    assert [one["event"] for one in logs] == ["intake resumed"]


async def test_a_refused_key_pauses(
    account: AccountGate, evolink: ScriptedEvolink
) -> None:
    evolink.balance = AccountRefused("GET answered 401")

    await account.read_balance()

    assert account.paused


@pytest.mark.parametrize(
    "error", [EvolinkUnavailable("503"), EvolinkConfused("no json")], ids=repr
)
@pytest.mark.parametrize("paused", [False, True])
async def test_an_unreadable_balance_changes_nothing(
    account: AccountGate,
    evolink: ScriptedEvolink,
    error: EvolinkError,
    paused: bool,  # noqa: FBT001 - a parameter
) -> None:
    """An outage says nothing about the account."""
    if paused:
        await account.refused(REFUSED)
    evolink.balance = error

    await account.read_balance()

    assert account.paused is paused


async def test_an_account_that_flaps_is_told_once_until_it_really_works(
    account: AccountGate, operator: RecordingOperator
) -> None:
    """A few credits left look like enough, and every submit is refused again."""
    for _ in range(5):
        await account.refused(REFUSED)
        await account.read_balance()
    assert len(operator.told) == 1

    account.begin(PROBE)
    await account.accepted(PROBE)
    await account.refused(REFUSED)

    assert operator.events == ["intake-paused", "intake-resumed", "intake-paused"]


async def test_whoever_asked_hears_of_each_pause(
    account: AccountGate, evolink: ScriptedEvolink
) -> None:
    heard: list[str] = []
    account.when_paused(lambda: heard.append("paused"))

    for _ in range(2):
        evolink.balance = ENOUGH
        await account.read_balance()
        account.begin(PROBE)
        await account.accepted(PROBE)
        await account.refused(REFUSED)
        await account.refused(REFUSED)

    assert heard == ["paused", "paused"]


async def test_the_operator_reads_an_error_line() -> None:
    with capture_logs() as logs:
        await LoggedOperator(
            outbox=None,
            history=NoHistory(),
            clock=FakeClock(),
            heard=ignored,
            kept=ignored,
        ).tell("unconfirmed", job_id="abc")

    assert logs == [
        {
            "event": "operator needed",
            "what": "unconfirmed",
            "job_id": "abc",
            "log_level": "error",
        }
    ]


async def test_good_news_is_no_error_line() -> None:
    with capture_logs() as logs:
        await LoggedOperator(
            outbox=None,
            history=NoHistory(),
            clock=FakeClock(),
            heard=ignored,
            kept=ignored,
        ).tell("intake-resumed", minutes=3)

    assert logs == [
        {
            "event": "operator told",
            "what": "intake-resumed",
            "minutes": 3,
            "log_level": "info",
        }
    ]


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()

    offset = now.utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0


async def test_a_key_that_may_not_even_ask_is_not_probed(
    account: AccountGate, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    evolink.balance = AccountRefused("GET 401", fault=AccountFault.KEY, status=401)
    await account.read_balance()
    clock.advance(3600)
    await account.read_balance()
    paused = account.paused

    evolink.balance = ENOUGH
    await account.read_balance()

    assert (paused, account.is_open) == (True, True)


@pytest.mark.parametrize(
    "unreadable",
    [AccountRefused("GET 403", fault=AccountFault.KEY, status=403), NoSuchEndpoint("")],
    ids=["403", "404"],
)
async def test_where_the_balance_can_no_longer_be_read_a_probe_ends_the_pause(
    account: AccountGate,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    unreadable: EvolinkError,
) -> None:
    """Intake never stays paused for ever for want of an answer."""
    evolink.balance = Balance(spendable=0)
    await account.read_balance()

    evolink.balance = unreadable
    await account.read_balance()
    clock.advance(60)

    assert not account.paused
    assert account.begin(PROBE)
    await account.accepted(PROBE)
    assert account.is_open


async def test_what_left_before_the_pause_does_not_end_it(
    account: AccountGate, operator: RecordingOperator
) -> None:
    """Of twenty requests under way one was refused; the others say nothing new."""
    await account.refused(REFUSED)

    await account.accepted(EARLIER)

    assert account.paused
    assert operator.events == ["intake-paused"]


async def test_the_first_request_after_the_back_off_is_let_in_and_no_other(
    account: AccountGate, clock: FakeClock
) -> None:
    await account.refused(AccountRefused("402", fault=AccountFault.KEY))
    clock.advance(40)

    let_in = [not account.paused]
    assert account.begin(PROBE)
    let_in.append(not account.paused)
    account.probed(PROBE)  # without an answer
    let_in.append(not account.paused)
    clock.advance(30)
    let_in.append(not account.paused)

    assert let_in == [True, False, False, True]


async def test_a_probe_that_ends_late_does_not_end_the_next_one(
    account: AccountGate, clock: FakeClock
) -> None:
    """Its refusal has long decided, and was only slow to be recorded."""
    await account.refused(REFUSED)
    clock.advance(40)
    assert account.begin(EARLIER)
    account.note(REFUSED, EARLIER)
    clock.advance(100)
    assert account.begin(PROBE)

    account.probed(EARLIER)

    assert account.probing
    await account.accepted(PROBE)
    assert account.is_open


async def test_only_the_probe_decides_while_it_is_under_way(
    account: AccountGate, clock: FakeClock
) -> None:
    """What left before the pause says as little during a probe as before it."""
    await account.refused(REFUSED)
    clock.advance(40)
    assert account.begin(PROBE)

    await account.accepted(EARLIER)
    account.note(REFUSED, EARLIER)
    assert account.probing

    await account.accepted(PROBE)
    assert account.is_open


async def test_the_end_of_a_pause_is_told_though_it_cannot_be_kept(
    account: AccountGate,
    operator: RecordingOperator,
    pauses: RememberedPauses,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await account.refused(REFUSED)
    clock.advance(40)
    assert account.begin(PROBE)

    async def full(_: object) -> None:
        msg = "database or disk is full"
        raise StorageFull(msg)

    with monkeypatch.context() as patch:
        patch.setattr(pauses, "save", full)
        with pytest.raises(StorageFull):
            await account.accepted(PROBE)
    await account.read_balance()

    assert operator.events == ["intake-paused", "intake-resumed"]
    assert await pauses.load() is None
