"""What was posted about a command is found, however much else there is to read."""

import pytest

from sandbox.discord import sight
from sandbox.discord.composition import Composition
from sandbox.discord.records import Channel
from sandbox.discord.server import DiscordSandbox
from tests.together.posts import Posts, prompt_of
from tests.together.town import DISCORD

COMMANDS = 100


@pytest.fixture
def discord() -> DiscordSandbox:
    return DiscordSandbox(DISCORD)


@pytest.fixture
def channel(discord: DiscordSandbox) -> Channel:
    world = discord.world
    guild = world.add_guild("Film Club", owner=world.add_user("Olive"))
    return world.add_channel(guild, "general")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Composition]:
    """Every message that was read, as often as it was."""
    seen: list[Composition] = []
    text_of = sight.text_of

    def counted(composition: Composition) -> str:
        seen.append(composition)
        return text_of(composition)

    monkeypatch.setattr(sight, "text_of", counted)
    return seen


def post(discord: DiscordSandbox, channel: Channel, number: int) -> int:
    shown = prompt_of("clip", number).replace(".", "\\.")
    return discord.let_bot_say(channel, {"content": f"Ready: {shown}"}).id


def test_each_command_has_its_own_messages(
    discord: DiscordSandbox, channel: Channel
) -> None:
    posts = Posts(discord)
    ids = [post(discord, channel, number) for number in range(COMMANDS)]
    ids.append(post(discord, channel, 1))

    found = [
        [one.id for one in posts.about(prompt_of("clip", number), channel)]
        for number in range(COMMANDS)
    ]

    assert found[1] == [ids[1], ids[-1]]
    assert found[2:] == [[one] for one in ids[2:-1]]
    assert [one.id for one in posts.about("[[fail]] number 7 of many.", channel)] == [
        ids[7]
    ]
    assert posts.about(prompt_of("picture", 7), channel) == []


def test_a_message_is_found_as_soon_as_it_stands_there(
    discord: DiscordSandbox, channel: Channel
) -> None:
    posts = Posts(discord)
    assert posts.about(prompt_of("clip", 0), channel) == []

    posted = post(discord, channel, 0)

    assert [one.id for one in posts.about(prompt_of("clip", 0), channel)] == [posted]


def test_looking_for_all_of_them_reads_each_message_a_few_times(
    discord: DiscordSandbox, channel: Channel, readings: list[Composition]
) -> None:
    """Reading all for each would hold up the stand-ins, and with them all processes."""
    posts = Posts(discord)
    for number in range(COMMANDS):
        post(discord, channel, number)

    for _ in range(2):
        for number in range(COMMANDS):
            assert posts.about(prompt_of("clip", number), channel)

    assert len(readings) <= 3 * COMMANDS
