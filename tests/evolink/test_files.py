"""The files client against the independent stand-in, over real HTTP."""

import re

import pytest

from bot.errors import (
    EvolinkError,
    FilesFull,
    FilesRefused,
    FilesUnavailable,
    RateLimited,
)
from bot.ids import FileId
from sandbox.evolink import Fault
from tests.evolink.pair import Pair, Start

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40 + b"\r\n--\r\n\xff\xd9"
NAME = "clapper-0123456789abcdef.jpg"
UPLOAD = "/api/v1/files/upload/stream"


@pytest.fixture
async def pair(start: Start) -> Pair:
    return await start()


async def read(pair: Pair, url: str) -> tuple[int, bytes]:
    async with pair.session.get(url) as response:
        return response.status, await response.read()


async def test_an_uploaded_picture_can_be_read_at_its_address(pair: Pair) -> None:
    uploaded = await pair.files.upload(NAME, JPEG, "image/jpeg")

    stored = pair.evolink.files[uploaded.file_id]
    assert (stored.name, stored.mime_type) == (NAME, "image/jpeg")
    assert uploaded.url.startswith(pair.evolink.files_url)
    assert await read(pair, uploaded.url) == (200, JPEG)


async def test_an_upload_of_the_same_name_replaces_the_file(pair: Pair) -> None:
    """So that an upload whose answer was lost leaves nothing behind."""
    first = await pair.files.upload(NAME, JPEG, "image/jpeg")
    second = await pair.files.upload(NAME, JPEG + b"2", "image/jpeg")

    assert list(pair.evolink.files) == [second.file_id]
    assert (await read(pair, first.url))[1] == JPEG + b"2"


async def test_a_deleted_file_is_gone(pair: Pair) -> None:
    kept = await pair.files.upload("another.jpg", JPEG, "image/jpeg")
    uploaded = await pair.files.upload(NAME, JPEG, "image/jpeg")

    await pair.files.delete(uploaded.file_id)

    assert list(pair.evolink.files) == [kept.file_id]
    assert (await read(pair, uploaded.url))[0] == 404


async def test_a_file_that_is_gone_already_counts_as_deleted(pair: Pair) -> None:
    uploaded = await pair.files.upload(NAME, JPEG, "image/jpeg")
    await pair.files.delete(uploaded.file_id)

    await pair.files.delete(uploaded.file_id)
    await pair.files.delete(FileId("file_unknown"))


async def test_a_file_that_died_after_72_hours_counts_as_deleted(pair: Pair) -> None:
    uploaded = await pair.files.upload(NAME, JPEG, "image/jpeg")
    pair.evolink.clock.advance(72 * 3600)

    await pair.files.delete(uploaded.file_id)

    assert (await read(pair, uploaded.url))[0] == 404


async def test_the_account_holds_a_hundred_files(pair: Pair) -> None:
    for number in range(100):
        await pair.files.upload(f"{number}.jpg", JPEG, "image/jpeg")

    with pytest.raises(FilesFull) as caught:
        await pair.files.upload(NAME, JPEG, "image/jpeg")
    replaced = await pair.files.upload("7.jpg", JPEG, "image/jpeg")
    await pair.files.delete(replaced.file_id)
    await pair.files.upload(NAME, JPEG, "image/jpeg")

    assert caught.value.code == "40003"
    assert caught.value.may_repeat


@pytest.mark.parametrize(
    ("switches", "data", "code"),
    [
        ({}, b"no picture at all", "40002"),
        ({"max_file_bytes": 1000}, JPEG, "40001"),
        ({"max_file_bytes": 1000}, JPEG * 120, "40001"),
    ],
    ids=["another kind", "too large", "far too large"],
)
async def test_a_file_that_is_never_taken_is_refused(
    start: Start, switches: dict[str, int], data: bytes, code: str
) -> None:
    pair = await start(**switches)

    with pytest.raises(FilesRefused) as caught:
        await pair.files.upload(NAME, data, "image/jpeg")

    assert caught.value.code == code
    assert not caught.value.may_repeat
    assert not pair.evolink.files


