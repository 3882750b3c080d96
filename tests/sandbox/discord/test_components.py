"""What may be built of components."""

import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.client import Json, Rest

V2 = 1 << 15


def button(custom_id: str = "a", **more: object) -> Json:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id, **more}


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def text(content: str = "x") -> Json:
    return {"type": 10, "content": content}


def gallery(*urls: str) -> Json:
    return {"type": 12, "items": [{"media": {"url": url}} for url in urls]}


def box(*parts: Json) -> Json:
    return {"type": 17, "components": list(parts)}


def menu(count: int = 1, **more: object) -> Json:
    options = [{"label": f"L{n}", "value": f"v{n}"} for n in range(count)]
    return {"type": 3, "custom_id": "m", "options": options, **more}


def link(url: str = "https://example.org/", **more: object) -> Json:
    return {"type": 2, "style": 5, "label": "Go", "url": url, **more}


PICTURE = "https://example.org/a.png"
SECTION: Json = {"type": 9, "components": [text()], "accessory": button()}


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x", "components": [row(button("a"), button("b"))]},
        {"content": "x", "components": [row(menu(25))]},
        {"content": "x", "components": [row(link())]},
        {"flags": V2, "components": [text("x" * 4000)]},
        {"flags": V2, "components": [box(text(), gallery(PICTURE), SECTION)]},
        {"flags": V2, "components": [{"type": 14, "spacing": 2}, text()]},
        {"flags": V2, "components": [text() for _ in range(40)]},
        {"flags": V2, "components": [gallery(*[PICTURE] * 10)]},
        {"flags": V2, "components": [text()], "content": None, "embeds": []},
    ],
)
async def test_what_the_documentation_allows_is_taken(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, body: Json
) -> None:
    reply = await rest.post(f"/channels/{place.general.id}/messages", body)

    assert reply.status == 200, reply.body
    assert service.violations == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"components": [text()]}, "components.0"),
        ({"components": [row(*[button(str(n)) for n in range(6)])]}, "components.0"),
        ({"components": [row(button("a"), button("a"))]}, "components.0.components.1"),
        ({"components": [row(button(""))]}, "components.0.components.0.custom_id"),
        ({"components": [row(button("x" * 101))]}, "components.0.components.0"),
        ({"components": [row(button(label="x" * 81))]}, "components.0.components.0"),
        ({"components": [row(link(custom_id="a"))]}, "components.0.components.0"),
        ({"components": [row(link("https://x/" + "y" * 512))]}, "components.0"),
        ({"components": [row(menu(26))]}, "components.0.components.0.options"),
        ({"components": [row(menu(), button())]}, "components.0.components"),
        ({"components": [row()]}, "components.0.components"),
        ({"components": [row(button(str(n))) for n in range(6)]}, "components"),
        ({"flags": V2, "content": "x", "components": [text()]}, "content"),
        ({"flags": V2, "embeds": [{"title": "x"}], "components": [text()]}, "embeds"),
        ({"flags": V2, "components": [text() for _ in range(41)]}, "components"),
        ({"flags": V2, "components": [text("x" * 4001)]}, "components"),
        ({"flags": V2, "components": [text("x" * 2001), text("x" * 2000)]}, "comp"),
        ({"flags": V2, "components": [gallery()]}, "components.0.items"),
        ({"flags": V2, "components": [gallery(*[PICTURE] * 11)]}, "components.0.items"),
        ({"flags": V2, "components": [gallery("attachment://no.mp4")]}, "components.0"),
        ({"flags": V2, "components": [gallery("ftp://x/a.png")]}, "components.0"),
        ({"flags": V2, "components": [box(box(text()))]}, "components.0.components.0"),
        ({"flags": V2, "components": [{"type": 13, "file": {"url": PICTURE}}]}, "comp"),
        ({"flags": V2, "components": [SECTION, row(button())]}, "components.1"),
    ],
)
async def test_what_it_does_not_is_refused_with_the_place(
    service: DiscordSandbox, place: StandardWorld, rest: Rest, body: Json, where: str
) -> None:
    body = {"content": "x", **body} if "flags" not in body else body

    reply = await rest.post(f"/channels/{place.general.id}/messages", body)

    assert (reply.status, reply.code) == (400, 50035)
    assert service.violations[0].where.startswith(where)
    assert service.messages(place.general) == []


async def test_a_message_with_the_flag_and_no_components_is_empty(
    place: StandardWorld, rest: Rest
) -> None:
    path = f"/channels/{place.general.id}/messages"

    assert (await rest.post(path, {"flags": V2})).code == 50006


async def test_an_uploaded_file_has_to_be_shown(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    path = f"/channels/{place.general.id}/messages"
    clip = [("clip.mp4", b"clip")]
    hidden: Json = {"flags": V2, "components": [text()]}
    shown: Json = {"flags": V2, "components": [gallery("attachment://clip.mp4")]}

    refused = await rest.post(path, hidden, clip)
    taken = await rest.post(path, shown, clip)

    assert refused.code == 50035
    [message] = service.messages(place.general)
    assert [video.data for video in message.videos] == [b"clip"]
    assert taken.body["attachments"] == []
    media = taken.body["components"][0]["items"][0]["media"]
    assert media["url"].startswith(f"{service.url}/attachments/{place.general.id}/")
    assert media["content_type"] == "video/mp4"


async def test_every_component_gets_a_number(place: StandardWorld, rest: Rest) -> None:
    body = {"flags": V2, "components": [box(text(), row(button(id=2))), text()]}

    reply = await rest.post(f"/channels/{place.general.id}/messages", body)

    container, last = reply.body["components"]
    inner = container["components"]
    numbers = [container["id"], inner[0]["id"], inner[1]["id"], last["id"]]
    assert numbers == [1, 3, 4, 5]
    assert inner[1]["components"][0]["id"] == 2


async def test_a_message_tells_what_a_person_sees(
    service: DiscordSandbox, place: StandardWorld, rest: Rest
) -> None:
    body = {
        "flags": V2,
        "components": [
            box(text("Done"), gallery("https://example.org/a.mp4"), SECTION),
            row(link(), button("b", disabled=True)),
            row(menu(placeholder="Pick")),
        ],
    }

    await rest.post(f"/channels/{place.general.id}/messages", body)

    [message] = service.messages(place.general)
    assert message.text == "Done\nx\nGo\nGo\nGo\nPick"
    buttons = message.buttons
    assert [(one.label, one.custom_id, one.url, one.disabled) for one in buttons] == [
        ("Go", "a", None, False),
        ("Go", None, "https://example.org/", False),
        ("Go", "b", None, True),
        ("Pick", "m", None, False),
    ]
    assert [video.url for video in message.videos] == ["https://example.org/a.mp4"]
