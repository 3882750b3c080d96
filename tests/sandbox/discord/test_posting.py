"""What the bot's token may post where, and what comes of it."""

import pytest

from sandbox.discord.permissions import Permission
from sandbox.discord.records import MIB, Channel, ChannelKind
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest


def _messages(channel: Channel) -> str:
    return f"/channels/{channel.id}/messages"


async def test_a_message_stands_in_the_channel(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    reply = await rest.post(_messages(place.general), {"content": "hello"})

    [message] = service.messages(place.general)
    assert reply.status == 200
    assert reply.body["id"] == str(message.id)
    assert message.author is service.world.bot
    assert message.text == "hello"


async def test_a_file_arrives_byte_for_byte(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    data = bytes(range(256)) * 100

    reply = await rest.post(_messages(place.general), {}, [("my clip.mp4", data)])

    [message] = service.messages(place.general)
    [attachment] = message.attachments
    assert (attachment.filename, attachment.data) == ("my_clip.mp4", data)
    assert reply.body["attachments"][0]["content_type"] == "video/mp4"
    assert message.videos[0].data == data


@pytest.mark.parametrize(
    ("denied", "body", "files", "code"),
    [
        (Permission.VIEW_CHANNEL, {"content": "x"}, [], 50001),
        (Permission.SEND_MESSAGES, {"content": "x"}, [], 50013),
        (Permission.ATTACH_FILES, {}, [("a.mp4", b"a")], 50013),
        (Permission.EMBED_LINKS, {"embeds": [{"title": "x"}]}, [], 50013),
    ],
    ids=["view", "send", "attach", "embed"],
)
async def test_each_permission_is_asked_for(  # noqa: PLR0913, PLR0917 - a table
    service: DiscordSandbox,
    place: StandardWorld,
    rest: Rest,
    denied: Permission,
    body: Json,
    files: list[tuple[str, bytes]],
    code: int,
) -> None:
    allowed = await rest.post(_messages(place.general), body, files)
    service.world.set_overwrite(place.general, service.world.bot, deny=denied)

    refused = await rest.post(_messages(place.general), body, files)

    assert allowed.status == 200
    assert (refused.status, refused.code) == (403, code)
    assert len(service.messages(place.general)) == 1


async def test_a_thread_asks_for_its_own_permission_by_its_parents_rules(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    thread = _messages(place.general_thread)
    bot = service.world.bot
    service.world.set_overwrite(place.general, bot, deny=Permission.SEND_MESSAGES)
    assert (await rest.post(thread, {"content": "x"})).status == 200

    service.world.set_overwrite(
        place.general, bot, deny=Permission.SEND_MESSAGES_IN_THREADS
    )

    assert (await rest.post(thread, {"content": "x"})).code == 50013


async def test_posting_reopens_an_archived_thread_but_not_a_locked_one(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    thread = place.general_thread
    service.world.set_archived(thread, archived=True)
    assert (await rest.post(_messages(thread), {"content": "x"})).status == 200
    assert not thread.archived

    service.world.set_archived(thread, archived=True, locked=True)

    assert (await rest.post(_messages(thread), {"content": "x"})).code == 50083


async def test_a_channel_that_is_gone_takes_its_threads_along(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    service.world.delete_channel(place.general)

    for channel in (place.general, place.general_thread):
        reply = await rest.post(_messages(channel), {"content": "x"})
        assert (reply.status, reply.code) == (404, 10003)


async def test_a_bot_thrown_out_has_no_access(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    service.world.remove_bot(place.guild)

    reply = await rest.post(_messages(place.general), {"content": "x"})

    assert (reply.status, reply.code) == (403, 50001)


async def test_a_file_above_the_limit_is_refused(
    place: StandardWorld, rest: Rest
) -> None:
    data = bytes(20 * MIB)

    fits = await rest.post(_messages(place.general), {}, [("a.mp4", data)])
    too_large = await rest.post(_messages(place.general), {}, [("a.mp4", data + b"1")])

    assert fits.status == 200
    assert (too_large.status, too_large.code) == (413, 40005)


async def test_a_boosted_server_takes_larger_files(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    service.world.set_boost_tier(place.guild, 2)

    reply = await rest.post(
        _messages(place.general), {}, [("a.mp4", bytes(20 * MIB + 1))]
    )

    assert reply.status == 200


async def test_the_limit_is_for_each_file_and_ten_are_the_most(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    files = [(f"{number}.txt", bytes(3 * MIB)) for number in range(10)]

    ten = await rest.post(_messages(place.general), {}, files)
    files = [(f"{number}.txt", b"x") for number in range(11)]
    eleven = await rest.post(_messages(place.general), {}, files)

    assert ten.status == 200
    assert (eleven.status, eleven.code) == (400, 30015)
    assert len(service.messages(place.general)) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 50006),
        ({"content": ""}, 50006),
        ({"content": "x" * 2001}, 50035),
        ({"content": "x", "nonce": "n" * 26}, 50035),
        ({"embeds": [{"title": "x" * 257}]}, 50035),
        ({"embeds": [{"description": "x" * 4000}] * 2}, 50035),
        ({"content": "x", "attachments": [{"id": 5}]}, 50035),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, 50035),
        (
            {
                "content": "x",
                "allowed_mentions": {"parse": ["users"], "users": ["1"]},
            },
            50035,
        ),
    ],
)
async def test_a_message_nobody_could_post_is_refused(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, body: Json, code: int
) -> None:
    reply = await rest.post(_messages(place.general), body)

    assert (reply.status, reply.code) == (400, code)
    assert service.messages(place.general) == []
    assert service.violations


async def test_a_form_error_names_the_place(place: StandardWorld, rest: Rest) -> None:
    reply = await rest.post(_messages(place.general), {"content": "x" * 2001})

    assert reply.body == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "content": {
                "_errors": [
                    {
                        "code": "BASE_TYPE_MAX_LENGTH",
                        "message": "Must be 2000 or fewer in length.",
                    }
                ]
            }
        },
    }


async def test_a_nonce_makes_one_message_while_it_is_remembered(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    body = {"content": "x", "nonce": "n" * 25, "enforce_nonce": True}

    first = await rest.post(_messages(place.general), body)
    again = await rest.post(_messages(place.general), body)
    service.clock.advance(service.config.nonce_window_s)
    later = await rest.post(_messages(place.general), body)

    assert first.body["id"] == again.body["id"]
    assert again.body["nonce"] == "n" * 25
    assert later.body["id"] != first.body["id"]
    assert len(service.messages(place.general)) == 2


async def test_a_nonce_that_is_not_enforced_holds_nothing_back(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    for _ in range(2):
        await rest.post(_messages(place.general), {"content": "x", "nonce": "n"})

    assert len(service.messages(place.general)) == 2


async def test_the_nonce_of_a_deleted_message_finds_nothing(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    await rest.post(_messages(place.general), body)
    service.delete_message(service.messages(place.general)[0])

    reply = await rest.post(_messages(place.general), body)

    assert (reply.status, reply.code) == (404, 10008)


async def test_a_reply_needs_its_message_and_the_history(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    asked = service.say(place.member, place.general, "how?")
    reply_to: Json = {"message_id": str(asked.id)}
    body: Json = {"content": "so", "message_reference": reply_to}

    answered = await rest.post(_messages(place.general), body)
    service.delete_message(asked)
    gone = await rest.post(_messages(place.general), body)
    reply_to["fail_if_not_exists"] = False
    anyway = await rest.post(_messages(place.general), body)
    service.world.set_overwrite(
        place.general, service.world.bot, deny=Permission.READ_MESSAGE_HISTORY
    )
    blind = await rest.post(_messages(place.general), body)

    assert answered.body["referenced_message"]["id"] == str(asked.id)
    assert answered.body["type"] == 19
    assert gone.code == 50035
    assert "referenced_message" not in anyway.body
    assert blind.code == 160002


async def test_typing_needs_the_right_to_send(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = f"/channels/{place.general.id}/typing"
    assert (await rest.post(path)).status == 204

    service.world.set_bot_permissions(place.guild, Permission.VIEW_CHANNEL)

    assert (await rest.post(path)).code == 50013


@pytest.mark.parametrize("kind", [ChannelKind.VOICE, ChannelKind.STAGE])
async def test_who_may_not_connect_has_no_part_in_what_is_written_there(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, kind: ChannelKind
) -> None:
    world = service.world
    hall = world.add_channel(place.guild, "hall", kind=kind)
    allowed = await rest.post(_messages(hall), {"content": "x"})
    world.set_overwrite(hall, world.bot, deny=Permission.CONNECT)

    assert allowed.status == 200
    assert (await rest.post(_messages(hall), {"content": "x"})).code == 50001
    assert (await rest.get(_messages(hall))).code == 50001


@pytest.mark.parametrize(
    "kind", [ChannelKind.CATEGORY, ChannelKind.FORUM, ChannelKind.MEDIA]
)
async def test_some_kinds_of_channels_take_no_messages(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, kind: ChannelKind
) -> None:
    odd = service.world.add_channel(place.guild, "odd", kind=kind)

    assert (await rest.post(_messages(odd), {"content": "x"})).code == 50008
