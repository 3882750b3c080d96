"""Whether a host of results lives, by its answer to a question for its root."""

import pytest
from aiohttp import web
from yarl import URL

from bot.delivery.fetch import ResultFetcher
from bot.errors import FetchUnavailable, FetchUnusable
from tests.delivery.hosts import web_host


@pytest.mark.parametrize("status", [200, 302, 403, 404, 405])
async def test_any_answer_shows_that_it_lives(
    fetcher: ResultFetcher, status: int
) -> None:
    asked: list[tuple[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.method, request.path_qs))
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with web_host(answer) as link:
        await fetcher.ask_host(str(URL(link).origin()))

    assert asked == [("HEAD", "/")]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_answer_that_says_it_fails_does_not(
    fetcher: ResultFetcher, status: int
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with web_host(answer) as link:
        with pytest.raises(FetchUnavailable):
            await fetcher.ask_host(str(URL(link).origin()))


async def test_a_host_that_is_gone_is_an_error_of_the_family(
    fetcher: ResultFetcher,
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response()

    async with web_host(answer) as link:
        pass
    with pytest.raises(FetchUnavailable):
        await fetcher.ask_host(str(URL(link).origin()))


async def test_addresses_that_are_not_public_are_not_asked(
    guarded: ResultFetcher,
) -> None:
    with pytest.raises(FetchUnusable):
        await guarded.ask_host("https://127.0.0.1")
