"""Every kind of field of a modal: what the bot may send, and what comes back."""

from collections.abc import Sequence
from typing import Any

import discord
import pytest

from sandbox.discord.handle import Handle
from sandbox.discord.invocation import ClientRefused, File
from sandbox.discord.message_rules import check_modal
from sandbox.discord.refusals import ApiError
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Reply, Rest, Socket


def options(*names: str, chosen: Sequence[str] = ()) -> list[Json]:
    return [
        {"label": name.title(), "value": name, "default": name in chosen}
        for name in names
    ]


def label(component: Json, **more: object) -> Json:
    words = str(component["custom_id"]).title()
    return {"type": 18, "label": words, "component": component, **more}


MODE: Json = {
    "type": 3,
    "custom_id": "mode",
    "options": options("fun", "normal", chosen=["normal"]),
}
LENGTH: Json = {
    "type": 21,
    "custom_id": "length",
    "options": options("6", "10", chosen=["6"]),
}
EXTRAS: Json = {
    "type": 22,
    "custom_id": "extras",
    "required": False,
    "min_values": 0,
    "options": options("sound", "loop", "slow", chosen=["loop"]),
}
SURE: Json = {"type": 23, "custom_id": "sure", "default": True}
PICTURES: Json = {
    "type": 19,
    "custom_id": "pictures",
    "required": False,
    "max_values": 2,
}
PERSON: Json = {"type": 5, "custom_id": "person", "required": False}


def modal(*fields: Json) -> Json:
    return {"custom_id": "m", "title": "All", "components": [label(f) for f in fields]}


async def opened(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest, form: Json
) -> tuple[Handle, Reply]:
    handle = await service.slash(place.member, place.general, "video", {"prompt": "x"})
    told = await bot.event("INTERACTION_CREATE")
    path = f"/interactions/{told['id']}/{told['token']}/callback?with_response=1"
    return handle, await rest.post(path, {"type": 9, "data": form})


async def sent_in(
    service: DiscordSandbox,
    place: StandardWorld,
    bot: Socket,
    handle: Handle,
    fields: dict[str, Any],
) -> Json:
    await service.submit_modal(place.member, handle.modal, fields)
    told = await bot.event("INTERACTION_CREATE")
    data: Json = told["data"]
    return data


