"""The real program copies its database by itself, and says where it cannot."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.test_callbacks_at_work import free_port
from tests.e2e.channel import ask, posts
from tests.e2e.conftest import OpenStage
from tests.e2e.test_operator_page import page_at

KEPT = 2
BEGUN_WITHIN_S = 120.0
"""The first copy is made a minute after the start."""


def copies(folder: Path) -> list[Path]:
    """Return what there is of complete copies, the oldest first."""
    return sorted(folder.glob("clapper-*.db"))


def jobs_in(copy: Path) -> int:
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (count,) = opened.execute("SELECT count(*) FROM jobs").fetchone()
    return int(count)


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.timeout(400)
async def test_copies_are_made_kept_and_measured_and_a_failure_is_told_once(
    open_world: OpenStage,
) -> None:
    port = free_port()
    stage = await open_world(start=False)
    operators = stage.discord.world.add_channel(stage.world.guild, "operators")
    folder = stage.folder / "backups"
    seen: set[Path] = set()

    async def metric(name: str) -> float:
        _, text = await page_at(f"http://127.0.0.1:{port}/metrics")
        (line,) = re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(line)

    def copied(times: int) -> bool:
        found = copies(folder)
        # One more for a moment: the oldest goes only when the new one is complete.
        assert len(found) <= KEPT + 1
        seen.update(found)
        return len(seen) >= times and len(found) == KEPT

    await stage.bot.start(
        CLAPPER_HTTP__LISTEN=f"127.0.0.1:{port}",
        CLAPPER_OPERATOR__CHANNEL_ID=str(operators.id),
        CLAPPER_STORAGE__BACKUP_EVERY_H=str(3 / 3600),
        CLAPPER_STORAGE__BACKUP_KEEP=str(KEPT),
    )
    await stage.discord.wait_ready(["video"], BEGUN_WITHIN_S)
    await ask(stage, "a comet")
    await posts(stage, 1)
    assert await metric("clapper_last_backup_timestamp_seconds") == 0

    await stage.discord.wait_until(lambda: copied(KEPT), BEGUN_WITHIN_S)
    first = await metric("clapper_last_backup_timestamp_seconds")
    await stage.discord.wait_until(lambda: copied(KEPT + 2), BEGUN_WITHIN_S)

    assert await metric("clapper_last_backup_timestamp_seconds") > first > 0
    assert jobs_in(copies(folder)[-1]) == 1
    assert stage.discord.messages(operators) == []

    folder.rename(aside := stage.folder / "aside")
    folder.write_text("a file where the folder was")
    await stage.discord.wait_for_message(
        operators, lambda one: "could not be copied" in one.text, BEGUN_WITHIN_S
    )

    assert len(stage.discord.messages(operators)) == 1
    told = 'clapper_operator_events_total{event="backup-failed"}'
    assert await metric(told) == 1
    assert len(copies(aside)) >= KEPT
    await ask(stage, "another comet")
    await posts(stage, 2)
