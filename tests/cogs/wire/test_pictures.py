"""Pictures are read from Discord's own file servers, once, and within bounds."""

import threading
from io import BytesIO
from typing import Any

import pytest
from aiohttp import web
from typing_extensions import Buffer

from bot.errors import Refused
from bot.ids import MessageId
from bot.jobs.picture import PictureKind, PictureUse
from cogs.bot import ClapperBot
from cogs.drawing.layout import PICTURE_FILENAME
from cogs.wire.discord_wire import WRITTEN_AT_ONCE
from cogs.wire.pictures import (
    TRIES,
    AttachedFile,
    DiscordPictures,
    shown_picture,
    uploaded,
)
from sandbox.discord.cdn import LINK_LIFE_S
from sandbox.discord.drafting import Upload
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.invocation import File
from tests.cogs.stage import Stage

DATA = bytes(range(256)) * 100
USE = PictureUse(kind=PictureKind.POSTED, owner_id=None)


@pytest.fixture
def pictures(stage: Stage, bot: ClapperBot) -> DiscordPictures:
    return DiscordPictures(bot.wire, api_base=stage.discord.rest_url)


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cogs.wire.pictures.PAUSE_S", 0.0)


@pytest.fixture
def posted(stage: Stage) -> AttachedFile:
    """A picture in a message, as an interaction tells of it."""
    world = stage.world
    message = stage.discord.say(
        world.member, world.general, "look", [File(name="cat.png", data=DATA)]
    )
    return _file(stage.discord.payload(message)["attachments"][0])


def _file(told: Any, **changes: Any) -> AttachedFile:
    fields = {name: told[name] for name in ("url", "filename", "size", "content_type")}
    return AttachedFile(**(fields | changes))


