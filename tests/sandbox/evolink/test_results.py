"""The stand-in's links to results."""

import asyncio
from itertools import product
from urllib.parse import urlsplit

import aiohttp
import pytest
from yarl import URL

from sandbox.clips import LENGTHS_S, SIZES_PX
from sandbox.evolink import Life, Serving
from tests.sandbox.evolink.client import Client
from tests.sandbox.evolink.conftest import Start


async def fetched(client: Client, link: str) -> bytes:
    async with client.session.get(link) as answer:
        assert answer.status == 200
        assert answer.content_type == "video/mp4"
        return await answer.read()


async def test_each_order_gets_the_committed_clip_byte_for_byte(client: Client) -> None:
    for aspect, length_s in product(SIZES_PX, LENGTHS_S):
        link = await client.result_of("a fox", aspect_ratio=aspect, duration=length_s)

        clip = await fetched(client, link)

        assert clip == client.evolink.clip_bytes(aspect, length_s)


async def test_results_have_an_origin_of_their_own_and_need_no_key(
    client: Client,
) -> None:
    link = await client.result_of("a fox")
    await fetched(client, link)

    assert not link.startswith(client.evolink.base_url)
    assert client.evolink.requests[-1].host == "results"
    assert "authorization" not in client.evolink.requests[-1].headers


async def test_a_link_shows_nothing_before_the_clip_is_done(client: Client) -> None:
    task_id = await client.created()
    path = client.evolink.tasks[task_id].result_path

    async with client.session.get(client.evolink.results_url + path) as answer:
        assert answer.status == 404


async def test_a_link_nobody_was_given_shows_nothing(client: Client) -> None:
    async with client.session.get(client.evolink.results_url + "/x.mp4") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("status", [403, 404])
async def test_a_link_dies_after_a_day(start: Start, status: int) -> None:
    client = await start(expired_link_status=status)
    link = await client.result_of("a fox")

    client.evolink.clock.advance(24 * 3600 - 1)
    await fetched(client, link)
    client.evolink.clock.advance(1)

    async with client.session.get(link) as answer:
        assert answer.status == status


@pytest.mark.parametrize("status", [403, 404, 503])
async def test_a_result_can_be_refused(client: Client, status: int) -> None:
    link = await client.result_of(f"[[clip:{status}]]")

    async with client.session.get(link) as answer:
        assert answer.status == status


@pytest.mark.parametrize("declares_length", [True, False])
async def test_a_result_can_be_too_large(
    client: Client, *, declares_length: bool
) -> None:
    """It is still a playable file: the clip and a box of nothing."""
    size = 3_000_001
    serving = Serving(kind="oversize", size_bytes=size, declares_length=declares_length)
    client.evolink.next_task(Life(serving=serving))
    link = await client.result_of("a fox")

    async with client.session.get(link) as answer:
        content = await answer.read()

    clip = client.evolink.clip_bytes("16:9", 6)
    assert answer.headers.get("Content-Length") == (
        str(size) if declares_length else None
    )
    assert len(content) == size
    assert content.startswith(clip)
    assert content[len(clip) + 4 : len(clip) + 8] == b"free"


async def test_a_result_can_be_endless(client: Client) -> None:
    link = await client.result_of("[[clip:endless]]")

    received = 0
    async with client.session.get(link) as answer:
        async for piece in answer.content.iter_chunked(2**16):
            received += len(piece)
            if received > 5_000_000:
                break

    assert "Content-Length" not in answer.headers
    assert received > 5_000_000


async def test_a_result_can_be_no_video(client: Client) -> None:
    content = await fetched(client, await client.result_of("[[clip:not-mp4]]"))

    assert b"ftyp" not in content


async def test_a_result_can_trickle(client: Client) -> None:
    loop = asyncio.get_running_loop()
    link = await client.result_of("[[clip:slow:0.4]]")
    began = loop.time()

    content = await fetched(client, link)

    assert content == client.evolink.clip_bytes("16:9", 6)
    assert loop.time() - began >= 0.3


