"""Every way a picture comes in: an option, a message, a form, and a clip of ours."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.ids import MessageId, UserId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.models.choices import Mode
from bot.moderation.administration import Moderation
from bot.moderation.policy import PicturesPolicy
from bot.requests.incoming import IncomingRequest
from cogs.bot import ClapperBot
from sandbox.discord.cdn import LINK_LIFE_S
from sandbox.discord.drafting import Upload
from sandbox.discord.handle import Handle
from sandbox.discord.interactions import Modal
from sandbox.discord.invocation import File
from sandbox.discord.messages import Message
from sandbox.discord.records import User
from storage.moderation.store import SqlModerationStore
from tests.cogs.stage import Stage
from tests.factories import PICTURE_ID
from tests.pictures.samples import HEIC, jpeg
from tests.servers.people import make_actor

CAT, DOG = jpeg(), jpeg(40, 80)
ANIMATE = "Animate picture"


@pytest.fixture
async def serving(stage: Stage) -> AsyncGenerator[ClapperBot]:
    """A bot in a server that takes anybody's pictures."""
    await takes(stage, PicturesPolicy.ANY)
    async with stage.running() as bot:
        yield bot


async def takes(stage: Stage, policy: PicturesPolicy) -> None:
    admin = make_actor(
        user_id=UserId(stage.world.admin.id),
        guild_id=stage.job().guild_id,
        is_moderator=True,
        is_manager=True,
    )
    moderation = Moderation(SqlModerationStore(stage.database), SystemClock())
    await moderation.set_pictures(admin, policy)


def used(kind: PictureKind, owner: User) -> PictureUse:
    return PictureUse(kind=kind, owner_id=UserId(owner.id))


async def asked(stage: Stage, handle: Handle) -> tuple[IncomingRequest, bytes]:
    """Return what was asked for, and the picture as it is read."""
    await handle.answer()
    [incoming] = stage.intake.asked
    assert incoming.picture is not None
    return incoming, await incoming.picture.read()


async def form(stage: Stage, user: User, message: Message) -> Modal:
    """Choose the menu's entry on a message, and return the form that it opens."""
    handle = await stage.discord.context_menu(
        user, stage.world.general, ANIMATE, message
    )
    modal = (await handle.response()).modal
    assert modal is not None
    return modal


def fields(modal: Modal) -> dict[str, dict[str, Any]]:
    parts = (one["component"] for one in modal.components)
    return {part["custom_id"]: part for part in parts}


# ---- /video image: ---------------------------------------------------------------


@pytest.mark.usefixtures("serving")
async def test_a_picture_of_an_option_is_the_members_own(stage: Stage) -> None:
    handle = await stage.discord.slash(
        stage.member,
        stage.world.general,
        "video",
        {"prompt": "it waves", "image": File(name="cat.jpg", data=CAT)},
    )

    incoming, data = await asked(stage, handle)

    assert data == CAT
    assert incoming.picture is not None
    assert (incoming.picture.size, incoming.picture.content_type) == (
        len(CAT),
        "image/jpeg",
    )
    assert incoming.request.picture == used(PictureKind.ATTACHED, stage.member)
    assert incoming.request.model == PICTURE_ID
    assert incoming.request.prompt == "it waves"


@pytest.mark.usefixtures("serving")
async def test_without_a_picture_there_is_none(stage: Stage) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    await handle.answer()

    [incoming] = stage.intake.asked
    assert incoming.picture is None
    assert incoming.request.picture is None


# ---- Animate picture -------------------------------------------------------------


@pytest.mark.usefixtures("serving")
async def test_the_first_picture_of_a_message_is_animated_and_stays_its_authors(
    stage: Stage,
) -> None:
    files = [
        File(name="notes.txt", data=b"no picture"),
        File(name="cat.jpg", data=CAT),
        File(name="dog.jpg", data=DOG),
    ]
    ben = stage.world.other_member
    message = stage.discord.say(ben, stage.world.general, "look", files)
    modal = await form(stage, stage.member, message)

    shown = fields(modal)
    assert "picture" not in shown
    assert "spicy" not in [one["value"] for one in shown["mode"]["options"]]
    handle = await stage.discord.submit_modal(
        stage.member,
        modal,
        {"prompt": "it waves", "mode": Mode.FUN.value, "duration": ["10"]},
    )

    incoming, data = await asked(stage, handle)
    assert data == CAT
    request = incoming.request
    assert request.picture == used(PictureKind.POSTED, ben)
    assert (request.prompt, request.mode, request.duration_s) == (
        "it waves",
        Mode.FUN,
        10,
    )


