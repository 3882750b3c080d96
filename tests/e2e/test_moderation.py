"""What moderation refuses and does, with the real program between the stand-ins."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.demo.stage import Stage
from sandbox.discord.invocation import ClientRefused
from sandbox.discord.records import NsfwLevel
from sandbox.evolink import Life
from tests.e2e.channel import PATIENCE_S, ask, posts, refusal
from tests.e2e.conftest import OpenStage
from tests.e2e.moderated import (
    allow_spicy,
    card,
    let_admins_moderate,
    moderate,
    pressed,
    rows,
    says,
)

LONG_S = 300.0
"""For which a clip is made that a test ends."""


@pytest.fixture
async def stage(open_world: OpenStage) -> Stage:
    opened = await open_world()
    let_admins_moderate(opened)
    return opened


async def test_every_refusal_says_why_and_costs_nothing(stage: Stage) -> None:
    """Off, place, role, review channel, words, block: one after another."""
    world = stage.world
    spicy: dict[str, Any] = {"mode": "spicy", "channel": world.restricted}

    assert "switched off" in await refusal(stage, "a kiss", **spicy)

    await moderate(stage, "spicy", policy="restricted")
    said = await refusal(stage, "a kiss", mode="spicy", channel=world.general)
    assert "age-restricted channels" in said
    said = await refusal(stage, "a kiss", mode="spicy", channel=world.general_thread)
    assert "age-restricted channels" in said

    await moderate(stage, "spicy-role", action="add", role=world.admin_role)
    assert "certain roles" in await refusal(stage, "a kiss", **spicy)
    await moderate(stage, "spicy-role", action="remove", role=world.admin_role)

    await moderate(stage, "spicy", policy="review")
    assert "approval" in await refusal(stage, "a kiss", **spicy)
    # A review channel that is not age-restricted itself would show the prompt there.
    await moderate(stage, "channel", purpose="review", channel=world.log)
    assert "approval" in await refusal(stage, "a kiss", **spicy)

    await moderate(stage, "spicy", policy="restricted")
    said = await refusal(stage, "a ｔｅｅｎ kisses", **spicy)
    assert "isn't allowed in this server" in said
    assert "teen" not in said

    await moderate(stage, "word", action="add", pattern="zeppelin")
    said = await refusal(stage, "a z\u200bеppelin", channel=world.general)
    assert "isn't allowed in this server" in said
    assert "zeppelin" not in said
    await moderate(stage, "word", action="add", pattern="^b.d$", kind="regex")
    assert "isn't allowed in this server" in await refusal(stage, "BÂD")

    await moderate(stage, "block", member=world.member, duration="2h", reason="spam")
    assert "The block ends <t:" in await refusal(stage, "a kite")
    await moderate(stage, "unblock", member=world.member, by=world.moderator)

    assert rows(stage, "SELECT * FROM jobs") == []
    assert rows(stage, "SELECT * FROM ledger") == []
    await ask(stage, "a kite")
    await posts(stage, 1)


async def test_spicy_goes_where_it_is_allowed_under_a_spoiler(stage: Stage) -> None:
    """A restricted channel, a thread of it, and any channel of a restricted server."""
    world = stage.world
    await moderate(stage, "spicy", policy="restricted")

    for place in (world.restricted, world.restricted_thread):
        await ask(stage, "a kiss", mode="spicy", channel=place)
    stage.discord.world.set_nsfw_level(world.guild, NsfwLevel.AGE_RESTRICTED)
    await ask(stage, "a kiss", mode="spicy", channel=world.general)

    clips = await posts(stage, 3)
    assert {clip.channel_id for clip in clips} == {
        world.restricted.id,
        world.restricted_thread.id,
        world.general.id,
    }
    assert all(video.spoiler for clip in clips for video in clip.videos)


@asynccontextmanager
async def being_made(stage: Stage, count: int) -> AsyncIterator[None]:
    """Have EvoLink make so many clips during the block, and end them after it."""
    tasks = stage.evolink.tasks
    await stage.discord.wait_until(lambda: len(tasks.values()) >= count, PATIENCE_S)
    for one in tasks.values():
        tasks.change_life(one.id, Life(total_s=LONG_S))
    yield
    for one in tasks.values():
        tasks.change_life(one.id, Life(total_s=0.0))


@pytest.mark.thorough
async def test_a_flag_cleared_while_the_job_runs_keeps_the_clip_back(
    stage: Stage,
) -> None:
    """The requester is told in the channel, without the prompt, and pays nothing."""
    world = stage.world
    await moderate(stage, "spicy", policy="restricted")
    for place in (world.restricted, world.restricted_thread):
        await ask(stage, "velvet curtains", mode="spicy", channel=place)
    async with being_made(stage, 2):
        stage.discord.world.set_nsfw(world.restricted, nsfw=False)

    notices = await posts(stage, 2)

    for notice in notices:
        assert "can't be posted here any more" in notice.text
        assert f"<@{world.member.id}>" in notice.text
        assert "velvet" not in notice.text
        assert list(notice.videos) == []
    await stage.discord.wait_until(
        lambda: (
            rows(stage, "SELECT count(*) FROM jobs WHERE state = 'undeliverable'")
            == [(2,)]
        )
    )
    assert rows(stage, "SELECT sum(videos) FROM ledger") == [(0,)]


@pytest.mark.thorough
async def test_a_policy_switched_off_while_the_job_runs_keeps_the_clip_back(
    stage: Stage,
) -> None:
    world = stage.world
    await moderate(stage, "spicy", policy="restricted")
    await ask(stage, "velvet curtains", mode="spicy", channel=world.restricted)
    async with being_made(stage, 1):
        await moderate(stage, "spicy", policy="off")

    (notice,) = await posts(stage, 1)

    assert "can't be posted here any more" in notice.text


async def test_without_the_permission_every_command_is_refused_in_code(
    stage: Stage,
) -> None:
    """Even where an admin has opened the command to everybody in Discord."""
    world, discord = stage.world, stage.discord
    with pytest.raises(ClientRefused):
        await moderate(stage, "view", by=world.member)
    discord.world.open_command(world.guild, "moderation")
    discord.world.clear_overwrite(world.log, world.guild.roles[world.guild.id])
    commands: dict[str, dict[str, Any]] = {
        "view": {},
        "spicy": {"policy": "restricted"},
        "spicy-role": {"action": "add", "role": world.admin_role},
        "channel": {"purpose": "log", "channel": world.log},
        "word": {"action": "add", "pattern": "x"},
        "words": {},
        "block": {"member": world.admin},
        "unblock": {"member": world.admin},
        "history": {},
        "export": {},
    }

    for command, options in commands.items():
        said = await moderate(stage, command, by=world.member, **options)
        assert "Only" in said.text, command
    assert "Moderation in" in (await moderate(stage, "view", by=world.moderator)).text
    for_admins = set(commands) - {
        "view",
        "words",
        "block",
        "unblock",
        "history",
        "export",
    }
    for command in for_admins:
        said = await moderate(stage, command, by=world.moderator, **commands[command])
        assert "Only admins" in said.text, command

    assert rows(stage, "SELECT * FROM audit") == []
    assert rows(stage, "SELECT * FROM moderation") == []


async def test_a_report_goes_to_moderators_and_removes_the_clip(
    open_world: OpenStage,
) -> None:
    """One report a member and clip; Remove takes the message away and marks the job."""
    stage = await open_world(start=False)
    let_admins_moderate(stage)
    world, discord = stage.world, stage.discord
    operators = discord.world.add_channel(world.guild, "operators")
    await stage.bot.start(CLAPPER_OPERATOR__CHANNEL_ID=str(operators.id))
    await discord.wait_ready(["video", "moderation", "Report video"], PATIENCE_S)
    await allow_spicy(stage, "restricted")
    await ask(stage, "velvet curtains", mode="spicy", channel=world.restricted)
    (clip,) = await posts(stage, 1)

    async def report(reason: str, *, menu: bool) -> str:
        who, where = world.other_member, world.restricted
        handle = (
            await discord.context_menu(who, where, "Report video", clip)
            if menu
            else await discord.press(who, clip, "Report")
        )
        modal = (await handle.response()).modal
        sent = await discord.submit_modal(who, modal, {"reason": reason})
        return (await sent.answer(timeout_s=PATIENCE_S)).text

    assert "Thank you" in await report("this is @everyone me", menu=False)
    assert "already" in await report("again", menu=True)
    reported = await card(stage, world.review, "was reported")
    copy = await card(stage, operators, "was reported")
    assert "velvet" in reported.text
    assert "velvet" not in copy.text  # that channel is not age-restricted
    assert list(copy.buttons) == []

    said = await pressed(stage, world.moderator, reported, "Remove video")
    assert "being deleted" in said
    await discord.wait_until(lambda: clip.deleted, PATIENCE_S)
    await says(stage, reported, "Removed by")
    await says(stage, copy, "Removed by")
    late = (
        await pressed(stage, world.admin, reported, "Dismiss")
        if (list(reported.buttons))
        else "decided"
    )
    assert "decided" in late
    ((removed_at,),) = rows(stage, "SELECT removed_at FROM jobs")
    assert removed_at is not None


async def test_the_log_channel_tells_what_was_done_but_no_spicy_prompt(
    stage: Stage,
) -> None:
    world = stage.world
    await allow_spicy(stage, "review")
    await moderate(stage, "word", action="add", pattern="@everyone")
    await ask(stage, "velvet curtains", mode="spicy", channel=world.restricted)
    request = await card(stage, world.review, "needs your approval")
    await pressed(stage, world.moderator, request, "Approve")

    line = await card(stage, world.log, "approved")
    channel_line = await card(stage, world.log, "the log channel")

    assert "velvet" not in line.text
    assert f"<@{world.moderator.id}>" in line.text
    assert f"<@{world.admin.id}>" in channel_line.text
    told = stage.discord.messages(world.log)
    assert all(not one.pinged for one in told)


async def test_settings_survive_a_restart_and_are_all_on_record(stage: Stage) -> None:
    world = stage.world
    await allow_spicy(stage, "review")
    await moderate(stage, "word", action="add", pattern="=1+1")
    await stage.bot.stop()
    await stage.bot.start()
    await stage.discord.wait_ready(["moderation"], PATIENCE_S)

    view = await moderate(stage, "view")
    words = await moderate(stage, "words")
    history = await moderate(stage, "history", by=world.moderator)
    table = await moderate(stage, "export", by=world.moderator, days=7)

    assert "after approval" in view.text
    assert f"<#{world.review.id}>" in view.text
    assert "=1\\+1" in words.text
    assert history.text.count(f"<@{world.admin.id}> ") == 4
    assert "made <#" in history.text
    csv = table.attachments[0].data.decode("utf-8-sig")
    assert csv.count("moderation.") == 4
    assert len(rows(stage, "SELECT * FROM audit")) == 4


@pytest.mark.thorough
async def test_a_channel_that_is_left_out_is_said_to_be_no_more(stage: Stage) -> None:
    """And what is left out of a known pattern stays as it is."""
    world = stage.world
    await allow_spicy(stage, "review")
    await moderate(stage, "word", action="add", pattern="a+", kind="regex")

    removed = await moderate(stage, "channel", purpose="review")
    again = await moderate(stage, "channel", purpose="review")
    words = await moderate(stage, "word", action="add", pattern="a+", applies="spicy")

    gone = f"so <#{world.review.id}> is no longer the review channel."
    assert gone in removed.text
    assert "no longer the review channel" not in again.text
    assert "(regular expression, spicy prompts)" in words.text


async def test_members_get_their_data_and_are_forgotten(stage: Stage) -> None:
    """Not while a job is open; afterwards nothing tells who it was."""
    world, discord = stage.world, stage.discord
    await ask(stage, "a purple kite")

    async def forget() -> str:
        handle = await discord.slash(world.member, world.general, "privacy forget")
        question = await handle.answer()
        done = await discord.press(world.member, question, "Erase my data")
        await done.response()
        await discord.wait_until(
            lambda: bool(done.followups) or "erased" in question.text
        )
        return done.followups[0].text if done.followups else question.text

    assert "in progress" in await forget()
    await posts(stage, 1)
    handle = await discord.slash(world.member, world.general, "privacy export")
    answer = await handle.answer()
    assert b"a purple kite" in answer.attachments[0].data
    assert b"in_progress" not in answer.attachments[0].data
    await discord.wait_until(
        lambda: rows(stage, "SELECT state FROM jobs") == [("delivered",)], PATIENCE_S
    )

    assert "erased" in await forget()
    ((user_id, prompt),) = rows(stage, "SELECT user_id, prompt FROM jobs")
    assert (user_id, prompt) == (0, "")
    assert rows(stage, f"SELECT * FROM ledger WHERE user_id = {world.member.id}") == []
    assert rows(stage, "SELECT sum(videos) FROM ledger") == [(1,)]
