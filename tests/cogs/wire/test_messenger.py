"""What the workers say in channels, through real requests."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot import errors
from bot.ids import GuildId, MessageId
from bot.jobs.failures import Failure
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.pipeline.ports import Posting
from cogs.bot import ClapperBot
from cogs.drawing.clip import clip_filename
from cogs.wire.messenger import DiscordMessenger
from cogs.wire.pictures import shown_picture
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.messages import Message
from sandbox.discord.permissions import (
    EVERYONE,
    EVERYONE as BOT_PERMISSIONS,
    Permission,
)
from tests.cogs.asked import asked_for
from tests.cogs.stage import UPLOAD_LIMIT_BYTES, Stage, eventually, until

MESSAGES = r"/channels/\d+/messages"
MIB = 1024 * 1024


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 1000)
    return path


async def test_a_clip_plays_in_place_and_calls_the_requester_alone(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    other = stage.world.other_member.id
    job = stage.job(prompt=f"@everyone <@{other}> look")
    message = stage.message(await messenger.post_clip(job, clip))
    (video,) = message.videos

    assert video.data == b"\0\0\0\x18ftypmp42" + b"x" * 1000
    assert not video.spoiler
    assert message.pinged == frozenset({job.user_id})
    assert message.author is stage.discord.world.bot


async def test_a_repeated_clip_is_posted_once(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job()
    first = await messenger.post_clip(job, clip)
    again = await messenger.post_clip(job, clip)

    assert first == again
    assert len(stage.public()) == 1


async def test_a_clip_follows_a_notice_of_the_same_job(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job(failure=Failure.GAVE_UP)
    notice = await messenger.post_notice(job)
    posted = await messenger.post_clip(job, clip)

    assert notice != posted
    assert len(stage.public()) == 2


async def test_a_lost_answer_does_not_post_twice(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    stage.discord.faults.add(
        Fault(
            method="POST",
            path=MESSAGES,
            trouble=Trouble.RESET,
            times=1,
            after_effect=True,
        )
    )
    job = stage.job()
    with pytest.raises(errors.MessengerDown):
        await messenger.post_clip(job, clip)
    await messenger.post_clip(job, clip)

    assert len(stage.public()) == 1


async def test_a_notice_calls_the_requester(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    job = stage.job(failure=Failure.GENERATION_TIMEOUT)
    message = stage.message(await messenger.post_notice(job))

    assert "took too long" in message.text
    assert message.pinged == frozenset({job.user_id})


async def test_a_link_stands_in_for_a_file(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    job = stage.job(result_url="https://files.example/a.mp4?sig=1")
    expires_at = datetime.now(UTC) + timedelta(hours=24)
    message = stage.message(await messenger.post_link(job, expires_at))

    assert "https://files.example/a.mp4?sig=1" in message.text
    assert message.pinged == frozenset({job.user_id})


async def test_a_smaller_copy_brings_the_link_of_the_original(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job(result_url="https://files.example/a.mp4?sig=1")
    expires_at = datetime.now(UTC) + timedelta(hours=24)
    message = stage.message(await messenger.post_clip(job, clip, expires_at))

    assert [one.filename for one in message.attachments] == [f"clapper-{job.id}.mp4"]
    assert len(message.videos) == 1
    assert "https://files.example/a.mp4?sig=1" in message.text


@pytest.mark.parametrize("posting", list(Posting))
async def test_what_was_posted_is_found_again(
    stage: Stage, messenger: DiscordMessenger, clip: Path, posting: Posting
) -> None:
    now = datetime.now(UTC)
    job = stage.job(
        failure=Failure.GAVE_UP, post_intended_at=now, notice_intended_at=now
    )
    await messenger.post_notice(stage.job(failure=Failure.GAVE_UP))
    posted = {
        Posting.CLIP: await messenger.post_clip(job, clip),
        Posting.NOTICE: await messenger.post_notice(job),
    }
    for _ in range(120):
        stage.discord.say(stage.member, stage.world.general, "chatter")

    assert await messenger.find_posted(job, posting) == posted[posting]


async def test_a_posted_link_is_found_as_the_clip(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    now = datetime.now(UTC)
    job = stage.job(result_url="https://files.example/a.mp4", post_intended_at=now)
    posted = await messenger.post_link(job, now)

    assert await messenger.find_posted(job, Posting.CLIP) == posted


async def test_what_was_not_posted_is_not_found(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    now = datetime.now(UTC)
    job = stage.job(post_intended_at=now, notice_intended_at=now)
    await messenger.post_clip(job, clip)

    assert await messenger.find_posted(job, Posting.NOTICE) is None
    assert await messenger.find_posted(stage.job(), Posting.CLIP) is None


async def test_a_search_ends_after_three_pages(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    now = datetime.now(UTC)
    for _ in range(310):
        stage.discord.say(stage.member, stage.world.general, "chatter")
    job = stage.job(post_intended_at=now)
    await messenger.post_clip(job, clip)

    with pytest.raises(errors.SearchInconclusive):
        await messenger.find_posted(job, Posting.CLIP)
    assert len(stage.discord.requests_to("GET", MESSAGES)) == 3


async def test_a_status_is_edited_only_when_it_changes(
    stage: Stage, bot: ClapperBot, messenger: DiscordMessenger
) -> None:
    assert bot.user is not None
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(
        state=JobState.QUEUED, status_message_id=MessageId(message.id), prompt="a fox"
    )

    third = await messenger.edit_status(job, 3)
    assert third.asked
    assert "Number 3 in the queue." in message.text
    shown = replace(job, status_shown=third.shows)
    assert await messenger.edit_status(shown, 3) == replace(third, asked=False)
    assert (await messenger.edit_status(shown, 2)).asked
    assert len(stage.discord.requests_to("PATCH", f"{MESSAGES}/.*")) == 2
    assert message.pinged == frozenset()


async def test_in_the_end_the_status_is_one_line(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(
        state=JobState.DELIVERED,
        status_message_id=MessageId(message.id),
        clip_message_id=MessageId(77),
    )
    await messenger.edit_status(job, None)

    assert message.buttons == []
    assert message.text.count("\n") == 0
    assert message.text.endswith("/77")


async def test_a_failed_edit_is_not_taken_for_done(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(state=JobState.QUEUED, status_message_id=MessageId(message.id))
    stage.discord.faults.add(Fault(method="PATCH", path=MESSAGES, status=503, times=1))
    with pytest.raises(errors.MessengerDown):
        await messenger.edit_status(job, 1)

    assert (await messenger.edit_status(job, 1)).asked


async def test_a_status_that_was_deleted_is_known_to_be_gone(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(status_message_id=MessageId(message.id))
    stage.discord.delete_message(message)

    with pytest.raises(errors.MessageGone):
        await messenger.edit_status(job, None)


async def test_an_answer_is_found_through_its_token(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    await stage.discord.wait_until(lambda: bool(stage.intake.jobs), 20)
    [noted] = stage.intake.jobs
    job = stage.job(
        id=noted.id,
        interaction_token=handle.interaction.token,
        requested_at=datetime.now(UTC),
    )

    assert await messenger.original_response(job) == message.id
    stage.discord.delete_message(message)
    assert await messenger.original_response(job) is None
    stage.discord.clock.advance(16 * 60)
    with pytest.raises(errors.TokenExpired):
        await messenger.original_response(job)


async def test_an_answer_that_says_what_went_wrong_is_no_status_message(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    """Nobody is charged for what they were told has failed."""
    stage.intake.refused_at_once = errors.MessengerDown("acknowledge: HTTP 503")
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    assert (await handle.answer()).ephemeral
    job = stage.job(
        interaction_token=handle.interaction.token, requested_at=datetime.now(UTC)
    )

    assert await messenger.original_response(job) is None


async def test_without_a_token_there_is_nothing_to_ask(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    with pytest.raises(errors.TokenExpired):
        await messenger.original_response(stage.job(interaction_token=None))


@pytest.mark.parametrize(
    "missing",
    [
        Permission.VIEW_CHANNEL,
        Permission.SEND_MESSAGES,
        Permission.ATTACH_FILES,
    ],
)
async def test_a_missing_permission_is_final(
    stage: Stage, messenger: DiscordMessenger, clip: Path, missing: Permission
) -> None:
    stage.discord.world.set_bot_permissions(stage.world.guild, EVERYONE & ~missing)

    with pytest.raises(errors.PlaceForbidden):
        await messenger.post_clip(stage.job(), clip)


async def test_a_closed_thread_is_final(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    thread = stage.world.general_thread
    stage.discord.world.set_archived(thread, archived=True, locked=True)

    with pytest.raises(errors.PlaceForbidden):
        await messenger.post_clip(stage.job(thread), clip)


async def test_a_channel_that_is_gone_is_final(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    job = stage.job()
    stage.discord.world.delete_channel(stage.world.general)

    with pytest.raises(errors.PlaceGone):
        await messenger.post_clip(job, clip)


async def test_a_file_that_is_too_large_is_known(
    stage: Stage, messenger: DiscordMessenger, tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(b"x" * (UPLOAD_LIMIT_BYTES + 1))

    with pytest.raises(errors.FileTooLarge):
        await messenger.post_clip(stage.job(), large)


async def test_a_filter_of_the_server_is_known(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    stage.discord.faults.add(
        Fault(method="POST", path=MESSAGES, status=400, code=200000, times=1)
    )

    with pytest.raises(errors.MessageBlocked):
        await messenger.post_clip(stage.job(), clip)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="POST", path=MESSAGES, status=503),
        Fault(method="POST", path=MESSAGES, trouble=Trouble.RESET),
        Fault(method="POST", path=MESSAGES, trouble=Trouble.HTML, status=503),
    ],
    ids=["503", "reset", "a proxy's page"],
)
async def test_an_outage_is_worth_another_try(
    stage: Stage, messenger: DiscordMessenger, clip: Path, fault: Fault
) -> None:
    stage.discord.faults.add(fault)
    with pytest.raises(errors.MessengerDown):
        await messenger.post_clip(stage.job(), clip)
    stage.discord.faults.clear(fault)

    await messenger.post_clip(stage.job(), clip)


async def test_boosts_raise_the_limit_for_files(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    guild = stage.world.guild

    async def limit_is(mib: int) -> bool:
        return await messenger.upload_limit_bytes(GuildId(guild.id)) == mib * MIB

    for tier in (0, 1):
        stage.discord.world.set_boost_tier(guild, tier)
        assert await limit_is(20)
    # The news takes its way through the gateway.
    stage.discord.world.set_boost_tier(guild, 2)
    await until(lambda: limit_is(50))
    stage.discord.world.set_boost_tier(guild, 3)
    await until(lambda: limit_is(100))
    assert await messenger.upload_limit_bytes(GuildId(1)) == UPLOAD_LIMIT_BYTES


async def test_before_the_login_nothing_can_be_said(stage: Stage, clip: Path) -> None:
    messenger = stage.messenger(await stage.new_bot())

    with pytest.raises(errors.MessengerDown, match="not logged in"):
        await messenger.post_clip(stage.job(), clip)


async def test_nothing_but_the_requester_may_be_called_at_all(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    """Whatever a prompt may hold that our escaping does not know."""
    job = stage.job(failure=Failure.GAVE_UP, state=JobState.QUEUED)
    await messenger.post_clip(job, clip)
    await messenger.post_notice(job)
    posted = await messenger.find_posted(
        replace(job, post_intended_at=datetime.now(UTC)), Posting.CLIP
    )
    await messenger.edit_status(replace(job, status_message_id=posted), 1)
    allowed = [
        (request.method, cast("dict[str, Any]", request.body)["allowed_mentions"])
        for request in stage.discord.requests
        if re.match(MESSAGES, request.path) and request.method != "GET"
    ]

    only: dict[str, list[int]] = {"parse": [], "users": [job.user_id]}
    assert allowed == [("POST", only), ("POST", only), ("PATCH", {"parse": []})]


async def test_a_history_that_may_not_be_read_proves_nothing(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    """Discord shows an empty one then, and posting again would be the second time."""
    allowed = BOT_PERMISSIONS & ~Permission.READ_MESSAGE_HISTORY
    stage.discord.say(stage.member, stage.world.general, "chatter")
    stage.discord.world.set_bot_permissions(stage.world.guild, allowed)
    job = stage.job(post_intended_at=datetime.now(UTC))

    with pytest.raises(errors.SearchInconclusive):
        await messenger.find_posted(job, Posting.CLIP)


async def test_a_status_message_can_become_the_clip(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    """However often that is done there is one file in it, and no edit undoes it."""
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(state=JobState.QUEUED, status_message_id=MessageId(message.id))

    await messenger.clip_into_status(job, clip)
    await messenger.clip_into_status(job, clip)

    assert [one.filename for one in message.attachments] == [f"clapper-{job.id}.mp4"]
    assert len(stage.public()) == 1
    assert not (await messenger.edit_status(job, None)).asked
    assert len(message.attachments) == 1


WITHDRAWN = {
    "nothing": EVERYONE,
    "sending": EVERYONE & ~Permission.SEND_MESSAGES,
    "seeing": EVERYONE & ~Permission.VIEW_CHANNEL,
}


@pytest.mark.parametrize("withdrawn", WITHDRAWN)
async def test_an_end_is_told_whatever_was_withdrawn(
    stage: Stage, messenger: DiscordMessenger, withdrawn: str
) -> None:
    """By the interaction's token, where the bot's own is refused."""
    message, job = await asked_for(stage, state=JobState.UNDELIVERABLE)
    allowed = WITHDRAWN[withdrawn]
    stage.discord.world.set_bot_permissions(stage.world.guild, allowed)

    edit = await messenger.edit_status(job, None)
    assert edit.asked
    assert message.text == f"❌ <@{job.user_id}>'s video could not be posted here."
    shown = replace(job, status_shown=edit.shows)
    assert not (await messenger.edit_status(shown, None)).asked


@pytest.mark.parametrize("withdrawn", WITHDRAWN)
async def test_a_notice_can_stand_in_the_status_message(
    stage: Stage, messenger: DiscordMessenger, withdrawn: str
) -> None:
    message, job = await asked_for(
        stage, state=JobState.UNDELIVERABLE, failure=Failure.PLACE_FORBIDDEN
    )
    allowed = WITHDRAWN[withdrawn]
    stage.discord.world.set_bot_permissions(stage.world.guild, allowed)

    for _ in range(2):
        assert await messenger.notice_into_status(job) == message.id
        assert "I no longer have permission to post here." in message.text
    assert len(stage.public()) == 1


@pytest.mark.parametrize("age_s", [0, 15 * 60 - 5, 15 * 60])
async def test_a_token_is_used_only_while_it_lives(
    stage: Stage, messenger: DiscordMessenger, age_s: float
) -> None:
    """Discord counts requests with dead ones against us."""
    _, job = await asked_for(stage, state=JobState.UNDELIVERABLE)
    before = datetime.now(UTC) - timedelta(seconds=age_s)
    old = replace(job, requested_at=before)
    stage.discord.world.set_bot_permissions(
        stage.world.guild, EVERYONE & ~Permission.VIEW_CHANNEL
    )
    if age_s == 0:
        assert (await messenger.edit_status(old, None)).asked
    else:
        with pytest.raises(errors.PlaceForbidden):
            await messenger.edit_status(old, None)

    assert len(stage.discord.requests_to("PATCH", "/webhooks/.*")) == (age_s == 0)


async def test_without_a_status_message_a_notice_cannot_stand_in_it(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    with pytest.raises(errors.MessageGone):
        await messenger.notice_into_status(stage.job(failure=Failure.GAVE_UP))


async def test_the_answer_to_a_dropped_request_says_so(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    message, job = await asked_for(stage, state=JobState.REFUSED)

    await messenger.end_answer(job)

    assert message.text == f"❌ <@{job.user_id}>'s video could not be started."
    with pytest.raises(errors.TokenExpired):
        await messenger.end_answer(replace(job, interaction_token=None))


@pytest.mark.parametrize(
    "garble",
    [lambda _: {}, lambda _: ["surprise"], lambda _: None],
    ids=["nothing in it", "a list", "null"],
)
async def test_an_answer_without_an_id_cannot_be_read(
    stage: Stage, messenger: DiscordMessenger, garble: Any
) -> None:
    _, job = await asked_for(stage)
    stage.discord.faults.add(Fault(method="GET", path="/webhooks/", garble=garble))

    with pytest.raises(errors.AnswerUnreadable):
        await messenger.original_response(job)


async def test_only_ids_of_an_answer_have_to_be_readable(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    message, job = await asked_for(stage)
    await eventually(lambda: bool(stage.intake.jobs))
    (noted,) = stage.intake.jobs
    kept = ("id", "components")
    stage.discord.faults.add(
        Fault(
            method="GET",
            path="/webhooks/",
            garble=lambda told: {name: told[name] for name in kept},
        )
    )

    assert await messenger.original_response(replace(job, id=noted.id)) == message.id


async def test_what_discord_says_to_an_edit_need_not_be_readable(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    message, job = await asked_for(stage, state=JobState.UNDELIVERABLE)
    stage.discord.faults.add(
        Fault(method="PATCH", path=MESSAGES, garble=lambda _: "surprise")
    )

    assert (await messenger.edit_status(job, None)).asked
    assert "could not be posted" in message.text


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
