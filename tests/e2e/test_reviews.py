"""Spicy requests that a moderator approves or denies, between the stand-ins."""

import asyncio

import pytest

from bot.demo.stage import Stage
from tests.e2e.channel import PATIENCE_S, ask, posted, posts, settled
from tests.e2e.conftest import OpenStage
from tests.e2e.moderated import (
    allow_spicy,
    card,
    let_admins_moderate,
    pressed,
    rows,
    says,
)


@pytest.fixture
async def stage(open_world: OpenStage) -> Stage:
    opened = await open_world()
    let_admins_moderate(opened)
    await allow_spicy(opened, "review")
    return opened


async def test_a_request_is_approved_by_one_moderator_and_after_a_restart(
    stage: Stage,
) -> None:
    """Two moderators press at the same moment; in between the bot was killed."""
    world, discord = stage.world, stage.discord
    await ask(stage, "a slow kiss", mode="spicy", channel=world.restricted)
    request = await card(stage, world.review, "needs your approval")
    assert "a slow kiss" in request.text
    assert f"<@{world.member.id}>" in request.text

    await stage.bot.kill()
    await stage.bot.start()
    await discord.wait_ready(["video", "moderation"], PATIENCE_S)
    said = await asyncio.gather(
        pressed(stage, world.moderator, request, "Approve"),
        pressed(stage, world.admin, request, "Approve"),
    )

    assert sorted("Approved" in one for one in said) == [False, True]
    await says(stage, request, "Approved by")
    (clip,) = await posts(stage, 1)
    assert [video.spoiler for video in clip.videos] == [True]
    decisions = rows(stage, "SELECT * FROM audit WHERE action = 'review.approved'")
    assert len(decisions) == 1
    cards = [one for one in discord.all_messages(world.review) if not one.ephemeral]
    assert len(cards) == 1


async def test_a_request_is_denied_with_a_reason_that_does_nothing(
    stage: Stage,
) -> None:
    """The reason reaches the requester, inert; the prompt does not."""
    world, discord = stage.world, stage.discord
    status = await ask(stage, "a slow kiss", mode="spicy", channel=world.restricted)
    request = await card(stage, world.review, "needs your approval")

    handle = await discord.press(world.moderator, request, "Deny")
    modal = (await handle.response()).modal
    await discord.submit_modal(
        world.moderator, modal, {"reason": "@everyone **no** <@1> discord.gg/x"}
    )
    (notice,) = await posts(stage, 1)

    assert "didn't approve" in notice.text
    assert "\\*\\*no\\*\\*" in notice.text
    assert "kiss" not in notice.text
    assert notice.pinged == {world.member.id}
    await says(stage, request, "Denied by")
    assert "not approved" in await settled(stage, status)
    assert rows(stage, "SELECT sum(videos) FROM ledger") == [(0,)]


@pytest.mark.thorough
async def test_who_waits_for_a_moderator_reads_so_at_once(stage: Stage) -> None:
    """In the answer to the command itself, which says all until somebody decides."""
    world, discord = stage.world, stage.discord

    status = await ask(stage, "a slow kiss", mode="spicy", channel=world.restricted)

    answer = discord.requests_to("POST", r"/interactions/\d+/[^/]+/callback")[-1]
    assert "Waiting for a moderator's approval" in str(answer.body)
    request = await card(stage, world.review, "needs your approval")
    await pressed(stage, world.moderator, request, "Approve")
    assert "is ready" in await settled(stage, status)
    for edit in discord.requests_to("PATCH", rf".*/messages/({status.id}|@original)"):
        assert "Waiting for" not in str(edit.body)


@pytest.mark.thorough
async def test_a_requester_cancels_before_anybody_decides(stage: Stage) -> None:
    world = stage.world
    status = await ask(stage, "a slow kiss", mode="spicy", channel=world.restricted)
    request = await card(stage, world.review, "needs your approval")

    await pressed(stage, world.member, status, "Cancel")
    said = await pressed(stage, world.moderator, request, "Approve")

    assert "no longer waiting" in said
    await says(stage, request, "cancelled it")
    assert posted(stage) == []


@pytest.mark.thorough
async def test_nobody_approves_their_own_and_others_cannot_press(
    stage: Stage,
) -> None:
    """Somebody without rights who can see the card is refused in code."""
    world, discord = stage.world, stage.discord
    world_of = discord.world
    world_of.clear_overwrite(world.review, world.guild.roles[world.guild.id])
    await ask(
        stage,
        "a slow kiss",
        mode="spicy",
        channel=world.restricted,
        user=world.moderator,
    )
    request = await card(stage, world.review, "needs your approval")

    own = await pressed(stage, world.moderator, request, "Approve")
    others = [
        await pressed(stage, world.member, request, button)
        for button in ("Approve", "Deny", "Block member")
    ]

    assert "your own" in own
    assert all("Only moderators" in one for one in others)
    assert rows(stage, "SELECT count(*) FROM blocks") == [(0,)]
