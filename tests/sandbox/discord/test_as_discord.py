"""What clients other than discord.py look at, told as Discord tells it."""

import pytest

from sandbox.discord.config import SandboxConfig
from sandbox.discord.dispatches import Intent
from sandbox.discord.records import ChannelKind
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest, Socket
from tests.sandbox.discord.conftest import Connect
from tests.sandbox.discord.test_interactions import Scene, scene

__all__ = ["scene"]

V2 = 1 << 15
COMMAND_BADGE = 1 << 23


async def test_a_server_that_adds_the_bot_is_not_one_that_came_back(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    """discord.py tells the two apart by `unavailable`, and by nothing else."""
    service.world.add_guild("New", owner=place.owner)
    joined = await bot.event("GUILD_CREATE")
    service.world.set_unavailable(place.guild)
    service.world.announce_guild(place.guild)
    back = await bot.event("GUILD_CREATE")

    assert "unavailable" not in joined
    assert back["unavailable"] is False


async def test_a_new_thread_says_that_it_is_new(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    service.world.add_channel(
        place.guild, "scenes", kind=ChannelKind.PUBLIC_THREAD, parent=place.general
    )
    thread = await bot.event("THREAD_CREATE")
    service.world.add_channel(place.guild, "plain")
    channel = await bot.event("CHANNEL_CREATE")

    assert thread["newly_created"] is True
    assert "newly_created" not in channel


async def test_a_bots_servers_say_what_it_is_there(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    mine = service.world.add_guild("Mine", owner=service.world.bot, with_bot=False)

    listed = {one["id"]: one for one in (await rest.get("/users/@me/guilds")).body}

    assert listed[str(mine.id)]["owner"] is True
    assert listed[str(place.guild.id)]["owner"] is False
    role_bits = int(listed[str(place.guild.id)]["permissions"])
    assert role_bits & (1 << 11), "it may send messages"
    assert not role_bits & (1 << 3), "it is no administrator"


async def test_a_bots_servers_come_by_pages_and_are_counted_where_asked(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    """A client that asks for the page after the last one is told that it was."""
    path, first = "/users/@me/guilds?with_counts=true&limit=1", str(place.guild.id)
    second = str(service.world.add_guild("Second", owner=place.owner).id)

    pages = [
        (await rest.get(path + more)).body
        for more in ("", f"&after={first}", f"&after={second}", f"&before={second}")
    ]

    assert [[one["id"] for one in page] for page in pages] == [
        [first], [second], [], [first],
    ]  # fmt: skip
    assert pages[0][0]["approximate_member_count"] == len(place.guild.members)
    plain = (await rest.get("/users/@me/guilds")).body
    assert "approximate_member_count" not in plain[0]


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (4, {"content": "x"}, True),
        (5, {}, False),
        (9, {"custom_id": "m", "title": "T", "components": []}, False),
    ],
    ids=["message", "deferral", "modal"],
)
async def test_only_an_answer_with_a_message_is_told_with_it(
    scene: Scene, kind: int, data: Json, *, told: bool
) -> None:
    if kind == 9:
        field = {"type": 4, "custom_id": "p", "label": "P", "style": 1}
        data = data | {"components": [{"type": 1, "components": [field]}]}
    _, interaction = await scene.typed()

    reply = await scene.answer(interaction, kind, data, "?with_response=1")

    resource = reply.body.get("resource") or {}
    assert ("message" in resource) is told


async def test_no_limit_is_told_of_answers_to_interactions(
    scene: Scene, service: DiscordSandbox
) -> None:
    service.limiter.limits = SandboxConfig().rate_limits

    for _ in range(7):
        _, interaction = await scene.typed()
        reply = await scene.answer(interaction, 4, {"content": "x"})

        assert reply.status == 204
        assert not [one for one in reply.headers if one.startswith("X-RateLimit")]


async def test_parts_are_told_with_what_was_left_out_of_them(
    place: StandardWorld, rest: Rest
) -> None:
    box: Json = {
        "type": 17,
        "components": [
            {"type": 14},
            {"type": 14, "divider": False, "spacing": 2},
            {"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]},
        ],
    }

    reply = await rest.post(
        f"/channels/{place.general.id}/messages", {"flags": V2, "components": [box]}
    )

    [told] = reply.body["components"]
    bare, full, gallery = told["components"]
    assert (bare["divider"], bare["spacing"]) == (True, 1)
    assert (full["divider"], full["spacing"]) == (False, 2)
    assert gallery["items"][0]["spoiler"] is False
    assert told["spoiler"] is False


async def test_ready_tells_the_flags_that_the_application_has(
    service: DiscordSandbox, rest: Rest, connect: Connect
) -> None:
    before = (await rest.get("/applications/@me")).body["flags"]
    path = f"/applications/{service.world.bot.id}/commands"
    await rest.post(path, {"name": "ping", "description": "x"})
    socket = await connect()
    await socket.identify(service.config.token)

    ready = await socket.event("READY")

    assert before == 0
    assert ready["application"]["flags"] == COMMAND_BADGE
    assert (await rest.get("/applications/@me")).body["flags"] == COMMAND_BADGE


async def test_a_privileged_intent_is_a_flag_of_the_application() -> None:
    config = SandboxConfig(granted_intents=Intent.MESSAGE_CONTENT)
    async with DiscordSandbox(config) as discord:
        assert discord.application_flags == 1 << 19


async def test_half_a_surrogate_pair_travels_as_an_escape(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    service.world.rename_channel(place.general, "half \ud83d")

    assert (await bot.event("CHANNEL_UPDATE"))["name"] == "half \ud83d"
    reply = await rest.get(f"/channels/{place.general.id}")
    assert reply.body["name"] == "half \ud83d"


async def test_who_begins_too_many_sessions_loses_the_token(
    service: DiscordSandbox, rest: Rest, connect: Connect
) -> None:
    service.gateway.limits.leave(1, resets_in_s=3600)
    first, second = await connect(), await connect()
    await first.identify(service.config.token)
    await first.event("READY")

    limit = (await rest.get("/gateway/bot")).body["session_start_limit"]
    await second.identify(service.config.token)

    assert limit["remaining"] == 0
    assert 0 < limit["reset_after"] <= 3_600_000
    assert await second.close_code() == 4004
