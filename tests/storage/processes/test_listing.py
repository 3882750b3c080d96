"""`clapper processes`: who works on a database server."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

import bot
from bot.clock import SystemClock
from bot.jobs.due import Due
from bot.processes.seats import Seat
from storage.processes.listing import processes_on_server
from storage.tables.jobs import jobs, lease_of
from storage.tables.processes import processes, shards
from tests.cli.program import clapper
from tests.factories import make_job
from tests.storage.processes.conftest import ALL, Member, member, until
from tests.stores import job_store


async def listed(url: str, folder: Path, *options: str) -> str:
    """Ask in a process of its own: what the members of a test log is not its output."""
    ended = await clapper(
        "processes", *options, folder=folder, CLAPPER_STORAGE__URL=url
    )
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def held(shard_id: int, by: Member, *, until_s: float) -> dict[str, Any]:
    """Return the row of a shard that a process has until then."""
    until = SystemClock().now() + timedelta(seconds=until_s)
    return {"shard_id": shard_id, "holder": by.processes.id, "fence": 1, "until": until}


async def has_said_its_work(one: Member) -> bool:
    listed = await processes_on_server(one.database)
    return any(process.work for process in listed)


async def test_living_processes_are_listed_with_their_seats(
    migrated: str, tmp_path: Path
) -> None:
    async with (
        member(migrated, in_progress=lambda: {"poller": 7}) as first,
        member(migrated) as second,
    ):
        await first.processes.give_up(frozenset({Seat.HOUSEKEEPING}))
        await until(lambda: first.seats | second.seats == ALL)
        await until(lambda: has_said_its_work(first))

        await first.database.write(
            lambda connection: connection.execute(
                insert(shards), [held(one, first, until_s=60) for one in range(10)]
            )
        )
        await first.database.write(
            lambda connection: connection.execute(
                insert(shards), held(10, second, until_s=-1)
            )
        )

        heading, *lines, claimed = (await listed(migrated, tmp_path)).splitlines()
        told = json.loads(await listed(migrated, tmp_path, "--json"))

        assert heading.split()[:2] == ["PROCESS", "VERSION"]
        assert claimed == "Claimed now: nothing."
        assert len(lines) == 2
        for line in lines:
            assert line.startswith(f"{os.getpid()} on ")
            assert bot.__version__ in line
            assert "second" in line
        assert [set(one["seats"]) for one in told["processes"]] == [
            set(first.seats),
            set(second.seats),
        ]
        assert "0, 1, 2, 3, 4, 5, 6, 7 and 2 more" in lines[0]
        assert [one["shards"] for one in told["processes"]] == [list(range(10)), []]
        assert [one["work"] for one in told["processes"]] == [{"poller": 7}, {}]
        assert all(one["alive"] for one in told["processes"])
        assert all(one["connections"] >= 1 for one in told["processes"])


async def test_a_dead_process_and_work_that_is_claimed_are_shown(
    migrated: str, tmp_path: Path
) -> None:
    async with member(migrated) as one:
        job = make_job()
        await job_store(one.database).receive(job)
        soon = SystemClock().now() + timedelta(seconds=60)
        await one.database.write(
            lambda connection: connection.execute(
                update(jobs)
                .where(jobs.c.id == job.id)
                .values({jobs.c.poll_due_at: soon, lease_of(Due.POLL): soon})
            )
        )
        await one.database.write(
            lambda connection: connection.execute(
                processes.insert().values(
                    id="x",
                    name="7 on elsewhere",
                    session="clapper 7 x elsewhere",
                    version="0",
                    started_at=soon - timedelta(hours=1),
                    seen_at=soon - timedelta(seconds=90),
                    work={"deliverer": 2, "status board": 5},
                )
            )
        )
        said = await listed(migrated, tmp_path)

    assert "7 on elsewhere" in said
    assert "(dead)" in said
    assert "  deliverer 2, status board 5\n" in said
    assert said.endswith("Claimed now: poll 1.\n")
