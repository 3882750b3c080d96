"""Many pictures at once fill no memory: a few are read, and the others wait."""

import asyncio
import threading
from dataclasses import dataclass

import pytest

from bot.errors import Refused
from bot.pictures.preparation import AT_ONCE, Preparation
from tests.pictures.samples import SentPicture, jpeg


@dataclass
class HeldPicture(SentPicture):
    """One that is read once it is let."""

    counter: list[int] | None = None
    go_on: asyncio.Event | None = None

    async def read(self) -> bytes:
        assert self.counter is not None
        assert self.go_on is not None
        self.counter.append(1)
        await self.go_on.wait()
        return await super().read()


async def test_only_a_few_are_read_at_once_and_all_in_the_end() -> None:
    preparation, reading, go_on = Preparation(), list[int](), asyncio.Event()
    pictures = [HeldPicture(jpeg(), counter=reading, go_on=go_on) for _ in range(10)]
    all_of_them = asyncio.gather(*(preparation.prepared(one, None) for one in pictures))
    for _ in range(20):
        await asyncio.sleep(0)

    assert len(reading) == AT_ONCE
    go_on.set()
    assert len(await all_of_them) == 10


async def test_once_closed_what_waits_for_the_thread_is_not_begun_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The end of the program waits for one picture at most."""
    begun, go_on = threading.Semaphore(0), threading.Event()
    seen: list[bytes] = []

    def slowly(data: bytes, _: object) -> bytes:
        seen.append(data)
        begun.release()
        go_on.wait(60)
        return data

    monkeypatch.setattr("bot.pictures.preparation.prepare", slowly)
    preparation = Preparation()
    both = [
        asyncio.ensure_future(preparation.prepared(SentPicture(data), None))
        for data in (b"first", b"second")
    ]
    await asyncio.to_thread(begun.acquire, timeout=60)
    preparation.close()
    go_on.set()
    first, second = await asyncio.gather(*both, return_exceptions=True)

    assert first == b"first"
    assert isinstance(second, asyncio.CancelledError | RuntimeError)
    assert seen == [b"first"]


async def test_what_has_turns_of_its_own_holds_up_nobody_while_it_is_read() -> None:
    preparation, reading, go_on = Preparation(), list[int](), asyncio.Event()
    frames = [
        HeldPicture(jpeg(), counter=reading, go_on=go_on, has_own_turns=True)
        for _ in range(AT_ONCE + 1)
    ]
    held = asyncio.gather(*(preparation.prepared(one, None) for one in frames))
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(reading) == len(frames)

    assert await preparation.prepared(SentPicture(jpeg()), None)

    go_on.set()
    assert len(await held) == len(frames)


async def test_one_that_waits_too_long_for_its_turn_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pictures.preparation.WITHIN_S", 0.05)
    preparation, go_on = Preparation(), asyncio.Event()
    waiting = SentPicture(jpeg())
    pictures = [
        *(HeldPicture(jpeg(), counter=[], go_on=go_on) for _ in range(AT_ONCE)),
        waiting,
    ]

    refusals = await asyncio.gather(
        *(preparation.prepared(one, None) for one in pictures), return_exceptions=True
    )

    assert [str(one) for one in refusals if isinstance(one, Refused)] == [
        "refused-picture-slow"
    ] * len(pictures)
    assert waiting.reads == 0
