"""The commands, typed by people, answered by a real bot."""

import pytest

from bot.errors import MessengerDown, NotFound, Refused
from bot.jobs.states import JobState
from bot.models.choices import Aspect, Mode
from bot.requests.listing import StatusFilter
from bot.servers.places import Permission
from cogs.bot import ClapperBot
from cogs.drawing.custom_ids import Act, MessageKind, job_button
from sandbox.discord.faults import Fault, Trouble
from tests.cogs.stage import Stage, eventually
from tests.factories import make_job

PROMPT = {"prompt": "a fox in the snow"}
CALLBACK = r"/interactions/.*/callback"

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_request_is_answered_with_the_public_status(stage: Stage) -> None:
    discord, general = stage.discord, stage.world.general
    handle = await discord.slash(
        stage.member, general, "video", PROMPT | {"mode": "fun", "duration": 10}
    )
    message = await handle.answer()
    await eventually(lambda: bool(stage.intake.jobs))

    assert not message.ephemeral
    assert "Your request is in" in message.text
    assert "> a fox in the snow" in message.text
    assert message.pinged == frozenset()
    assert stage.intake.jobs[0].status_message_id == message.id
    custom_id = job_button(Act.CANCEL, stage.intake.jobs[0].id, MessageKind.STATUS)
    assert message.button("Cancel").custom_id == custom_id


async def test_the_use_case_hears_what_was_asked_and_where(stage: Stage) -> None:
    discord, thread = stage.discord, stage.world.restricted_thread
    handle = await discord.slash(
        stage.world.moderator,
        thread,
        "video",
        PROMPT | {"mode": "spicy", "aspect": "9:16"},
        locale="de",
    )
    await handle.answer()
    (asked,) = stage.intake.asked

    assert asked.request.prompt == "a fox in the snow"
    assert asked.request.mode is Mode.SPICY
    assert asked.request.aspect is Aspect.TALL
    assert asked.request.duration_s == 6
    assert asked.channel_id == thread.id
    assert asked.locale == "en-US", "the server's, not the member's"
    assert asked.actor.is_moderator
    assert not asked.actor.is_manager
    assert asked.place.is_thread
    assert asked.place.is_age_restricted
    assert asked.place.allowed >= {Permission.SEND_MESSAGES_IN_THREADS}


async def test_a_refusal_is_for_the_member_alone_in_their_language(
    stage: Stage,
) -> None:
    stage.intake.refused_at_once = Refused(
        "refused-permissions",
        permissions=(Permission.ATTACH_FILES, Permission.EMBED_LINKS),
    )
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", PROMPT, locale="de"
    )
    message = await handle.answer()

    assert message.ephemeral
    assert "Dateien anhängen, Links einbetten" in message.text
    assert stage.public() == []


async def test_a_late_refusal_takes_the_status_message_back(stage: Stage) -> None:
    stage.intake.refused_later = Refused("refused-paused")
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", PROMPT
    )
    followup = await handle.followup()

    assert followup.ephemeral
    assert "can't be made right now" in followup.text
    assert stage.public() == []


async def test_an_error_of_ours_gets_a_reference_and_no_details(stage: Stage) -> None:
    stage.cancelling.error = RuntimeError("secret database path")
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "videos cancel", {"job": "x"}
    )
    message = await handle.answer()

    assert message.ephemeral
    assert "Something went wrong on our side" in message.text
    assert "secret" not in message.text


async def test_an_outage_of_discord_is_called_so(stage: Stage) -> None:
    stage.intake.refused_at_once = MessengerDown("acknowledge: HTTP 503, code 0")
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", PROMPT
    )

    assert "Discord isn't answering" in (await handle.answer()).text


async def test_who_is_too_late_shows_nothing(stage: Stage) -> None:
    fault = stage.discord.faults.add(
        Fault(method="POST", path=CALLBACK, delay_s=0.2, times=1)
    )
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", PROMPT
    )
    await stage.discord.wait_until(lambda: fault.hits == 1)
    stage.discord.clock.advance(4)
    await eventually(lambda: bool(stage.intake.failures))

    assert type(stage.intake.failures[0]).__name__ == "TokenExpired"
    assert handle.failed
    assert stage.public() == []


async def test_an_answer_whose_success_was_lost_is_found_again(stage: Stage) -> None:
    """discord.py repeats it, and hears that there is an answer already: ours."""
    stage.discord.faults.add(
        Fault(method="POST", path=CALLBACK, status=500, times=1, after_effect=True)
    )
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", PROMPT
    )
    await eventually(lambda: bool(stage.intake.jobs))

    assert handle.message is not None
    assert stage.intake.jobs[0].status_message_id == handle.message.id
    assert len(stage.public()) == 1


async def test_a_broken_connection_leaves_it_open_whether_discord_took_it(
    stage: Stage,
) -> None:
    stage.discord.faults.add(
        Fault(method="POST", path=CALLBACK, trouble=Trouble.RESET, times=1)
    )
    await stage.discord.slash(stage.member, stage.world.general, "video", PROMPT)
    await eventually(lambda: bool(stage.intake.failures))

    assert isinstance(stage.intake.failures[0], MessengerDown)


@pytest.mark.parametrize(
    ("free", "said"),
    [(True, "doesn't count"), (False, "already being made")],
)
async def test_a_cancellation_says_what_it_costs(
    stage: Stage,
    free: bool,  # noqa: FBT001 - a column of the table
    said: str,
) -> None:
    stage.cancelling.free = free
    job = make_job()
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "videos cancel", {"job": job.id}
    )
    message = await handle.answer()

    assert message.ephemeral
    assert said in message.text
    assert stage.cancelling.asked[0][0] == job.id


async def test_a_job_that_is_gone_is_said_to_be_gone(stage: Stage) -> None:
    stage.cancelling.error = NotFound("not-found-job")
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "videos cancel", {"job": "anything typed"}
    )

    assert "can't find this video" in (await handle.answer()).text


async def test_what_can_be_cancelled_is_suggested(stage: Stage) -> None:
    fox = make_job(prompt="a fox " + "x" * 4000, state=JobState.QUEUED)
    hen = make_job(prompt="a hen", state=JobState.GENERATING)
    stage.cancelling.open = [fox, hen]
    discord, general = stage.discord, stage.world.general

    async def suggested(typed: str) -> list[tuple[str, str]]:
        handle = await discord.autocomplete(
            stage.member, general, "videos cancel", ("job", typed)
        )
        choices = (await handle.response()).choices
        return [(one["name"], one["value"]) for one in choices]

    assert [value for _, value in await suggested("")] == [fox.id, hen.id]
    assert await suggested("HEN") == [("Being made: a hen", hen.id)]
    assert len((await suggested("fox"))[0][0]) == 100


async def test_the_list_can_be_paged_after_a_restart(
    stage: Stage, bot: ClapperBot
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "videos list", {"status": "failed"}
    )
    message = await handle.answer()
    assert message.ephemeral
    assert "film 1" in message.text
    await bot.close()

    async with stage.running():
        pressed = await stage.discord.press(stage.member, message, "Next")
        await pressed.response()
        await stage.discord.wait_until(lambda: "film 2" in message.text)

    assert stage.listing.asked == [(StatusFilter.FAILED, 1), (StatusFilter.FAILED, 2)]


async def test_usage_is_for_the_member_alone(stage: Stage) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "usage", locale="de"
    )
    message = await handle.answer()

    assert message.ephemeral
    assert "2 von 5" in message.text