async def test_a_wrong_key_may_be_set_right_and_is_known_by_its_status(
    pair: Pair,
) -> None:
    """The host of files documents no code for it."""
    stranger = pair.files_of_account("a-wrong-key-0123456789")

    with pytest.raises(FilesUnavailable) as of_upload:
        await stranger.upload(NAME, JPEG, "image/jpeg")
    with pytest.raises(FilesUnavailable) as of_deletion:
        await stranger.delete(FileId("file_1"))

    assert of_upload.value.status == of_deletion.value.status == 401


@pytest.mark.parametrize(
    ("fault", "error_type"),
    [
        (Fault(host="files", answer=500), FilesUnavailable),
        (Fault(host="files", answer=503), FilesUnavailable),
        (Fault(host="files", answer="html"), FilesUnavailable),
        (Fault(host="files", answer="empty"), FilesUnavailable),
        (Fault(host="files", answer="no-json"), FilesUnavailable),
        (Fault(host="files", answer="no-http"), FilesUnavailable),
        (Fault(host="files", answer="reset"), FilesUnavailable),
        (Fault(host="files", answer=429, retry_after=7), RateLimited),
        (Fault(host="files", answer=402, code="key_disabled"), FilesUnavailable),
        (Fault(host="files", answer=400, code="40004"), FilesRefused),
    ],
    ids=lambda one: str(one.answer) if isinstance(one, Fault) else "",
)
async def test_troubles_of_the_host_are_told_apart(
    pair: Pair, fault: Fault, error_type: type[EvolinkError]
) -> None:
    uploaded = await pair.files.upload(NAME, JPEG, "image/jpeg")
    for ask in (
        pair.files.upload("another.jpg", JPEG, "image/jpeg"),
        pair.files.delete(uploaded.file_id),
    ):
        pair.evolink.faults.add(fault)
        with pytest.raises(error_type):
            await ask

    assert list(pair.evolink.files) == [uploaded.file_id]


async def test_a_wait_is_passed_on(pair: Pair) -> None:
    pair.evolink.faults.add(Fault(host="files", answer=429, retry_after=7))

    with pytest.raises(RateLimited) as caught:
        await pair.files.upload(NAME, JPEG, "image/jpeg")

    assert caught.value.retry_after_s == 7


async def test_silence_ends_with_the_time_that_is_set(pair: Pair) -> None:
    hasty = pair.files_of_account(
        pair.evolink.api_key, upload_timeout_s=0.5, read_timeout_s=0.5
    )
    pair.evolink.faults.add(Fault(host="files", answer="hang", times=None))

    with pytest.raises(FilesUnavailable, match="took longer"):
        await hasty.upload(NAME, JPEG, "image/jpeg")
    with pytest.raises(FilesUnavailable, match="took longer"):
        await hasty.delete(FileId("file_1"))


async def test_an_upload_whose_answer_was_lost_is_replaced_by_its_repeat(
    pair: Pair,
) -> None:
    lost = Fault(host="files", path=UPLOAD, answer="reset", after_effect=True)
    pair.evolink.faults.add(lost)

    with pytest.raises(FilesUnavailable):
        await pair.files.upload(NAME, JPEG, "image/jpeg")
    again = await pair.files.upload(NAME, JPEG, "image/jpeg")

    assert pair.evolink.files.uploads == 2
    assert list(pair.evolink.files) == [again.file_id]


async def test_the_name_is_all_that_the_form_says(pair: Pair) -> None:
    await pair.files.upload(NAME, JPEG, "image/jpeg")

    (asked,) = pair.evolink.requests
    names = re.findall(rb'name="([^"]*)"', asked.raw)
    assert names == [b"file", NAME.encode(), b"fileName"]
    assert asked.headers["authorization"] == "(hidden)"
