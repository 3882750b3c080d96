"""Buttons, menus and modals, from both sides."""

from typing import Any

import pytest

from sandbox.discord.handle import Handle
from sandbox.discord.invocation import ClientRefused
from sandbox.discord.messages import Message
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Reply, Rest, Socket

ROW: Json = {
    "type": 1,
    "components": [
        {"type": 2, "style": 1, "label": "Again", "custom_id": "again:1"},
        {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": True},
        {"type": 2, "style": 5, "label": "Site", "url": "https://example.org"},
    ],
}
STATUS: Json = {
    "type": 3,
    "custom_id": "status",
    "placeholder": "Status",
    "max_values": 2,
    "options": [{"label": name.title(), "value": name} for name in ("open", "done")],
}
PEOPLE: Json = {"type": 5, "custom_id": "people"}
MODAL: Json = {
    "custom_id": "edit",
    "title": "Edit",
    "components": [
        {
            "type": 1,
            "components": [
                {
                    "type": 4,
                    "custom_id": "prompt",
                    "label": "Prompt",
                    "style": 2,
                    "min_length": 2,
                    "max_length": 10,
                    "value": "a cat",
                }
            ],
        },
        {
            "type": 18,
            "label": "Mode",
            "component": {**STATUS, "custom_id": "mode", "required": False},
        },
    ],
}


@pytest.fixture
async def message(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, bot: Socket
) -> Message:
    assert bot.session_id
    rows = [ROW, {"type": 1, "components": [STATUS]}]
    body = {"content": "x", "components": [*rows, {"type": 1, "components": [PEOPLE]}]}
    await rest.post(f"/channels/{place.general.id}/messages", body)
    return service.messages(place.general)[0]


async def _answer(rest: Rest, told: Json, kind: int, data: Json | None = None) -> Reply:
    path = f"/interactions/{told['id']}/{told['token']}/callback?with_response=1"
    return await rest.post(path, {"type": kind, "data": data or {}})


async def test_a_button_pressed_comes_with_its_message(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, message: Message
) -> None:
    await service.press(place.other_member, message, "Again")

    told = await bot.event("INTERACTION_CREATE")
    assert told["type"] == 3
    assert told["data"]["custom_id"] == "again:1"
    assert told["data"]["component_type"] == 2
    assert told["message"]["id"] == str(message.id)
    assert told["message"]["content"] == "x"


@pytest.mark.parametrize("name", ["Off", "Site", "Status"])
async def test_not_everything_can_be_pressed(
    service: DiscordSandbox, place: StandardWorld, message: Message, name: str
) -> None:
    with pytest.raises(ClientRefused):
        await service.press(place.member, message, name)


async def test_a_button_that_is_not_there_is_named_with_those_that_are(
    service: DiscordSandbox, place: StandardWorld, message: Message
) -> None:
    with pytest.raises(LookupError, match="Again"):
        await service.press(place.member, message, "Cancel")


async def test_nobody_presses_what_they_do_not_see(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    handle = await service.slash(place.member, place.general, "video", {"prompt": "x"})
    told = await bot.event("INTERACTION_CREATE")
    await _answer(rest, told, 4, {"content": "x", "flags": 64, "components": [ROW]})
    hidden = await handle.answer()

    with pytest.raises(ClientRefused, match="does not see"):
        await service.press(place.other_member, hidden, "Again")
    await service.press(place.member, hidden, "Again")
    service.delete_message(hidden)
    with pytest.raises(ClientRefused, match="gone"):
        await service.press(place.member, hidden, "Again")


async def test_the_message_of_a_button_can_be_changed_in_the_answer(
    service: DiscordSandbox,
    place: StandardWorld,
    bot: Socket,
    rest: Rest,
    message: Message,
) -> None:
    handle = await service.press(place.member, message, "again:1")
    told = await bot.event("INTERACTION_CREATE")

    reply = await _answer(rest, told, 7, {"content": "pressed", "components": []})

    assert reply.body["resource"]["message"]["content"] == "pressed"
    assert handle.message is message
    assert message.text == "pressed"
    assert message.buttons == []


async def test_a_button_may_be_answered_with_nothing_for_now(
    service: DiscordSandbox,
    place: StandardWorld,
    bot: Socket,
    rest: Rest,
    message: Message,
) -> None:
    handle = await service.press(place.member, message, "again:1")
    told = await bot.event("INTERACTION_CREATE")

    await _answer(rest, told, 6)
    webhook = f"/webhooks/{told['application_id']}/{told['token']}"
    await rest.patch(f"{webhook}/messages/@original", {"content": "later"})
    await rest.post(webhook, {"content": "and more", "flags": 64})

    assert message.text.startswith("later")
    follow_up = await handle.followup()
    assert follow_up.ephemeral_for is place.member
    assert follow_up.reply_to_id == message.id


async def test_a_menu_sends_what_was_picked(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, message: Message
) -> None:
    await service.choose(place.member, message, "Status", ["Open", "done"])
    told = await bot.event("INTERACTION_CREATE")
    await service.choose(place.member, message, "people", [place.admin])
    people = await bot.event("INTERACTION_CREATE")

    assert told["data"]["values"] == ["open", "done"]
    assert people["data"]["values"] == [str(place.admin.id)]
    assert people["data"]["resolved"]["users"][str(place.admin.id)]["username"] == "ada"


@pytest.mark.parametrize("values", [[], ["gone"], ["open", "done", "open"]])
async def test_a_menu_takes_only_what_it_offers(
    service: DiscordSandbox, place: StandardWorld, message: Message, values: list[str]
) -> None:
    with pytest.raises(ClientRefused):
        await service.choose(place.member, message, "status", values)


async def _form(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest, modal: Json
) -> tuple[Handle, Reply]:
    handle = await service.slash(place.member, place.general, "video", {"prompt": "x"})
    told = await bot.event("INTERACTION_CREATE")
    return handle, await _answer(rest, told, 9, modal)


async def test_a_form_comes_back_as_it_was_filled_in(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    handle, _ = await _form(service, place, bot, rest, MODAL)
    assert handle.modal is not None
    assert handle.modal.title == "Edit"

    submitted = await service.submit_modal(
        place.member, handle.modal, {"Prompt": "a dog", "mode": ["done"]}
    )

    told = await bot.event("INTERACTION_CREATE")
    row, label = told["data"]["components"]
    assert told["type"] == 5
    assert told["data"]["custom_id"] == "edit"
    assert row["components"][0]["value"] == "a dog"
    assert label["component"]["values"] == ["done"]
    await _answer(rest, told, 4, {"content": "thanks"})
    assert (await submitted.answer()).text == "thanks"


async def test_a_field_left_alone_keeps_what_stood_in_it(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    handle, _ = await _form(service, place, bot, rest, MODAL)

    await service.submit_modal(place.member, handle.modal, {})

    row, label = (await bot.event("INTERACTION_CREATE"))["data"]["components"]
    assert row["components"][0]["value"] == "a cat"
    assert label["component"]["values"] == []


@pytest.mark.parametrize(
    "fields",
    [{"prompt": "x"}, {"prompt": "x" * 11}, {"prompt": ""}, {"no": "x"}, {"mode": "x"}],
)
async def test_a_form_filled_in_wrongly_is_not_sent(
    service: DiscordSandbox,
    place: StandardWorld,
    bot: Socket,
    rest: Rest,
    fields: dict[str, Any],
) -> None:
    handle, _ = await _form(service, place, bot, rest, MODAL)

    with pytest.raises(ClientRefused):
        await service.submit_modal(place.member, handle.modal, fields)


async def test_a_form_is_before_one_person_only(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    handle, _ = await _form(service, place, bot, rest, MODAL)

    with pytest.raises(ClientRefused):
        await service.submit_modal(place.other_member, handle.modal, {})
    with pytest.raises(ClientRefused):
        await service.submit_modal(place.member, None, {})


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "x" * 46},
        {"title": ""},
        {"custom_id": ""},
        {"components": []},
        {"components": MODAL["components"] * 3},
        {"components": [ROW]},
    ],
)
async def test_a_form_that_cannot_be_shown_is_refused(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest, wrong: Json
) -> None:
    handle, reply = await _form(service, place, bot, rest, {**MODAL, **wrong})

    assert reply.code == 50035
    assert handle.modal is None


async def test_a_form_is_not_answered_with_a_form(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    handle, _ = await _form(service, place, bot, rest, MODAL)
    await service.submit_modal(place.member, handle.modal, {})
    told = await bot.event("INTERACTION_CREATE")

    assert (await _answer(rest, told, 9, MODAL)).code == 50035
    assert (await _answer(rest, told, 7, {"content": "x"})).code == 50035


async def test_a_form_from_a_button_may_change_the_buttons_message(
    service: DiscordSandbox,
    place: StandardWorld,
    bot: Socket,
    rest: Rest,
    message: Message,
) -> None:
    handle = await service.press(place.member, message, "again:1")
    await _answer(rest, await bot.event("INTERACTION_CREATE"), 9, MODAL)
    await service.submit_modal(place.member, handle.modal, {})
    told = await bot.event("INTERACTION_CREATE")
    assert told["message"]["id"] == str(message.id)

    await _answer(rest, told, 7, {"content": "changed"})

    assert message.content == "changed"
