"""Health and metrics over HTTP."""

import asyncio
import socket

import aiohttp
import pytest

from bot.errors import StartupError
from bot.operations.health import Health
from bot.web import build_web, serve_web
from bot.web.endpoints import MAX_BODY_BYTES
from storage.processes.only import OnlyProcess
from tests.callbacks import nothing
from tests.clock import FakeClock


async def no_answer() -> None:
    msg = "no such table"
    raise RuntimeError(msg)


async def an_answer() -> None:
    return


async def no_jobs() -> int:
    return 0


def healthy() -> Health:
    health = Health(
        clock=FakeClock(),
        database=an_answer,
        open_jobs=no_jobs,
        processes=OnlyProcess(),
    )
    health.gateway_up()
    return health


def ill() -> Health:
    return Health(
        clock=FakeClock(),
        database=no_answer,
        open_jobs=no_jobs,
        processes=OnlyProcess(),
    )


async def test_the_process_is_alive_even_if_nothing_works() -> None:
    async with (
        serve_web(
            build_web(ill(), scrape=nothing, callbacks=None, page=None), "127.0.0.1:0"
        ) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/livez") as answer,
    ):
        assert answer.status == 200
        assert await answer.text() == "alive\n"


async def test_health_is_told_in_full() -> None:
    async with (
        serve_web(
            build_web(healthy(), scrape=nothing, callbacks=None, page=None),
            "127.0.0.1:0",
        ) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/healthz") as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert await answer.json() == {
            "healthy": True,
            "gateway": {"ok": True, "age_s": 0.0},
            "database": {"ok": True, "age_s": 0.0},
            "polling": {"ok": True, "age_s": None},
            "open_jobs": 0,
            "evolink_outage_s": None,
            "standby": False,
            "shards": [],
            "shard_count": 0,
            "living": 1,
            "seats": ["evolink", "housekeeping", "discord"],
        }


async def test_illness_is_a_503_that_names_the_part() -> None:
    async with (
        serve_web(
            build_web(ill(), scrape=nothing, callbacks=None, page=None), "127.0.0.1:0"
        ) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/healthz") as answer,
    ):
        assert answer.status == 503
        found = await answer.json()
        assert found["database"] == {"ok": False, "age_s": None}
        assert found["gateway"] == {"ok": False, "age_s": None}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/livez", 405), ("GET", "/", 404), ("GET", "/callbacks/evolink/x", 404)],
)
async def test_there_is_nothing_else(method: str, path: str, status: int) -> None:
    async with (
        serve_web(
            build_web(healthy(), scrape=nothing, callbacks=None, page=None),
            "127.0.0.1:0",
        ) as address,
        aiohttp.ClientSession() as session,
        session.request(method, f"{address}{path}", data=b"x" * 10) as answer,
    ):
        assert answer.status == status


def test_bodies_are_capped() -> None:
    assert (
        build_web(healthy(), scrape=nothing, callbacks=None, page=None)._client_max_size
        == MAX_BODY_BYTES
    )


async def test_a_fault_of_our_own_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Strangers' faults are not; a lost database must not pass for one of theirs."""

    async def lost() -> bytes:
        raise ConnectionResetError

    async with (
        serve_web(
            build_web(healthy(), scrape=lost, callbacks=None, page=None), "127.0.0.1:0"
        ) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/metrics") as answer,
    ):
        assert answer.status == 500

    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ConnectionResetError


async def test_a_strangers_fault_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Anybody who can reach us could fill the log with tracebacks."""
    async with serve_web(
        build_web(healthy(), scrape=nothing, callbacks=None, page=None), "127.0.0.1:0"
    ) as address:
        assert address is not None
        host, _, port = address.removeprefix("http://").partition(":")
        for nonsense in (b"\x16\x03\x01\x02 no HTTP\r\n\r\n", b"GET / HTTP/9\r\n\r\n"):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(nonsense)
            assert (await reader.read()).startswith(b"HTTP/1.0 400 ")
            writer.close()

    assert caplog.records == []


async def test_empty_means_off() -> None:
    async with serve_web(
        build_web(healthy(), scrape=nothing, callbacks=None, page=None), ""
    ) as address:
        assert address is None


async def test_an_address_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(StartupError, match="address already in use") as caught:
            async with serve_web(
                build_web(healthy(), scrape=nothing, callbacks=None, page=None), listen
            ):
                pytest.fail("it must not be served")

    assert str(caught.value).startswith("http.listen (CLAPPER_HTTP__LISTEN): 127.0.0.1")
    assert "\n" not in str(caught.value)


async def test_afterwards_nobody_listens() -> None:
    async with serve_web(
        build_web(healthy(), scrape=nothing, callbacks=None, page=None), "127.0.0.1:0"
    ) as address:
        assert address is not None

    port = int(address.rpartition(":")[2])
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0


async def test_an_ipv6_address_is_shown_as_a_browser_wants_it() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        async with serve_web(
            build_web(healthy(), scrape=nothing, callbacks=None, page=None), "[::1]:0"
        ) as address:
            assert address is not None
            assert address.startswith("http://[::1]:")
    except StartupError:
        pytest.skip("this machine has no IPv6 loopback")
