"""What was posted is found again, by searching or through a token."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import errors
from bot.jobs.failures import Failure
from bot.pipeline.ports import Posting
from cogs.wire.messenger import DiscordMessenger
from sandbox.discord.faults import Fault
from sandbox.discord.permissions import EVERYONE, Permission
from tests.cogs.asked import asked_for
from tests.cogs.stage import Stage, eventually
from tests.cogs.wire.paths import MESSAGES


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


async def test_a_history_that_may_not_be_read_proves_nothing(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    """Discord shows an empty one then, and posting again would be the second time."""
    allowed = EVERYONE & ~Permission.READ_MESSAGE_HISTORY
    stage.discord.say(stage.member, stage.world.general, "chatter")
    stage.discord.world.set_bot_permissions(stage.world.guild, allowed)
    job = stage.job(post_intended_at=datetime.now(UTC))

    with pytest.raises(errors.SearchInconclusive):
        await messenger.find_posted(job, Posting.CLIP)


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
