"""How the process begins and ends, as an operator sees it."""

import socket

import pytest

from bot.demo.bot_process import BotProcess
from sandbox.discord.faults import Fault, Trouble
from tests.e2e.channel import ask, posts
from tests.e2e.conftest import UNLIMITED, OpenStage, discord_config
from tests.e2e.restarting import start_again


@pytest.mark.parametrize(
    ("variable", "named"),
    [("CLAPPER_DISCORD__TOKEN", "Discord"), ("CLAPPER_EVOLINK__API_KEY", "EvoLink")],
)
async def test_a_refused_secret_ends_it_with_one_sentence(
    open_world: OpenStage, variable: str, named: str
) -> None:
    """Status 1, one line that says what to do, and no secret in it."""
    stage = await open_world(start=False)
    await stage.bot.start(**{variable: "a-wrong-secret-0123456789"})

    status = await stage.bot.ended()

    last = stage.bot.log().strip().splitlines()[-1]
    assert status == 1
    assert named in last
    assert "a-wrong-secret" not in stage.bot.log()


async def test_sigterm_ends_it_with_status_0_and_the_next_start_goes_on(
    open_world: OpenStage,
) -> None:
    """Whatever was in hand is found again."""
    stage = await open_world()
    await ask(stage, "[[total:6]] a comet")
    await stage.discord.wait_until(lambda: stage.evolink.paid_tasks == 1)

    status = await stage.bot.stop()
    await stage.bot.start(**UNLIMITED)
    (clip,) = await posts(stage, 1)

    assert status == 0
    assert len(clip.videos) == 1
    assert stage.evolink.paid_tasks == 1


@pytest.mark.thorough
async def test_what_was_asked_before_sigterm_is_answered_before_the_end(
    open_world: OpenStage,
) -> None:
    """Nobody is left without an answer; the next life makes the clips."""
    stage = await open_world()
    slow = Fault(path=r"/interactions/.*/callback", delay_s=0.4)
    stage.discord.faults.add(slow)
    handles = [
        await stage.discord.slash(
            stage.world.member, stage.world.general, "video", {"prompt": f"scene {n}"}
        )
        for n in range(3)
    ]
    await stage.discord.wait_until(lambda: slow.hits > 0)

    status = await stage.bot.stop()

    for handle in handles:
        await handle.response()
    assert status == 0
    assert "Traceback" not in stage.bot.log()
    stage.discord.faults.clear()
    await stage.bot.start(**UNLIMITED)
    clips = await posts(stage, len(handles))
    assert all(len(one.videos) == 1 for one in clips)
    assert stage.evolink.paid_tasks == len(handles)


@pytest.mark.thorough
async def test_an_answer_that_hangs_at_sigterm_is_cut_off_quietly(
    open_world: OpenStage,
) -> None:
    """Discord is silent: nothing was charged yet, and it is no error of ours."""
    stage = await open_world()
    hang = Fault(path=r"/interactions/.*/callback", trouble=Trouble.HANG)
    stage.discord.faults.add(hang)
    await stage.discord.slash(
        stage.world.member, stage.world.general, "video", {"prompt": "a comet"}
    )
    await stage.discord.wait_until(lambda: hang.hits > 0)

    status = await stage.bot.stop()

    assert status == 0
    assert "[error" not in stage.bot.log()
    assert stage.evolink.paid_tasks == 0


async def test_an_address_in_use_ends_it_with_one_sentence(
    open_world: OpenStage,
) -> None:
    stage = await open_world(start=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"

        await stage.bot.start(CLAPPER_HTTP__LISTEN=listen)
        status = await stage.bot.ended()

    last = stage.bot.log().strip().splitlines()[-1]
    assert status == 1
    assert f"{listen} cannot be used" in last
    assert "traceback" not in stage.bot.log().lower()


@pytest.mark.thorough
async def test_a_second_process_on_the_same_database_is_refused(
    open_world: OpenStage,
) -> None:
    stage = await open_world()
    second = BotProcess(stage.bot.settings, stage.folder / "second.log")

    await second.start()
    status = await second.ended()

    assert status == 1
    assert "Another Clapper" in second.log().strip().splitlines()[-1]


async def test_commands_are_registered_only_when_they_changed(
    open_world: OpenStage,
) -> None:
    """A restart asks Discord what it knows, and writes nothing."""
    stage = await open_world()
    before = len(stage.discord.requests_to("PUT", r".*/commands"))

    await stage.bot.stop()
    await start_again(stage, **UNLIMITED)

    assert before == 1
    assert len(stage.discord.requests_to("PUT", r".*/commands")) == 1


@pytest.mark.thorough
async def test_an_interaction_token_that_dies_at_once_changes_nothing(
    open_world: OpenStage,
) -> None:
    """The clip goes by bot token; the other is for the first answer alone."""
    stage = await open_world(
        discord=discord_config(token_life_s=0.5),
    )

    await ask(stage, "a short memory")
    (clip,) = await posts(stage, 1)

    assert len(clip.videos) == 1