@pytest.mark.usefixtures("serving")
async def test_a_picture_needs_no_words_where_the_model_needs_none(
    stage: Stage,
) -> None:
    message = stage.discord.say(
        stage.member, stage.world.general, "", [File(name="cat.jpg", data=CAT)]
    )
    modal = await form(stage, stage.member, message)
    handle = await stage.discord.submit_modal(stage.member, modal, {})

    incoming, _ = await asked(stage, handle)
    assert incoming.request.prompt == ""


@pytest.mark.usefixtures("serving")
async def test_a_message_without_a_picture_asks_for_a_file(stage: Stage) -> None:
    message = stage.discord.say(
        stage.world.other_member,
        stage.world.general,
        "no picture",
        [File(name="notes.txt", data=b"no picture")],
    )
    modal = await form(stage, stage.member, message)
    assert fields(modal)["picture"]["required"]

    handle = await stage.discord.submit_modal(
        stage.member,
        modal,
        {"prompt": "it waves", "picture": [File(name="dog.jpg", data=DOG)]},
    )

    incoming, data = await asked(stage, handle)
    assert data == DOG
    assert incoming.request.picture == used(PictureKind.ATTACHED, stage.member)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (PicturesPolicy.OWN, "pictures that you attached or posted yourself"),
        (PicturesPolicy.OFF, "Pictures are switched off"),
    ],
)
async def test_a_picture_that_may_not_be_used_is_refused_before_any_form(
    stage: Stage, policy: PicturesPolicy, sentence: str
) -> None:
    await takes(stage, policy)
    message = stage.discord.say(
        stage.world.other_member,
        stage.world.general,
        "look",
        [File(name="cat.jpg", data=CAT)],
    )
    async with stage.running():
        handle = await stage.discord.context_menu(
            stage.member, stage.world.general, ANIMATE, message
        )
        answer = await handle.answer()

    assert answer.ephemeral
    assert sentence in answer.text
    assert stage.intake.asked == []


@pytest.mark.usefixtures("serving")
async def test_a_picture_that_is_never_taken_is_refused_before_any_form(
    stage: Stage,
) -> None:
    message = stage.discord.say(
        stage.member, stage.world.general, "", [File(name="cat.heic", data=HEIC)]
    )
    handle = await stage.discord.context_menu(
        stage.member, stage.world.general, ANIMATE, message
    )
    answer = await handle.answer()

    assert answer.ephemeral
    assert "HEIC" in answer.text


async def test_a_form_that_a_restart_outlived_says_what_to_do(stage: Stage) -> None:
    """Discord tells of others' messages once only, when somebody uses their menu."""
    await takes(stage, PicturesPolicy.ANY)
    message = stage.discord.say(
        stage.member, stage.world.general, "", [File(name="cat.jpg", data=CAT)]
    )
    async with stage.running():
        modal = await form(stage, stage.member, message)
    async with stage.running():
        handle = await stage.discord.submit_modal(
            stage.member, modal, {"prompt": "it waves"}
        )
        answer = await handle.answer()

    assert answer.ephemeral
    assert "I can't load this picture any more" in answer.text
    assert stage.intake.asked == []


async def test_a_picture_that_an_app_shows_in_its_message_is_that_apps(
    stage: Stage, serving: ClapperBot
) -> None:
    """Discord tells of such a file only where it is shown."""
    text = {"type": 10, "content": "look"}
    away = {"type": 11, "media": {"url": "https://example.com/far.png"}}
    shown = {"type": 11, "media": {"url": "attachment://cat.jpg"}}
    message = stage.discord.let_bot_say(
        stage.world.general,
        {
            "flags": 1 << 15,
            "components": [
                {"type": 9, "components": [text], "accessory": one}
                for one in (away, shown)
            ],
        },
        [Upload(index=0, filename="cat.jpg", data=CAT)],
    )
    modal = await form(stage, stage.member, message)
    handle = await stage.discord.submit_modal(stage.member, modal, {"prompt": "hi"})

    incoming, data = await asked(stage, handle)
    assert data == CAT
    assert serving.user is not None
    assert incoming.request.picture == PictureUse(
        kind=PictureKind.POSTED, owner_id=UserId(serving.user.id)
    )


