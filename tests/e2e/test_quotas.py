"""What admins set is what members may make, in the real process, across restarts."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.demo.stage import Stage
from sandbox.discord.messages import Message
from sandbox.discord.records import User
from sandbox.evolink.failures import MESSAGES
from tests.e2e.channel import ask, ask_everywhere, posted, posts, refusal, settled
from tests.e2e.conftest import OpenStage, quick
from tests.e2e.moderated import card, let_admins_moderate, moderate
from tests.e2e.restarting import start_again
from tests.selection import thorough

COMMANDS: Mapping[str, Mapping[str, Any]] = {
    "view": {},
    "server": {"per_day": 1},
    "members": {"per_day": 1},
    "role": {"role": "admins", "per_day": 1},
    "member": {"member": "Ben", "per_day": 1},
    "clear": {"scope": "server"},
    "grant": {"member": "Ben", "videos": 3},
    "reset": {},
    "timezone": {"zone": "Asia/Tokyo"},
    "prices": {"show": "everyone"},
    "report": {},
}
"""Every command, with options that would do something."""


async def quota(
    stage: Stage, command: str, *, user: User | None = None, **options: Any
) -> Message:
    """Type a `/quota` command as an admin, and return the answer."""
    world = stage.world
    people = {
        "Ben": world.other_member,
        "Mia": world.member,
        "admins": world.admin_role,
    }
    filled: dict[str, Any] = {
        name: people.get(value, value) if name in {"role", "member"} else value
        for name, value in options.items()
    }
    handle = await stage.discord.slash(
        user or world.admin, world.general, f"quota {command}", filled
    )
    answer = await handle.answer()
    assert answer.ephemeral
    return answer


async def made(stage: Stage, prompt: str, count: int) -> None:
    """Ask for a video, and wait until that many clips have been posted in all."""
    await ask(stage, prompt)
    assert all(clip.videos for clip in await posts(stage, count))


async def usage(stage: Stage, user: User | None = None) -> str:
    handle = await stage.discord.slash(
        user or stage.world.member, stage.world.general, "usage"
    )
    return (await handle.answer()).text


async def restarted(stage: Stage) -> None:
    await stage.bot.stop()
    await start_again(stage)


async def test_every_command_is_refused_without_manage_server(stage: Stage) -> None:
    """Discord's own permission was opened to all; the code still says no."""
    world = stage.world
    stage.discord.world.open_command(world.guild, "quota")
    before = (await quota(stage, "view")).text

    for user in (world.member, world.moderator):
        for command, options in COMMANDS.items():
            answer = await quota(stage, command, user=user, **options)
            assert answer.text == (
                "Only admins can do this: it needs the permission Manage Server."
            )

    assert (await quota(stage, "view")).text == before
    assert "extra" not in await usage(stage, world.other_member)


@pytest.mark.lengthy
async def test_limits_hold_until_they_are_changed(open_world: OpenStage) -> None:
    """A member's own goes before the members' default; a grant lies beyond both."""
    stage = await open_world(
        CLAPPER_QUOTAS__MEMBER_PER_DAY="5", CLAPPER_QUOTAS__MEMBER_AT_ONCE="-1"
    )
    await quota(stage, "members", per_day=1, at_once=-1)

    await made(stage, "one", 1)
    said = await refusal(stage, "two")
    assert "daily limit (one video)" in said
    assert "<t:" in said

    await quota(stage, "member", member="Mia", per_day=2)
    await made(stage, "two", 2)
    assert "daily limit (2 videos)" in await refusal(stage, "three")

    await quota(stage, "grant", member="Mia", videos=1, reason="well done")
    await made(stage, "three", 3)
    assert "daily limit (2 videos)" in await refusal(stage, "four")

    await quota(stage, "reset", member="Mia")
    await made(stage, "four", 4)
    assert "1 of 2" in await usage(stage)


async def test_a_role_is_as_generous_as_its_best(stage: Stage) -> None:
    world = stage.world
    fans = stage.discord.world.add_role(world.guild, "Fans")
    patrons = stage.discord.world.add_role(world.guild, "Patrons")
    stage.discord.world.set_roles(world.guild, world.member, [fans, patrons])
    await quota(stage, "members", per_day=0)
    await quota(stage, "role", role=fans, per_day=3)
    await quota(stage, "role", role=patrons, per_day=7)

    assert "0 of 7" in await usage(stage)
    assert "no videos allowed" in await usage(stage, world.other_member)
    shown = (await quota(stage, "view", member="Mia")).text
    assert f"<@&{patrons.id}>" in shown
    assert "your limit is 0" in await refusal(stage, "mine", user=world.other_member)


