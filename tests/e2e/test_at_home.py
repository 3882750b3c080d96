"""At home in a server: the greeting, `/about`, own defaults, presets, and Edit."""

import asyncio
import io
import json
import secrets
import sqlite3
import zipfile
from typing import Any

import pytest

from bot.demo.stage import Stage
from sandbox.discord.messages import Message
from sandbox.discord.permissions import Permission
from sandbox.discord.records import Channel, Guild, User
from tests.e2e.channel import PATIENCE_S, ask, posts, refusal, settled
from tests.e2e.conftest import OpenStage, discord_config
from tests.e2e.moderated import allow_spicy, let_admins_moderate, moderate
from tests.e2e.test_members import restarted

LINKS = {
    "CLAPPER_OPERATOR__PRIVACY_URL": "https://example.com/privacy",
    "CLAPPER_OPERATOR__SUPPORT_URL": "https://example.com/help",
}


async def typed(
    stage: Stage,
    command: str,
    *,
    user: User | None = None,
    channel: Channel | None = None,
    locale: str | None = None,
    **options: Any,
) -> Message:
    """Type a command and return its answer, which only that person sees."""
    world = stage.world
    handle = await stage.discord.slash(
        user or world.member, channel or world.general, command, options, locale=locale
    )
    answer = await handle.answer(timeout_s=PATIENCE_S)
    assert answer.ephemeral
    return answer


async def keep_noir(stage: Stage, **settings: Any) -> Message:
    return await typed(
        stage,
        "preset add",
        user=stage.world.admin,
        name="Film noir",
        words="A noir film about {prompt} in the rain",
        **settings,
    )


async def suggested(stage: Stage, command: str, option: str, words: str) -> list[str]:
    user = stage.world.admin if command.startswith("preset") else stage.world.member
    handle = await stage.discord.autocomplete(
        user, stage.world.general, command, (option, words)
    )
    return [one["name"] for one in (await handle.response()).choices]


async def looked_after(stage: Stage, guild: Guild) -> None:
    """Wait until nothing more is to be posted in a server that added the bot."""

    def is_done() -> bool:
        with sqlite3.connect(stage.folder / "clapper.db") as database:
            due = database.execute(
                "SELECT due_at FROM greetings WHERE guild_id = ?", (guild.id,)
            ).fetchall()
        database.close()
        return due == [(None,)]

    async with asyncio.timeout(PATIENCE_S):
        while not is_done():  # noqa: ASYNC110 - nobody would set an event
            await asyncio.sleep(0.05)


async def test_a_server_that_adds_the_bot_is_told_once_how_to_begin(
    stage: Stage,
) -> None:
    """Also one that adds it while the process is down; and nobody is pinged."""
    discord, owner = stage.discord, stage.world.owner
    guilds, halls = [], []

    def add(name: str, locale: str) -> None:
        guild = discord.world.add_guild(name, owner=owner, with_bot=False)
        hall = discord.world.add_channel(guild, "hall")
        discord.world.set_locale(guild, locale)
        discord.world.set_system_channel(guild, hall)
        discord.world.add_bot(guild)
        guilds.append(guild)
        halls.append(hall)

    add("First", "en-US")
    first = await discord.wait_for_message(
        halls[0], lambda one: "I'm Clapper" in one.text, PATIENCE_S
    )
    await stage.bot.kill()
    add("Second", "de")
    await restarted(stage)
    second = await discord.wait_for_message(
        halls[1], lambda one: "ich bin Clapper" in one.text, PATIENCE_S
    )
    for guild in guilds:
        await looked_after(stage, guild)
    await restarted(stage)
    await typed(stage, "about")

    for hall, message in zip(halls, (first, second), strict=True):
        assert discord.messages(hall) == [message]
        assert message.pinged == set()
        assert "/video" in message.text
    assert "/limits ansehen" in second.text


