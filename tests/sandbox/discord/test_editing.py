"""Reading, editing and deleting what stands in a channel."""

from sandbox.discord.permissions import Permission
from sandbox.discord.records import Channel
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import File, Json, Rest

V2 = 1 << 15
GALLERY: Json = {"type": 12, "items": [{"media": {"url": "attachment://clip.mp4"}}]}


async def _posted(
    rest: Rest, channel: Channel, body: Json, files: list[File] | None = None
) -> str:
    """Post a message and return its path."""
    path = f"/channels/{channel.id}/messages"
    reply = await rest.post(path, body, files or [])
    assert reply.status == 200, reply.body
    return f"{path}/{reply.body['id']}"


async def test_an_edit_is_seen_and_the_past_is_kept(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = await _posted(rest, place.general, {"content": "0 %"})

    await rest.patch(path, {"content": "50 %"})
    reply = await rest.patch(path, {"content": "done"})

    [message] = service.messages(place.general)
    assert [one.content for one in message.history] == ["0 %", "50 %"]
    assert (message.text, message.edits) == ("done", 2)
    assert reply.body["edited_timestamp"] is not None


async def test_what_an_edit_does_not_name_stays(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "a"}
    body = {"content": "x", "components": [{"type": 1, "components": [button]}]}
    path = await _posted(rest, place.general, body, [("a.txt", b"a")])

    await rest.patch(path, {"content": "y"})

    [message] = service.messages(place.general)
    assert [one.label for one in message.buttons] == ["Go"]
    assert [one.filename for one in message.attachments] == ["a.txt"]


async def test_attachments_that_an_edit_leaves_out_are_gone(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = await _posted(
        rest, place.general, {"content": "x"}, [("a.txt", b"a"), ("b.txt", b"b")]
    )
    keep = service.messages(place.general)[0].attachments[1]
    listed = [{"id": str(keep.id)}, {"id": 0, "filename": "c.txt"}]

    await rest.patch(path, {"attachments": listed}, [("c.txt", b"c")])

    [message] = service.messages(place.general)
    assert [one.filename for one in message.attachments] == ["b.txt", "c.txt"]


async def test_an_edit_may_show_a_file_that_is_already_there(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    """By its name, or by the link that the message itself gave for it."""
    body: Json = {"flags": V2, "components": [GALLERY]}
    path = await _posted(rest, place.general, body, [("clip.mp4", b"clip")])
    told = (await rest.get(path)).body["components"]
    text = {"type": 10, "content": "late"}

    by_name = await rest.patch(path, {"components": [GALLERY, text]})
    by_link = await rest.patch(path, {"components": [*told, text | {"content": "x"}]})

    assert (by_name.status, by_link.status) == (200, 200)
    [message] = service.messages(place.general)
    assert [video.data for video in message.videos] == [b"clip"]


async def test_the_v2_flag_is_for_good(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = await _posted(rest, place.general, {"content": "old"})
    text = [{"type": 10, "content": "new"}]

    too_much = await rest.patch(path, {"flags": V2, "components": text})
    changed = await rest.patch(
        path, {"flags": V2, "content": None, "embeds": [], "components": text}
    )
    back = await rest.patch(path, {"flags": 0, "content": "x", "components": []})

    assert too_much.code == 50035
    assert changed.status == 200
    assert back.status == 400
    assert service.messages(place.general)[0].text == "new"


async def test_an_edit_that_leaves_nothing_is_refused(
    place: StandardWorld, rest: Rest
) -> None:
    path = await _posted(rest, place.general, {"content": "x"})

    assert (await rest.patch(path, {"content": ""})).code == 50006


async def test_the_messages_of_others_are_not_the_bots_to_edit(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    theirs = service.say(place.member, place.general, "mine")
    path = f"/channels/{place.general.id}/messages/{theirs.id}"

    edit = await rest.patch(path, {"content": "ours"})
    delete = await rest.delete(path)
    service.world.set_overwrite(
        place.general, service.world.bot, allow=Permission.MANAGE_MESSAGES
    )

    assert (edit.status, edit.code) == (403, 50005)
    assert (delete.status, delete.code) == (403, 50013)
    assert (await rest.delete(path)).status == 204


async def test_without_the_content_intent_others_messages_are_blank(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    service.say(place.member, place.general, "secret")
    service.say(place.member, place.general, f"hey <@{service.world.bot.id}>")

    newest, oldest = (await rest.get(f"/channels/{place.general.id}/messages")).body

    assert oldest["content"] == ""
    assert newest["content"].startswith("hey")


async def test_a_deleted_message_is_unknown(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = await _posted(rest, place.general, {"content": "x"})

    assert (await rest.delete(path)).status == 204

    replies = [await rest.get(path), await rest.delete(path)]
    replies.append(await rest.patch(path, {"content": "y"}))
    assert {(one.status, one.code) for one in replies} == {(404, 10008)}
    assert service.messages(place.general) == []
    assert [one.deleted for one in service.all_messages(place.general)] == [True]


async def test_nothing_changes_in_an_archived_thread(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = await _posted(rest, place.general_thread, {"content": "x"})
    service.world.set_archived(place.general_thread, archived=True)

    assert (await rest.patch(path, {"content": "y"})).code == 50083
    assert (await rest.delete(path)).code == 50083


async def test_a_channel_is_read_in_pages(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    for number in range(5):
        service.say(service.world.bot, place.general, str(number))
    ids = [one.id for one in service.messages(place.general)]
    base = f"/channels/{place.general.id}/messages"

    async def page(query: str) -> list[str]:
        return [one["content"] for one in (await rest.get(f"{base}?{query}")).body]

    assert await page("limit=2") == ["4", "3"]
    assert await page(f"before={ids[3]}&limit=2") == ["2", "1"]
    assert await page(f"after={ids[1]}&limit=2") == ["3", "2"]
    assert await page(f"around={ids[2]}&limit=3") == ["3", "2", "1"]
    assert (await rest.get(f"{base}?limit=101")).code == 50035


async def test_reading_needs_the_history(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = await _posted(rest, place.general, {"content": "x"})
    service.world.set_overwrite(
        place.general, service.world.bot, deny=Permission.READ_MESSAGE_HISTORY
    )

    assert (await rest.get(f"/channels/{place.general.id}/messages")).body == []
    assert (await rest.get(path)).code == 50013
