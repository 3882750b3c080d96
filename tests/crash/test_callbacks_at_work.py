"""Callbacks between the real process and the stand-in."""

import socket
from pathlib import Path

import aiohttp
import pytest

from sandbox.evolink import EvolinkConfig
from sandbox.evolink.life import Life
from tests.crash.world import CLIP_S, CrashWorld, open_crash_world


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def listening(port: int) -> dict[str, str]:
    """Return the settings with which EvoLink is asked to call back."""
    return {
        "CLAPPER_HTTP__LISTEN": f"127.0.0.1:{port}",
        "CLAPPER_HTTP__PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


def config(**changes: object) -> EvolinkConfig:
    fields = {"total_s": CLIP_S, "estimated_time_s": 1, "allow_local_callbacks": True}
    return EvolinkConfig(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_a_callback_brings_the_task_whose_answer_was_lost(tmp_path: Path) -> None:
    """EvoLink ignores the key here: repeating the request would be paid for twice."""
    async with open_crash_world(
        tmp_path, config(idempotency="ignored"), **listening(free_port())
    ) as world:
        assert await world.live()
        await world.ask("[[lose-answer]] a fox")
        await world.settle()

        world.check()
        assert world.stage.evolink.paid_tasks == 1
        assert [one.status for one in world.stage.evolink.callbacks] == [200]


async def test_it_does_so_although_the_process_died_meanwhile(tmp_path: Path) -> None:
    """The hint is on disk before the callback is answered."""
    async with open_crash_world(
        tmp_path, config(idempotency="ignored"), **listening(free_port())
    ) as world:
        assert await world.live()
        world.stage.evolink.next_task(Life(total_s=3.0))
        await world.ask("[[lose-answer]] a fox")
        await world.stage.discord.wait_until(
            lambda: world.stage.evolink.paid_tasks == 1
        )
        await world.bot.kill()
        await world.settle()

        world.check()
        assert world.stage.evolink.paid_tasks == 1


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_where_callbacks_arrive_few_questions_are_asked(tmp_path: Path) -> None:
    async with open_crash_world(tmp_path, config(), **listening(free_port())) as world:
        assert await world.live()
        await world.ask()
        await world.settle()
        began = len(questions(world))
        world.stage.evolink.next_task(Life(total_s=6.0))
        await world.ask()
        await world.settle()

        world.check()
        assert len(questions(world)) - began == 1


def questions(world: CrashWorld) -> list[str]:
    """Return the readings of tasks so far."""
    return [
        one.path
        for one in world.stage.evolink.requests
        if one.path.startswith("/v1/tasks")
    ]


@pytest.mark.thorough
async def test_strangers_are_told_nothing(tmp_path: Path) -> None:
    """A forged callback wakes nobody, and no answer says which tokens there are."""
    port = free_port()
    async with open_crash_world(tmp_path, config(), **listening(port)) as world:
        assert await world.live()
        world.stage.evolink.next_task(Life(total_s=4.0, callback="forged"))
        await world.ask()
        await world.settle()
        url = world.stage.evolink.callbacks[0].url
        base, _, token = url.rpartition("/")
        wrong = ("B" if token[0] == "A" else "A") + token[1:]
        async with aiohttp.ClientSession() as session:
            answers = [
                await answer(session, "POST", f"{base}/{wrong}"),
                await answer(session, "POST", f"{base}/short"),
            ]
            others = [
                (await answer(session, method, url))[0]
                for method in ("GET", "PUT", "DELETE", "PATCH")
            ]
            too_large = await answer(session, "POST", url, b"x" * (64 * 1024 + 1))
            again = await answer(session, "POST", url, b"[" * 50_000)

        world.check()
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        assert set(others) == {405}
        assert too_large[0] == 413
        assert again[0] == 200
        assert token not in world.bot.log()


async def answer(
    session: aiohttp.ClientSession, method: str, url: str, body: bytes = b"{}"
) -> tuple[int, bytes]:
    async with session.request(method, url, data=body) as response:
        return response.status, await response.read()


@pytest.mark.thorough
async def test_everything_is_counted(tmp_path: Path) -> None:
    port = free_port()
    async with open_crash_world(tmp_path, config(), **listening(port)) as world:
        assert await world.live()
        await world.ask()
        await world.settle()
        async with aiohttp.ClientSession() as session:
            status, page = await answer(
                session, "GET", f"http://127.0.0.1:{port}/metrics"
            )

    shown = page.decode()
    assert status == 200
    for line in (
        'clapper_jobs{state="delivered"} 1.0',
        'endpoint="create",outcome="ok",service="evolink"} 1.0',
        'endpoint="post_clip",outcome="ok",service="discord"} 1.0',
        'clapper_callbacks_total{outcome="taken"} 1.0',
        'clapper_credits_total{kind="reserved"} 5.0',
        "clapper_queue_wait_seconds_count 1.0",
        "clapper_detection_delay_seconds_count 1.0",
        "clapper_delivery_seconds_count 1.0",
        'clapper_outage_seconds{service="evolink"} 0.0',
    ):
        assert line in shown


@pytest.mark.soak
async def test_crashes_with_callbacks_lose_nothing(tmp_path: Path) -> None:
    """Also where EvoLink ignores the key: no crash is paid for twice any more."""
    settings = listening(free_port())
    async with open_crash_world(tmp_path / "calm", config(), **settings) as world:
        passed = await world.calm_points()
    settings = listening(free_port())
    async with open_crash_world(
        tmp_path / "matrix", config(idempotency="ignored"), **settings
    ) as world:
        for point in passed.points:
            await world.crash_at(point, by_chance=point in passed.by_chance)
            await world.settle()
            await world.bot.stop()
        world.check(key_honoured=False)
