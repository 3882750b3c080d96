"""Many pictures at once fill no memory: some are read, and the others wait."""

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass

import pytest
from PIL import Image

from bot.errors import Refused
from bot.pictures.preparation import HELD_BYTES, Preparation
from bot.pictures.source import MOST_BYTES
from tests.pictures.samples import SentPicture, encoded, halves, jpeg, opened


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


async def test_what_is_held_at_once_is_bounded_by_bytes_and_all_come_in_the_end() -> (
    None
):
    preparation, reading, go_on = Preparation(None), list[int](), asyncio.Event()
    pictures = [
        HeldPicture(jpeg(), size=size, counter=reading, go_on=go_on)
        for size in (MOST_BYTES, MOST_BYTES, None, MOST_BYTES, MOST_BYTES)
    ]
    all_of_them = asyncio.gather(*(preparation.prepared(one, None) for one in pictures))
    await turns_of_the_loop()

    assert len(reading) == HELD_BYTES // MOST_BYTES
    go_on.set()
    assert len(await all_of_them) == len(pictures)


async def test_pictures_that_do_not_come_hold_up_no_others() -> None:
    preparation, reading, go_on = Preparation(None), list[int](), asyncio.Event()
    lost = [
        HeldPicture(jpeg(), size=size, counter=reading, go_on=go_on)
        for size in (MOST_BYTES, MOST_BYTES, *[1_000_000] * 10)
    ]
    held = asyncio.gather(*(preparation.prepared(one, None) for one in lost))
    too_large = HeldPicture(jpeg(), size=MOST_BYTES, counter=reading, go_on=go_on)
    waiting = asyncio.create_task(preparation.prepared(too_large, None))
    await turns_of_the_loop()
    assert len(reading) == len(lost)

    assert await preparation.prepared(SentPicture(jpeg(), size=1_000_000), None)

    assert not waiting.done()
    go_on.set()
    assert len(await held) == len(lost)
    assert await waiting


class Scripted:
    """Implements `LargePictures`: its answer is given before."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.asked: list[bytes] = []

    async def reduced(self, webp: bytes) -> bytes | None:
        self.asked.append(webp)
        return self.answer


@pytest.fixture(scope="module")
def large_webp() -> bytes:
    return encoded(Image.new("L", (4000, 4000)), "WEBP", method=0)


async def test_a_large_webp_is_decoded_elsewhere_and_prepared_like_any_picture(
    large_webp: bytes,
) -> None:
    large = Scripted(encoded(halves(400, 300), "PNG"))

    prepared = await Preparation(large).prepared(SentPicture(large_webp), (128, 72))

    assert large.asked == [large_webp]
    assert opened(prepared).size == (128, 72)


@pytest.mark.parametrize("large", [None, Scripted(None)])
async def test_one_that_is_not_decoded_there_either_is_refused_for_its_size(
    large: Scripted | None, large_webp: bytes
) -> None:
    with pytest.raises(Refused) as refused:
        await Preparation(large).prepared(SentPicture(large_webp), None)

    assert refused.value.text_id == "refused-picture-pixels"
    assert refused.value.values == {"megapixels": 12}


@pytest.mark.parametrize(
    "data",
    [
        jpeg(),
        encoded(halves(400, 300), "WEBP"),
        encoded(Image.new("L", (4000, 4000)), "PNG"),
        b"RIFF\0\0\0\0WEBPVP8 ",
    ],
)
async def test_nothing_else_is_decoded_elsewhere(data: bytes) -> None:
    large = Scripted(jpeg())

    with suppress(Refused):
        await Preparation(large).prepared(SentPicture(data), None)

    assert large.asked == []


async def test_once_closed_what_waits_for_the_thread_is_not_begun_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The end of the program waits for one picture at most."""
    begun, go_on = threading.Semaphore(0), threading.Event()
    seen: list[bytes] = []

    def slowly(data: bytes, *_: object) -> bytes:
        seen.append(data)
        begun.release()
        go_on.wait(60)
        return data

    monkeypatch.setattr("bot.pictures.preparation.prepare", slowly)
    preparation = Preparation(None)
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
    preparation, reading, go_on = Preparation(None), list[int](), asyncio.Event()
    frames = [
        HeldPicture(jpeg(), counter=reading, go_on=go_on, has_own_turns=True)
        for _ in range(HELD_BYTES // MOST_BYTES + 1)
    ]
    held = asyncio.gather(*(preparation.prepared(one, None) for one in frames))
    await turns_of_the_loop()
    assert len(reading) == len(frames)

    assert await preparation.prepared(SentPicture(jpeg()), None)

    go_on.set()
    assert len(await held) == len(frames)


async def test_one_that_takes_or_waits_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preparation, go_on = Preparation(None), asyncio.Event()
    waiting = SentPicture(jpeg())

    def held() -> HeldPicture:
        return HeldPicture(jpeg(), counter=[], go_on=go_on)

    before = [asyncio.create_task(preparation.prepared(held(), None)) for _ in range(2)]
    await turns_of_the_loop()
    monkeypatch.setattr("bot.pictures.preparation.WITHIN_S", 0.05)
    with pytest.raises(Refused, match="refused-picture-slow"):
        await preparation.prepared(held(), None)
    monkeypatch.undo()
    before.append(asyncio.create_task(preparation.prepared(held(), None)))
    await turns_of_the_loop()

    monkeypatch.setattr("bot.pictures.preparation.WITHIN_S", 0.05)
    with pytest.raises(Refused, match="refused-picture-slow"):
        await preparation.prepared(waiting, None)

    assert waiting.reads == 0
    go_on.set()
    assert len(await asyncio.gather(*before)) == len(before)


async def turns_of_the_loop() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
