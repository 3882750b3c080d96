"""What any answer about a file means, also those that nobody documents."""

import traceback
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    AccountRefused,
    EvolinkError,
    FilesFull,
    FilesRefused,
    FilesUnavailable,
    RateLimited,
)
from bot.evolink.files import EvolinkFiles
from bot.ids import FileId
from bot.pictures.ports import UploadedFile
from tests.evolink.scripted import KEY, ScriptedEvolink

FILE = {"file_id": "file_1", "file_url": "https://files.evolink.ai/uploads/1.jpg"}


def told(code: int, words: str = "No.") -> dict[str, Any]:
    return {"success": False, "code": code, "msg": words, "data": None}


async def upload(files: EvolinkFiles) -> UploadedFile:
    return await files.upload("1.jpg", b"a picture", "image/jpeg")


async def test_the_answer_names_the_file(
    files: EvolinkFiles, evolink: ScriptedEvolink
) -> None:
    evolink.says(200, {"success": True, "code": 200, "msg": "ok", "data": FILE})

    assert await upload(files) == UploadedFile(
        file_id=FileId("file_1"), url="https://files.evolink.ai/uploads/1.jpg"
    )


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("code", "error_type"),
    [
        (40001, FilesRefused),
        (40002, FilesRefused),
        (40003, FilesFull),
        (40004, FilesRefused),
        (50001, FilesUnavailable),
    ],
)
async def test_a_code_says_what_is_wrong_whatever_the_status(
    files: EvolinkFiles,
    evolink: ScriptedEvolink,
    status: int,
    code: int,
    error_type: type[EvolinkError],
) -> None:
    evolink.says(status, told(code))

    with pytest.raises(error_type) as caught:
        await upload(files)

    assert caught.value.code == str(code)


@pytest.mark.parametrize(
    ("status", "body", "error_type"),
    [
        (200, told(401), FilesUnavailable),
        (200, told(429), RateLimited),
        (200, told(500), FilesUnavailable),
        (400, told(400), FilesRefused),
        # Only a documented code says that the account is refused.
        (401, b"", FilesUnavailable),
        (402, told(402), FilesUnavailable),
        (403, told(403), FilesUnavailable),
        (403, b"<html>", FilesUnavailable),
        (401, {"error": {"code": "key_disabled"}}, AccountRefused),
        (403, {"error": {"code": "insufficient_user_quota"}}, AccountRefused),
        (413, b"<html>", FilesRefused),
        (415, told(415), FilesRefused),
        (422, told(422), FilesRefused),
        (400, {"error": {"code": "content_policy_violation"}}, FilesRefused),
        (400, {"error": {"code": "image_too_large"}}, FilesRefused),
        # What says nothing about the file may be tried again.
        (400, b"<html>", FilesUnavailable),
        (302, b"", FilesUnavailable),
        (404, told(404), FilesUnavailable),
        (405, b"", FilesUnavailable),
        (408, b"", FilesUnavailable),
        (409, told(409), FilesUnavailable),
        (499, b"", FilesUnavailable),
        (502, b"<html>", FilesUnavailable),
        (503, told(503), FilesUnavailable),
        (200, b"", FilesUnavailable),
        (200, [], FilesUnavailable),
        (200, {"success": True}, FilesUnavailable),
        (200, {"success": True, "data": {"file_id": "file_1"}}, FilesUnavailable),
        (200, {"data": FILE | {"file_id": "../1"}}, FilesUnavailable),
        (200, {"data": FILE | {"file_url": "file:///1.jpg"}}, FilesUnavailable),
        (200, {"data": FILE | {"file_url": ""}}, FilesUnavailable),
    ],
    ids=str,
)
async def test_an_answer_to_an_upload_has_one_meaning(
    files: EvolinkFiles,
    evolink: ScriptedEvolink,
    status: int,
    body: Any,
    error_type: type[EvolinkError],
) -> None:
    evolink.says(status, body)

    with pytest.raises(EvolinkError) as caught:
        await upload(files)

    assert type(caught.value) is error_type


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"success": True, "code": 200, "msg": "ok", "data": None}),
        (200, {}),
        (204, b""),
        (404, told(404)),
        (410, told(410)),
        (200, told(404)),
    ],
    ids=str,
)
async def test_a_file_that_is_no_longer_there_is_deleted(
    files: EvolinkFiles, evolink: ScriptedEvolink, status: int, body: Any
) -> None:
    evolink.says(status, body)

    await files.delete(FileId("file_1"))

    (asked,) = evolink.requests
    assert (asked.method, asked.path) == ("DELETE", "/api/v1/files/file_1")


@pytest.mark.parametrize(
    ("status", "body", "error_type"),
    [
        # A page without a complaint is somebody else's.
        (404, b"<html>", FilesUnavailable),
        (200, b"<html>", FilesUnavailable),
        (200, told(50001), FilesUnavailable),
        (400, told(400), FilesRefused),
        (401, told(401), FilesUnavailable),
        (429, told(429), RateLimited),
        (500, told(50001), FilesUnavailable),
    ],
    ids=str,
)
async def test_a_file_that_may_be_there_is_not_taken_for_deleted(
    files: EvolinkFiles,
    evolink: ScriptedEvolink,
    status: int,
    body: Any,
    error_type: type[EvolinkError],
) -> None:
    evolink.says(status, body)

    with pytest.raises(error_type):
        await files.delete(FileId("file_1"))


@pytest.mark.parametrize("name", ["", "../list", "a/b", "a?b", "x" * 129])
async def test_what_is_no_file_id_is_not_asked_for(
    files: EvolinkFiles, evolink: ScriptedEvolink, name: str
) -> None:
    with pytest.raises(FilesRefused):
        await files.delete(FileId(name))

    assert evolink.requests == []


@pytest.mark.parametrize("fault", ["cut before", "cut midway"])
async def test_a_lost_answer_may_be_asked_for_again(
    files: EvolinkFiles, evolink: ScriptedEvolink, fault: Any
) -> None:
    evolink.fails(fault)

    with pytest.raises(FilesUnavailable) as caught:
        await upload(files)

    assert KEY not in "".join(traceback.format_exception(caught.value))


async def test_a_refusal_s_words_are_logged_without_the_key(
    files: EvolinkFiles, evolink: ScriptedEvolink
) -> None:
    evolink.says(400, told(40002, f"Bearer {KEY} sent a HEIC"))
    evolink.says(400, told(40002, "no HEIC, please"))

    with capture_logs() as logs:
        with pytest.raises(FilesRefused):
            await upload(files)
        with pytest.raises(FilesRefused) as caught:
            await upload(files)

    assert [one["words"] for one in logs] == ["[withheld]", "no HEIC, please"]
    assert str(caught.value) == "POST /api/v1/files/upload/stream answered 400 40002"
