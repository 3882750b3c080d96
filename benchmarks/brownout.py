"""Clips that end together while Discord refuses some posts, and serves all others.

The clips are made already; what counts is how long it takes until the last is posted.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from benchmarks.many_channels import ask, open_many_channels
from benchmarks.report import Row, show
from bot.demo.stage import Stage
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.records import Channel
from sandbox.evolink import EvolinkConfig, Life

CLIPS, CHANNELS = 100, 14
MANY_CLIPS, DOZEN = 300, 12
REFUSED_SHARE = 0.2
MOST_S = {"a fifth of all posts refused": 10.0, "first or second post refused": 15.0}
LATER_S = 3.0
"""So much later than without a fault the last of many may come."""
PATIENCE_S = 120.0
ASK_WITHIN_S = 5.0
FORMS = (
    Fault(status=429, retry_after_s=1.0, times=1),
    Fault(status=500, times=1),
    Fault(status=503, times=1),
    Fault(trouble=Trouble.RESET, times=1),
)
SEED = 11


async def run() -> bool:
    """Measure, show, and return whether all is within bounds."""
    usual_s, _ = await _measure(MANY_CLIPS, MANY_CLIPS, _refuse_nothing)
    cases = (
        ("a fifth of all posts refused", CLIPS, CLIPS, _refuse_a_fifth),
        ("first or second post refused", 2 * CHANNELS, CHANNELS, _refuse_one_of_two),
        ("a dozen 429s of channels", MANY_CLIPS, MANY_CLIPS, _throttle_a_dozen),
    )
    rows: list[Row] = []
    kept = True
    for name, clips, of_channels, break_ in cases:
        last_s, refused = await _measure(clips, of_channels, break_)
        bound_s = MOST_S.get(name, usual_s + LATER_S)
        kept = kept and last_s <= bound_s
        rows.append(
            {
                "brownout": name,
                "clips": clips,
                "refused": refused,
                "all_posted_s": last_s,
                "bound_s": bound_s,
            }
        )
    show("brownout", rows)
    return kept


async def _measure(
    clips: int, of_channels: int, break_: Callable[[Stage, Sequence[Channel]], None]
) -> tuple[float, int]:
    """Return when the last clip is posted, and how many posts were refused."""
    config = EvolinkConfig(total_s=600.0, estimated_time_s=2)
    async with open_many_channels(config, jobs=clips) as (stage, channels):
        places = channels[:of_channels]
        await ask(stage, places, jobs=clips, within_s=ASK_WITHIN_S)
        await _until(lambda: len(stage.evolink.tasks) >= clips)
        stage.discord.faults.clear()
        break_(stage, places)
        for task in list(stage.evolink.tasks.values()):
            stage.evolink.tasks.change_life(task.id, Life(total_s=0.0))
        began = time.monotonic()
        await _until(lambda: _posted(stage, places) >= clips)
        last_s = time.monotonic() - began
        refused = sum(
            one.went_wrong is not None and one.went_wrong != "slow"
            for one in stage.discord.requests
        )
        return last_s, refused


def _refuse_a_fifth(stage: Stage, channels: Sequence[Channel]) -> None:
    """Refuse every fifth post or so, in turn with 429 and 500, whatever its channel."""
    chance = random.Random(SEED)  # noqa: S311 - the same every time
    for channel in channels:
        while chance.random() < REFUSED_SHARE:
            _add(stage, channel, chance.choice(FORMS[:2]))


def _refuse_one_of_two(stage: Stage, channels: Sequence[Channel]) -> None:
    """Refuse each channel's first post, or in every other the second."""
    for number, channel in enumerate(dict.fromkeys(channels)):
        _add(stage, channel, FORMS[number // 2 % len(FORMS)], spares=number % 2)


def _throttle_a_dozen(stage: Stage, channels: Sequence[Channel]) -> None:
    """Answer the next post of a dozen channels with a 429 of their own."""
    for channel in list(dict.fromkeys(channels))[:DOZEN]:
        _add(stage, channel, FORMS[0])


def _refuse_nothing(_stage: Stage, _channels: Sequence[Channel]) -> None:
    """Leave all as it is."""


def _add(stage: Stage, channel: Channel, form: Fault, *, spares: int = 0) -> None:
    stage.discord.faults.add(
        Fault(
            method="POST",
            path=rf"^/channels/{channel.id}/messages$",
            status=form.status,
            trouble=form.trouble,
            retry_after_s=form.retry_after_s,
            times=form.times,
            spares=spares,
        )
    )


def _posted(stage: Stage, channels: Sequence[Channel]) -> int:
    return sum(
        message.origin is None
        for channel in channels
        for message in stage.discord.messages(channel)
    )


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - it is about several services
            await asyncio.sleep(0.02)