async def test_fields_left_alone_are_sent_as_they_were_shown(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    form = modal(MODE, LENGTH, EXTRAS, SURE, PICTURES)
    handle, _ = await opened(service, place, bot, rest, form)

    data = await sent_in(service, place, bot, handle, {})

    fields = [one["component"] for one in data["components"]]
    assert [one.get("values", one.get("value")) for one in fields] == [
        ["normal"],
        "6",
        ["loop"],
        True,
        [],
    ]
    assert [one["type"] for one in fields] == [3, 21, 22, 23, 19]


async def test_fields_come_back_as_they_were_filled_in(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    form = modal(MODE, LENGTH, EXTRAS, SURE, PICTURES)
    handle, _ = await opened(service, place, bot, rest, form)

    data = await sent_in(
        service,
        place,
        bot,
        handle,
        {
            "Mode": ["Fun"],
            "length": "10",
            "extras": ["sound", "slow"],
            "sure": False,
            "pictures": [File(name="a.png", data=b"abc")],
        },
    )

    fields = [one["component"] for one in data["components"]]
    assert [one.get("values", one.get("value")) for one in fields[:4]] == [
        ["fun"],
        "10",
        ["sound", "slow"],
        False,
    ]
    (attachment,) = data["resolved"]["attachments"].values()
    assert fields[4]["values"] == [attachment["id"]]
    assert (attachment["filename"], attachment["size"]) == ("a.png", 3)


async def test_nobody_chosen_by_default_stays_nobody_and_somebody_stays(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    default = [{"id": str(place.admin.id), "type": "user"}]
    chosen = {**PERSON, "custom_id": "chosen", "default_values": default}
    handle, _ = await opened(service, place, bot, rest, modal(PERSON, chosen))

    data = await sent_in(service, place, bot, handle, {})

    assert data["components"][0]["component"]["values"] == []
    assert data["components"][1]["component"]["values"] == [str(place.admin.id)]
    assert data["resolved"]["users"][str(place.admin.id)]["username"] == "ada"


async def test_a_text_between_the_fields_comes_back_without_its_words(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    form = modal(LENGTH)
    form["components"].insert(0, {"type": 10, "content": "Some words"})
    handle, _ = await opened(service, place, bot, rest, form)

    data = await sent_in(service, place, bot, handle, {})

    assert data["components"][0] == {"type": 10, "id": 1}


@pytest.mark.parametrize(
    ("field", "filled"),
    [
        (MODE, []),
        (MODE, ["spicy"]),
        (MODE, ["fun", "normal"]),
        (LENGTH, "7"),
        (LENGTH, None),
        (LENGTH, ["6"]),
        ({**EXTRAS, "max_values": 1}, ["sound", "loop"]),
        ({**EXTRAS, "min_values": 2, "required": True}, ["loop"]),
        (EXTRAS, ["cheese"]),
        (SURE, "yes"),
        ({**PICTURES, "required": True}, []),
        (PICTURES, ["a.png"]),
        (PICTURES, [File(name=f"{n}.png", data=b"") for n in range(3)]),
    ],
)
async def test_a_client_does_not_send_what_a_field_does_not_take(
    service: DiscordSandbox,
    place: StandardWorld,
    bot: Socket,
    rest: Rest,
    field: Json,
    filled: Any,
) -> None:
    handle, reply = await opened(service, place, bot, rest, modal(field))
    assert reply.status == 200

    with pytest.raises(ClientRefused):
        await service.submit_modal(
            place.member, handle.modal, {field["custom_id"]: filled}
        )


TEXT: Json = {"type": 4, "custom_id": "text", "style": 1}
LONG = "x" * 101


@pytest.mark.parametrize(
    ("component", "where"),
    [
        ({**LENGTH, "options": options("6")}, "options"),
        ({**LENGTH, "options": options(*"abcdefghijk")}, "options"),
        ({**LENGTH, "options": options("a", "a")}, "options"),
        ({**LENGTH, "options": options("a", "b", chosen=["a", "b"])}, "options"),
        ({**LENGTH, "options": [{"label": "", "value": "a"}] * 2}, "options"),
        ({**EXTRAS, "options": options(*"abcdefghijk")}, "options"),
        ({**EXTRAS, "options": []}, "options"),
        ({**EXTRAS, "max_values": 11}, "max_values"),
        ({**EXTRAS, "required": True}, "required"),
        ({**PICTURES, "max_values": 11}, "max_values"),
        ({**PICTURES, "min_values": 3}, "min_values"),
        ({**MODE, "disabled": True}, "disabled"),
        ({**MODE, "min_values": 26}, "min_values"),
        ({**MODE, "options": options("a", "b", chosen=["a", "b"])}, "options"),
        (
            {**MODE, "options": [{"label": "a", "value": "a", "description": LONG}]},
            "options",
        ),
        ({**TEXT, "label": "Twice"}, "label"),
        ({**TEXT, "style": 3}, "style"),
        ({**TEXT, "placeholder": LONG}, "placeholder"),
        ({**TEXT, "max_length": 4001}, "max_length"),
        ({"type": 23, "custom_id": ""}, "custom_id"),
        ({"type": 2, "style": 1, "label": "Go", "custom_id": "go"}, "_errors"),
    ],
)
def test_a_field_that_discord_would_refuse_is_refused(
    component: Json, where: str
) -> None:
    with pytest.raises(ApiError) as refused:
        check_modal(modal(component))

    faults: Any = refused.value.errors
    assert where in faults["data"]["components"]["0"]["component"]


@pytest.mark.parametrize("kind", [LENGTH, EXTRAS, SURE, PICTURES])
def test_what_is_for_labels_stands_nowhere_else(kind: Json) -> None:
    row = {"type": 1, "components": [kind]}
    for components in ([kind], [row]):
        with pytest.raises(ApiError):
            check_modal({"custom_id": "m", "title": "All", "components": components})


def test_a_text_input_without_a_label_says_what_it_is_for() -> None:
    row = {"type": 1, "components": [TEXT]}

    with pytest.raises(ApiError):
        check_modal({"custom_id": "m", "title": "All", "components": [row]})


def test_a_label_s_description_has_its_length() -> None:
    form = modal(LENGTH)
    form["components"][0]["description"] = LONG

    with pytest.raises(ApiError):
        check_modal(form)


class Everything(discord.ui.Modal, title="Everything"):
    """A modal with all that discord.py can put into one."""

    mode: discord.ui.Label[Any] = discord.ui.Label(
        text="Mode",
        component=discord.ui.Select(
            options=[
                discord.SelectOption(label="Fun", value="fun"),
                discord.SelectOption(label="Normal", value="normal", default=True),
            ],
        ),
    )
    length: discord.ui.Label[Any] = discord.ui.Label(
        text="Length",
        component=discord.ui.RadioGroup(
            options=[
                discord.RadioGroupOption(label="6 s", value="6", default=True),
                discord.RadioGroupOption(label="10 s", value="10"),
            ],
        ),
    )
    extras: discord.ui.Label[Any] = discord.ui.Label(
        text="Extras",
        component=discord.ui.CheckboxGroup(
            required=False, options=[discord.CheckboxGroupOption(label="Loop")]
        ),
    )
    sure: discord.ui.Label[Any] = discord.ui.Label(
        text="Sure", component=discord.ui.Checkbox(default=True)
    )
    pictures: discord.ui.Label[Any] = discord.ui.Label(
        text="Pictures", component=discord.ui.FileUpload(required=False)
    )


async def test_what_discord_py_puts_into_a_modal_is_taken_and_comes_back(
    service: DiscordSandbox, place: StandardWorld, bot: Socket, rest: Rest
) -> None:
    made = Everything()
    handle, reply = await opened(service, place, bot, rest, made.to_dict())
    assert reply.status == 200

    fields = {"Mode": ["fun"], "Extras": ["Loop"]}
    data = await sent_in(service, place, bot, handle, fields)

    read = {
        one["component"]["custom_id"]: one["component"] for one in data["components"]
    }
    for name, value in (
        ("mode", ["fun"]),
        ("length", "6"),
        ("extras", ["Loop"]),
        ("sure", True),
        ("pictures", []),
    ):
        item: Any = getattr(made, name).component
        item._handle_submit(None, read[item.custom_id], {})
        assert (item.values if isinstance(value, list) else item.value) == value
