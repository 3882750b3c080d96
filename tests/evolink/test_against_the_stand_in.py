"""The client against the independent stand-in, which follows EvoLink's pages."""

from typing import Any

import pytest

from bot.errors import (
    AccountRefused,
    EvolinkError,
    EvolinkUnavailable,
    EvolinkUnsure,
    NoSuchEndpoint,
    RateLimited,
    RequestRefused,
    TaskUnknown,
)
from bot.ids import TaskId, new_submit_key
from bot.jobs.failures import EVOLINK_FAILURES, Failure
from bot.jobs.tasks import Balance, TaskStatus
from bot.models.choices import Mode
from sandbox.evolink import Fault
from tests.evolink.pair import CREATE, TASKS, Dialect, Start
from tests.factories import make_request


async def test_a_clip_is_made(start: Start) -> None:
    """From the order to the link, and the credits follow."""
    pair = await start(undocumented_fields=True)

    accepted = await pair.order("a fox", mode=Mode.FUN, duration_s=10)
    assert accepted.estimated_time_s == 120
    assert accepted.credits_reserved == 5
    assert not accepted.replayed

    pair.evolink.clock.advance(50)
    running = await pair.client.task(accepted.task_id)
    assert running.status is TaskStatus.RUNNING
    assert 0 < running.progress < 100
    assert running.result_url is None

    pair.evolink.clock.advance(60)
    ended = await pair.client.task(accepted.task_id)
    assert (ended.status, ended.progress) == (TaskStatus.COMPLETED, 100)
    assert ended.credits_used == 5
    assert ended.result_url is not None
    assert ended.result_url.startswith(pair.evolink.results_url)
    async with pair.session.get(ended.result_url) as response:
        assert await response.read() == pair.evolink.clip_bytes("16:9", 10)
    assert await pair.client.credits() == Balance(spendable=100_000 - 5)


async def test_the_same_key_again_is_the_same_task(start: Start) -> None:
    pair = await start()
    key = new_submit_key()

    first = await pair.client.create(make_request(), key=key)
    second = await pair.client.create(make_request(), key=key)

    assert second.task_id == first.task_id
    assert (first.replayed, second.replayed) == (False, True)
    assert pair.evolink.paid_tasks == 1


@pytest.mark.parametrize("dialect", ["2026"])
async def test_the_same_key_for_another_request_is_refused(
    start: Start, dialect: Dialect
) -> None:
    pair = await start(dialect=dialect)
    key = new_submit_key()
    await pair.client.create(make_request(), key=key)

    with pytest.raises(RequestRefused) as caught:
        await pair.client.create(make_request(prompt="another"), key=key)

    assert caught.value.code == "idempotency_conflict"
    assert pair.evolink.paid_tasks == 1


@pytest.mark.parametrize("dialect", ["2026", "2025"])
async def test_an_unresolved_attempt_stays_unsure_until_the_key_finds_its_task(
    start: Start, dialect: Dialect
) -> None:
    """Nobody pays twice: neither for the lost answer nor for the asking again."""
    pair = await start(dialect=dialect)
    key = new_submit_key()
    request = make_request(prompt="a fox [[unresolved:30]]")

    for _ in range(2):
        with pytest.raises(EvolinkUnsure):
            await pair.client.create(request, key=key)
    pair.evolink.clock.advance(31)
    accepted = await pair.client.create(request, key=key)

    assert accepted.replayed
    assert list(pair.evolink.tasks) == [accepted.task_id]


async def test_a_lost_answer_is_unsure_and_the_key_finds_the_task(
    start: Start,
) -> None:
    pair = await start()
    key = new_submit_key()
    request = make_request(prompt="[[lose-answer]] a fox")

    with pytest.raises(EvolinkUnsure, match="broke off"):
        await pair.client.create(request, key=key)
    assert pair.evolink.paid_tasks == 1
    assert len(pair.evolink.requests) == 1


async def test_an_answer_that_never_comes_is_unsure(start: Start) -> None:
    pair = await start()
    impatient = pair.as_account(pair.evolink.api_key, create_timeout_s=0.5)

    with pytest.raises(EvolinkUnsure, match="took longer"):
        await impatient.create(
            make_request(prompt="[[lose-answer:hang]]"), key=new_submit_key()
        )

    assert pair.evolink.paid_tasks == 1


@pytest.mark.parametrize("failure", sorted(EVOLINK_FAILURES))
async def test_each_of_evolinks_failures_is_told(
    start: Start, failure: Failure
) -> None:
    pair = await start()
    accepted = await pair.order(f"a fox [[fail:{failure.value}]]")
    pair.evolink.clock.advance(101)

    single = await pair.client.task(accepted.task_id)
    batch = await pair.client.tasks([accepted.task_id])

    assert (single.status, single.failure) == (TaskStatus.FAILED, failure)
    assert batch == {accepted.task_id: single}
    assert await pair.client.credits() == Balance(spendable=100_000)