@pytest.mark.thorough
async def test_where_there_is_no_place_for_it_nothing_is_said(
    stage: Stage,
) -> None:
    """No system channel, or none to write in; and no line of the log is an error."""
    discord, owner = stage.discord, stage.world.owner
    mute = discord.world.add_guild("Mute", owner=owner, with_bot=False)
    hall = discord.world.add_channel(mute, "hall")
    discord.world.set_system_channel(mute, hall)
    everyone = mute.roles[mute.id]
    discord.world.set_overwrite(hall, everyone, deny=Permission.SEND_MESSAGES)
    discord.world.add_bot(mute)
    none = discord.world.add_guild("None", owner=owner)
    for guild in (mute, none):
        await looked_after(stage, guild)

    assert discord.messages(hall) == []
    for channel in none.channels.values():
        assert discord.messages(channel) == []
    assert "error" not in stage.bot.log()


@pytest.mark.thorough
async def test_an_operator_may_do_without_greetings(open_world: OpenStage) -> None:
    stage = await open_world(CLAPPER_OPERATOR__GREET="false")
    discord = stage.discord
    guild = discord.world.add_guild("New", owner=stage.world.owner, with_bot=False)
    hall = discord.world.add_channel(guild, "hall")
    discord.world.set_system_channel(guild, hall)
    discord.world.add_bot(guild)
    await looked_after(stage, guild)

    assert discord.messages(hall) == []


async def test_about_says_what_can_be_done_here_in_the_readers_language(
    open_world: OpenStage,
) -> None:
    stage = await open_world(
        **LINKS,
        CLAPPER_QUOTAS__MEMBER_PER_DAY="5",
        CLAPPER_QUOTAS__MEMBER_PER_MONTH="50",
    )
    world = stage.world
    let_admins_moderate(stage)
    off = await typed(stage, "about")
    await allow_spicy(stage, "review")
    await ask(stage, "a kite")
    await posts(stage, 1)
    public = await typed(stage, "about")
    restricted = await typed(stage, "about", channel=world.restricted, locale="de")
    stage.discord.world.set_overwrite(
        world.general, stage.discord.world.bot, deny=Permission.ATTACH_FILES
    )
    lacking = await typed(stage, "about")

    assert "switched off" in off.text
    assert "0 of 5 videos today · 0 of 50 this month" in off.text
    assert "/privacy forget" in off.text
    assert [(one.label, one.url) for one in off.buttons] == [
        ("Privacy policy", "https://example.com/privacy"),
        ("Get help", "https://example.com/help"),
    ]
    assert "only work in age-restricted channels" in public.text
    assert "1 of 5 videos today" in public.text
    assert "nach Freigabe durch die Moderation erlaubt" in restricted.text
    assert "1 von 5 Videos heute" in restricted.text
    assert next(one.label for one in restricted.buttons) == "Datenschutzerklärung"
    assert "Attach Files" in lacking.text
    assert "You can ask for videos here" not in lacking.text


async def test_own_defaults_fill_what_is_left_out_also_after_a_restart(
    stage: Stage,
) -> None:
    world = stage.world
    before = await typed(stage, "settings show", locale="de")
    await typed(stage, "settings set", mode="fun", duration=10, aspect="9:16")
    await restarted(stage)

    mine = await ask(stage, "mine")
    chosen = await ask(stage, "chosen", mode="normal", aspect="1:1")
    theirs = await ask(stage, "theirs", user=world.other_member)
    after = await typed(stage, "settings show")
    reset = await typed(stage, "settings reset")
    plain = await ask(stage, "plain")

    assert "Modus: **normal** (üblich)" in before.text
    assert "fun · 10 s · 9:16" in mine.text
    assert "normal · 10 s · 1:1" in chosen.text
    assert "normal · 6 s · 16:9" in theirs.text
    assert "Mode: **fun**\nLength: **10 seconds**\nShape: **9:16**" in after.text
    assert "Length: **6 seconds** (usual)" in reset.text
    assert "normal · 6 s · 16:9" in plain.text


