"""Workers and a real Discord that forgets nonces at once: nothing is posted twice.

Each message is posted, and its answer lost or unreadable. The next attempt has only the
channel to tell it so.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.spool import Spool
from bot.errors import MessengerError
from bot.ids import ChannelId, GuildId, MessageId, UserId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.moderation.ports import AuditRow
from bot.moderation.records import Card, CardKind
from bot.operations.installation import OperatorMessage
from bot.pipeline.deliverer import Deliverer
from bot.pipeline.notifier import Notifier
from bot.servers.audit import AuditEntry
from bot.texts import Texts
from bot.workers.limits import new_limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from cogs.bot import ClapperBot
from cogs.gateway.frames import read_json
from cogs.private_api import json_read_by
from cogs.wire.endpoints import rest_base
from cogs.wire.operator_channel import DiscordOperatorChannel
from sandbox.discord.board import Posting
from sandbox.discord.config import SandboxConfig
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.rate_limits import RateLimits
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import standard_world
from storage.database.engine import Database
from tests.callbacks import alone
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.cogs.stage import Stage
from tests.factories import make_request
from tests.pipeline.outside import RecordingOperator, ScriptedEvolink, ScriptedFetcher
from tests.pipeline.parts import host_watch
from tests.pipeline.stages import Stages
from tests.stores import Used

POST = r"^/channels/\d+/messages$"
Turn = Callable[[], Awaitable[None]]


@pytest.fixture
async def stage(
    texts: Texts, database: Database, tmp_path: Path
) -> AsyncGenerator[Stage]:
    """The stage of the other tests, but that no nonce is remembered."""
    config = SandboxConfig(nonce_window_s=0.0, rate_limits=RateLimits.none())
    async with DiscordSandbox(config) as discord:
        discord.clock.stop()
        world = standard_world(discord.world)
        with rest_base(discord.rest_url), json_read_by(read_json):
            yield Stage(
                discord=discord,
                world=world,
                texts=texts,
                database=database,
                folder=tmp_path,
            )
        assert discord.violations == []


@pytest.fixture
def clock() -> FakeClock:
    """Of the time that messages' ids are made of."""
    return FakeClock(datetime.now(UTC))


@pytest.fixture
def stages(store: JobStore, clock: FakeClock, used: Used) -> Stages:
    return Stages(store, clock, used)


def lost(**changes: Any) -> Fault:
    """Let the next post happen, and its answer be lost."""
    fields: dict[str, Any] = {"trouble": Trouble.RESET, "after_effect": True}
    return Fault(method="POST", path=POST, times=1, **(fields | changes))


def without_id(answer: Any) -> object:
    """Make of a message what nobody can know again."""
    return {name: value for name, value in answer.items() if name != "id"}


LOST = {
    "reset": lost(),
    "502": lost(trouble=None, status=502),
    "no id": lost(trouble=None, garble=without_id),
    "another kind of answer": lost(trouble=None, garble=lambda _: ["surprise"]),
}


@pytest.fixture(params=list(LOST))
def answer_lost(request: pytest.FixtureRequest, stage: Stage) -> Fault:
    fault = LOST[request.param]
    fault.hits = 0
    return stage.discord.faults.add(fault)


async def here(stage: Stage, stages: Stages, job: Job) -> Job:
    """Let a job of the store be one of this world, with a status message in it."""
    posting = Posting(
        author=stage.discord.world.bot,
        channel=stage.world.general,
        body={"flags": 1 << 15, "components": [{"type": 10, "content": "status"}]},
        limit_bytes=0,
    )
    status = stage.discord._parts.board.post(posting)
    await stages.store.note({job.id: {"status_message_id": MessageId(status.id)}})
    return await stages.now(job)


def of_world(stage: Stage) -> dict[str, Any]:
    return {
        "guild_id": GuildId(stage.world.guild.id),
        "channel_id": ChannelId(stage.world.general.id),
        "user_id": UserId(stage.world.member.id),
        "application_id": stage.discord.world.bot.id,
    }


