"""Nothing is recorded where the finished clip would have no place to go."""

import sqlite3
import time
from collections.abc import Callable

import pytest

from bot.demo.stage import Stage
from sandbox.discord.faults import Fault
from sandbox.discord.messages import Message
from sandbox.discord.permissions import EVERYONE, Permission
from sandbox.discord.records import Channel, ChannelKind
from sandbox.evolink import EvolinkConfig
from tests.e2e.channel import PATIENCE_S, ask, posts, settled
from tests.e2e.conftest import OpenStage
from tests.selection import thorough

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


@pytest.mark.thorough
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


@pytest.mark.thorough
async def test_a_locked_thread_is_refused(stage: Stage) -> None:
    """A locked thread takes no messages of ours, so nothing is begun there."""
    stage.discord.world.set_archived(
        stage.world.general_thread, archived=False, locked=True
    )

    answer = await ask(stage, "a kite", channel=stage.world.general_thread)

    assert answer.ephemeral
    assert rows(stage) == 0


def commands_alone(stage: Stage) -> Channel:
    """A server that took the app's commands and not the bot."""
    world = stage.discord.world
    guild = world.add_guild("No bots", owner=stage.world.owner, with_bot=False)
    world.add_commands(guild)
    world.add_member(guild, stage.world.member)
    return world.add_channel(guild, "general")


def after_removal(stage: Stage) -> Channel:
    """A server that threw the bot out and kept the commands."""
    world = stage.discord.world
    world.remove_bot(stage.world.guild)
    world.add_commands(stage.world.guild)
    return stage.world.general


def private_thread(stage: Stage) -> Channel:
    world = stage.discord.world
    kind = ChannelKind.PRIVATE_THREAD
    thread = world.add_channel(
        stage.world.guild, "secret", kind=kind, parent=stage.world.general
    )
    world.add_to_thread(thread, stage.world.member)
    return thread


def left_thread(stage: Stage) -> Channel:
    """A private thread that the bot was in: discord.py still remembers it."""
    thread = private_thread(stage)
    stage.discord.world.add_to_thread(thread, stage.discord.world.bot)
    thread.thread_members.discard(stage.discord.world.bot.id)
    return thread


def deaf(kind: ChannelKind) -> Callable[[Stage], Channel]:
    """Return what makes a channel where people speak, and the bot may not connect."""

    def made(stage: Stage) -> Channel:
        world = stage.discord.world
        channel = world.add_channel(stage.world.guild, "hall", kind=kind)
        world.set_overwrite(channel, world.bot, deny=Permission.CONNECT)
        return channel

    return made


def of_kind(kind: ChannelKind) -> Callable[[Stage], Channel]:
    def made(stage: Stage) -> Channel:
        return stage.discord.world.add_channel(stage.world.guild, "odd", kind=kind)

    return made


def timed_out(stage: Stage) -> Channel:
    world = stage.discord.world
    world.time_out(stage.world.guild, world.bot, time.time() + 600)
    return stage.world.general


NO_PLACE: dict[str, tuple[Callable[[Stage], Channel], str]] = {
    "commands alone": (commands_alone, "add me again, as a bot"),
    "private thread": (private_thread, "Mention me here to add me"),
    "voice": (deaf(ChannelKind.VOICE), "permissions in this channel: Connect"),
    "forum": (of_kind(ChannelKind.FORUM), "this kind of channel"),
    "time-out": (timed_out, "I'm in time-out in this server"),
}
LIKEWISE: dict[str, tuple[Callable[[Stage], Channel], str]] = {
    "thrown out": (after_removal, "add me again, as a bot"),
    "private thread left": (left_thread, "Mention me here to add me"),
    "stage": (deaf(ChannelKind.STAGE), "permissions in this channel: Connect"),
    "media": (of_kind(ChannelKind.MEDIA), "this kind of channel"),
    "unheard of": (of_kind(ChannelKind.UNHEARD_OF), "this kind of channel"),
}
"""Other ways to come to the same answers."""


@pytest.mark.parametrize("case", [*NO_PLACE, *thorough(*LIKEWISE)])
async def test_where_no_clip_could_be_posted_nothing_is_paid_for(
    stage: Stage, case: str
) -> None:
    """Discord says of each that we may do everything there that matters."""
    place, words = (NO_PLACE | LIKEWISE)[case]

    answer = await ask(stage, "a kite", channel=place(stage))

    assert answer.ephemeral
    assert words in answer.text
    assert rows(stage) == 0
    assert stage.evolink.paid_tasks == 0