@pytest.mark.thorough
async def test_own_defaults_are_in_the_export_and_erased_with_the_member(
    stage: Stage,
) -> None:
    await typed(stage, "settings set", aspect="2:3")
    export = await typed(stage, "privacy export")
    (file,) = export.attachments
    document = json.loads(file.data)
    question = await typed(stage, "privacy forget")
    await stage.discord.press(
        stage.world.member, question, question.buttons[0].custom_id or ""
    )
    await stage.discord.wait_until(lambda: not list(question.buttons), PATIENCE_S)
    after = await typed(stage, "settings show")

    assert [one["aspect"] for one in document["settings"]] == ["2:3"]
    assert "Shape: **16:9** (usual)" in after.text


@pytest.mark.thorough
async def test_a_spicy_default_never_becomes_something_else(stage: Stage) -> None:
    """Where it is not allowed the member hears why, and what helps."""
    world = stage.world
    let_admins_moderate(stage)
    set_ = await typed(stage, "settings set", mode="spicy")
    off = await refusal(stage, "a dance")
    await moderate(stage, "spicy", policy="restricted")
    public = await refusal(stage, "a dance")
    allowed = await ask(stage, "a dance", channel=world.restricted)
    other = await ask(stage, "a walk", mode="normal")
    typed_out = await refusal(stage, "a dance", mode="spicy")

    assert "never replaced" in set_.text
    assert "switched off" in off
    assert "only work in age-restricted channels" in public
    for said in (off, public):
        assert "Spicy is your own default here" in said
        assert "/settings set" in said
    assert "your own default" not in typed_out
    assert "spicy" in allowed.text
    assert "normal" in other.text


async def test_a_preset_is_kept_offered_used_and_removed(stage: Stage) -> None:
    world = stage.world
    added = await keep_noir(stage, mode="fun", aspect="1:1")
    await restarted(stage)
    offered = await suggested(stage, "video", "preset", "NOIR")
    status = await ask(stage, "a fox", preset="film noir", aspect="9:16")
    (clip,) = await posts(stage, 1)
    again = await (
        await stage.discord.press(world.other_member, clip, "Again")
    ).answer()
    listed = await typed(stage, "preset list", user=world.admin)
    removed = await typed(stage, "preset remove", user=world.admin, name="FILM NOIR")
    unknown = await refusal(stage, "a fox", preset="Film noir")
    mine = await typed(stage, "videos list")

    assert "Preset **Film noir** added" in added.text
    assert offered == ["Film noir"]
    assert "A noir film about a fox in the rain" in clip.text
    assert "fun · 6 s · 9:16" in clip.text
    assert await settled(stage, status)
    assert "A noir film about a fox in the rain" in again.text
    assert "A noir film about a fox in the rain" in mine.text
    assert "Film noir** · fun · 1:1" in listed.text
    assert "**Film noir** removed" in removed.text
    assert "no such preset" in unknown
    assert await suggested(stage, "preset remove", "name", "") == []


async def test_presets_are_the_admins_and_each_change_is_told(stage: Stage) -> None:
    """In code too: Discord's own settings can be opened to everybody."""
    world = stage.world
    let_admins_moderate(stage)
    await moderate(stage, "channel", purpose="log", channel=world.log)
    stage.discord.world.open_command(world.guild, "preset")
    said = [
        (await typed(stage, "preset list")).text,
        (await typed(stage, "preset remove", name="x")).text,
        (await typed(stage, "preset add", name="x", words="{prompt}")).text,
    ]
    none = await keep_noir(stage, mode="fun")
    changed = await keep_noir(stage)
    wrong = await typed(
        stage, "preset add", user=world.admin, name="x", words="no place"
    )
    line = await stage.discord.wait_for_message(
        world.log, lambda one: "changed the preset" in one.text, PATIENCE_S
    )
    history = await moderate(stage, "history")

    assert all("needs the permission Manage Server" in one for one in said)
    assert "added" in none.text
    assert "changed" in changed.text
    assert "{prompt} exactly once" in wrong.text
    assert f"<@{world.admin.id}> changed the preset “Film noir”" in line.text
    assert "added the preset “Film noir”" in history.text


