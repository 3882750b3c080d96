"""The file server behind the links in messages."""

import aiohttp
import pytest

from sandbox.discord.cdn import LINK_LIFE_S
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Rest

DATA = bytes(range(200))


@pytest.fixture
async def link(place: StandardWorld, rest: Rest) -> str:
    path = f"/channels/{place.general.id}/messages"
    reply = await rest.post(path, {}, [("clip.mp4", DATA)])
    url: str = reply.body["attachments"][0]["url"]
    return url


async def test_a_link_leads_to_the_bytes(link: str, rest: Rest) -> None:
    async with rest.session.get(link) as response:
        assert await response.read() == DATA
        assert response.content_type == "video/mp4"
        assert response.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "status", "told", "data"),
    [
        ("bytes=0-9", 206, "bytes 0-9/200", DATA[:10]),
        ("bytes=190-", 206, "bytes 190-199/200", DATA[190:]),
        ("bytes=-5", 206, "bytes 195-199/200", DATA[-5:]),
        ("bytes=100-900", 206, "bytes 100-199/200", DATA[100:]),
        ("bytes=200-", 416, "bytes */200", b""),
        ("bytes=9-3", 416, "bytes */200", b""),
        ("bytes=-", 416, "bytes */200", b""),
        ("lines=1-2", 416, "bytes */200", b""),
    ],
)
async def test_a_player_may_ask_for_a_part(
    link: str, rest: Rest, asked: str, status: int, told: str, data: bytes
) -> None:
    async with rest.session.get(link, headers={"Range": asked}) as response:
        assert response.status == status
        assert response.headers["Content-Range"] == told
        assert await response.read() == data


async def test_a_link_dies_after_a_day_and_the_message_gives_a_fresh_one(
    service: DiscordSandbox, place: StandardWorld, link: str, rest: Rest
) -> None:
    service.clock.advance(LINK_LIFE_S)

    [told] = (await rest.get(f"/channels/{place.general.id}/messages")).body
    fresh = told["attachments"][0]["url"]

    async with rest.session.get(link) as response:
        assert response.status == 404
    async with rest.session.get(fresh) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [("hm=", "hm=0"), ("ex=", "ex=f"), ("attachments/", "attachments/9")],
)
async def test_a_link_that_was_tampered_with_leads_nowhere(
    link: str, rest: Rest, old: str, new: str
) -> None:
    async with rest.session.get(link.replace(old, new)) as response:
        assert response.status == 404


async def test_a_deleted_message_takes_its_files_along(
    service: DiscordSandbox, place: StandardWorld, link: str, rest: Rest
) -> None:
    service.delete_message(service.messages(place.general)[0])

    async with rest.session.get(link) as response:
        assert response.status == 404


async def test_a_file_that_an_edit_leaves_out_is_gone(
    service: DiscordSandbox, place: StandardWorld, link: str, rest: Rest
) -> None:
    [message] = service.messages(place.general)
    path = f"/channels/{place.general.id}/messages/{message.id}"

    await rest.patch(path, {"content": "no clip", "attachments": []})

    async with rest.session.get(link) as response:
        assert response.status == 404


async def test_a_download_can_be_made_to_fail_and_to_break_off(
    service: DiscordSandbox, link: str, rest: Rest
) -> None:
    service.cdn.faults.add(Fault(status=503, times=1))
    service.cdn.faults.add(Fault(trouble=Trouble.RESET, times=1))

    async with rest.session.get(link) as response:
        assert response.status == 503
    with pytest.raises(aiohttp.ClientError):
        async with rest.session.get(link) as response:
            await response.read()
    async with rest.session.get(link) as response:
        assert await response.read() == DATA
