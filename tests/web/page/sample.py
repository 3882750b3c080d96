"""An installation as the page may show it, made of values alone."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import AccountFault
from bot.ids import GuildId, JobId
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.operations.health import Health, Part, Snapshot
from bot.operations.overview.spending import spending_at
from bot.operations.overview.values import (
    Ceilings,
    Copies,
    Day,
    LatestJob,
    OperatorEvent,
    Overview,
    ProcessRow,
    RunningJob,
    Stored,
    Versions,
    Waiting,
)
from bot.operations.ports import Pause
from bot.processes.seats import Seat
from bot.texts.texts import Texts
from bot.web import build_web, serve_web
from bot.web.page.access import Rules
from bot.web.page.drawing import Drawing
from bot.web.page.endpoint import PageEndpoint
from bot.web.page.sessions import Sessions, Tries
from cogs.wire.operator_channel import plain_operator_words
from storage.processes.only import OnlyProcess
from tests.callbacks import nothing
from tests.clock import FakeClock

NOW = datetime.fromisoformat("2026-11-18T14:05:30+00:00")
TOKEN = "0123456789abcdef0123456789abcdef"
GIB = 1024**3
SERVERS = {
    GuildId(1_100_000_000_000_000_001): "Paper Boats",
    GuildId(1_100_000_000_000_000_002): "Die Bastelstube",
    GuildId(1_100_000_000_000_000_003): "نادي السينما",
}
MODELS = ("grok-imagine-text-to-video", "seedance-2.0-fast-text-to-video")
CEILINGS = Ceilings(
    total_credits_per_month=10_000.0, credit_reserve=50.0, max_active_tasks=20
)
HEALTH = Snapshot(
    gateway=Part(ok=True, age_s=86_400.0 * 3),
    database=Part(ok=True, age_s=0.0),
    polling=Part(ok=True, age_s=4.0),
    open_jobs=3,
    evolink_outage_s=None,
    standby=False,
    shards=[0],
    shard_count=1,
    living=2,
    seats=list(Seat),
)
COUNTS = {
    JobState.QUEUED: 4,
    JobState.GENERATING: 3,
    JobState.DELIVERING: 1,
    JobState.DELIVERED: 41_236,
    JobState.FAILED: 1_204,
    JobState.CANCELLED: 377,
    JobState.DENIED: 12,
    JobState.UNCONFIRMED: 2,
}


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def make_days() -> list[Day]:
    today = NOW.replace(hour=0, minute=0, second=0)
    return [
        Day(
            day=today - timedelta(days=back),
            ended={
                JobState.DELIVERED: 40 + back * 37 % 23,
                JobState.FAILED: back * 5 % 7,
                JobState.CANCELLED: back * 3 % 4,
            },
            credits=200.0 + back * 61 % 97,
        )
        for back in reversed(range(30))
    ]


def make_latest(number: int = 50) -> list[LatestJob]:
    servers = list(SERVERS)
    states = [JobState.QUEUED, *[JobState.GENERATING] * 3, *[JobState.DELIVERED] * 46]
    states[9] = JobState.FAILED
    return [
        LatestJob(
            job_id=JobId(f"0j{index:02}k3w9"),
            guild_id=servers[index % 3],
            model=MODELS[index % 2],
            state=states[index],
            failure=Failure.CONTENT_POLICY_VIOLATION if index == 9 else None,
            requested_at=ago(minutes=7 * index + 1),
            first_submit_at=None
            if states[index] is JobState.QUEUED
            else ago(minutes=7 * index + 1, seconds=-(index * 13 % 47)),
            state_since=ago(minutes=7 * index - 2),
            credits=0.0 if index == 9 else 4.92 + index % 3,
            is_estimate=index < 4,
        )
        for index in range(number)
    ]


def make_stored(**changes: Any) -> Stored:
    first, second, _ = SERVERS
    usual = Stored(
        counts=COUNTS,
        queue=Waiting(number=4, since=ago(seconds=48)),
        running=[
            RunningJob(
                job_id=JobId(f"0m{index}k3w9"),
                guild_id=(first, second)[index % 2],
                model=MODELS[0],
                state=JobState.GENERATING,
                since=ago(seconds=150 - 40 * index),
                progress=70 - 30 * index,
                expected_end_at=ago(seconds=-30 * (index + 1)),
            )
            for index in range(3)
        ],
        deliveries=Waiting(number=1, since=ago(seconds=3)),
        notices=Waiting(number=0, since=None),
        days=make_days(),
        month_credits=4_310.5,
        latest=make_latest(),
        events=[
            OperatorEvent(
                event="unconfirmed", values={"job_id": "0j17k3w9"}, told_at=ago(hours=5)
            ),
            OperatorEvent(
                event="intake-resumed", values={"minutes": "12"}, told_at=ago(days=2)
            ),
        ],
        pause=None,
        outage_since=None,
        processes=[
            ProcessRow(
                name=f"{pid} on clapper-{pid % 2}",
                is_this=pid == 4211,
                is_alive=True,
                version="0.1.0",
                started_at=ago(days=3),
                unseen_s=2.0,
                seats=list(Seat) if pid == 4211 else [],
                shards=[pid % 2],
            )
            for pid in (4210, 4211)
        ],
        revision="v0003",
        database="PostgreSQL 15.14",
    )
    return replace(usual, **changes)


def make_view(stored: Stored | None = None, **changes: Any) -> Overview:
    stored = stored or make_stored()
    usual = Overview(
        at=NOW,
        process="4211 on clapper-1",
        began_at=ago(days=3),
        health=HEALTH,
        stored=stored,
        unsaved_events=(),
        spending=spending_at(NOW, stored.days, stored.month_credits, 9_420.0, CEILINGS),
        balance_read_at=ago(minutes=7),
        copies=Copies(every=timedelta(days=1), newest_at=ago(hours=7), fault=None),
        free={"database": 41 * GIB, "spool": 41 * GIB},
        ceilings=CEILINGS,
        versions=Versions(clapper="0.1.0", python="3.11.7", discord_py="2.7.1"),
    )
    return replace(usual, **changes)


def make_troubled() -> Overview:
    """Return an installation in which all goes wrong that a page can say."""
    pause = Pause(
        fault=AccountFault.BALANCE,
        reason="insufficient_quota: <b>0</b> credits left",
        since=ago(minutes=42),
        refusals=3,
        told_at=ago(minutes=42),
        probe_at=None,
    )
    ill = Part(ok=False, age_s=None)
    view = make_view(
        make_stored(
            pause=pause,
            outage_since=ago(minutes=9),
            month_credits=10_200.0,
            running=[],
            latest=[],
            events=[],
            deliveries=Waiting(number=3, since=ago(minutes=21)),
        ),
        health=replace(HEALTH, gateway=ill, polling=ill, shard_count=3),
        copies=Copies(
            every=timedelta(days=1),
            newest_at=ago(days=3),
            fault="data/backups/clapper-20261118T140530Z.db: No space left on device.",
        ),
        free={"database": 12 * GIB // 1024, "spool": 41 * GIB},
    )
    assert view.spending is not None
    return replace(view, spending=replace(view.spending, lasts_days=2.4))


def make_drawing(texts: Texts) -> Drawing:
    return Drawing(
        server_name=SERVERS.get,
        sentence=lambda one: plain_operator_words(
            texts, "en-US", one.event, one.values
        ),
    )


def make_page(
    texts: Texts,
    clock: FakeClock,
    *,
    view: Overview | None = None,
    token: str | None = None,
    public_url: str | None = None,
    listens_on_loopback: bool = True,
) -> PageEndpoint:
    async def look() -> Overview:
        return view or make_view()

    return PageEndpoint(
        look,
        make_drawing(texts),
        rules=Rules(
            has_token=token is not None,
            listens_on_loopback=listens_on_loopback,
            public_url=public_url,
        ),
        token=token,
        sessions=Sessions(clock),
        tries=Tries(clock),
    )


async def _answer() -> int:
    return 0


@asynccontextmanager
async def served(
    page: PageEndpoint, listen: str = "127.0.0.1:0"
) -> AsyncGenerator[str]:
    """Serve a page as the program does, and give its address."""
    health = Health(
        clock=FakeClock(), database=_answer, open_jobs=_answer, processes=OnlyProcess()
    )
    web = build_web(health, scrape=nothing, callbacks=None, page=page)
    async with serve_web(web, listen) as address:
        assert address is not None
        yield address
