"""Nothing is recorded where the finished clip would have no place to go."""

import sqlite3

from bot.demo.stage import Stage
from sandbox.discord.permissions import Permission
from tests.e2e.channel import ask, posts

LACKS = {
    "Send Messages": Permission.SEND_MESSAGES,
    "Attach Files": Permission.ATTACH_FILES,
    "Embed Links": Permission.EMBED_LINKS,
    "Read Message History": Permission.READ_MESSAGE_HISTORY,
}


def rows(stage: Stage) -> int:
    """Return how many jobs stand in the database."""
    with sqlite3.connect(stage.folder / "clapper.db") as database:
        (count,) = database.execute("SELECT count(*) FROM jobs").fetchone()
    database.close()
    return int(count)


async def test_each_missing_permission_is_named_before_anything_is_recorded(
    stage: Stage,
) -> None:
    """The sentence says what to grant; granting it is enough."""
    world, discord = stage.world, stage.discord
    for name, permission in LACKS.items():
        discord.world.set_overwrite(world.general, discord.world.bot, deny=permission)
        answer = await ask(stage, "a kite")
        assert answer.ephemeral
        assert name in answer.text
        if permission is not Permission.SEND_MESSAGES:  # which takes others with it
            assert sum(other in answer.text for other in LACKS) == 1

    assert rows(stage) == 0
    discord.world.clear_overwrite(world.general, discord.world.bot)
    await ask(stage, "a kite")
    await posts(stage, 1)


async def test_threads_have_a_permission_of_their_own(stage: Stage) -> None:
    world, discord = stage.world, stage.discord
    discord.world.set_overwrite(
        world.general,
        discord.world.bot,
        deny=Permission.SEND_MESSAGES_IN_THREADS,
    )

    answer = await ask(stage, "a kite", channel=world.general_thread)

    assert answer.ephemeral
    assert "Send Messages in Threads" in answer.text
    assert rows(stage) == 0


async def test_a_clip_finds_its_place_in_a_thread(stage: Stage) -> None:
    await ask(stage, "a kite", channel=stage.world.general_thread)
    (clip,) = await posts(stage, 1)

    assert clip in stage.discord.messages(stage.world.general_thread)


async def test_a_locked_thread_is_refused(stage: Stage) -> None:
    """A locked thread takes no messages of ours, so nothing is begun there."""
    stage.discord.world.set_archived(
        stage.world.general_thread, archived=False, locked=True
    )

    answer = await ask(stage, "a kite", channel=stage.world.general_thread)

    assert answer.ephemeral
    assert rows(stage) == 0
