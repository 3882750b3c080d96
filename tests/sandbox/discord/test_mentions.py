"""Who is called by a message."""

import pytest

from sandbox.discord.permissions import Permission
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest


async def _post(rest: Rest, place: StandardWorld, body: Json) -> Json:
    reply = await rest.post(f"/channels/{place.general.id}/messages", body)
    assert reply.status == 200, reply.body
    told: Json = reply.body
    return told


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (None, {"mia", "ben"}),
        ({}, set()),
        ({"parse": []}, set()),
        ({"parse": ["users"]}, {"mia", "ben"}),
        ({"users": ["mia"]}, {"mia"}),
        ({"parse": ["roles"]}, set()),
    ],
)
async def test_only_those_allowed_are_called(
    service: DiscordSandbox,
    place: StandardWorld,
    rest: Rest,
    allowed: Json | None,
    pinged: set[str],
) -> None:
    mia, ben = place.member, place.other_member
    body: Json = {"content": f"<@{mia.id}> and <@!{ben.id}>"}
    if allowed is not None:
        users = [str(mia.id)] if "users" in allowed else []
        body["allowed_mentions"] = {**allowed, "users": users}

    told = await _post(rest, place, body)

    [message] = service.messages(place.general)
    assert {service.world.users[one].name for one in message.pinged} == pinged
    assert {one["username"] for one in told["mentions"]} == pinged


async def test_roles_and_everyone_are_called_only_by_those_who_may(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    world = service.world
    role = world.add_role(place.guild, "Critics", mentionable=False)
    world.set_roles(place.guild, place.member, [role])
    body = {"content": f"@everyone <@&{role.id}>"}

    await _post(rest, place, body)
    world.set_overwrite(place.general, world.bot, allow=Permission.MENTION_EVERYONE)
    await _post(rest, place, body)

    humble, mighty = service.messages(place.general)
    assert humble.pinged == frozenset()
    assert humble.mention_everyone
    assert humble.mention_roles == (role.id,)
    everyone = set(place.guild.members) - {world.bot.id}
    assert mighty.pinged == everyone


async def test_a_mentionable_role_calls_its_members(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    role = service.world.add_role(place.guild, "Critics", mentionable=True)
    service.world.set_roles(place.guild, place.member, [role])

    await _post(rest, place, {"content": f"<@&{role.id}>"})

    assert service.messages(place.general)[0].pinged == {place.member.id}


@pytest.mark.parametrize("shape", ["`{}`", "```\n{}\n```", "``{}``"])
async def test_a_mention_in_code_calls_nobody(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, shape: str
) -> None:
    mention = f"<@{place.member.id}>"

    await _post(rest, place, {"content": shape.format(mention)})

    assert service.messages(place.general)[0].pinged == frozenset()


async def test_text_displays_call_and_embeds_do_not(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    mention = f"<@{place.member.id}>"

    display = {"type": 10, "content": mention}
    await _post(rest, place, {"flags": 1 << 15, "components": [display]})
    await _post(rest, place, {"embeds": [{"description": mention}]})

    displayed, embedded = service.messages(place.general)
    assert displayed.pinged == {place.member.id}
    assert embedded.pinged == frozenset()


async def test_an_edit_mentions_but_calls_nobody(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    told = await _post(rest, place, {"content": "soon"})
    path = f"/channels/{place.general.id}/messages/{told['id']}"

    await rest.patch(path, {"content": f"<@{place.member.id}>"})

    [message] = service.messages(place.general)
    assert message.mentions == (place.member.id,)
    assert message.pinged == frozenset()


async def test_nobody_is_called_to_a_place_they_cannot_see(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    body = {"content": f"<@{place.member.id}> <@{place.moderator.id}>"}

    await rest.post(f"/channels/{place.review.id}/messages", body)

    assert service.messages(place.review)[0].pinged == {place.moderator.id}


async def test_a_reply_calls_the_one_it_answers_unless_told_not_to(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    asked = service.say(place.member, place.general, "how?")
    body: Json = {"content": "so", "message_reference": {"message_id": str(asked.id)}}

    await _post(rest, place, body)
    await _post(rest, place, {**body, "allowed_mentions": {"parse": []}})

    _, calling, silent = service.messages(place.general)
    assert calling.pinged == {place.member.id}
    assert silent.pinged == frozenset()
