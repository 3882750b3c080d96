"""What a person's own client refuses, so that the bot never hears of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.discord.invocation import ClientRefused, File, Options
from sandbox.discord.permissions import Permission
from sandbox.discord.records import ChannelKind
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest, Socket
from tests.sandbox.discord.conftest import VIDEO


def _option(kind: int, name: str, **more: object) -> Json:
    return {"type": kind, "name": name, "description": name, **more}


EVERYTHING: Json = {
    "name": "all",
    "description": "All kinds of options",
    "options": [
        _option(4, "count", min_value=1, max_value=5),
        _option(10, "ratio"),
        _option(5, "sure"),
        _option(6, "who"),
        _option(7, "where", channel_types=[0]),
        _option(8, "role"),
        _option(9, "any"),
        _option(11, "file"),
        _option(3, "zone", autocomplete=True),
    ],
}
QUOTA: Json = {
    "name": "quota",
    "description": "Limits",
    "default_member_permissions": str(int(Permission.MANAGE_GUILD)),
    "contexts": [0],
    "options": [
        _option(1, "view", options=[_option(6, "member")]),
        _option(2, "set", options=[_option(1, "role", options=[_option(4, "n")])]),
    ],
}


@pytest.fixture(autouse=True)
async def registered(bot: Socket, rest: Rest, service: DiscordSandbox) -> None:
    """All commands below, except /video."""
    assert bot.session_id
    menus = [{"name": "Report video", "type": 3}, {"name": "Who", "type": 2}]
    path = f"/applications/{service.world.bot.id}/commands"
    reply = await rest.put(path, [VIDEO, EVERYTHING, QUOTA, *menus])
    assert reply.status == 200, reply.body


@pytest.mark.parametrize(
    ("command", "options", "why"),
    [
        ("film", {}, "no command"),
        ("video", {}, "required"),
        ("video", {"prompt": ""}, "required"),
        ("video", {"prompt": "x" * 4001}, "1 to 4000"),
        ("video", {"prompt": 5}, "text"),
        ("video", {"prompt": "x", "mode": "tame"}, "offers"),
        ("video", {"prompt": "x", "colour": "red"}, "no option"),
        ("all", {"count": 6}, "1 to 5"),
        ("all", {"count": "3"}, "number"),
        ("all", {"count": True}, "number"),
        ("all", {"sure": "yes"}, "does not take"),
        ("all", {"who": "Mia"}, "does not take"),
        ("quota", {}, "needs a subcommand"),
        ("quota set", {}, "needs a subcommand"),
        ("quota sell", {}, "no subcommand"),
    ],
)
async def test_a_command_filled_in_wrongly_is_not_sent(
    service: DiscordSandbox,
    place: StandardWorld,
    command: str,
    options: Mapping[str, Any],
    why: str,
) -> None:
    with pytest.raises(ClientRefused, match=why):
        await service.slash(place.admin, place.general, command, options)


async def test_every_kind_of_option_arrives_with_what_it_names(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    options: Options = {
        "count": 5,
        "ratio": 0.5,
        "sure": True,
        "who": place.member,
        "where": place.review,
        "role": place.admin_role,
        "any": place.moderator_role,
        "file": File(name="list.csv", data=b"a,b"),
        "zone": "Europe/Berlin",
    }

    await service.slash(place.member, place.general, "all", options)

    data = (await bot.event("INTERACTION_CREATE"))["data"]
    values = {one["name"]: one["value"] for one in data["options"]}
    assert values["count"] == 5
    assert values["ratio"] == 0.5
    assert values["sure"] is True
    assert values["who"] == str(place.member.id)
    resolved = data["resolved"]
    assert resolved["users"][values["who"]]["username"] == "mia"
    assert "permissions" in resolved["members"][values["who"]]
    assert resolved["channels"][values["where"]]["permissions"] == "0"
    assert resolved["roles"][values["role"]]["name"] == "Admins"
    assert values["any"] in resolved["roles"]
    assert resolved["attachments"][values["file"]]["size"] == 3


async def test_a_choice_may_be_named_as_people_see_it(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    options = {"prompt": "x", "mode": "Spicy"}

    await service.slash(place.member, place.general, "video", options)

    data = (await bot.event("INTERACTION_CREATE"))["data"]
    assert data["options"][1]["value"] == "spicy"


async def test_a_channel_of_the_wrong_kind_cannot_be_picked(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    voice = service.world.add_channel(place.guild, "voice", kind=ChannelKind.VOICE)

    with pytest.raises(ClientRefused, match="does not take"):
        await service.slash(place.member, place.general, "all", {"where": voice})


async def test_subcommands_are_nested(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    await service.slash(place.admin, place.general, "quota set role", {"n": 3})

    [group] = (await bot.event("INTERACTION_CREATE"))["data"]["options"]
    [inner] = group["options"]
    assert (group["name"], group["type"]) == ("set", 2)
    assert (inner["name"], inner["type"]) == ("role", 1)
    assert inner["options"] == [{"name": "n", "type": 4, "value": 3}]


async def test_a_command_is_for_those_with_its_permission_until_it_is_opened(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    async def may(user: Any) -> bool:
        try:
            await service.slash(user, place.general, "quota view")
        except ClientRefused:
            return False
        return True

    assert await may(place.admin)
    assert await may(place.owner)
    assert not await may(place.moderator)
    service.world.open_command(place.guild, "quota")
    assert await may(place.member)
    service.world.open_command(place.guild, "quota", to_all=False)
    assert not await may(place.admin)
    assert await may(place.owner)


async def test_a_command_that_needs_nothing_named_is_for_administrators(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    """Discord reads "0" as nobody but administrators."""
    path = f"/applications/{service.world.bot.id}/commands"
    closed = {**VIDEO, "name": "closed", "default_member_permissions": "0"}
    await rest.post(path, closed)

    with pytest.raises(ClientRefused, match="may not use"):
        await service.slash(place.admin, place.general, "closed", {"prompt": "x"})
    await service.slash(place.owner, place.general, "closed", {"prompt": "x"})


async def test_a_command_for_servers_is_not_offered_alone(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    alone = service.world.dm_with(place.member)

    with pytest.raises(ClientRefused, match="kind of place"):
        await service.slash(place.member, alone, "quota view")
    await service.slash(place.member, alone, "video", {"prompt": "x"})

    told = await bot.event("INTERACTION_CREATE")
    assert told["context"] == 1
    assert told["user"]["id"] == str(place.member.id)
    assert "member" not in told


async def test_who_may_use_no_commands_somewhere_is_stopped_there(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    world = service.world
    world.time_out(place.guild, place.member, service.clock.now_s() + 60)

    with pytest.raises(ClientRefused, match="no commands here"):
        await service.slash(place.member, place.general, "video", {"prompt": "x"})
    with pytest.raises(ClientRefused, match="no commands here"):
        await service.slash(place.other_member, place.review, "video", {"prompt": "x"})
    service.clock.advance(61)
    await service.slash(place.member, place.general, "video", {"prompt": "x"})


async def test_an_age_restricted_command_stays_in_such_places(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = f"/applications/{service.world.bot.id}/commands"
    await rest.post(path, {**VIDEO, "name": "adult", "nsfw": True})
    options = {"prompt": "x"}

    with pytest.raises(ClientRefused, match="age-restricted"):
        await service.slash(place.member, place.general, "adult", options)
    await service.slash(place.member, place.restricted_thread, "adult", options)


async def test_there_are_no_commands_where_the_bot_is_not(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    service.world.remove_bot(place.guild)

    with pytest.raises(ClientRefused, match="no command"):
        await service.slash(place.member, place.general, "video", {"prompt": "x"})


async def test_typing_asks_for_suggestions(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    handle = await service.autocomplete(
        place.member, place.general, "all", ("zone", "Eur"), {"count": 2}
    )
    told = await bot.event("INTERACTION_CREATE")
    callback = f"/interactions/{told['id']}/{told['token']}/callback"

    too_many = [{"name": str(n), "value": str(n)} for n in range(26)]
    refused = await rest.post(callback, {"type": 8, "data": {"choices": too_many}})
    berlin = {"name": "Berlin", "value": "Europe/Berlin"}
    await rest.post(callback, {"type": 8, "data": {"choices": [berlin]}})

    assert told["type"] == 4
    assert told["data"]["options"][1] == {
        "name": "zone",
        "type": 3,
        "value": "Eur",
        "focused": True,
    }
    assert refused.code == 50035
    assert (await handle.response()).choices == [berlin]
    with pytest.raises(ClientRefused, match="no suggestions"):
        await service.autocomplete(
            place.member, place.general, "video", ("prompt", "x")
        )


async def test_the_menu_of_a_message_hands_it_over_in_full(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    """Even without the content intent, as Discord documents."""
    message = service.say(place.other_member, place.general, "look")

    await service.context_menu(place.member, place.general, "Report video", message)

    data = (await bot.event("INTERACTION_CREATE"))["data"]
    assert data["target_id"] == str(message.id)
    assert data["resolved"]["messages"][str(message.id)]["content"] == "look"


async def test_the_menu_of_a_person_hands_them_over(
    service: DiscordSandbox, place: StandardWorld, bot: Socket
) -> None:
    await service.context_menu(place.member, place.general, "Who", place.admin)

    data = (await bot.event("INTERACTION_CREATE"))["data"]
    admin_id = str(place.admin.id)
    assert data["target_id"] == admin_id
    assert data["resolved"]["members"][admin_id]["roles"] == [str(place.admin_role.id)]
