"""A copy with a job in every state that is open, restored after all were done."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bot.demo.stage import Stage
from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.discord.invocation import File
from sandbox.evolink.faults import Fault as EvolinkFault
from tests.cli.program import invoked
from tests.e2e.channel import PATIENCE_S, ask, posted
from tests.e2e.conftest import IMPATIENT, UNLIMITED, OpenStage, discord_config
from tests.e2e.moderated import allow_spicy, card, let_admins_moderate, pressed
from tests.pictures.samples import jpeg

AS_BEFORE = {**UNLIMITED, **IMPATIENT, "CLAPPER_EVOLINK__MAX_ACTIVE_TASKS": "2"}
FOR_A_WHILE_S = 8.0
"""How long an answer is held back: long enough for a copy on a busy machine."""
PROMPTS = {
    "delivering": "a lighthouse in the fog",
    "generating": "[[total:12]] a slow river",
    "submitting": "a kite above the dunes",
    "queued": "it waves its paw",
    "awaiting_review": "velvet curtains",
    "received": "a paper boat",
}


def states(file: Path) -> dict[str, str]:
    """Return the state of each job, by its prompt."""
    with closing(sqlite3.connect(file)) as opened:
        return dict(opened.execute("SELECT prompt, state FROM jobs"))


def unsaid(file: Path) -> int:
    """Return how many jobs that are over still owe their status message a last word."""
    with closing(sqlite3.connect(file)) as opened:
        (count,) = opened.execute(
            "SELECT count(*) FROM jobs"
            " WHERE state = 'delivered' AND status_due_at IS NOT NULL"
        ).fetchone()
        return int(count)


def clips(stage: Stage) -> Counter[str]:
    """Return how many clips each prompt has."""
    texts = [one.text for one in posted(stage) if one.videos]
    return Counter(
        prompt
        for prompt in PROMPTS.values()
        for text in texts
        if prompt.rpartition("] ")[2] in text
    )


async def reached(stage: Stage, prompt: str, state: str) -> None:
    file = stage.folder / "clapper.db"
    await stage.discord.wait_until(
        lambda: states(file).get(prompt) == state, PATIENCE_S
    )


async def one_in_each_state(stage: Stage) -> None:
    """Bring a job into each."""
    world = stage.world
    stage.discord.faults.add(
        DiscordFault(
            method="POST", path=rf"/channels/{world.general.id}/messages", status=503
        )
    )
    await ask(stage, PROMPTS["awaiting_review"], mode="spicy", channel=world.restricted)
    await reached(stage, PROMPTS["awaiting_review"], "awaiting_review")
    await ask(stage, PROMPTS["delivering"])
    await reached(stage, PROMPTS["delivering"], "delivering")
    await ask(stage, PROMPTS["generating"])
    await reached(stage, PROMPTS["generating"], "generating")
    stage.evolink.faults.add(
        EvolinkFault(
            mentions="dunes", delay_s=FOR_A_WHILE_S, path=".*/videos/generations"
        )
    )
    await ask(stage, PROMPTS["submitting"])
    await reached(stage, PROMPTS["submitting"], "submitting")
    await ask(stage, PROMPTS["queued"], image=File(name="cat.jpg", data=jpeg()))
    await reached(stage, PROMPTS["queued"], "queued")
    stage.discord.faults.add(
        DiscordFault(
            method="POST",
            path=r"/interactions/\d+/[^/]+/callback",
            trouble=Trouble.HANG,
            after_effect=True,
            times=1,
        )
    )
    # Discord has the answer, but does not say so: the bot looks for it later.
    await stage.discord.slash(
        world.member, world.general, "video", {"prompt": PROMPTS["received"]}
    )
    await reached(stage, PROMPTS["received"], "received")


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_no_job_of_the_copy_is_lost_and_nothing_is_paid_or_posted_twice(
    open_world: OpenStage,
) -> None:
    # A restore comes later than Discord remembers nonces.
    stage = await open_world(
        discord=discord_config(nonce_window_s=0.0, ack_window_s=PATIENCE_S),
        start=False,
    )
    database, copy = stage.folder / "clapper.db", stage.folder / "copy.db"
    let_admins_moderate(stage)
    await stage.bot.start(**AS_BEFORE)
    await stage.discord.wait_ready(["video", "moderation"], PATIENCE_S)
    await allow_spicy(stage, "review")
    await one_in_each_state(stage)

    made = await invoked(
        "db", "backup", str(copy), folder=stage.folder, **stage.bot.settings
    )
    stage.discord.faults.clear()
    assert made.status == 0, made.err
    assert states(copy) == {prompt: state for state, prompt in PROMPTS.items()}
    # All is done that needs no moderator, and then the database is lost.
    for state in ("delivering", "generating", "submitting", "queued", "received"):
        await reached(stage, PROMPTS[state], "delivered")
    assert stage.evolink.paid_tasks == 5
    # Also their status messages say so: by that a request is known to be answered.
    await stage.discord.wait_until(lambda: unsaid(database) == 0, PATIENCE_S)
    await stage.bot.kill()
    database.unlink()

    restored = await invoked(
        "db", "restore", str(copy), folder=stage.folder, **stage.bot.settings
    )
    await stage.bot.start(**AS_BEFORE)
    await stage.discord.wait_ready(["video", "moderation"], PATIENCE_S)
    for state in ("delivering", "generating", "submitting", "queued"):
        await reached(stage, PROMPTS[state], "delivered")
    # Its answer, by which it would be known, says by now that it is done.
    await reached(stage, PROMPTS["received"], "refused")
    review = await card(stage, stage.world.review, PROMPTS["awaiting_review"])
    await pressed(stage, stage.world.moderator, review, "Approve")
    await reached(stage, PROMPTS["awaiting_review"], "delivered")

    assert restored.status == 0, restored.err
    assert "Jobs that had not ended when it was made: 6." in restored.out
    assert set(states(database)) == set(PROMPTS.values())
    assert stage.evolink.paid_tasks == 6
    assert clips(stage) == dict.fromkeys(PROMPTS.values(), 1)
