"""The stand-in's host of files, asked by a plain client."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from sandbox.evolink import EvolinkSandbox
from tests.sandbox.evolink.client import Client
from tests.sandbox.evolink.conftest import Start

UPLOAD = "/api/v1/files/upload/stream"
PICTURES = {
    "image/jpeg": b"\xff\xd8\xff\xe0 and so on",
    "image/png": b"\x89PNG\r\n\x1a\n and so on",
    "image/gif": b"GIF89a and so on",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 and so on",
}
JPEG = PICTURES["image/jpeg"]


async def sent(
    client: Client, form: Any, *, key: str = "sandbox-key"
) -> tuple[int, dict[str, Any]]:
    url = client.evolink.files_url + UPLOAD
    headers = {"Authorization": f"Bearer {key}"}
    async with client.session.post(url, data=form, headers=headers) as answer:
        return answer.status, await answer.json()


def form_of(data: bytes, name: str = "picture.jpg", **texts: str) -> Any:
    form = aiohttp.FormData(texts)
    form.add_field("file", BytesIO(data), filename=name, content_type="image/jpeg")
    return form


async def deleted(client: Client, file_id: str, key: str = "sandbox-key") -> int:
    url = f"{client.evolink.files_url}/api/v1/files/{file_id}"
    headers = {"Authorization": f"Bearer {key}"}
    async with client.session.delete(url, headers=headers) as answer:
        return answer.status


async def read(client: Client, url: str) -> tuple[int, str, bytes]:
    async with client.session.get(url) as answer:
        return answer.status, answer.content_type, await answer.read()


@pytest.mark.parametrize(
    "names", [("upload_path", "file_name"), ("uploadPath", "fileName")]
)
async def test_a_file_is_answered_as_the_documentation_shows(
    client: Client, names: tuple[str, str]
) -> None:
    folder, name = names
    status, body = await sent(client, form_of(JPEG, **{folder: "a/b", name: "x.jpg"}))

    (stored,) = client.evolink.files.values()
    url = f"{client.evolink.files_url}/files/a/b/x.jpg"
    uploaded_at = datetime.fromisoformat(body["data"].pop("upload_time"))
    expires_at = datetime.fromisoformat(body["data"].pop("expires_at"))
    assert status == 200
    assert body == {
        "success": True,
        "code": 200,
        "msg": "File uploaded successfully",
        "data": {
            "file_id": stored.id,
            "file_name": "x.jpg",
            "original_name": "picture.jpg",
            "file_size": len(JPEG),
            "mime_type": "image/jpeg",
            "upload_path": "a/b",
            "file_url": url,
            "download_url": url,
        },
    }
    assert expires_at - uploaded_at == timedelta(hours=72)
    assert uploaded_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("mime_type", list(PICTURES))
async def test_each_kind_of_picture_is_taken_and_can_be_read_without_a_key(
    client: Client, mime_type: str
) -> None:
    data = PICTURES[mime_type]
    _, body = await sent(client, form_of(data))

    assert body["data"]["mime_type"] == mime_type
    assert await read(client, body["data"]["file_url"]) == (200, mime_type, data)


async def test_without_a_name_two_files_stand_beside_each_other(
    client: Client,
) -> None:
    for _ in range(2):
        await sent(client, form_of(JPEG))

    assert len(client.evolink.files) == 2


async def test_the_same_name_overwrites_and_the_earlier_id_is_gone(
    client: Client,
) -> None:
    _, first = await sent(client, form_of(JPEG, fileName="x.jpg"))
    _, second = await sent(client, form_of(JPEG + b"2", fileName="x.jpg"))

    assert first["data"]["file_url"] == second["data"]["file_url"]
    assert (await read(client, second["data"]["file_url"]))[2] == JPEG + b"2"
    assert await deleted(client, first["data"]["file_id"]) == 404
    assert await deleted(client, second["data"]["file_id"]) == 200


async def test_a_file_dies_after_72_hours(client: Client) -> None:
    _, body = await sent(client, form_of(JPEG))

    client.evolink.clock.advance(72 * 3600 - 1)
    assert (await read(client, body["data"]["file_url"]))[0] == 200
    client.evolink.clock.advance(1)
    assert (await read(client, body["data"]["file_url"]))[0] == 404
    assert await deleted(client, body["data"]["file_id"]) == 404
    assert not client.evolink.files


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        (form_of(b"BM no such kind"), 400, 40002),
        (form_of(b""), 400, 40002),
        (form_of(JPEG * 100), 400, 40001),
        (form_of(JPEG * 100_000), 413, 40001),
        ({"file": "a text"}, 400, 400),
        (b"", 400, 400),
        (aiohttp.FormData({"fileName": "x.jpg"}), 400, 400),
    ],
    ids=["kind", "empty", "large", "huge", "text", "nothing", "no file"],
)
async def test_what_is_not_taken_says_why(
    start: Start, form: Any, status: int, code: int
) -> None:
    client = await start(max_file_bytes=1000)

    answered, body = await sent(client, form)

    assert (answered, body["code"], body["success"]) == (status, code, False)
    assert body["msg"]
    assert not client.evolink.files


async def test_the_account_holds_no_more_files_than_it_may(start: Start) -> None:
    client = await start(most_files=2)
    for number in range(2):
        await sent(client, form_of(JPEG, fileName=f"{number}.jpg"))

    assert (await sent(client, form_of(JPEG)))[1]["code"] == 40003
    assert (await sent(client, form_of(JPEG, fileName="1.jpg")))[0] == 200
    client.evolink.clock.advance(72 * 3600)
    assert (await sent(client, form_of(JPEG)))[0] == 200


async def test_only_the_owner_s_key_uploads_and_deletes(start: Start) -> None:
    client = await start(other_api_keys=("another-key",))
    _, body = await sent(client, form_of(JPEG))

    status, refused = await sent(client, form_of(JPEG), key="wrong")

    assert (status, refused["code"]) == (401, 401)
    assert await deleted(client, body["data"]["file_id"], key="wrong") == 401
    assert await deleted(client, body["data"]["file_id"], key="another-key") == 404
    assert len(client.evolink.files) == 1


async def test_what_was_sent_can_be_looked_at_after_it_is_deleted(
    client: Client,
) -> None:
    _, body = await sent(client, form_of(JPEG))
    await deleted(client, body["data"]["file_id"])

    upload, deletion = client.evolink.requests
    assert upload.files == {"picture.jpg": JPEG}
    assert (upload.body, deletion.files) == (None, {})


async def test_the_three_hosts_have_origins_of_their_own(client: Client) -> None:
    evolink: EvolinkSandbox = client.evolink

    assert len({evolink.base_url, evolink.results_url, evolink.files_url}) == 3
    await sent(client, form_of(JPEG))
    assert evolink.requests[-1].host == "files"