@pytest.mark.thorough
async def test_what_cannot_be_set_changes_nothing(stage: Stage) -> None:
    """Each gets one clear sentence."""
    discord = stage.discord.world
    elsewhere = discord.add_guild("Elsewhere", owner=stage.world.owner)
    foreign = discord.add_role(elsewhere, "Foreign")
    before = (await quota(stage, "view")).text

    for command, options, sentence in (
        ("role", {"role": foreign, "per_day": 1}, "no such role"),
        ("timezone", {"zone": "Atlantis/Capital"}, "no such time zone"),
        ("server", {}, "at least one limit"),
        ("clear", {"scope": "role"}, "Choose the role"),
        ("clear", {"scope": "member"}, "Choose the member"),
        ("grant", {"member": "Ben", "videos": 0}, "from 1 to 1,000"),
    ):
        assert sentence in (await quota(stage, command, **options)).text

    assert (await quota(stage, "view")).text == before


async def test_everybody_is_set_back_after_a_confirmation(stage: Stage) -> None:
    await quota(stage, "members", per_day=1)
    await ask(stage, "one")
    await posts(stage, 1)

    kept = await quota(stage, "reset")
    handle = await stage.discord.press(stage.world.admin, kept, "Cancel")
    await handle.response()
    await stage.discord.wait_until(lambda: "Nothing was changed" in kept.text)
    assert "1 of 1" in await usage(stage)

    question = await quota(stage, "reset")
    await stage.discord.press(stage.world.admin, question, "Reset everyone")
    await stage.discord.wait_until(lambda: "no longer counts" in question.text)
    assert "0 of 1" in await usage(stage)


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_no_reset_lifts_the_operators_bound(open_world: OpenStage) -> None:
    stage = await open_world(
        CLAPPER_QUOTAS__SERVER_PER_DAY="1", CLAPPER_QUOTAS__SERVER_MOST_PER_DAY="2"
    )

    async def reset_everyone() -> None:
        question = await quota(stage, "reset")
        await stage.discord.press(stage.world.admin, question, "Reset everyone")
        await stage.discord.wait_until(lambda: "no longer counts" in question.text)

    await made(stage, "one", 1)
    assert "This server has reached its daily limit" in await refusal(stage, "two")
    await reset_everyone()
    await made(stage, "two", 2)
    await reset_everyone()

    said = await refusal(stage, "three")
    assert "daily limit that this bot's operator set (2 videos)" in said
    shown = (await quota(stage, "view")).text
    assert "0 of 1" in shown
    assert "Limited by this bot's operator: 2 of 2 made today (UTC)" in shown


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize("dialect", ["2026", *thorough("2025")])
async def test_a_job_that_fails_leaves_the_quota_as_it_was(
    open_world: OpenStage, dialect: str
) -> None:
    """All documented codes, and every other way in which a task can fail."""
    stage = await open_world(quick(dialect=dialect))
    markers = [f"[[fail:{code}]]" for code in MESSAGES]
    assert len(markers) == 14
    markers += ["[[fail-without-error]]", "[[cancelled]]", "[[empty]]", "[[missing]]"]
    await quota(stage, "members", per_day=40, per_month=40, at_once=-1)
    await quota(stage, "server", per_day=40, per_month=40)
    before = await usage(stage)
    assert before.count("0 of 40") == 4

    statuses = await ask_everywhere(stage, [{"prompt": one} for one in markers])
    await posts(stage, len(markers))
    for status in statuses:
        await settled(stage, status)

    assert await usage(stage) == before


async def test_a_restart_and_a_removal_keep_everything(open_world: OpenStage) -> None:
    stage = await open_world(start=False)
    await stage.bot.start()
    await stage.discord.wait_ready(["video", "quota"])
    world = stage.world
    await quota(stage, "members", per_day=9)
    await quota(stage, "member", member="Mia", per_month=33)
    await quota(stage, "timezone", zone="Asia/Tokyo")
    await quota(stage, "grant", member="Mia", videos=4)
    await settled(stage, await ask(stage, "one"))
    at_first = await usage(stage)
    assert "1 of 9" in at_first
    assert "1 of 33" in at_first
    assert "4 extra videos" in at_first

    await restarted(stage)
    assert await usage(stage) == at_first

    stage.discord.world.remove_bot(world.guild)
    await stage.discord.wait_until(lambda: "server left" in stage.bot.log())
    stage.discord.world.add_bot(world.guild)
    await restarted(stage)
    assert await usage(stage) == at_first
    assert "Asia/Tokyo" in (await quota(stage, "view")).text


async def test_zones_are_suggested_by_their_city(stage: Stage) -> None:
    handle = await stage.discord.autocomplete(
        stage.world.admin,
        stage.world.general,
        "quota timezone",
        typing=("zone", "berl"),
    )

    choices = (await handle.response()).choices

    assert [one["value"] for one in choices] == ["Europe/Berlin"]


async def test_a_report_has_a_chart_and_a_table(stage: Stage) -> None:
    await settled(stage, await ask(stage, "one"))

    answer = await quota(stage, "report", days=7)
    await stage.discord.wait_until(lambda: len(answer.attachments) == 2, 60)

    chart, table = answer.attachments
    assert chart.data.startswith(b"\x89PNG")
    lines = table.data.decode("utf-8-sig").splitlines()
    assert lines[1].startswith(f"'{stage.world.member.id},Mia,1,1,1,0,0,0,")
    assert "1 of 1 video delivered" in answer.text
    assert "This month so far: 1 video, 5\N{NO-BREAK SPACE}credits." in answer.text


