"""Characters that no database takes, typed wherever people can type."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from bot.texts import Texts
from storage.database.engine import Database
from tests.e2e.channel import PATIENCE_S, ask, posts
from tests.e2e.conftest import IMPATIENT, quick
from tests.e2e.moderated import let_admins_moderate
from tests.factories import AT_ONCE
from tests.storage.tables import every_table

BROKEN = ("a\0b", "a\ud83db")
LEAST_TEXTS = 10
WRITTEN = ("audit", "blocks", "limits", "moderation", "presets", "reports")
TEXT, CHANNEL = 3, 7


def text_options(stage: Stage) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each command, an option for text in it, and what else it needs."""
    for command in stage.discord.commands.visible_in(stage.world.guild.id):
        for words, options in _taking(command.name, command.stated.get("options", [])):
            needed = {
                one["name"]: _something(stage, one)
                for one in options
                if one.get("required")
            }
            for one in options:
                if one["type"] == TEXT and not one.get("choices"):
                    yield words, one["name"], needed


def _taking(
    words: str, options: list[dict[str, Any]]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    inner = [one for one in options if one["type"] in {1, 2}]
    if not inner:
        yield words, options
    for one in inner:
        yield from _taking(f"{words} {one['name']}", one.get("options") or [])


def _something(stage: Stage, option: dict[str, Any]) -> object:
    if option.get("choices"):
        return option["choices"][0]["value"]
    world = stage.world
    by_type = {4: 1, 5: True, 6: world.member, 7: world.log, 8: world.admin_role}
    return {TEXT: "text", 9: world.member, 10: 1.0, **by_type}[option["type"]]


async def contents(url: str) -> dict[str, int]:
    """Return how many rows there are of what the commands here would write."""

    def work(connection: Connection) -> dict[str, int]:
        return {
            name: connection.execute(
                select(func.count()).select_from(every_table().tables[name])
            ).scalar_one()
            for name in WRITTEN
        }

    async with Database.open(url, commit_delay_s=AT_ONCE, may_write=None) as opened:
        return await opened.read(work)


@pytest.mark.lengthy
@pytest.mark.thorough
async def test_it_is_refused_in_one_sentence_and_nothing_changes(
    migrated: str, tmp_path: Path
) -> None:
    texts = Texts.load()
    before = await contents(migrated)
    async with open_stage(None, quick(), tmp_path, make_bot=BotProcess) as stage:
        stage.bot.settings["CLAPPER_STORAGE__URL"] = migrated
        let_admins_moderate(stage)
        await stage.bot.start(**IMPATIENT)
        await stage.discord.wait_ready(["video", "moderation"], PATIENCE_S)
        answers: dict[tuple[str, str, str], str] = {}
        for words, name, needed in text_options(stage):
            for broken in BROKEN:
                handle = await stage.discord.slash(
                    stage.world.admin, stage.world.log, words, {**needed, name: broken}
                )
                answer = await handle.answer(timeout_s=PATIENCE_S)
                answers[words, name, broken] = answer.text
        await ask(stage, "a healthy fox")
        (clip,) = await posts(stage, 1)
        pressed = await stage.discord.press(stage.world.other_member, clip, "Report")
        modal = (await pressed.response()).modal
        sent = await stage.discord.submit_modal(
            stage.world.other_member, modal, {"reason": BROKEN[0]}
        )
        answers["report", "reason", BROKEN[0]] = (await sent.answer()).text
        log = stage.bot.log()
        assert await stage.bot.stop() == 0

    sentence = texts.say("en-US", "refused-text-broken")
    of_prompts = texts.say("en-US", "refused-prompt-broken")
    assert len(answers) >= LEAST_TEXTS
    assert {one: said for one, said in answers.items() if said != sentence} == {
        one: of_prompts for one in answers if one[1] == "prompt"
    }
    assert "Traceback" not in log
    assert await contents(migrated) == before
