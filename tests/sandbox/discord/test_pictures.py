"""Pictures that people upload: for an option, in a form, and with a message."""

import io
from typing import Any

import pytest
from PIL import Image

from sandbox.discord.cdn import LINK_LIFE_S
from sandbox.discord.invocation import ClientRefused, File
from sandbox.discord.records import MIB
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest, Socket

ANIMATE: Json = {
    "name": "animate",
    "description": "Animate",
    "options": [
        {"type": 11, "name": "image", "description": "A picture", "required": True}
    ],
}
FORM: Json = {
    "custom_id": "animate",
    "title": "Animate",
    "components": [
        {
            "type": 18,
            "label": "Picture",
            "component": {"type": 19, "custom_id": "picture"},
        }
    ],
}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, kind)
    return drawn.getvalue()


@pytest.fixture(autouse=True)
async def registered(bot: Socket, rest: Rest, service: DiscordSandbox) -> None:
    """The commands of this file."""
    assert bot.session_id
    path = f"/applications/{service.world.bot.id}/commands"
    reply = await rest.put(path, [ANIMATE, {"name": "Animate picture", "type": 3}])
    assert reply.status == 200, reply.body


async def downloaded(rest: Rest, url: str) -> tuple[int, bytes]:
    async with rest.session.get(url) as response:
        return response.status, await response.read()


async def _of_option(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, file: File
) -> Json:
    await service.slash(place.member, place.general, "animate", {"image": file})
    data = (await bot.event("INTERACTION_CREATE"))["data"]
    attachment: Json = data["resolved"]["attachments"][data["options"][0]["value"]]
    return attachment


async def test_a_picture_for_an_option_comes_with_its_size_and_a_link_of_its_own(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    data = picture()

    told = await _of_option(service, place, bot, File(name="cat 1.png", data=data))

    assert (told["filename"], told["size"]) == ("cat_1.png", len(data))
    assert (told["width"], told["height"]) == (40, 30)
    assert told["content_type"] == "image/png"
    assert told["ephemeral"] is True
    assert f"/ephemeral-attachments/{service.world.bot.id}/" in told["url"]
    assert await downloaded(rest, told["url"]) == (200, data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_the_size_of_every_kind_of_picture_is_told(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, kind: str
) -> None:
    file = File(name=f"cat.{kind.lower()}", data=picture(kind))

    told = await _of_option(service, place, bot, file)

    assert (told["width"], told["height"]) == (40, 30)


@pytest.mark.parametrize(
    ("name", "data"), [("notes.png", b"only text"), ("cat.heic", b"\0\0\0\x18ftypheic")]
)
async def test_what_discord_cannot_read_as_a_picture_has_no_size(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, name: str, data: bytes
) -> None:
    """And still the kind that its name has it to be."""
    told = await _of_option(service, place, bot, File(name=name, data=data))

    assert "width" not in told
    assert told["content_type"].startswith("image/")


async def test_the_link_of_an_uploaded_picture_dies_after_a_day(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    told = await _of_option(service, place, bot, File(name="a.png", data=picture()))

    service.clock.advance(LINK_LIFE_S)

    assert (await downloaded(rest, told["url"]))[0] == 404


async def test_a_link_leads_nowhere_on_the_other_shelf(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    told = await _of_option(service, place, bot, File(name="a.png", data=picture()))

    moved = told["url"].replace("/ephemeral-attachments/", "/attachments/")

    assert (await downloaded(rest, moved))[0] == 404


async def test_a_picture_in_a_form_comes_as_one_for_an_option(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    message = service.say(place.member, place.general, "no picture")
    handle = await service.context_menu(
        place.member, place.general, "Animate picture", message
    )
    asked = await bot.event("INTERACTION_CREATE")
    path = f"/interactions/{asked['id']}/{asked['token']}/callback?with_response=1"
    await rest.post(path, {"type": 9, "data": FORM})

    data = picture("JPEG")
    await service.submit_modal(
        place.member, handle.modal, {"Picture": [File(name="a.jpg", data=data)]}
    )

    told = await bot.event("INTERACTION_CREATE")
    [sent] = told["data"]["components"]
    [attachment_id] = sent["component"]["values"]
    attachment = told["data"]["resolved"]["attachments"][attachment_id]
    assert attachment["ephemeral"] is True
    assert (attachment["width"], attachment["height"]) == (40, 30)
    assert await downloaded(rest, attachment["url"]) == (200, data)
    assert "message" not in told, "only forms that a button opened name one"


async def test_the_menu_of_a_message_hands_over_its_files_in_full(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    """The bot's own token sees none of them without the content intent."""
    data = picture()
    files = [File(name="cat.png", data=data), File(name="dog.png", data=data + b"\0")]
    message = service.say(place.other_member, place.general, "look", files)

    await service.context_menu(place.member, place.general, "Animate picture", message)

    resolved = (await bot.event("INTERACTION_CREATE"))["data"]["resolved"]
    told = resolved["messages"][str(message.id)]
    assert told["author"]["id"] == str(place.other_member.id)
    assert [one["filename"] for one in told["attachments"]] == ["cat.png", "dog.png"]
    first: Any = told["attachments"][0]
    assert "ephemeral" not in first
    assert f"/attachments/{place.general.id}/" in first["url"]
    assert await downloaded(rest, first["url"]) == (200, data)
    path = f"/channels/{place.general.id}/messages/{message.id}"
    assert (await rest.get(path)).body["attachments"] == []


async def test_a_file_too_large_for_a_person_never_reaches_the_bot(
    service: DiscordSandbox, place: StandardWorld
) -> None:
    member, general = place.member, place.general
    limit = service.config.default_upload_limit_bytes
    large = File(name="large.png", data=bytes(limit + 1))

    with pytest.raises(ClientRefused, match="larger"):
        await service.slash(member, general, "animate", {"image": large})
    with pytest.raises(ClientRefused, match="larger"):
        service.say(member, general, "look", [large])
    member.upload_limit_bytes = 500 * MIB
    await service.slash(member, general, "animate", {"image": large})
    assert service.say(member, general, "look", [large]).attachments