async def test_barred_servers_are_told_so(open_world: OpenStage) -> None:
    stage = await open_world(start=False)
    await stage.bot.start(CLAPPER_OPERATOR__GUILDS_BARRED=f"[{stage.world.guild.id}]")
    await stage.discord.wait_ready(["video"])

    assert "isn't available in this server" in await refusal(stage, "one")
    assert stage.evolink.paid_tasks == 0


async def test_a_ceiling_in_credits_is_not_crossed(open_world: OpenStage) -> None:
    """At five credits a video, twelve pay for two."""
    stage = await open_world(CLAPPER_QUOTAS__SERVER_CREDITS_PER_MONTH="12")

    await made(stage, "one", 1)
    await made(stage, "two", 2)

    said = await refusal(stage, "three")
    assert "about 4.9 credits, 3 more than this server's budget has left" in said
    assert "<t:" in said
    assert stage.evolink.paid_tasks == 2


@pytest.mark.lengthy
async def test_80_percent_is_told_in_the_servers_log_and_to_the_operator(
    open_world: OpenStage,
) -> None:
    """Of the operator's ceilings, and of the limit that the server's admins set."""
    stage = await open_world(start=False)
    let_admins_moderate(stage)
    world, discord = stage.world, stage.discord
    operators = discord.world.add_channel(world.guild, "operators")
    settings = {
        "CLAPPER_OPERATOR__CHANNEL_ID": str(operators.id),
        "CLAPPER_QUOTAS__SERVER_CREDITS_PER_MONTH": "25",
        "CLAPPER_QUOTAS__TOTAL_CREDITS_PER_MONTH": "25",
    }
    await stage.bot.start(**settings)
    await discord.wait_ready(["video", "quota", "moderation"])
    await moderate(stage, "channel", purpose="log", channel=world.log)
    await quota(stage, "server", credits_per_month=24)

    for count in range(1, 5):
        await made(stage, f"video {count}", count)
    # It is looked at once a minute, and at each start.
    await stage.bot.stop()
    await stage.bot.start(**settings)

    await card(stage, world.log, "80% of this month's credits are used")
    await card(stage, world.log, "83% of this server's monthly limit of 24 credits")
    await card(stage, operators, "80% of this month's credits for all servers are used")
    told = [one.text for one in discord.messages(world.log)]
    assert sum("of this month's credits" in text for text in told) == 1
    assert sum("monthly limit of 24" in text for text in told) == 1


async def listed(stage: Stage, user: User) -> str:
    """Return what `/videos list` says to somebody."""
    handle = await stage.discord.slash(user, stage.world.general, "videos list")
    return (await handle.answer()).text


async def credits_of(stage: Stage, user: User, clip: Message) -> str:
    """Return what the menu of a clip's message says to somebody."""
    handle = await stage.discord.context_menu(
        user, stage.world.general, "Show credits", clip
    )
    answer = await handle.answer()
    assert answer.ephemeral
    return answer.text


async def test_prices_are_seen_by_those_whom_admins_chose(stage: Stage) -> None:
    """A video costs five credits here."""
    world, discord = stage.world, stage.discord
    price = "5\N{NO-BREAK SPACE}credits"

    async def all_said(prompt: str, count: int) -> Sequence[str]:
        """Return all that anybody is told while a video is made, and its clip last."""
        before = len(discord.requests)
        await settled(stage, await ask(stage, prompt))
        clip = (await posts(stage, count))[-1]
        said = [str(one.body) for one in discord.requests[before:]]
        assert any(prompt in one for one in said)
        return [*said, clip.text]

    assert not any("credit" in text for text in await all_said("for nobody", 1))
    assert "credit" not in await listed(stage, world.member)
    off = await credits_of(stage, world.admin, posted(stage)[0])
    assert off == "Prices are off in this server. Turn them on with `/quota prices`."

    await quota(stage, "prices", show="admins")
    assert not any("credit" in text for text in await all_said("for admins", 2))
    await ask(stage, "of an admin", user=world.admin)
    await posts(stage, 3)
    assert "credit" not in await listed(stage, world.member)
    assert price in await listed(stage, world.admin)
    clip = posted(stage)[0]
    assert price in await credits_of(stage, world.admin, clip)
    # Discord's own settings can be opened to everybody; the code still says no.
    discord.world.open_command(world.guild, "Show credits")
    for user in (world.member, world.moderator):
        assert "Only admins" in await credits_of(stage, user, clip)

    await quota(stage, "prices", show="everyone")
    said = await all_said("for everyone", 4)
    assert sum("credits" in text for text in said) >= 3, "status, clip, and its text"
    assert price in said[-1]
    assert price in await listed(stage, world.member)
    assert "Everyone sees what videos cost." in (await quota(stage, "view")).text