async def test_the_picture_beside_a_clip_is_not_the_bots(
    stage: Stage, clip: Message
) -> None:
    modal = await form(stage, stage.member, clip)
    handle = await stage.discord.submit_modal(stage.member, modal, {"prompt": "hi"})

    incoming, data = await asked(stage, handle)
    assert data == CAT
    assert incoming.request.picture == used(
        PictureKind.POSTED, stage.world.other_member
    )


# ---- Again and Edit --------------------------------------------------------------


@pytest.fixture
async def clip(stage: Stage, serving: ClapperBot, tmp_path: Path) -> Message:
    """A clip that begins with a picture of Ben's, a month old."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 1000)
    posted = await _posted(stage, serving, clip=path)
    stage.discord.clock.advance(30 * LINK_LIFE_S)
    return posted


async def _posted(stage: Stage, bot: ClapperBot, clip: Path | None) -> Message:
    use = used(PictureKind.POSTED, stage.world.other_member)
    job = stage.job(
        prompt="it waves", picture=use, model=PICTURE_ID, failure=Failure.GAVE_UP
    )
    stage.pictures.kept[job.id] = CAT
    messenger = stage.messenger(bot)
    if clip is None:
        message_id = await messenger.post_notice(job)
    else:
        message_id = await messenger.post_clip(job, clip)
        job = _with(job, clip_message_id=message_id)
    # Our own copy is gone by the time anybody presses anything.
    stage.pictures.kept.clear()
    stage.clips.job = job
    return stage.message(message_id)


def _with(job: Job, *, clip_message_id: MessageId) -> Job:
    return replace(job, clip_message_id=clip_message_id)


async def test_again_keeps_the_picture_and_whose_it_is(
    stage: Stage, clip: Message
) -> None:
    handle = await stage.discord.press(stage.member, clip, "Again")

    incoming, data = await asked(stage, handle)
    assert data == CAT
    assert incoming.request == stage.clips.job.request
    assert incoming.actor.user_id == stage.member.id


async def test_again_under_a_notice_keeps_the_picture(
    stage: Stage, serving: ClapperBot
) -> None:
    notice = await _posted(stage, serving, clip=None)

    handle = await stage.discord.press(stage.member, notice, "Again")

    incoming, data = await asked(stage, handle)
    assert data == CAT
    assert incoming.request == stage.clips.job.request


async def test_again_without_the_picture_beside_the_clip_says_so(
    stage: Stage, serving: ClapperBot
) -> None:
    """Where Discord took no picture, or a moderator has seen to it."""
    notice = await _posted(stage, serving, clip=None)
    notice.versions.append(
        notice.compose(attachments=(), components=tuple(notice.now.components[1:]))
    )

    handle = await stage.discord.press(stage.member, notice, "Again")
    answer = await handle.answer()

    assert answer.ephemeral
    assert "I can't load this picture any more" in answer.text
    assert stage.intake.asked == []


async def test_edit_keeps_the_picture_where_no_other_is_chosen(
    stage: Stage, clip: Message
) -> None:
    pressed = await stage.discord.press(stage.member, clip, "Edit")
    modal = (await pressed.response()).modal
    assert modal is not None
    shown = fields(modal)
    assert "spicy" not in [one["value"] for one in shown["mode"]["options"]]
    assert not shown["picture"]["required"]

    handle = await stage.discord.submit_modal(
        stage.member, modal, {"prompt": "it sleeps"}
    )

    incoming, data = await asked(stage, handle)
    assert data == CAT
    assert incoming.request == replace(stage.clips.job.request, prompt="it sleeps")


async def test_edit_replaces_the_picture_by_one_of_ones_own(
    stage: Stage, clip: Message
) -> None:
    pressed = await stage.discord.press(stage.member, clip, "Edit")
    modal = (await pressed.response()).modal

    handle = await stage.discord.submit_modal(
        stage.member,
        modal,
        {"prompt": "it sleeps", "picture": [File(name="dog.jpg", data=DOG)]},
    )

    incoming, data = await asked(stage, handle)
    assert data == DOG
    assert incoming.request.picture == used(PictureKind.ATTACHED, stage.member)
