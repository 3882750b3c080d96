"""The commands are registered by whoever has the seat, once its client is there."""

from bot.processes.seats import Seat
from sandbox.discord.faults import Fault
from tests.cogs.stage import COMMANDS, Stage

COMMANDS_PATH = r"/applications/\d+/commands"


async def test_they_are_registered_once_the_client_has_logged_in(stage: Stage) -> None:
    bot = await stage.new_bot()
    assert bot.registration.seat is Seat.DISCORD
    assert await bot.registration.run_once() < 1
    assert stage.discord.requests_to("PUT", COMMANDS_PATH) == []

    await bot.login(stage.discord.config.token)
    assert await bot.registration.run_once() > 3600

    assert len(stage.discord.requests_to("PUT", COMMANDS_PATH)) == 1
    assert {one.name for one in bot.tree.get_commands()} == set(COMMANDS)
    await bot.http.close()


async def test_a_refusal_is_tried_again_after_some_minutes(stage: Stage) -> None:
    fault = Fault(method="GET", path=COMMANDS_PATH, status=403)
    stage.discord.faults.add(fault)
    bot = await stage.new_bot()
    await bot.login(stage.discord.config.token)

    assert 60 < await bot.registration.run_once() < 3600

    stage.discord.faults.clear(fault)
    await bot.registration.run_once()
    assert len(stage.discord.requests_to("PUT", COMMANDS_PATH)) == 1
    await bot.http.close()
