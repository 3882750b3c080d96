"""In doubt about downloads the host itself is asked whether it lives."""

from collections.abc import Iterator

import pytest

from bot.errors import FetchUnavailable
from bot.pipeline.host_watch import IDLE_S, ResultHostWatch
from bot.workers.limits import Limits, new_limits
from bot.workers.outcomes import noting_download
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.pipeline.outside import ScriptedFetcher
from tests.pipeline.parts import host_watch

HOST = "https://files.example"
FAILS = FetchUnavailable("the host failed")
LINK = f"{HOST}/clip.mp4?signature=secret"


@pytest.fixture
def limits(clock: FakeClock) -> Limits:
    return new_limits(clock, wall=clock, living=alone)


@pytest.fixture
def watch(fetcher: ScriptedFetcher, limits: Limits) -> ResultHostWatch:
    return host_watch(fetcher, limits)


def fail(watch: ResultHostWatch, limits: Limits, job: str, link: str = LINK) -> None:
    """Let a download fail as one does whose host answers 500."""
    call = limits.results.begin(job)
    with (
        pytest.raises(FetchUnavailable),
        watch.asking(link),
        noting_download(call),
    ):
        raise FAILS
    call.end()


def waiting_s(limits: Limits) -> Iterator[float]:
    """Return how long each of some downloads would have to wait that is not tried."""
    return (limits.results.wait_s(f"new {number}") for number in range(8))


async def test_a_host_that_answers_lets_the_other_downloads_go_at_once(
    watch: ResultHostWatch, limits: Limits, fetcher: ScriptedFetcher
) -> None:
    fail(watch, limits, "broken")
    fail(watch, limits, "broken too")
    assert min(waiting_s(limits)) > 0

    await watch.run_once()

    assert fetcher.hosts == [HOST]
    assert max(waiting_s(limits)) == 0


async def test_a_host_that_fails_too_is_an_outage(
    watch: ResultHostWatch, limits: Limits, fetcher: ScriptedFetcher
) -> None:
    fetcher.host_error = FAILS
    fail(watch, limits, "broken")

    await watch.run_once()

    assert fetcher.hosts == [HOST]
    assert min(waiting_s(limits)) > 0


async def test_a_host_is_asked_once_for_each_time_that_a_download_fails(
    watch: ResultHostWatch,
    limits: Limits,
    fetcher: ScriptedFetcher,
    clock: FakeClock,
) -> None:
    fetcher.host_error = FAILS
    for number in range(3):
        fail(watch, limits, f"broken {number}")
        for _ in range(5):
            await watch.run_once()
            clock.advance(5.0)

    assert fetcher.hosts == [HOST] * 3


async def test_while_downloads_succeed_no_host_is_asked(
    watch: ResultHostWatch, limits: Limits, fetcher: ScriptedFetcher
) -> None:
    call = limits.results.begin("healthy")
    with watch.asking(LINK), noting_download(call):
        assert await watch.run_once() < IDLE_S
    call.end()

    assert await watch.run_once() == IDLE_S
    assert fetcher.hosts == []


async def test_a_download_that_hangs_is_doubt_before_it_fails(
    watch: ResultHostWatch,
    limits: Limits,
    fetcher: ScriptedFetcher,
    clock: FakeClock,
) -> None:
    call = limits.results.begin("hangs")
    with watch.asking(LINK):
        await watch.run_once()
        clock.advance(0.5)
        assert min(waiting_s(limits)) > 0

        await watch.run_once()
        assert max(waiting_s(limits)) == 0
    call.end()

    assert fetcher.hosts == [HOST]


async def test_of_two_hosts_the_one_that_answers_is_enough(
    watch: ResultHostWatch,
    limits: Limits,
    fetcher: ScriptedFetcher,
    clock: FakeClock,
) -> None:
    fetcher.broken_hosts = {HOST}
    fail(watch, limits, "broken")
    fail(watch, limits, "broken too", "https://other.example/clip.mp4")

    for _ in range(10):
        await watch.run_once()
        clock.advance(0.5)

    assert fetcher.hosts == [HOST, "https://other.example"]
    assert not limits.results.in_doubt


async def test_a_link_that_is_no_address_is_asked_of_nobody(
    watch: ResultHostWatch, limits: Limits, fetcher: ScriptedFetcher
) -> None:
    fail(watch, limits, "broken", "nonsense")

    await watch.run_once()

    assert fetcher.hosts == []
