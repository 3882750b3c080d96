"""A clock that is wrong is told of once, until it was right again."""

from bot.operations.clock_watch import ClockWatch
from storage.processes.only import OnlyProcess
from tests.pipeline.outside import RecordingOperator


async def test_a_clock_that_is_wrong_is_told_of_once_each_time(
    operator: RecordingOperator,
) -> None:
    class Shared(OnlyProcess):
        clock_ahead_s = 0.0

    processes = Shared()
    watch = ClockWatch(processes, operator, name="12 on host-a")

    for ahead_s in (0.0, 1.9, -2.1, -3.0, 0.5, 3600.0):
        processes.clock_ahead_s = ahead_s
        await watch.run_once()

    assert operator.events == ["clock-wrong", "clock-wrong"]
