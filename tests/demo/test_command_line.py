"""What somebody types at the terminal, and what it means."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.command_line import LineError, Typed, read
from sandbox.discord.invocation import File
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld, standard_world

MODES = [{"name": "😄 Fun", "value": "fun"}, {"name": "Normal", "value": "normal"}]
COMMANDS: list[dict[str, Any]] = [
    {
        "name": "video",
        "description": "Make a video",
        "options": [
            {"type": 3, "name": "prompt", "description": "Words", "required": True},
            {"type": 3, "name": "mode", "description": "Mood", "choices": MODES},
            {"type": 4, "name": "duration", "description": "Length"},
            {"type": 3, "name": "aspect", "description": "Shape"},
            {"type": 11, "name": "image", "description": "Picture"},
        ],
    },
    {
        "name": "videos",
        "description": "Videos",
        "options": [
            {"type": 1, "name": "list", "description": "List"},
            {
                "type": 1,
                "name": "cancel",
                "description": "Cancel",
                "options": [
                    {
                        "type": 3,
                        "name": "job",
                        "name_localizations": {"en-US": "video", "de": "video"},
                        "description": "Which?",
                        "required": True,
                        "autocomplete": True,
                    }
                ],
            },
            {
                "type": 1,
                "name": "of",
                "description": "Of somebody",
                "options": [{"type": 6, "name": "member", "description": "Whose?"}],
            },
        ],
    },
]


@pytest.fixture
async def service() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox() as discord:
        discord.commands.replace_all(None, COMMANDS)
        yield discord


@pytest.fixture
def world(service: DiscordSandbox) -> StandardWorld:
    return standard_world(service.world)


def typed(service: DiscordSandbox, world: StandardWorld, line: str) -> Typed:
    offered = service.offered(world.member, world.general)
    people = [one.user for one in world.guild.members.values()]
    return read(line, offered, people)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("/video a red fox", {"prompt": "a red fox"}),
        ("/video mode:fun a red fox", {"mode": "fun", "prompt": "a red fox"}),
        (
            "/video mode:fun duration:10 aspect:9:16 prompt:a cat that conducts",
            {
                "mode": "fun",
                "duration": 10,
                "aspect": "9:16",
                "prompt": "a cat that conducts",
            },
        ),
        ("/video prompt:a cat mode:FUN", {"prompt": "a cat", "mode": "fun"}),
        ('/video a sign "note: closed"', {"prompt": "a sign note: closed"}),
        ("/video it's 12:30 at https://x.example", None),
        ("/video a cat's dream", {"prompt": "a cat's dream"}),
        ('/video 5" wide', None),
    ],
)
async def test_a_video_is_asked_for_as_one_would_type_it(
    service: DiscordSandbox,
    world: StandardWorld,
    line: str,
    options: dict[str, object] | None,
) -> None:
    found = typed(service, world, line)

    assert found.command == "video"
    assert found.missing is None
    words = line.removeprefix("/video ")
    assert found.options == ({"prompt": words} if options is None else options)


async def test_other_commands_take_their_options_too(
    service: DiscordSandbox, world: StandardWorld
) -> None:
    cancel = typed(service, world, "/videos cancel job:b9e027af8bafb5eb")
    assert cancel.command == "videos cancel"
    assert cancel.options == {"job": "b9e027af8bafb5eb"}
    assert typed(service, world, "/videos cancel video:b9e0").options == {"job": "b9e0"}

    of = typed(service, world, "/videos of member:@Ben")
    assert of.options == {"member": world.other_member}


async def test_a_picture_is_named_by_its_path(
    service: DiscordSandbox, world: StandardWorld, tmp_path: Path
) -> None:
    path = tmp_path / "my cat.png"
    path.write_bytes(b"a picture")

    found = typed(service, world, f'/video it waves image:"{path}"')

    assert found.options == {
        "prompt": "it waves",
        "image": File(name="my cat.png", data=b"a picture"),
    }


async def test_what_is_missing_is_known(
    service: DiscordSandbox, world: StandardWorld
) -> None:
    cancel = typed(service, world, "/videos cancel")

    assert cancel.missing is not None
    assert cancel.missing["name"] == "job"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/video colour:red a fox", "no option colour"),
        ("/video colour:red a fox", "prompt:, mode:, duration:, aspect: and image:"),
        ("/video colour:red a fox", "put it in quotes"),
        ("/video mode:wild a fox", "mode takes fun or normal, not wild"),
        ("/video duration:long a fox", "duration takes a number, not long"),
        ("/video a fox image:/no/such.png", "/no/such.png cannot be read"),
        ("/videos", "/videos list, /videos cancel and /videos of"),
        ("/videos list all", "takes no options"),
        ("/videos of member:Zoe", "called Zoe"),
        ("/vid a fox", "no command /vid"),
        ("/vid a fox", "/video, /videos cancel, /videos list and /videos of"),
        ("a fox", "begin with a slash"),
        ("/", "no command"),
    ],
)
async def test_what_means_nothing_is_answered_with_what_would(
    service: DiscordSandbox, world: StandardWorld, line: str, words: str
) -> None:
    with pytest.raises(LineError) as refused:
        typed(service, world, line)

    assert words in str(refused.value)