async def test_a_picture_is_read_without_our_token(
    stage: Stage, pictures: DiscordPictures, posted: AttachedFile
) -> None:
    seen: list[str | None] = []
    cdn: Any = stage.discord.cdn
    answer = cdn._answer

    def noted(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        response: web.Response = answer(request)
        return response

    cdn._answer = noted
    source = pictures.source(posted)

    assert (source.size, source.content_type) == (len(DATA), "image/png")
    assert await source.read() == DATA
    assert seen == [None]
    assert stage.counted["read_picture", "ok"] == 1


class Written(BytesIO):
    """Knows which threads wrote into it, and how often."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[int] = []

    def write(self, data: Buffer, /) -> int:
        self.threads.append(threading.get_ident())
        return super().write(data)


async def test_a_large_file_is_written_in_large_pieces_beside_the_event_loop(
    stage: Stage, pictures: DiscordPictures
) -> None:
    data, into = bytes(range(256)) * 4096 * 5, Written()
    world = stage.world
    message = stage.discord.say(
        world.member, world.general, "look", [File(name="cat.mp4", data=data)]
    )
    file = _file(stage.discord.payload(message)["attachments"][0])

    await pictures.save(file, into, most_bytes=len(data), within_s=60.0)

    assert into.getvalue() == data
    assert threading.get_ident() not in into.threads
    assert len(into.threads) <= len(data) // WRITTEN_AT_ONCE + 1


@pytest.mark.parametrize(
    "fault", [Fault(status=503, times=2), Fault(trouble=Trouble.RESET, times=1)]
)
async def test_what_discord_does_not_give_out_at_once_is_asked_for_again(
    stage: Stage, pictures: DiscordPictures, posted: AttachedFile, fault: Fault
) -> None:
    stage.discord.cdn.faults.add(fault)

    assert await pictures.source(posted).read() == DATA


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(trouble=Trouble.RESET)])
async def test_what_discord_never_gives_out_is_refused_after_some_tries(
    stage: Stage, pictures: DiscordPictures, posted: AttachedFile, fault: Fault
) -> None:
    stage.discord.cdn.faults.add(fault)

    with pytest.raises(Refused, match="refused-picture-unread"):
        await pictures.source(posted).read()

    assert fault.hits == TRIES


@pytest.mark.parametrize(
    "bound",
    ["cogs.wire.pictures.TRY_WITHIN_S", "cogs.wire.discord_wire.SILENT_FOR_S"],
)
async def test_a_picture_that_does_not_come_in_time_is_refused(
    stage: Stage,
    pictures: DiscordPictures,
    posted: AttachedFile,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
) -> None:
    monkeypatch.setattr(bound, 0.05)
    stage.discord.cdn.faults.add(Fault(delay_s=30.0))

    with pytest.raises(Refused, match="refused-picture-unread"):
        await pictures.source(posted).read()


async def test_a_link_that_has_expired_is_refused_at_once(
    stage: Stage, pictures: DiscordPictures, posted: AttachedFile
) -> None:
    stage.discord.clock.advance(LINK_LIFE_S)

    with pytest.raises(Refused, match="refused-picture-gone"):
        await pictures.source(posted).read()

    assert stage.counted["read_picture", "MessageGone"] == 1


async def test_a_picture_that_is_larger_than_discord_said_is_not_read_to_its_end(
    pictures: DiscordPictures, posted: AttachedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.wire.pictures.MOST_BYTES", len(DATA) - 1)

    with pytest.raises(Refused, match="refused-picture-large"):
        await pictures.source(posted).read()


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/attachments/1/2/cat.png",
        "http://cdn.discordapp.com/attachments/1/2/cat.png",
        "https://cdn.discordapp.com.example.com/attachments/1/2/cat.png",
        "https://cdn.discordapp.com@127.0.0.1/attachments/1/2/cat.png",
        "http://127.0.0.1:1/attachments/1/2/cat.png",
        "file:///etc/passwd",
        "None",
    ],
)
async def test_nothing_is_asked_of_anybody_but_discord(
    stage: Stage, pictures: DiscordPictures, url: str
) -> None:
    file = AttachedFile(url=url, filename="cat.png", size=1, content_type="image/png")

    with pytest.raises(Refused, match="refused-picture-gone"):
        await pictures.source(file).read()

    assert not [key for key in stage.counted if key[0] == "read_picture"]


async def test_a_redirect_is_not_followed(
    stage: Stage, pictures: DiscordPictures, posted: AttachedFile
) -> None:
    def redirect(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})

    cdn: Any = stage.discord.cdn
    cdn._answer = redirect

    with pytest.raises(Refused, match="refused-picture-unread"):
        await pictures.source(posted).read()


@pytest.mark.parametrize(
    ("filename", "content_type", "is_picture"),
    [
        ("cat.png", "image/png", True),
        ("cat", "image/webp", True),
        ("cat.heic", None, True),
        ("CAT.JPG", None, True),
        ("cat.mp4", "video/mp4", False),
        ("cat.png", "text/plain", False),
        ("notes.txt", None, False),
    ],
)
def test_what_discord_takes_for_a_picture_is_one(
    filename: str, content_type: str | None, *, is_picture: bool
) -> None:
    file = AttachedFile(url="", filename=filename, size=None, content_type=content_type)

    assert file.is_picture is is_picture


def test_a_form_without_a_file_has_none() -> None:
    told = {"url": "u", "filename": "f.png", "size": 3, "content_type": "image/png"}
    sent = {"resolved": {"attachments": {"7": told}}}

    assert uploaded(sent, "7") == _file(told)
    assert uploaded(sent, "8") is None
    assert uploaded(sent, None) is None
    assert uploaded({}, "7") is None


def _with_clip(stage: Stage, shows: str) -> MessageId:
    """Post a message that shows a file as ours show a picture; return its id."""
    text = {"type": 10, "content": "Your video is ready!"}
    thumbnail = {"type": 11, "media": {"url": f"attachment://{shows}"}}
    section = {"type": 9, "components": [text], "accessory": thumbnail}
    message = stage.discord.let_bot_say(
        stage.world.general,
        {"flags": 1 << 15, "components": [section]},
        [Upload(index=0, filename=shows, data=DATA)],
    )
    return MessageId(message.id)


async def test_the_picture_of_a_clip_is_read_by_a_fresh_link(
    stage: Stage, pictures: DiscordPictures
) -> None:
    message_id = _with_clip(stage, PICTURE_FILENAME)
    stage.discord.clock.advance(30 * LINK_LIFE_S)

    job = stage.job(picture=USE, clip_message_id=message_id)

    assert await pictures.of_clip(job) == DATA


async def test_a_clip_without_a_picture_is_not_asked_for(
    stage: Stage, pictures: DiscordPictures
) -> None:
    message_id = _with_clip(stage, PICTURE_FILENAME)

    assert await pictures.of_clip(stage.job(clip_message_id=message_id)) is None
    assert await pictures.of_clip(stage.job(picture=USE)) is None
    assert not [key for key in stage.counted if key[0] == "read_clip"]


async def test_a_picture_that_is_not_there_any_more_is_none(
    stage: Stage, pictures: DiscordPictures
) -> None:
    other = stage.job(picture=USE, clip_message_id=_with_clip(stage, "other.jpg"))
    gone = stage.job(picture=USE, clip_message_id=MessageId(5))

    assert await pictures.of_clip(other) is None
    assert await pictures.of_clip(gone) is None


def test_a_picture_beside_a_clip_is_found_wherever_it_stands() -> None:
    url = f"https://cdn.discordapp.com/attachments/1/2/{PICTURE_FILENAME}?ex=1"
    attachment = {"id": "2", "filename": PICTURE_FILENAME, "url": url, "size": 9}

    found = shown_picture({"attachments": [attachment], "components": []})

    assert found is not None
    assert (found.url, found.size) == (url, 9)
    assert shown_picture({"attachments": [], "components": []}) is None