@pytest.mark.thorough
async def test_the_words_of_a_preset_and_a_prompt_are_judged_together(
    stage: Stage,
) -> None:
    world = stage.world
    let_admins_moderate(stage)
    await moderate(stage, "word", action="add", pattern="noir film")
    await keep_noir(stage)
    long = "x" * 3990

    refused = await refusal(stage, "a fox", preset="Film noir")
    too_long = await refusal(stage, long, preset="Film noir")
    status = await ask(stage, "a fox", user=world.other_member)

    assert "isn't allowed in this server" in refused
    assert "leave room for 3,970 characters" in too_long
    assert not status.ephemeral


async def test_edit_offers_mode_length_and_shape_also_after_a_restart(
    stage: Stage,
) -> None:
    """Under a clip, and under the notice that there is none."""
    world, discord = stage.world, stage.discord
    await ask(stage, "a lighthouse", aspect="1:1")
    (clip,) = await posts(stage, 1)
    await restarted(stage)

    handle = await discord.press(world.other_member, clip, "Edit")
    modal = (await handle.response()).modal
    await restarted(stage)
    changed = await (
        await discord.submit_modal(
            world.other_member,
            modal,
            {"prompt": "[[refuse:400]] two lighthouses", "mode": "fun", "Length": "10"},
        )
    ).answer()
    said_at_first = changed.text
    (_, notice) = await posts(stage, 2)
    handle = await discord.press(world.member, notice, "Edit")
    modal = (await handle.response()).modal
    last = await (
        await discord.submit_modal(
            world.member, modal, {"prompt": "one", "Shape": ["9:16"]}
        )
    ).answer()

    # By now its status message may say in one line how it ended.
    assert "two lighthouses" in notice.text
    assert "fun · 10 s · 1:1" in said_at_first
    assert "fun · 10 s · 9:16" in last.text
    assert notice.pinged == {world.other_member.id}


@pytest.mark.thorough
async def test_what_edit_offers_is_checked_like_any_other_request(
    stage: Stage,
) -> None:
    await ask(stage, "a lighthouse")
    (clip,) = await posts(stage, 1)
    handle = await stage.discord.press(stage.world.member, clip, "Edit")
    modal = (await handle.response()).modal
    sent = await stage.discord.submit_modal(
        stage.world.member, modal, {"mode": "spicy"}
    )
    answer = await sent.answer()

    assert answer.ephemeral
    assert "Spicy videos are switched off" in answer.text
    assert "default" not in answer.text


@pytest.mark.thorough
async def test_an_export_too_large_for_one_file_comes_in_several(
    open_world: OpenStage,
) -> None:
    """Discord takes a MiB for each file here; each is a document that can be read."""
    limited = discord_config(default_upload_limit_bytes=1024 * 1024)
    stage = await open_world(discord=limited)
    member = stage.world.member
    entries = [
        (stage.world.guild.id, member.id, number, secrets.token_hex(500))
        for number in range(4_000)
    ]
    with sqlite3.connect(stage.folder / "clapper.db") as database:
        database.executemany(
            "INSERT INTO audit (guild_id, actor_id, at, action, reason)"
            " VALUES (?, ?, ?, 'quota.grant', ?)",
            entries,
        )
    database.close()

    handle = await stage.discord.slash(
        member, stage.world.general, "privacy export", {}
    )
    answer = await handle.answer(timeout_s=PATIENCE_S)
    several = int(answer.text.rpartition("as ")[2].split()[0])
    await stage.discord.wait_until(
        lambda: len(handle.followups) == several - 1, PATIENCE_S
    )

    assert several > 1
    assert answer.text.endswith(
        f"it comes as {several} ZIP files, each in a message of its own."
    )
    found = []
    for message in (answer, *handle.followups):
        assert message.ephemeral
        (file,) = message.attachments
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            (name,) = archive.namelist()
            found += json.loads(archive.read(name)).get("audit", [])
    assert [one["reason"] for one in found] == [reason for *_, reason in entries]