@pytest.fixture
async def finished(stage: Stage, stages: Stages, clock: FakeClock) -> Job:
    """A job whose clip is made."""
    now = clock.now()
    job = await stages.queued(**of_world(stage))
    job = await stages.move(job, JobState.SUBMITTING, submit_key="run_key")
    job = await stages.move(job, JobState.GENERATING)
    job = await stages.move(
        job,
        JobState.DELIVERING,
        result_url="https://files.example/clip.mp4",
        done_at=now,
        delivery_due_at=now,
    )
    return await here(stage, stages, job)


@pytest.fixture
async def failed(stage: Stage, stages: Stages, clock: FakeClock) -> Job:
    """A job that has ended without a clip."""
    job = await stages.queued(**of_world(stage))
    job = await stages.move(
        job,
        JobState.FAILED,
        failure=Failure.PAUSED,
        notice_due_at=clock.now(),
    )
    return await here(stage, stages, job)


@pytest.fixture
def deliver(
    stage: Stage, bot: ClapperBot, store: JobStore, clock: FakeClock, tmp_path: Path
) -> Turn:
    spool = Spool(tmp_path / "spool")
    spool.prepare()

    async def turn() -> None:
        # Another each time, as after a crash.
        limits = new_limits(clock, wall=clock, living=alone)
        fetcher = ScriptedFetcher()
        deliverer = Deliverer(
            store,
            ScriptedEvolink(),
            fetcher,
            stage.messenger(bot),
            spool,
            ScriptedGate(),
            clock,
            host_watch(fetcher, limits),
            results=limits.results,
            reads=limits.reads,
            messages=limits.messages,
            operator=RecordingOperator(),
            shrinker=None,
        )
        await deliverer.run_once()
        await deliverer.drain()

    return turn


@pytest.fixture
def notify(stage: Stage, bot: ClapperBot, store: JobStore, clock: FakeClock) -> Turn:
    async def turn() -> None:
        notifier = Notifier(
            store,
            stage.messenger(bot),
            clock,
            messages=new_limits(clock, wall=clock, living=alone).messages,
        )
        await notifier.run_once()
        await notifier.drain()

    return turn


@pytest.mark.usefixtures("answer_lost")
async def test_a_clip_is_posted_once(
    stage: Stage, stages: Stages, finished: Job, deliver: Turn, clock: FakeClock
) -> None:
    await deliver()
    assert (await stages.now(finished)).state is JobState.DELIVERING
    clock.advance(REFUSED_WAIT_S)
    await deliver()

    (clip,) = [one for one in stage.public() if one.attachments]
    now = await stages.now(finished)
    assert (now.state, now.clip_message_id) == (JobState.DELIVERED, clip.id)


@pytest.mark.usefixtures("answer_lost")
async def test_a_notice_is_posted_once(
    stage: Stage, stages: Stages, failed: Job, notify: Turn, clock: FakeClock
) -> None:
    await notify()
    clock.advance(REFUSED_WAIT_S)
    await notify()

    (notice,) = [one for one in stage.public() if one.pinged]
    assert (await stages.now(failed)).notice_message_id == notice.id


@pytest.mark.parametrize("what", ["clip", "notice"])
async def test_one_strange_message_hides_none_of_ours(  # noqa: PLR0913, PLR0917
    stage: Stage,
    stages: Stages,
    finished: Job,
    deliver: Turn,
    failed: Job,
    notify: Turn,
    clock: FakeClock,
    what: str,
) -> None:
    """discord.py cannot make a `Message` of everything, and the search must go on."""
    turn = deliver if what == "clip" else notify

    def strange(page: Any) -> object:
        odd = {"id": "1", "type": "new", "components": 7, "attachments": [None]}
        broken = [{**one, "author": {"id": one["author"]["id"]}} for one in page]
        return [odd, "?", *broken]

    stage.discord.faults.add(lost())
    stage.discord.faults.add(Fault(method="GET", path=POST, garble=strange))
    await turn()
    clock.advance(REFUSED_WAIT_S)
    await turn()

    (posted,) = [one for one in stage.public() if one.pinged]
    job = await stages.now(finished if what == "clip" else failed)
    assert posted.id in {job.clip_message_id, job.notice_message_id}


