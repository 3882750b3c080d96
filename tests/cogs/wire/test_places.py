"""Who asks and where, as an interaction tells."""

from typing import Any

import discord
import pytest

from bot.errors import NotAllowed
from bot.servers.places import Permission, Place, missing_permissions
from cogs.wire.places import actor_of, incoming_request, place_of
from tests.cogs.payloads import (
    CHANNEL_ID,
    GUILD_ID,
    USER_ID,
    channel_payload,
    make_interaction,
    thread_payload,
)
from tests.cogs.wires import make_servers
from tests.factories import make_request

ENOUGH = discord.Permissions(
    view_channel=True,
    send_messages=True,
    attach_files=True,
    embed_links=True,
    read_message_history=True,
)
ELSEWHERE = {Permission.SEND_MESSAGES_IN_THREADS, Permission.CONNECT}
"""What is needed in other kinds of places."""


async def seen_of(interaction: discord.Interaction) -> Place:
    return await place_of(interaction, make_servers(interaction.client))


@pytest.mark.parametrize(
    ("permissions", "moderator", "manager"),
    [
        (discord.Permissions.none(), False, False),
        (discord.Permissions(send_messages=True), False, False),
        (discord.Permissions(moderate_members=True), True, False),
        (discord.Permissions(manage_guild=True), True, True),
        (discord.Permissions(administrator=True), True, True),
    ],
)
async def test_what_a_member_may_do_comes_from_discord(
    permissions: discord.Permissions,
    moderator: bool,  # noqa: FBT001 - a column of the table
    manager: bool,  # noqa: FBT001
) -> None:
    actor = actor_of(make_interaction(member_permissions=permissions))

    assert (actor.user_id, actor.guild_id) == (USER_ID, GUILD_ID)
    assert (actor.is_moderator, actor.is_manager) == (moderator, manager)


async def test_outside_a_server_nothing_works() -> None:
    with pytest.raises(NotAllowed, match="not-allowed-outside-server"):
        actor_of(make_interaction(guild_id=None, guild=None))


async def test_enough_permissions_are_enough() -> None:
    place = await seen_of(make_interaction(app_permissions=ENOUGH))

    assert missing_permissions(place) == ()


@pytest.mark.parametrize("one", [p for p in Permission if p not in ELSEWHERE])
async def test_each_missing_permission_is_seen(one: Permission) -> None:
    lacking = discord.Permissions(ENOUGH.value)
    lacking.update(**{one.value: False})
    place = await seen_of(make_interaction(app_permissions=lacking))

    assert missing_permissions(place) == (one,)


async def test_an_administrator_lacks_nothing() -> None:
    may = discord.Permissions(administrator=True)

    assert (
        missing_permissions(await seen_of(make_interaction(app_permissions=may))) == ()
    )


async def test_every_permission_has_discord_pys_name() -> None:
    assert {one.value for one in Permission} <= set(discord.Permissions.VALID_FLAGS)


@pytest.mark.parametrize(
    ("metadata", "closed"),
    [({}, False), ({"locked": True}, True), ({"archived": True}, True)],
)
async def test_a_thread_may_be_closed(
    metadata: dict[str, Any],
    closed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    place = await seen_of(make_interaction(channel=thread_payload(metadata)))

    assert place.is_thread
    assert place.is_closed == closed


@pytest.mark.parametrize(
    ("nsfw", "nsfw_level", "restricted"),
    [
        (False, 0, False),
        (True, 0, True),
        (False, 1, True),
        (False, 2, False),
        (False, 3, True),
        (True, 2, True),
    ],
)
async def test_an_age_restricted_place_is_seen(
    nsfw: bool,  # noqa: FBT001 - a column of the table
    nsfw_level: int,
    restricted: bool,  # noqa: FBT001
) -> None:
    place = await seen_of(
        make_interaction(channel=channel_payload(nsfw=nsfw), nsfw_level=nsfw_level)
    )

    assert place.is_age_restricted == restricted


async def test_a_thread_of_an_unknown_parent_is_not_age_restricted() -> None:
    place = await seen_of(make_interaction(channel=thread_payload()))

    assert not place.is_age_restricted


async def test_what_the_channel_sees_is_in_the_servers_language() -> None:
    interaction = make_interaction()
    asked = await incoming_request(
        interaction, make_request(), make_servers(interaction.client), None
    )

    assert asked.locale == "fr"
    assert asked.channel_id == CHANNEL_ID
    assert asked.interaction_token not in repr(asked)


async def test_a_server_with_the_commands_alone_is_none_of_ours() -> None:
    """Discord still says that everything is allowed."""
    interaction = make_interaction(is_in_server=False, app_permissions=ENOUGH)

    assert not (await seen_of(interaction)).is_in_server


@pytest.mark.parametrize(
    ("kind", "takes_messages", "voice"),
    [
        (0, True, False),
        (2, True, True),
        (5, True, False),
        (13, True, True),
        (4, False, False),
        (15, False, False),
        (16, False, False),
        (99, False, False),
    ],
)
async def test_only_kinds_of_channels_that_people_write_in_are_fit(
    kind: int,
    takes_messages: bool,  # noqa: FBT001 - a column of the table
    voice: bool,  # noqa: FBT001
) -> None:
    channel = channel_payload(type=kind, bitrate=64_000, user_limit=0)
    place = await seen_of(make_interaction(channel=channel))

    assert (place.takes_messages, place.is_voice) == (takes_messages, voice)


async def test_a_time_out_of_ours_is_seen() -> None:
    until = "2026-01-01T12:00:00+00:00"
    place = await seen_of(make_interaction(timed_out_until=until))

    assert place.timed_out_until is not None
    assert place.timed_out_until.isoformat() == until
