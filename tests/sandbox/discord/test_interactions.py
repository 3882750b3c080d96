"""The life of an interaction, from the first window to the end of its token."""

import asyncio

import pytest

from sandbox.discord.handle import ApplicationDidNotRespond, Handle
from sandbox.discord.permissions import EVERYONE, Permission
from sandbox.discord.records import MIB, ChannelKind, NsfwLevel
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Reply, Rest, Socket

EPHEMERAL = 64
ATTACHING = Permission.ATTACH_FILES | Permission.EMBED_LINKS


class Scene:
    """A member who typed /video, and the bot's side of it."""

    def __init__(
        self, service: DiscordSandbox, place: StandardWorld, rest: Rest, bot: Socket
    ) -> None:
        self.service = service
        self.place = place
        self._rest = rest
        self._bot = bot

    async def typed(self) -> tuple[Handle, Json]:
        handle = await self.service.slash(
            self.place.member, self.place.general, "video", {"prompt": "a cat"}
        )
        return handle, await self.heard()

    async def heard(self) -> Json:
        return await self._bot.event("INTERACTION_CREATE")

    async def answer(
        self, told: Json, kind: int, data: Json | None = None, query: str = ""
    ) -> Reply:
        path = f"/interactions/{told['id']}/{told['token']}/callback{query}"
        return await self._rest.post(path, {"type": kind, "data": data or {}})

    def webhook(self, told: Json, rest_of_path: str = "") -> str:
        return f"/webhooks/{told['application_id']}/{told['token']}{rest_of_path}"


@pytest.fixture
def scene(
    service: DiscordSandbox, place: StandardWorld, anonymous: Rest, bot: Socket
) -> Scene:
    """Answers carry no Authorization header: the path proves who calls."""
    return Scene(service, place, anonymous, bot)


async def test_an_interaction_tells_who_where_and_what_is_allowed(
    scene: Scene, service: DiscordSandbox, place: StandardWorld
) -> None:
    service.world.set_overwrite(
        place.general, service.world.bot, deny=Permission.ATTACH_FILES
    )
    service.world.set_boost_tier(place.guild, 2)
    service.world.set_locale(place.guild, "de")

    _, told = await scene.typed()

    assert told["guild_id"] == str(place.guild.id)
    assert told["member"]["user"]["id"] == str(place.member.id)
    assert int(told["member"]["permissions"]) & Permission.SEND_MESSAGES
    bits = Permission(int(told["app_permissions"]))
    assert Permission.SEND_MESSAGES in bits
    assert Permission.ATTACH_FILES not in bits
    assert told["attachment_size_limit"] == 50 * MIB
    assert (told["locale"], told["guild_locale"]) == ("en-US", "de")
    assert told["context"] == 0
    assert told["authorizing_integration_owners"] == {"0": str(place.guild.id)}
    assert told["channel"]["nsfw"] is False
    option = {"name": "prompt", "type": 3, "value": "a cat"}
    assert told["data"]["options"] == [option]


async def test_who_may_not_send_may_attach_nothing_either(
    scene: Scene, service: DiscordSandbox, place: StandardWorld
) -> None:
    service.world.set_overwrite(
        place.general, service.world.bot, deny=Permission.SEND_MESSAGES
    )

    _, told = await scene.typed()

    bits = Permission(int(told["app_permissions"]))
    assert Permission.VIEW_CHANNEL in bits
    assert not bits & (Permission.ATTACH_FILES | Permission.EMBED_LINKS)


async def test_a_thread_tells_its_parent(
    scene: Scene, service: DiscordSandbox, place: StandardWorld
) -> None:
    service.world.set_nsfw_level(place.guild, NsfwLevel.AGE_RESTRICTED)

    await service.slash(
        place.member, place.restricted_thread, "video", {"prompt": "x"}, "de"
    )

    told = await scene.heard()
    assert told["channel"]["parent_id"] == str(place.restricted.id)
    assert told["locale"] == "de"


@pytest.mark.parametrize(("tier", "limit_mib"), [(0, 20), (1, 20), (2, 50), (3, 100)])
async def test_the_boost_tier_decides_how_large_a_file_may_be(
    scene: Scene,
    service: DiscordSandbox,
    place: StandardWorld,
    tier: int,
    limit_mib: int,
) -> None:
    service.world.set_boost_tier(place.guild, tier)

    _, told = await scene.typed()

    assert told["attachment_size_limit"] == limit_mib * MIB


async def test_a_subscriber_may_be_answered_with_larger_files(
    scene: Scene, place: StandardWorld
) -> None:
    place.member.upload_limit_bytes = 500 * MIB

    _, told = await scene.typed()

    assert told["attachment_size_limit"] == 500 * MIB


