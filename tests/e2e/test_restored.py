"""A copy that was taken in mid-work is restored after all of it was done."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bot.demo.stage import Stage
from sandbox.discord.faults import Fault
from tests.cli.program import Ended, invoked
from tests.e2e.channel import PATIENCE_S, ask, posts
from tests.e2e.conftest import IMPATIENT, UNLIMITED, OpenStage

AS_BEFORE = {**UNLIMITED, **IMPATIENT, "CLAPPER_EVOLINK__MAX_ACTIVE_TASKS": "1"}


def states(file: Path) -> Counter[str]:
    """Return how many jobs of a database are in each state."""
    with closing(sqlite3.connect(file)) as opened:
        return Counter(row[0] for row in opened.execute("SELECT state FROM jobs"))


async def command(stage: Stage, *words: str) -> Ended:
    return await invoked(*words, folder=stage.folder, **stage.bot.settings)


async def copied_in_mid_work(stage: Stage) -> Path:
    """Have three jobs copied: queued, made, and on its way; then all are delivered."""
    database, copy = stage.folder / "clapper.db", stage.folder / "copy.db"
    held = stage.discord.faults.add(
        Fault(method="POST", path=r"/channels/\d+/messages", status=503)
    )
    await ask(stage, "the first")
    await stage.discord.wait_until(
        lambda: states(database)["delivering"] == 1, PATIENCE_S
    )
    await ask(stage, "[[total:8]] the second")
    await stage.discord.wait_until(
        lambda: states(database)["generating"] == 1, PATIENCE_S
    )
    await ask(stage, "the third")
    await stage.discord.wait_until(lambda: states(database)["queued"] == 1, PATIENCE_S)
    ended = await command(stage, "db", "backup", str(copy))
    assert ended.status == 0, ended.err
    assert states(copy) == {"delivering": 1, "generating": 1, "queued": 1}
    stage.discord.faults.clear(held)
    await posts(stage, 3)
    await stage.discord.wait_until(
        lambda: states(database)["delivered"] == 3, PATIENCE_S
    )
    await stage.bot.stop()
    return copy


@pytest.mark.thorough
async def test_what_was_done_since_the_copy_is_not_paid_or_posted_again(
    open_world: OpenStage,
) -> None:
    stage = await open_world(CLAPPER_EVOLINK__MAX_ACTIVE_TASKS="1")
    copy = await copied_in_mid_work(stage)

    restored = await command(stage, "db", "restore", str(copy))
    await stage.bot.start(**AS_BEFORE)
    await stage.discord.wait_until(
        lambda: states(stage.folder / "clapper.db")["delivered"] == 3, PATIENCE_S
    )
    checked = await command(stage, "db", "check")

    assert restored.status == 0, restored.err
    assert "Jobs that had not ended when it was made: 3." in restored.out
    assert stage.evolink.paid_tasks == 3
    assert len(await posts(stage, 3)) == 3
    assert checked.status == 0, checked.err


@pytest.mark.thorough
async def test_where_the_key_may_not_be_used_nobody_pays_and_the_operator_is_told(
    open_world: OpenStage,
) -> None:
    """The job that was queued may have been paid for: nobody can know."""
    stage = await open_world(CLAPPER_EVOLINK__MAX_ACTIVE_TASKS="1")
    copy = await copied_in_mid_work(stage)

    await command(stage, "db", "restore", str(copy))
    await stage.bot.start(**AS_BEFORE, CLAPPER_EVOLINK__REPLAY_SUBMITS="false")
    await stage.discord.wait_until(
        lambda: (
            states(stage.folder / "clapper.db") == {"delivered": 2, "unconfirmed": 1}
        ),
        PATIENCE_S,
    )

    assert stage.evolink.paid_tasks == 3
    assert "unconfirmed" in stage.bot.log()


async def test_what_a_killed_restore_has_left_is_gone_after_the_next_start(
    open_world: OpenStage,
) -> None:
    """A second name of the database itself, and half a copy."""
    stage = await open_world()
    database = stage.folder / "clapper.db"
    await stage.bot.stop()
    second = stage.folder / "clapper.db.before-restore-20260101T120000Z"
    second.hardlink_to(database)
    half = stage.folder / "clapper.db.restoring"
    half.write_bytes(b"half")

    await stage.bot.start(**AS_BEFORE)
    await stage.discord.wait_ready(["video"], PATIENCE_S)

    assert not second.exists()
    assert not half.exists()
    assert database.exists()
