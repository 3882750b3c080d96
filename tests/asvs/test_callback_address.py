"""The one address that strangers reach: what it takes, and what it gives away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.health import Health
from bot.pipeline.callback_addresses import PATH, CallbackAddresses, fingerprint
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.callbacks import CallbackDesk
from bot.web import build_web, serve_web
from bot.web.callbacks import CallbackEndpoint
from bot.web.endpoints import MAX_BODY_BYTES
from storage.processes.only import OnlyProcess
from tests.callbacks import ignored, nothing
from tests.clock import FakeClock
from tests.factories import reach

ADDRESSES = CallbackAddresses(public_url="https://bot.example.org", secret=b"s" * 32)
MORE_BYTES_THAN_ARE_TAKEN = b"x" * (MAX_BODY_BYTES + 1)


@pytest.fixture
async def job(store: JobStore, clock: FakeClock) -> Job:
    made = await reach(
        store,
        JobState.GENERATING,
        poll_due_at=clock.now() + timedelta(hours=1),
    )
    await store.note({made.id: {"callback_hash": ADDRESSES.kept(made.id)}})
    return made


@pytest.fixture
async def base(store: JobStore, clock: FakeClock) -> AsyncIterator[str]:
    async def fine() -> None:
        return

    async def none() -> int:
        return 0

    trust = CallbackTrust()
    desk = CallbackDesk(store, trust, clock, min_interval_s=2)
    health = Health(clock=clock, database=fine, open_jobs=none, processes=OnlyProcess())
    web = build_web(
        health, callbacks=CallbackEndpoint(desk, ignored), scrape=nothing, page=None
    )
    async with serve_web(web, "127.0.0.1:0") as address:
        assert address is not None
        yield f"{address}{PATH}"


async def _post(url: str, data: object = b"{}") -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as one:
        return one.status, await one.text()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_it_is_posted_to_and_nothing_else(
    base: str, job: Job, method: str
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, base + ADDRESSES.token(job.id)) as answer,
    ):
        assert answer.status == 405


async def test_unknown_and_wrong_tokens_are_answered_alike(base: str, job: Job) -> None:
    right = ADDRESSES.token(job.id)
    wrong = ["x", "A" * 43, right[:-1] + ("A" if right[-1] != "A" else "B"), job.id]

    answers = {await _post(base + token) for token in wrong}

    assert answers == {(404, "unknown\n")}
    assert (await _post(base + right))[0] == 200


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_body_above_the_limit_is_refused_however_it_comes(
    base: str, job: Job, *, is_known: bool
) -> None:
    """With its length told beforehand, and in chunks without one."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(MORE_BYTES_THAN_ARE_TAKEN), 1000):
            yield MORE_BYTES_THAN_ARE_TAKEN[start : start + 1000]

    url = base + (ADDRESSES.token(job.id) if is_known else "A" * 43)

    assert (await _post(url, MORE_BYTES_THAN_ARE_TAKEN))[0] == 413
    assert (await _post(url, chunks()))[0] == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"\xff", b'{"id": 7}', b'{"id": "../.."}', b"[" * 5000],
)
async def test_a_body_without_sense_is_no_hint_and_no_error(
    base: str, job: Job, store: JobStore, body: bytes
) -> None:
    assert (await _post(base + ADDRESSES.token(job.id), body))[0] == 200

    now = await store.get(job.id)
    assert now is not None
    assert now.state is JobState.GENERATING
    assert now.task_hint is None


@pytest.mark.parametrize(
    ("is_known", "status"), [(True, 200), (False, 404)], ids=["known", "unknown"]
)
async def test_a_body_that_cannot_be_unpacked_is_no_hint_and_no_log_line(
    base: str,
    job: Job,
    caplog: pytest.LogCaptureFixture,
    is_known: bool,  # noqa: FBT001 - a parameter
    status: int,
) -> None:
    """Otherwise anyone who can reach the address could fill the log with tracebacks."""
    url = base + (ADDRESSES.token(job.id) if is_known else "A" * 43)
    headers = {"Content-Encoding": "gzip"}

    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=b"zzz", headers=headers) as answer,
    ):
        assert answer.status == status
    assert caplog.records == []


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /callbacks/evolink/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nNo header at all\r\n\r\n",
        b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
    ],
    ids=["length", "header", "line", "chunk"],
)
async def test_what_is_no_http_is_refused_without_a_log_line(
    base: str, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    host, port = base.removeprefix("http://").partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    writer.write(sent)
    status_line = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert status_line.split()[1] in {b"400", b"404"}
    assert caplog.records == []


async def test_what_it_claims_is_not_believed(
    base: str, job: Job, store: JobStore
) -> None:
    """It makes us ask EvoLink, and that is all."""
    lie = b'{"status": "completed", "results": ["https://evil.example/clip.mp4"]}'

    await _post(base + ADDRESSES.token(job.id), lie)

    now = await store.get(job.id)
    assert now is not None
    assert now.state is JobState.GENERATING
    assert now.result_url is None
    assert job.poll_due_at is not None
    assert now.poll_due_at is not None
    assert now.poll_due_at < job.poll_due_at


def test_a_token_has_256_bits_and_only_its_fingerprint_is_kept(job: Job) -> None:
    token = ADDRESSES.token(job.id)

    assert len(token) == 43
    assert ADDRESSES.kept(job.id) == fingerprint(token)
    assert token not in repr(ADDRESSES)
    assert "ssss" not in repr(ADDRESSES)