async def test_an_answer_in_time_is_a_message(
    scene: Scene, service: DiscordSandbox, place: StandardWorld
) -> None:
    handle, told = await scene.typed()

    reply = await scene.answer(told, 4, {"content": "queued"}, "?with_response=1")

    response = await handle.response()
    assert response.message is not None
    assert not response.ephemeral
    assert response.message.text == "queued"
    assert response.message.author is service.world.bot
    assert service.messages(place.general) == [response.message]
    assert handle.acknowledged_after_s is not None
    assert handle.acknowledged_after_s < service.config.ack_window_s
    body = reply.body
    assert body["interaction"]["response_message_id"] == str(response.message.id)
    assert body["resource"]["message"]["interaction_metadata"]["id"] == told["id"]


async def test_without_asking_for_it_there_is_no_body(scene: Scene) -> None:
    _, told = await scene.typed()

    reply = await scene.answer(told, 4, {"content": "queued"})

    assert (reply.status, reply.body) == (204, b"")


async def test_a_late_answer_is_refused_and_the_user_is_told(
    scene: Scene, service: DiscordSandbox
) -> None:
    handle, told = await scene.typed()
    waiting = asyncio.create_task(handle.response(), name="waiting")
    service.clock.advance(service.config.ack_window_s)

    with pytest.raises(ApplicationDidNotRespond):
        await waiting
    reply = await scene.answer(told, 4, {"content": "queued"})

    assert handle.failed
    assert (reply.status, reply.code) == (404, 10062)


async def test_a_second_answer_is_refused(scene: Scene) -> None:
    _, told = await scene.typed()
    await scene.answer(told, 4, {"content": "queued"})

    reply = await scene.answer(told, 4, {"content": "again"})

    assert (reply.status, reply.code) == (400, 40060)


async def test_an_unknown_interaction_is_refused(scene: Scene) -> None:
    _, told = await scene.typed()

    reply = await scene.answer({**told, "token": "guessed"}, 4, {"content": "x"})

    assert (reply.status, reply.code) == (404, 10062)


async def test_an_answer_refused_for_its_form_may_be_tried_again(scene: Scene) -> None:
    handle, told = await scene.typed()

    wrong = await scene.answer(told, 4, {"content": "x" * 2001})
    right = await scene.answer(told, 4, {"content": "x"})

    assert wrong.code == 50035
    assert right.status == 204
    assert (await handle.answer()).text == "x"


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 13])
async def test_an_answer_that_does_not_fit_a_command_is_refused(
    scene: Scene, kind: int
) -> None:
    _, told = await scene.typed()

    assert (await scene.answer(told, kind, {"content": "x"})).code == 50035


async def test_a_deferred_answer_thinks_until_it_is_filled_in(
    scene: Scene, anonymous: Rest
) -> None:
    handle, told = await scene.typed()
    await scene.answer(told, 5, {"flags": EPHEMERAL})
    response = await handle.response()
    assert response.message is not None
    assert response.message.loading

    await anonymous.post(scene.webhook(told), {"content": "done"})

    answer = await handle.answer()
    assert not answer.loading
    assert answer.text == "done"
    assert handle.followups == []
    assert answer.ephemeral
    assert answer.edited_s is None


async def test_only_ephemeral_can_be_said_when_deferring(scene: Scene) -> None:
    _, told = await scene.typed()

    assert (await scene.answer(told, 5, {"flags": 1 << 15})).code == 50035


async def test_the_token_answers_even_where_the_bot_may_not_post(
    scene: Scene, service: DiscordSandbox, place: StandardWorld, anonymous: Rest
) -> None:
    service.world.set_overwrite(
        place.general, service.world.bot, deny=Permission.VIEW_CHANNEL
    )
    handle, told = await scene.typed()
    assert told["app_permissions"] == "0"

    await scene.answer(told, 4, {"content": "queued"})
    await anonymous.post(scene.webhook(told), {"content": "more"}, [("a.txt", b"a")])

    assert (await handle.answer()).text == "queued"
    assert (await handle.followup()).attachments[0].data == b"a"


async def test_answers_call_users_only_unless_allowed_more(
    scene: Scene, service: DiscordSandbox, place: StandardWorld
) -> None:
    service.world.set_overwrite(
        place.general, service.world.bot, allow=Permission.MENTION_EVERYONE
    )
    handle, told = await scene.typed()

    await scene.answer(told, 4, {"content": f"@everyone <@{place.other_member.id}>"})

    assert (await handle.answer()).pinged == {place.other_member.id}


async def test_the_original_and_follow_ups_are_the_tokens_to_change(
    scene: Scene, service: DiscordSandbox, anonymous: Rest
) -> None:
    handle, told = await scene.typed()
    await scene.answer(told, 4, {"content": "queued"})
    await anonymous.post(scene.webhook(told), {"content": "more"})
    follow_up = await handle.followup()

    for name, text in (("@original", "first"), (str(follow_up.id), "second")):
        path = scene.webhook(told, f"/messages/{name}")
        await anonymous.patch(path, {"content": text})
        assert (await anonymous.get(path)).body["content"] == text
    path = scene.webhook(told, "/messages/@original")
    assert (await anonymous.delete(path)).status == 204

    assert (await anonymous.get(path)).code == 10008
    assert follow_up.text == "second"
    other = service.say(service.world.bot, scene.place.general, "not the token's")
    path = scene.webhook(told, f"/messages/{other.id}")
    assert (await anonymous.get(path)).code == 10008