@pytest.mark.parametrize("kind", ["reset", "stall:0.1", "wrong-length"])
async def test_a_download_can_break_off(client: Client, kind: str) -> None:
    link = await client.result_of(f"[[clip:{kind}]]")

    async with client.session.get(link) as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientError):
            await answer.read()


async def test_a_result_can_lead_elsewhere(client: Client) -> None:
    link = await client.result_of("[[clip:redirect:http://127.0.0.1:9/inside]]")

    async with client.session.get(link, allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == "http://127.0.0.1:9/inside"


async def test_a_small_answer_can_unpack_to_a_large_one(client: Client) -> None:
    size = 8 * 2**20
    link = await client.result_of(f"[[clip:gzip-bomb:{size}]]")

    unpacked = 0
    async with client.session.get(link) as answer:
        async for piece in answer.content.iter_chunked(2**16):
            unpacked += len(piece)
    async with (
        aiohttp.ClientSession(auto_decompress=False) as plain,
        plain.get(link) as answer,
    ):
        packed = len(await answer.read())

    assert answer.headers["Content-Encoding"] == "gzip"
    assert unpacked == size
    assert packed < size / 50


async def test_a_result_can_be_half_of_one_without_a_word(client: Client) -> None:
    link = await client.result_of("[[clip:half]]")
    clip = client.evolink.clip_bytes("16:9", 6)

    async with client.session.get(link) as answer:
        content = await answer.read()

    assert "Content-Length" not in answer.headers
    assert "Transfer-Encoding" not in answer.headers
    assert content == clip[: len(clip) // 2]


async def test_a_result_can_be_a_picture_or_a_beginning(client: Client) -> None:
    picture = await fetched(client, await client.result_of("[[clip:picture]]"))
    beginning = await fetched(client, await client.result_of("[[clip:ftyp]]"))

    assert picture[4:12] == b"ftypavif"
    assert b"moov" not in picture
    assert beginning[4:8] == b"ftyp"
    assert len(beginning) == 32


@pytest.mark.parametrize("coding", ["gzip", "deflate", "aws-chunked", "UTF-8", ""])
async def test_a_result_can_have_a_coding(client: Client, coding: str) -> None:
    link = await client.result_of(f"[[clip:coding:{coding}]]")

    async with client.session.get(link) as answer:
        content = await answer.read()

    assert answer.headers["Content-Encoding"] == coding
    assert content == client.evolink.clip_bytes("16:9", 6)


@pytest.mark.parametrize(("kind", "is_whole"), [("partial", True), ("part", False)])
async def test_a_result_can_come_as_a_part(
    client: Client,
    kind: str,
    is_whole: bool,  # noqa: FBT001 - a parameter
) -> None:
    link = await client.result_of(f"[[clip:{kind}]]")
    clip = client.evolink.clip_bytes("16:9", 6)

    async with client.session.get(link) as answer:
        content = await answer.read()

    told = f"bytes 0-{len(content) - 1}/{len(clip)}"
    assert (answer.status, answer.headers["Content-Range"]) == (206, told)
    assert (content == clip) is is_whole


async def test_a_signed_link_works_in_its_own_spelling_alone(client: Client) -> None:
    link = await client.result_of("[[clip:signed]]")

    async with client.session.get(URL(link, encoded=True)) as answer:
        assert await answer.read() == client.evolink.clip_bytes("16:9", 6)
    for other in (URL(link), URL(link.partition("?")[0])):
        async with client.session.get(other) as answer:
            assert answer.status == 403


async def test_a_result_can_have_a_large_header(client: Client) -> None:
    link = await client.result_of("[[clip:header:20000]]")

    async with client.session.get(link, max_field_size=30_000) as answer:
        assert len(answer.headers["X-Policy"]) == 20_000


async def test_an_answer_can_break_the_rules_of_http(client: Client) -> None:
    link = await client.result_of("[[clip:no-http]]")
    with pytest.raises(aiohttp.ClientResponseError):
        await client.session.get(link)

    broken = urlsplit(await client.result_of("[[clip:broken-chunk]]"))
    reader, writer = await asyncio.open_connection(broken.hostname, broken.port)
    writer.write(f"GET {broken.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()

    assert b"Transfer-Encoding: chunked" in answer
    assert b"\r\nzz\r\n" in answer
