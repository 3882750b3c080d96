"""`clapper jobs`: what the operator may see and settle, also while the bot runs."""

import dataclasses
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import click

from bot.cli.endings import FAILED_STATUS, plain_endings
from bot.cli.loops import run_in_loop
from bot.cli.settings import begin_without_secrets, config_option
from bot.clock import SystemClock
from bot.domain.ids import JobId
from bot.domain.jobs import Job
from bot.domain.states import OPEN_STATES, JobState
from bot.ports import JobStore

T = TypeVar("T")

RESOLUTIONS = (JobState.FAILED, JobState.DELIVERED)


@click.group()
def jobs() -> None:
    """Look at jobs, and settle those whose fate only a person can find out."""


@jobs.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in JobState]),
    help="Only jobs in this state; else all that somebody still waits for, and the "
    "unconfirmed ones.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="At most so many of each state.",
)
@config_option
def list_jobs(state: str | None, limit: int) -> None:
    """List jobs: id, state, since when, server, member, EvoLink's task."""
    wanted = [JobState(state)] if state else _worth_a_look()

    async def listed(store: JobStore) -> Sequence[Job]:
        return [job for one in wanted for job in await store.in_state(one, limit)]

    found = _with_store(listed)
    for job in found:
        click.echo(_line(job))
    if not found:
        none = f"No job is {state}." if state else "No job is open or unconfirmed."
        click.echo(none, err=True)


@jobs.command()
@click.argument("job_id", metavar="ID")
@config_option
def show(job_id: str) -> None:
    """Show everything about one job, except for its prompt and its tokens."""
    job = _existing(job_id, _with_store(lambda store: store.get(JobId(job_id))))
    for name, value in _fields(job):
        click.echo(f"{name:20} {value}")


@jobs.command()
@click.argument("job_id", metavar="ID")
@click.option(
    "--as",
    "ending",
    type=click.Choice([state.value for state in RESOLUTIONS]),
    required=True,
    help="How it ended, as you found on EvoLink's side.",
)
@config_option
def resolve(job_id: str, ending: str) -> None:
    """Settle an unconfirmed job: say how it ended.

    Nothing is charged, refunded or posted by this: the member's quota was released
    when the job became unconfirmed. It is only no longer open.
    """
    new = JobState(ending)

    async def resolved(store: JobStore) -> tuple[Job | None, Job | None]:
        known = JobId(job_id)
        now = SystemClock().now()
        moved = await store.move(known, JobState.UNCONFIRMED, new, now)
        return moved, moved or await store.get(known)

    moved, job = _with_store(resolved)
    job = _existing(job_id, job)
    if moved is None:
        click.echo(
            f"Job {job_id} is {job.state}; only unconfirmed jobs can be resolved.",
            err=True,
        )
        sys.exit(FAILED_STATUS)
    click.echo(f"Job {job_id} counts as {new} now. Nothing was posted or charged.")


def _with_store(work: Callable[[JobStore], Awaitable[T]]) -> T:
    """Run `work` on the jobs of the configured database."""
    url = begin_without_secrets().storage.url
    with plain_endings():
        from bot.cli.database import open_store  # noqa: PLC0415 - see `bot.cli`

        async def worked() -> T:
            async with open_store(url) as store:
                return await work(store)

        return run_in_loop(worked())


def _existing(job_id: str, job: Job | None) -> Job:
    if job is None:
        click.echo(f"There is no job {job_id!r}.", err=True)
        sys.exit(FAILED_STATUS)
    return job


def _worth_a_look() -> list[JobState]:
    return [
        state
        for state in JobState
        if state in OPEN_STATES or state is JobState.UNCONFIRMED
    ]


def _line(job: Job) -> str:
    since = job.state_since.isoformat(timespec="seconds")
    who = f"server {job.guild_id} member {job.user_id}"
    return f"{job.id}  {job.state:16} {since}  {who}  {job.task_id or '-'}"


def _fields(job: Job) -> Iterator[tuple[str, object]]:
    """Yield what may be shown: a field hidden from the repr is a secret or a prompt."""
    request = job.request
    for name in ("mode", "duration_s", "aspect", "model", "quality"):
        yield name, getattr(request, name)
    for field in dataclasses.fields(job):
        value = getattr(job, field.name)
        if field.repr and value is not None and value != frozenset():
            shown = value.isoformat() if isinstance(value, datetime) else value
            yield field.name, shown