def joined_thread(stage: Stage) -> Channel:
    thread = private_thread(stage)
    stage.discord.world.add_to_thread(thread, stage.discord.world.bot)
    return thread


def announcements(stage: Stage) -> Channel:
    kind = ChannelKind.ANNOUNCEMENT_THREAD
    parent = of_kind(ChannelKind.ANNOUNCEMENT)(stage)
    return stage.discord.world.add_channel(
        stage.world.guild, "news", kind=kind, parent=parent
    )


def post_in_forum(stage: Stage) -> Channel:
    return stage.discord.world.add_channel(
        stage.world.guild,
        "a post",
        kind=ChannelKind.PUBLIC_THREAD,
        parent=of_kind(ChannelKind.FORUM)(stage),
    )


PLACES: dict[str, Callable[[Stage], Channel]] = {
    "private thread": joined_thread,
    "voice": of_kind(ChannelKind.VOICE),
    "stage": of_kind(ChannelKind.STAGE),
    "announcements": of_kind(ChannelKind.ANNOUNCEMENT),
    "thread of announcements": announcements,
    "post in a forum": post_in_forum,
}


@pytest.mark.lengthy
async def test_every_place_that_takes_messages_gets_its_clip(stage: Stage) -> None:
    channels = {name: made(stage) for name, made in PLACES.items()}
    for channel in channels.values():
        assert not (await ask(stage, "a kite", channel=channel)).ephemeral

    for name, channel in channels.items():
        clip = await stage.discord.wait_for_message(
            channel, lambda one: bool(one.videos), PATIENCE_S
        )
        assert clip.pinged == {stage.world.member.id}, name


def sees_no_more(stage: Stage) -> None:
    stage.discord.world.set_bot_permissions(
        stage.world.guild, EVERYONE & ~Permission.VIEW_CHANNEL
    )


def posts_no_more(stage: Stage) -> None:
    stage.discord.world.set_bot_permissions(
        stage.world.guild, EVERYONE & ~Permission.SEND_MESSAGES
    )


def is_timed_out(stage: Stage) -> None:
    timed_out(stage)


WITHDRAWN: dict[str, Callable[[Stage], None]] = {
    "seeing": sees_no_more,
    "posting": posts_no_more,
    "time-out": is_timed_out,
}


@pytest.mark.thorough
@pytest.mark.parametrize("how", WITHDRAWN)
@pytest.mark.parametrize("prompt", ["a kite", *thorough("[[fail:service_error]]")])
async def test_access_withdrawn_after_the_request_is_told_in_its_answer(
    open_world: OpenStage, how: str, prompt: str
) -> None:
    """Through the interaction's token, where the bot's own is refused everything."""
    stage = await open_world(EvolinkConfig(total_s=4.0, estimated_time_s=4))
    status = await ask(stage, prompt)
    WITHDRAWN[how](stage)

    def says_why() -> bool:
        return "doesn't count" in status.text

    await stage.discord.wait_until(says_why, PATIENCE_S)
    expected = (
        "no longer have permission to post" if prompt == "a kite" else "video service"
    )
    assert expected in status.text
    assert "Again" in [button.label for button in status.buttons]


@pytest.mark.thorough
async def test_a_token_is_erased_with_the_end(stage: Stage) -> None:
    """It could still speak in our name, and nobody needs it any more."""
    status = await ask(stage, "a kite")
    await posts(stage, 1)
    await settled(stage, status)

    def kept() -> int:
        with sqlite3.connect(stage.folder / "clapper.db") as database:
            (count,) = database.execute(
                "SELECT count(*) FROM jobs WHERE interaction_token IS NOT NULL"
            ).fetchone()
        database.close()
        return int(count)

    await stage.discord.wait_until(lambda: kept() == 0, PATIENCE_S)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "told", [{}, *thorough({"interaction": {"id": "1"}})], ids=repr
)
async def test_an_acknowledgement_that_nobody_can_read_costs_nothing(
    stage: Stage, told: object
) -> None:
    """Its message is taken back, the member hears of it, and the next one works."""
    fault = stage.discord.faults.add(
        Fault(path="/(callback|@original)$", garble=lambda _: told, times=2)
    )
    handle = await stage.discord.slash(
        stage.world.member, stage.world.general, "video", {"prompt": "a kite"}
    )
    answer = await handle.followup()

    assert "Discord isn't answering properly" in answer.text
    assert answer.ephemeral
    assert fault.hits == 2
    standing: list[Message] = [
        one for one in stage.discord.messages(stage.world.general) if not one.ephemeral
    ]
    assert standing == []
    assert stage.evolink.paid_tasks == 0
    await ask(stage, "another kite")
    await posts(stage, 1)
