"""Watching what happens, waiting for it, and the time it happens in."""

import asyncio

import pytest

from sandbox.discord.clock import Clock
from sandbox.discord.feed import ChangeKind
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Socket


async def test_a_watcher_sees_every_change_in_order(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    with service.subscribe() as changes:
        message = service.say(place.member, place.general, "hello")
        service.delete_message(message)

        first, second = await anext(changes), await anext(changes)

    assert first.kind is ChangeKind.MESSAGE_CREATED
    assert second.kind is ChangeKind.MESSAGE_DELETED
    assert (first.message_id, second.message_id) == (message.id, message.id)
    assert first.channel_id == place.general.id
    assert second.number == first.number + 1


async def test_a_watcher_learns_of_the_world_and_of_what_people_do(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    assert bot.session_id
    with service.subscribe() as changes:
        service.world.rename_channel(place.general, "talk")
        handle = await service.slash(
            place.member, place.general, "video", {"prompt": "x"}
        )
        service.clock.advance(service.config.ack_window_s)

        seen = [await anext(changes) for _ in range(3)]

    assert [one.kind for one in seen] == [
        ChangeKind.WORLD_CHANGED,
        ChangeKind.INTERACTION_OPENED,
        ChangeKind.INTERACTION_FAILED,
    ]
    assert seen[0].detail == {"event": "CHANNEL_UPDATE", "id": str(place.general.id)}
    assert seen[2].interaction_id == handle.interaction.id


async def test_a_message_can_be_shown_elsewhere(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    said = service.say(place.member, place.general, "hello")

    assert service.find_message(said.id) is said
    assert service.payload(said)["content"] == "hello"
    service.delete_message(said)
    assert service.find_message(said.id) is None


async def test_watching_ends_with_the_stand_in(service: DiscordSandbox) -> None:
    with service.subscribe() as changes:
        await service.close()

        assert [change async for change in changes] == []


async def test_waiting_ends_when_something_holds(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    waiting = asyncio.create_task(
        service.wait_for_message(place.general, lambda one: one.text == "now"),
        name="waiting",
    )

    service.say(place.member, place.general, "not yet")
    said = service.say(place.member, place.general, "now")

    assert await waiting is said


async def test_waiting_for_what_never_comes_ends(service: DiscordSandbox) -> None:
    with pytest.raises(TimeoutError):
        await service.wait_ready(timeout_s=0.01)


async def test_a_moved_clock_ends_waits() -> None:
    clock = Clock()
    waiting = asyncio.create_task(clock.reach(clock.now_s() + 3600), name="waiting")
    await asyncio.sleep(0)

    clock.advance(1800)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(1801)

    await waiting


async def test_a_stopped_clock_stands_still_until_moved() -> None:
    clock = Clock()
    clock.stop()
    before_s = clock.now_s()
    waiting = asyncio.create_task(clock.reach(before_s + 5), name="waiting")
    await asyncio.sleep(0.01)

    assert clock.now_s() == before_s
    clock.advance(5)
    await waiting
    clock.run()
    assert clock.now_s() >= before_s + 5


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        Clock().advance(-1)
