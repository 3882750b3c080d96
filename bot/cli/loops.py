"""Chooses the event loop, and handles a SIGTERM that comes before it runs."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


def run_in_loop(main: Coroutine[None, None, T]) -> T:
    """Run a coroutine to its end, on uvloop where that is installed."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def heed_early_sigterm() -> None:
    """End with status 0 on a SIGTERM until the event loop handles it.

    Without a handler it would end us with 143, and as the first process of a
    container not at all.
    """
    signal.signal(signal.SIGTERM, _leave)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not made for every platform
    except ImportError:
        return None
    return uvloop.new_event_loop