@pytest.mark.parametrize(
    ("marker", "status", "failure"),
    [
        ("[[fail-without-error]]", TaskStatus.FAILED, Failure.UNKNOWN_ERROR),
        ("[[fail:something_new]]", TaskStatus.FAILED, Failure.UNKNOWN_ERROR),
        ("[[cancelled]]", TaskStatus.CANCELLED, Failure.REQUEST_CANCELLED),
        ("[[empty]]", TaskStatus.COMPLETED, None),
        ("[[missing]]", TaskStatus.COMPLETED, None),
        ("[[never]]", TaskStatus.RUNNING, None),
        ("[[stuck:50]]", TaskStatus.RUNNING, None),
    ],
)
async def test_other_endings_are_told(
    start: Start, marker: str, status: TaskStatus, failure: Failure | None
) -> None:
    pair = await start()
    accepted = await pair.order(marker)
    pair.evolink.clock.advance(101)

    report = await pair.client.task(accepted.task_id)

    assert (report.status, report.failure) == (status, failure)
    assert report.result_url is None


@pytest.mark.parametrize("marker", ["[[result-data]]", "[[result-data-object]]"])
async def test_a_link_in_the_undocumented_place_is_found(
    start: Start, marker: str
) -> None:
    pair = await start()
    accepted = await pair.order(marker)
    pair.evolink.clock.advance(101)

    report = await pair.client.task(accepted.task_id)

    assert (report.result_url or "").startswith(pair.evolink.results_url)


async def test_an_unknown_status_counts_as_running(start: Start) -> None:
    pair = await start()
    accepted = await pair.order("[[unknown-status:meditating]]")
    pair.evolink.clock.advance(50)

    report = await pair.client.task(accepted.task_id)

    assert report.status is TaskStatus.RUNNING


async def test_an_old_model_name_may_become_another(start: Start) -> None:
    pair = await start(aliasing=True, revision="R3")

    accepted = await pair.order("a fox")

    assert accepted.model == "grok-imagine-text-to-video-beta"


@pytest.mark.parametrize("dialect", ["2026", "2025"])
async def test_tasks_that_are_not_ours_are_unknown(
    start: Start, dialect: Dialect
) -> None:
    other = "sk-another-account"
    pair = await start(dialect=dialect, other_api_keys=(other,))
    theirs = await pair.as_account(other).create(make_request(), key=new_submit_key())
    ours = await pair.order("a fox")
    never = TaskId("task-unified-1-00000000")

    for task_id in (theirs.task_id, never, TaskId("no-task-of-this-api")):
        with pytest.raises(TaskUnknown):
            await pair.client.task(task_id)
    reports = await pair.client.tasks([theirs.task_id, never, ours.task_id])

    assert set(reports) == {ours.task_id}


async def test_fifty_tasks_are_read_in_one_request(start: Start) -> None:
    pair = await start()
    ids = [(await pair.order("a fox")).task_id for _ in range(50)]
    asked_before = len(pair.evolink.requests)

    reports = await pair.client.tasks(ids)

    assert set(reports) == set(ids)
    assert len(pair.evolink.requests) == asked_before + 1


@pytest.mark.parametrize("dialect", ["2026", "2025"])
@pytest.mark.parametrize("missing", [404, 405])
async def test_an_api_without_the_batch_call_is_recognised(
    start: Start, dialect: Dialect, missing: int
) -> None:
    pair = await start(dialect=dialect, batch=missing)
    accepted = await pair.order("a fox")

    with pytest.raises(NoSuchEndpoint):
        await pair.client.tasks([accepted.task_id])


FAULTS = [
    (Fault(path=TASKS, answer=429, retry_after=9), RateLimited),
    (Fault(path=TASKS, answer=500), EvolinkUnavailable),
    (Fault(path=TASKS, answer=502), EvolinkUnavailable),
    (Fault(path=TASKS, answer=503), EvolinkUnavailable),
    (Fault(path=TASKS, answer=401), AccountRefused),
    (Fault(path=TASKS, answer=402), AccountRefused),
    (Fault(path=TASKS, answer="html"), EvolinkUnavailable),
    # Every one, because aiohttp itself asks again on a connection found dead.
    (Fault(path=TASKS, answer="reset", times=None), EvolinkUnavailable),
    (Fault(path=TASKS, answer="hang", times=None), EvolinkUnavailable),
]


@pytest.mark.parametrize("dialect", ["2026", "2025"])
@pytest.mark.parametrize(("fault", "kind"), FAULTS)
async def test_a_reading_that_goes_wrong_changes_nothing(
    start: Start, dialect: Dialect, fault: Fault, kind: type[EvolinkError]
) -> None:
    """Afterwards the same question is answered as if nothing had been."""
    pair = await start(dialect=dialect)
    accepted = await pair.order("a fox")
    client = pair.as_account(pair.evolink.api_key, read_timeout_s=2.0)

    pair.evolink.faults.add(fault)
    with pytest.raises(EvolinkError) as caught:
        await client.task(accepted.task_id)
    pair.evolink.faults.clear()

    assert type(caught.value) is kind
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after_s == 9
    assert (await client.task(accepted.task_id)).status is TaskStatus.RUNNING


@pytest.mark.parametrize("answer", [500, 503, "reset", "html", "empty"])
async def test_a_paid_request_whose_answer_is_replaced_is_unsure(
    start: Start, answer: Any
) -> None:
    """The task exists; the same key finds it, and nothing is paid twice."""
    pair = await start()
    key = new_submit_key()
    pair.evolink.faults.add(Fault(path=CREATE, answer=answer, after_effect=True))

    with pytest.raises(EvolinkUnsure):
        await pair.client.create(make_request(), key=key)
    accepted = await pair.client.create(make_request(), key=key)

    assert accepted.replayed
    assert list(pair.evolink.tasks) == [accepted.task_id]
