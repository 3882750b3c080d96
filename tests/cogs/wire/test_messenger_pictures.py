"""Clips and notices come with the picture that the clip begins with."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import errors
from bot.ids import MessageId
from bot.jobs.failures import ABOUT_CONTENT, Failure
from bot.jobs.picture import PictureKind, PictureUse
from bot.pipeline.ports import Posting
from cogs.drawing.clip import clip_filename
from cogs.wire.messenger import DiscordMessenger
from cogs.wire.pictures import shown_picture
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.messages import Message
from sandbox.discord.permissions import EVERYONE, Permission
from tests.cogs.asked import asked_for
from tests.cogs.stage import Stage
from tests.cogs.wire.paths import MESSAGES

PICTURE = b"\xff\xd8\xff\xe0 a small picture"

ITS_PICTURE = PictureUse(kind=PictureKind.POSTED, owner_id=None)


def _shown(message: Message) -> dict[str, bytes]:
    return {one.filename: one.data for one in message.attachments}


async def test_a_clip_comes_with_the_picture_it_begins_with(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job(picture=ITS_PICTURE)
    stage.pictures.kept[job.id] = PICTURE

    message = stage.message(await messenger.post_clip(job, clip))

    assert _shown(message) == {
        clip_filename(job.id): b"\0\0\0\x18ftypmp42" + b"x" * 1000,
        "picture.jpg": PICTURE,
    }
    assert [video.filename for video in message.videos] == [clip_filename(job.id)]
    found = shown_picture(stage.discord.payload(message))
    assert found is not None
    assert found.size == len(PICTURE)


@pytest.mark.parametrize("posting", list(Posting))
async def test_a_clip_or_a_notice_with_a_picture_is_found_again_and_posted_once(
    stage: Stage, messenger: DiscordMessenger, clip: Path, posting: Posting
) -> None:
    now = datetime.now(UTC)
    job = stage.job(
        picture=ITS_PICTURE,
        failure=Failure.GAVE_UP,
        post_intended_at=now,
        notice_intended_at=now,
    )
    stage.pictures.kept[job.id] = PICTURE

    async def post() -> MessageId:
        if posting is Posting.CLIP:
            return await messenger.post_clip(job, clip)
        return await messenger.post_notice(job)

    posted = await post()

    assert "picture.jpg" in _shown(stage.message(posted))
    assert await post() == posted
    assert await messenger.find_posted(job, posting) == posted
    assert len(stage.public()) == 1


@pytest.mark.parametrize("failure", sorted(ABOUT_CONTENT))
async def test_a_picture_that_was_refused_is_not_posted(
    stage: Stage, messenger: DiscordMessenger, failure: Failure
) -> None:
    job = stage.job(picture=ITS_PICTURE, failure=failure)
    stage.pictures.kept[job.id] = PICTURE

    posted = stage.message(await messenger.post_notice(job))

    assert _shown(posted) == {}


async def test_a_link_comes_with_the_picture_too(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    job = stage.job(picture=ITS_PICTURE, result_url="https://files.example/a.mp4")
    stage.pictures.kept[job.id] = PICTURE

    message = stage.message(await messenger.post_link(job, datetime.now(UTC)))

    assert _shown(message) == {"picture.jpg": PICTURE}
    assert "https://files.example/a.mp4" in message.text


async def test_a_picture_that_is_no_longer_kept_is_left_out(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job(picture=ITS_PICTURE, failure=Failure.GAVE_UP)

    posted = stage.message(await messenger.post_clip(job, clip))
    notice = stage.message(await messenger.post_notice(job))

    assert list(_shown(posted)) == [clip_filename(job.id)]
    assert _shown(notice) == {}


@pytest.mark.parametrize("is_link", [False, True], ids=["notice", "link"])
async def test_words_are_posted_without_the_picture_where_none_is_taken(
    stage: Stage, messenger: DiscordMessenger, *, is_link: bool
) -> None:
    """Clapper may have lost Attach Files since: the member is to hear that."""
    job = stage.job(
        picture=ITS_PICTURE,
        failure=Failure.PLACE_FORBIDDEN,
        result_url="https://files.example/a.mp4",
    )
    stage.pictures.kept[job.id] = PICTURE
    without = EVERYONE & ~Permission.ATTACH_FILES
    stage.discord.world.set_bot_permissions(stage.world.guild, without)

    if is_link:
        message_id = await messenger.post_link(job, datetime.now(UTC))
    else:
        message_id = await messenger.post_notice(job)

    message = stage.message(message_id)
    assert _shown(message) == {}
    assert message.pinged == frozenset({job.user_id})


async def test_a_clip_put_into_its_status_message_brings_the_picture_once(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    _, job = await asked_for(stage, picture=ITS_PICTURE)
    stage.pictures.kept[job.id] = PICTURE

    await messenger.clip_into_status(job, clip)
    message = stage.message(await messenger.clip_into_status(job, clip))

    assert set(_shown(message)) == {clip_filename(job.id), "picture.jpg"}


@pytest.mark.parametrize("code", [200000, 50045], ids=["filtered", "too large"])
@pytest.mark.parametrize("into_status", [False, True], ids=["posted", "into status"])
async def test_a_clip_is_posted_once_without_the_picture_that_was_refused(
    stage: Stage,
    messenger: DiscordMessenger,
    clip: Path,
    code: int,
    *,
    into_status: bool,
) -> None:
    """It is paid: what was the matter with the picture alone must not cost it."""
    status, job = await asked_for(stage, picture=ITS_PICTURE)
    stage.pictures.kept[job.id] = PICTURE
    stage.discord.faults.add(Fault(path="/messages", status=400, code=code, times=1))

    if into_status:
        posted = stage.message(await messenger.clip_into_status(job, clip))
    else:
        posted = stage.message(await messenger.post_clip(job, clip))

    assert list(_shown(posted)) == [clip_filename(job.id)]
    assert "is ready" in posted.text
    assert stage.public() == ([posted] if into_status else [status, posted])


@pytest.mark.parametrize(
    ("code", "error"),
    [(200000, errors.MessageBlocked), (50045, errors.FileTooLarge)],
    ids=["filtered", "too large"],
)
async def test_a_clip_that_is_refused_without_its_picture_too_is_not_taken(
    stage: Stage,
    messenger: DiscordMessenger,
    clip: Path,
    code: int,
    error: type[errors.MessengerError],
) -> None:
    job = stage.job(picture=ITS_PICTURE)
    stage.pictures.kept[job.id] = PICTURE
    refusal = stage.discord.faults.add(
        Fault(method="POST", path=MESSAGES, status=400, code=code)
    )

    with pytest.raises(error):
        await messenger.post_clip(job, clip)

    assert refusal.hits == 2


async def test_a_clip_whose_fate_is_unknown_is_not_sent_without_its_picture(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job(picture=ITS_PICTURE)
    stage.pictures.kept[job.id] = PICTURE
    outage = stage.discord.faults.add(
        Fault(method="POST", path=MESSAGES, trouble=Trouble.RESET)
    )

    with pytest.raises(errors.MessengerDown):
        await messenger.post_clip(job, clip)

    assert outage.hits == 1
