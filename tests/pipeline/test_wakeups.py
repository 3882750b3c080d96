"""Which worker is woken by which change."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.jobs.due import Due
from bot.jobs.jobs import JobChanges
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.pipeline.wakeups import Rows, Wakeups
from bot.workers.worker import Worker
from tests.clock import FakeClock
from tests.factories import make_job


class Listener(Worker):
    """Writes down how it is rung for."""

    name = "listener"

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[float | None] = []
        """Seconds of each appointment; None = at once."""

    async def run_once(self) -> float:
        raise NotImplementedError

    def wake(self) -> None:
        self.rung.append(None)

    def wake_in(self, wait_s: float) -> None:
        self.rung.append(wait_s)


@pytest.fixture
def listeners(wakeups: Wakeups) -> dict[Due, Listener]:
    listeners = {kind: Listener() for kind in Due}
    for kind, listener in listeners.items():
        wakeups.connect(kind, listener)
    return listeners


@pytest.fixture
def wakeups(clock: FakeClock) -> Wakeups:
    return Wakeups(clock)


def rung(listeners: dict[Due, Listener]) -> dict[Due, list[float | None]]:
    return {kind: one.rung for kind, one in listeners.items() if one.rung}


def test_what_becomes_due_rings_for_its_worker_alone(
    wakeups: Wakeups, clock: FakeClock, listeners: dict[Due, Listener]
) -> None:
    wakeups.changed([JobChanges(delivery_due_at=clock.now(), progress=100)])

    assert rung(listeners) == {Due.DELIVERY: [0]}


def test_of_many_changes_the_earliest_time_is_rung_once(
    wakeups: Wakeups, clock: FakeClock, listeners: dict[Due, Listener]
) -> None:
    now = clock.now()
    wakeups.changed(
        [
            JobChanges(status_due_at=now + timedelta(seconds=seconds))
            for seconds in (9, 4, 7)
        ]
    )

    assert rung(listeners) == {Due.STATUS: [4]}


def test_a_time_in_the_past_is_now(
    wakeups: Wakeups, clock: FakeClock, listeners: dict[Due, Listener]
) -> None:
    wakeups.changed([JobChanges(notice_due_at=clock.now() - timedelta(days=1))])

    assert rung(listeners) == {Due.NOTICE: [0]}


@pytest.fixture
def left(wakeups: Wakeups) -> list[str]:
    """Each slot that the wakeups have said was left."""
    left: list[str] = []
    wakeups.when_slot_left(lambda: left.append("left"))
    return left


def test_a_task_no_longer_asked_about_leaves_a_slot(
    wakeups: Wakeups, listeners: dict[Due, Listener], left: list[str]
) -> None:
    """A cancelled job's task ends without a step of its job."""
    wakeups.changed([JobChanges(poll_due_at=None)])

    assert (rung(listeners), left) == ({}, ["left"])


@pytest.mark.parametrize("with_picture", [True, False])
@pytest.mark.parametrize(
    ("state", "times"),
    [
        (JobState.QUEUED, 0),
        (JobState.GENERATING, 0),
        (JobState.DELIVERING, 1),
        (JobState.DELIVERED, 1),
        (JobState.CANCELLED, 1),
    ],
)
def test_it_is_heard_that_a_picture_is_needed_no_more(
    wakeups: Wakeups, state: JobState, times: int, *, with_picture: bool
) -> None:
    heard: list[str] = []
    wakeups.when_picture_left(lambda: heard.append("left"))
    use = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
    job = make_job(state=state, picture=use if with_picture else None)

    wakeups.moved([JobState.QUEUED], job, {})

    assert len(heard) == (times if with_picture else 0)


def test_the_dispatcher_hears_of_who_joins_the_queue(
    wakeups: Wakeups, listeners: dict[Due, Listener], left: list[str]
) -> None:
    wakeups.moved([JobState.RECEIVED], make_job(state=JobState.QUEUED), {})

    assert (rung(listeners), left) == ({Due.SUBMIT: [None]}, [])