async def test_a_public_answer_is_an_ordinary_message_and_an_ephemeral_one_is_not(
    scene: Scene, rest: Rest, place: StandardWorld
) -> None:
    base = f"/channels/{place.general.id}/messages"
    public, told = await scene.typed()
    await scene.answer(told, 4, {"content": "queued"})
    hidden, told = await scene.typed()
    await scene.answer(told, 4, {"content": "only you", "flags": EPHEMERAL})
    assert public.message is not None
    assert hidden.message is not None

    edited = await rest.patch(f"{base}/{public.message.id}", {"content": "done"})
    refused = await rest.patch(f"{base}/{hidden.message.id}", {"content": "done"})

    assert edited.status == 200
    assert (refused.status, refused.code) == (404, 10008)
    assert hidden.message.ephemeral_for is place.member
    assert [one["content"] for one in (await rest.get(base)).body] == ["done"]


async def test_the_token_dies_after_a_quarter_of_an_hour(
    scene: Scene, service: DiscordSandbox, anonymous: Rest, rest: Rest
) -> None:
    handle, told = await scene.typed()
    await scene.answer(told, 4, {"content": "queued"})
    service.clock.advance(service.config.token_life_s)

    edit = await anonymous.patch(
        scene.webhook(told, "/messages/@original"), {"content": "late"}
    )
    follow_up = await anonymous.post(scene.webhook(told), {"content": "late"})

    assert {(one.status, one.code) for one in (edit, follow_up)} == {(401, 50027)}
    message = await handle.answer()
    path = f"/channels/{message.channel_id}/messages/{message.id}"
    assert (await rest.patch(path, {"content": "by the bot"})).status == 200


async def test_a_token_can_be_killed_at_once(scene: Scene, anonymous: Rest) -> None:
    handle, told = await scene.typed()
    await scene.answer(told, 4, {"content": "queued"})

    handle.kill_token()

    reply = await anonymous.get(scene.webhook(told, "/messages/@original"))
    assert (reply.status, reply.code) == (401, 50027)


async def test_there_is_no_webhook_before_the_first_answer(
    scene: Scene, anonymous: Rest
) -> None:
    _, told = await scene.typed()

    early = await anonymous.post(scene.webhook(told), {"content": "x"})
    another = await anonymous.post("/webhooks/1/token", {"content": "x"})

    assert (early.status, early.code) == (404, 10015)
    assert (another.status, another.code) == (404, 10015)


async def test_the_limit_for_files_is_the_interactions_own(
    scene: Scene, anonymous: Rest
) -> None:
    _, told = await scene.typed()
    await scene.answer(told, 4, {"content": "queued"})
    too_large = bytes(told["attachment_size_limit"] + 1)

    reply = await anonymous.post(scene.webhook(told), {}, [("a.mp4", too_large)])

    assert (reply.status, reply.code) == (413, 40005)


async def test_a_channel_that_is_gone_takes_no_follow_up(
    scene: Scene, service: DiscordSandbox, place: StandardWorld, anonymous: Rest
) -> None:
    _, told = await scene.typed()
    await scene.answer(told, 4, {"content": "queued"})
    service.world.delete_channel(place.general)

    assert (await anonymous.post(scene.webhook(told), {"content": "x"})).code == 10003


async def test_what_is_said_of_our_permissions_can_mislead(
    scene: Scene, service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    """In a private thread without the bot, and in a server with the commands alone."""
    world = service.world
    thread = world.add_channel(
        place.guild, "secret", kind=ChannelKind.PRIVATE_THREAD, parent=place.general
    )
    world.add_to_thread(thread, place.member)
    alone = world.add_guild("No bots", owner=place.owner, with_bot=False)
    world.add_commands(alone)
    world.add_member(alone, place.member)
    lobby = world.add_channel(alone, "lobby")
    world.set_role_permissions(alone, alone.roles[alone.id], EVERYONE & ~ATTACHING)

    for channel, refused in ((thread, 50001), (lobby, 50001)):
        await service.slash(place.member, channel, "video", {"prompt": "x"})
        told = await scene.heard()
        bits = Permission(int(told["app_permissions"]))
        assert Permission.VIEW_CHANNEL | ATTACHING in bits
        reply = await rest.post(f"/channels/{channel.id}/messages", {"content": "x"})
        assert reply.code == refused

    world.add_to_thread(thread, world.bot)
    reply = await rest.post(f"/channels/{thread.id}/messages", {"content": "x"})
    assert reply.status == 200
