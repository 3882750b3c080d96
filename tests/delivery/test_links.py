"""Links and redirects are asked for as they came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from yarl import URL

from bot.delivery.fetch import ResultFetcher
from bot.delivery.links import address
from tests.callbacks import ignored
from tests.delivery.hosts import CLIP, raw_host, saying

BOTH = {"https", "http"}
SPELLINGS = [
    "/a%2Fb/c%7Ed.mp4?X-Amz-Signature=0aF%2f%7e&d=x+y%20z",
    "/a/../b/./c//d?x=1",
    "/~user/(1)'*!;,@:$&=.mp4",
    "/%41%42c?%3F=%26&&a&=b",
    "/a?x=1?y=2/../z",
    '/a"<>`{}|^[]\\b',
    "/%zz%2",
    "/a;b=c/d;e",
    "?x=%2F",
]


@asynccontextmanager
async def listening(*answers: str) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve the answers in turn, then the clip; yield address and request lines."""
    asked: list[str] = []
    left = list(answers)

    async def converse(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b"\r\n")[0].decode().split(" ")[1])
        whole = f"HTTP/1.1 200 OK\nContent-Length: {len(CLIP)}"
        answer = saying(left.pop(0)) if left else saying(whole, CLIP)
        await answer(reader, writer)
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", asked
        server.close()


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_link_is_asked_for_as_it_came(
    fetcher: ResultFetcher, clip: Path, spelling: str
) -> None:
    """A host that signs the raw text refuses any other spelling of it."""
    async with listening() as (host, asked):
        await fetcher.fetch(host + spelling, clip, max_bytes=10**6, answered=ignored)

    assert asked == [spelling if spelling.startswith("/") else "/" + spelling]


@pytest.mark.parametrize("spelling", [one for one in SPELLINGS if one[0] == "/"])
@pytest.mark.parametrize("form", ["absolute", "without scheme"])
async def test_a_redirect_is_followed_as_it_came(
    fetcher: ResultFetcher, clip: Path, spelling: str, form: str
) -> None:
    async with listening() as (host, asked):
        there = host if form == "absolute" else host.removeprefix("http:")
        redirect = f"HTTP/1.1 302 Found\nLocation: {there}{spelling}"
        async with listening(redirect) as (first, _):
            await fetcher.fetch(first, clip, max_bytes=10**6, answered=ignored)

    assert asked == [spelling]


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/x%2Fy%7E?z=%2f+", "/x%2Fy%7E?z=%2f+"),
        ("x%2Fy%7E?z=%2f+", "/a%2Fb/x%2Fy%7E?z=%2f+"),
        ("../x%2F", "/x%2F"),
        ("?z=%2f%7e", "/a%2Fb/c%7Ed?z=%2f%7e"),
        ("x#part", "/a%2Fb/x"),
    ],
)
async def test_a_relative_redirect_respells_neither_itself_nor_its_base(
    fetcher: ResultFetcher, clip: Path, location: str, target: str
) -> None:
    redirect = f"HTTP/1.1 307 There\nLocation: {location}"

    async with listening(redirect) as (host, asked):
        await fetcher.fetch(
            f"{host}/a%2Fb/c%7Ed?q=%2F", clip, max_bytes=10**6, answered=ignored
        )

    assert asked == ["/a%2Fb/c%7Ed?q=%2F", target]


@pytest.mark.parametrize(
    ("link", "asked_for"),
    [
        ("https://h/ü?é=ß%2F", "/%C3%BC?%C3%A9=%C3%9F%2F"),
        ("https://h/a b", "/a%20b"),
        (" https://h/a ", "/a"),
        ("HTTPS://h/a#part", "/a"),
        ("https://h/\udcfc", "/%FC"),
        ("https://h", "/"),
    ],
)
def test_what_may_not_stand_in_a_request_is_percent_encoded(
    link: str, asked_for: str
) -> None:
    assert address(link, BOTH).raw_path_qs == asked_for


@pytest.mark.parametrize(
    ("link", "host", "port"),
    [
        ("https://h.example:8443/a", "h.example", 8443),
        ("https://bücher.example/a", "xn--bcher-kva.example", 443),
        ("https://[2001:db8::1]:99/a", "2001:db8::1", 99),
        ("https://h.example?x@evil.example/", "h.example", 443),
        ("https://h.example#@evil.example/", "h.example", 443),
        ("https://h.example/@evil.example/", "h.example", 443),
    ],
)
def test_who_is_asked_is_the_host_that_is_named(
    link: str, host: str, port: int
) -> None:
    found = address(link, BOTH)

    assert (found.raw_host, found.port) == (host, port)


@given(st.text(max_size=40), st.booleans())
def test_no_link_makes_a_request_of_more_than_one_line(
    link: str,
    redirected: bool,  # noqa: FBT001 - a parameter
) -> None:
    base = URL("https://h.example/a%2Fb", encoded=True) if redirected else None
    try:
        found = address(link if redirected else f"https://h{link}", BOTH, base)
    except ValueError:
        return

    assert found.raw_path_qs.isascii()
    assert found.raw_path_qs.isprintable()
    assert " " not in found.raw_path_qs
    assert found.raw_host
    assert found.user is None


async def test_a_control_character_in_a_redirect_goes_no_further(
    fetcher: ResultFetcher, clip: Path
) -> None:
    async with raw_host(saying("HTTP/1.1 302 Found\nLocation: /a\tb\x7f")) as host:
        with pytest.raises(Exception, match=r"no https address|cannot be read"):
            await fetcher.fetch(host, clip, max_bytes=10**6, answered=ignored)