@pytest.mark.parametrize(
    ("old", "new", "times"),
    [
        ([JobState.GENERATING], JobState.DELIVERING, 1),
        ([JobState.SUBMITTING], JobState.UNCONFIRMED, 1),
        ([JobState.SUBMITTING], JobState.GENERATING, 0),
        ([JobState.DELIVERING], JobState.DELIVERED, 0),
        ([JobState.RECEIVED], JobState.REFUSED, 0),
    ],
)
def test_a_job_that_is_no_longer_made_leaves_a_slot(
    wakeups: Wakeups,
    listeners: dict[Due, Listener],
    left: list[str],
    old: list[JobState],
    new: JobState,
    times: int,
) -> None:
    wakeups.moved(old, make_job(state=new), {})

    assert (rung(listeners), len(left)) == ({}, times)


def test_a_step_rings_for_all_that_it_made_due(
    wakeups: Wakeups, clock: FakeClock, listeners: dict[Due, Listener]
) -> None:
    now = clock.now()
    job = make_job(state=JobState.DELIVERING)
    changes = JobChanges(delivery_due_at=now, status_due_at=now + timedelta(seconds=3))

    wakeups.moved([JobState.GENERATING], job, changes)

    assert rung(listeners) == {Due.DELIVERY: [0], Due.STATUS: [3]}


def test_a_bell_without_a_worker_is_no_error(clock: FakeClock) -> None:
    """The command line moves jobs too, and has no workers."""
    wakeups = Wakeups(clock)

    wakeups.changed([JobChanges(poll_due_at=clock.now())])
    wakeups.moved([JobState.RECEIVED], make_job(state=JobState.QUEUED), {})
    wakeups.wake(Due.NOTICE)

    assert rung({}) == {}


def notification(kind: str, due_at: datetime | None = None, by: str = "another") -> str:
    due_us = 0 if due_at is None else round(due_at.timestamp() * 1_000_000)
    return f"{kind} {due_us} {by}"


async def heeding(wakeups: Wakeups, own_name: str = "this one") -> None:
    async def listen(_channel: str, _heard: Callable[[str], None]) -> None:
        """Tell nothing: the test does."""

    await wakeups.listen(listen, own_name)


async def test_what_another_process_made_due_rings_for_its_worker_alone(
    wakeups: Wakeups, clock: FakeClock, listeners: dict[Due, Listener]
) -> None:
    await heeding(wakeups)

    due_at = clock.now() + timedelta(seconds=4)
    wakeups.heard(notification("delivery_due_at", due_at))
    wakeups.heard(notification("poll_due_at", clock.now() - timedelta(days=1)))

    assert rung(listeners) == {Due.DELIVERY: [4], Due.POLL: [0]}


async def test_what_this_process_wrote_of_jobs_is_rung_for_once(
    wakeups: Wakeups, clock: FakeClock, listeners: dict[Due, Listener], left: list[str]
) -> None:
    await heeding(wakeups, "clapper 7 a b")

    for kind in ("delivery_due_at", "queue", "slot"):
        wakeups.heard(notification(kind, clock.now(), by="clapper 7 a b"))

    assert (rung(listeners), left) == ({}, [])


async def test_another_processes_queue_and_slots_concern_the_dispatcher(
    wakeups: Wakeups, listeners: dict[Due, Listener], left: list[str]
) -> None:
    await heeding(wakeups)

    wakeups.heard(notification("queue"))
    wakeups.heard(notification("slot"))

    assert (rung(listeners), left) == ({Due.SUBMIT: [None]}, ["left"])


async def test_a_callback_that_reached_another_process_is_told(
    wakeups: Wakeups,
) -> None:
    await heeding(wakeups)
    told: list[str] = []
    wakeups.when_called_back(lambda: told.append("told"))

    wakeups.heard(notification("callback"))

    assert told == ["told"]


async def test_what_is_posted_in_an_order_is_left_to_its_writer_for_a_moment(
    wakeups: Wakeups, clock: FakeClock
) -> None:
    await heeding(wakeups)
    cards = Listener()
    wakeups.connect(Rows.CARDS, cards)

    wakeups.heard(notification("cards", clock.now()))
    wakeups.heard(notification("cards", clock.now(), by="this one"))

    assert cards.rung == [1.0, 0.0]


async def test_after_a_lost_connection_everybody_is_woken_once(
    wakeups: Wakeups, listeners: dict[Due, Listener]
) -> None:
    await heeding(wakeups)

    wakeups.heard("")

    assert rung(listeners) == {kind: [None] for kind in Due}