async def test_what_discord_always_refuses_is_told_within_two_minutes(
    stage: Stage,
    stages: Stages,
    finished: Job,
    deliver: Turn,
    notify: Turn,
    clock: FakeClock,
) -> None:
    """The notice is refused like the clip, and so the status message says it."""
    post = Fault(method="POST", path=POST, status=400, code=50035)
    stage.discord.faults.add(post)
    for turn in (deliver, notify):
        for _ in range(MOST_REFUSALS):
            await turn()
            clock.advance(REFUSED_WAIT_S)
    for _ in range(3):
        clock.advance(24 * 3600)
        await deliver()
        await notify()

    assert post.hits == 2 * MOST_REFUSALS
    now = await stages.now(finished)
    assert (now.state, now.failure) == (JobState.UNDELIVERABLE, Failure.NOT_TAKEN)
    (status,) = stage.public()
    assert "Discord didn't accept the message" in status.text


def card_of(job: Job, stage: Stage, at: datetime) -> Card:
    return Card(
        id="c" * 16,
        kind=CardKind.REVIEW,
        guild_id=job.guild_id,
        job_id=job.id,
        report_id=None,
        channel_id=ChannelId(stage.world.review.id),
        message_id=None,
        due_at=at,
        intended_at=at,
        attempts=0,
        fence=0,
    )


@pytest.mark.usefixtures("answer_lost")
async def test_a_card_is_found_in_its_channel(
    stage: Stage, bot: ClapperBot, clock: FakeClock
) -> None:
    board = stage.card_board(bot)
    job = stage.job(state=JobState.AWAITING_REVIEW, request=make_request())
    card = card_of(job, stage, clock.now())
    assert await board.find_card(card) is None
    with pytest.raises(MessengerError) as error:
        await board.post_card(card, job, None, show_prompt=True)

    assert not error.value.refused
    (posted,) = stage.public(stage.world.review)
    for _ in range(150):
        stage.discord.say(stage.world.moderator, stage.world.review, "chatter")
    assert await board.find_card(card) == posted.id


@pytest.mark.usefixtures("answer_lost")
async def test_a_log_line_is_found_in_its_channel(
    stage: Stage, bot: ClapperBot, clock: FakeClock
) -> None:
    board = stage.card_board(bot)
    log = ChannelId(stage.world.log.id)
    first, second = (
        AuditRow(
            id=number,
            entry=AuditEntry(
                guild_id=GuildId(stage.world.guild.id),
                actor_id=UserId(stage.world.admin.id),
                action="quota.reset",
                subject=None,
                before=None,
                after=None,
                reason=None,
                at=clock.now(),
            ),
        )
        for number in (1, 2)
    )
    with pytest.raises(MessengerError):
        await board.post_log_line(log, first, None)
    for _ in range(90):
        stage.discord.say(stage.world.moderator, stage.world.log, "chatter")

    posted = stage.public(stage.world.log)[0]
    assert await board.find_log_line(log, first) == posted.id
    assert await board.find_log_line(log, second) is None


@pytest.mark.usefixtures("answer_lost")
async def test_a_message_to_the_operator_is_found_in_its_channel(
    stage: Stage, bot: ClapperBot, clock: FakeClock
) -> None:
    channel = DiscordOperatorChannel(
        bot.wire, bot.servers, stage.texts, stage.world.log.id
    )
    first = OperatorMessage(
        id=1,
        event="outage",
        values={"minutes": "5"},
        told_at=clock.now(),
        attempts=0,
        fence=0,
    )
    # A restored database may use a number again.
    other = OperatorMessage(
        id=1,
        event="outage",
        values={"minutes": "5"},
        told_at=clock.now() + timedelta(seconds=1),
        attempts=0,
        fence=0,
    )
    with pytest.raises(MessengerError):
        await channel.post(first)

    assert len(stage.public(stage.world.log)) == 1
    assert await channel.is_posted(first)
    assert not await channel.is_posted(other)
