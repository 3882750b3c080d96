"""The stand-in tells a bot who it is, and refuses strangers."""

import aiohttp

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Rest


async def test_a_client_learns_who_it_is_and_where_the_gateway_is(
    service: DiscordSandbox, rest: Rest
) -> None:
    me = await rest.get("/users/@me")
    application = await rest.get("/oauth2/applications/@me")
    gateway = await rest.get("/gateway/bot")

    assert me.body["id"] == application.body["id"] == str(service.world.bot.id)
    assert (await rest.get("/applications/@me")).body == application.body
    assert gateway.body["url"] == service.gateway_url
    assert gateway.body["shards"] == 1
    assert (await rest.get("/gateway")).body == {"url": service.gateway_url}


async def test_json_is_announced_without_a_charset(rest: Rest) -> None:
    """discord.py compares the type for equality and breaks on anything else."""
    assert (await rest.get("/users/@me")).headers["Content-Type"] == "application/json"


async def test_a_wrong_or_missing_token_is_refused(
    service: DiscordSandbox, anonymous: Rest, session: aiohttp.ClientSession
) -> None:
    stranger = Rest(session, service.rest_url, "another token")

    for client in (anonymous, stranger):
        reply = await client.get("/users/@me")
        assert (reply.status, reply.code) == (401, 0)


async def test_paths_and_methods_that_do_not_exist_are_refused(rest: Rest) -> None:
    assert (await rest.get("/nowhere")).status == 404
    assert (await rest.delete("/users/@me")).status == 405


async def test_an_id_that_is_none_is_a_form_error(rest: Rest) -> None:
    reply = await rest.get("/channels/general")

    assert (reply.status, reply.code) == (400, 50035)
    error = reply.body["errors"]["channel_id"]["_errors"][0]
    assert error["code"] == "NUMBER_TYPE_COERCE"


async def test_a_bot_reads_the_places_it_is_in(
    place: StandardWorld, rest: Rest
) -> None:
    guild_path = f"/guilds/{place.guild.id}"

    guild = await rest.get(guild_path)
    channels = await rest.get(f"{guild_path}/channels")
    threads = await rest.get(f"{guild_path}/threads/active")
    member = await rest.get(f"{guild_path}/members/{place.member.id}")
    roles = await rest.get(f"{guild_path}/roles")

    assert guild.body["name"] == "Film Club"
    names = {one["name"]: one["nsfw"] for one in channels.body}
    assert names == {"general": False, "after-dark": True, "review": True, "log": False}
    parents = {one["parent_id"] for one in threads.body["threads"]}
    assert parents == {str(place.general.id), str(place.restricted.id)}
    assert member.body["user"]["username"] == "mia"
    assert {"@everyone", "Clapper"} < {one["name"] for one in roles.body}


async def test_those_who_are_not_there_are_unknown(
    place: StandardWorld, rest: Rest
) -> None:
    assert (await rest.get("/guilds/1")).code == 10004
    assert (await rest.get("/channels/1")).code == 10003
    assert (await rest.get(f"/guilds/{place.guild.id}/members/1")).code == 10007
    assert (await rest.get("/users/1")).code == 10013


async def test_a_bot_may_leave_and_is_a_stranger_from_then_on(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    reply = await rest.delete(f"/users/@me/guilds/{place.guild.id}")

    assert reply.status == 204
    assert service.world.guilds_with_bot() == []
    assert (await rest.get("/users/@me/guilds")).body == []
    assert (await rest.get(f"/guilds/{place.guild.id}")).code == 10004
    assert (await rest.get(f"/channels/{place.general.id}")).code == 50001


async def test_a_direct_conversation_is_opened_once(
    place: StandardWorld, rest: Rest
) -> None:
    who = {"recipient_id": str(place.member.id)}

    first = await rest.post("/users/@me/channels", who)
    second = await rest.post("/users/@me/channels", who)
    sent = await rest.post(f"/channels/{first.body['id']}/messages", {"content": "hi"})
    place.member.accepts_dms = False
    refused = await rest.post(
        f"/channels/{first.body['id']}/messages", {"content": "hi"}
    )

    assert first.body["id"] == second.body["id"]
    assert sent.status == 200
    assert (refused.status, refused.code) == (403, 50007)
