"""Clips, links and notices are posted once, and call nobody but the requester."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot import errors
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.pipeline.ports import Posting
from cogs.wire.messenger import DiscordMessenger
from sandbox.discord.faults import Fault, Trouble
from tests.cogs.stage import Stage
from tests.cogs.wire.paths import MESSAGES


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
