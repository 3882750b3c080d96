"""`clapper jobs`: what the operator may see and settle, also while the bot runs."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from bot.cli.endings import FAILED_STATUS, plain_endings
from bot.cli.job_lines import as_json, details, table
from bot.cli.loops import run_in_loop
from bot.cli.numbers import WholeNumber
from bot.cli.settings import begin_without_secrets, config_option
from bot.clock import SystemClock
from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.store import JobStore

T = TypeVar("T")

RESOLUTIONS = (JobState.FAILED, JobState.DELIVERED)


_json_option = click.option(
    "--json", "wants_json", is_flag=True, help="Print JSON on stdout, for programs."
)


@click.group()
def jobs() -> None:
    """Inspect jobs, and resolve unconfirmed ones."""


@jobs.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in JobState]),
    help="Only jobs in this state. Default: open and unconfirmed jobs.",
)
@click.option(
    "--limit",
    type=WholeNumber(1, 10_000),
    default=100,
    show_default=True,
    help="At most this many jobs of each state.",
)
@_json_option
@config_option
def list_jobs(state: str | None, limit: int, *, wants_json: bool) -> None:
    """List jobs: id, state, since when, server, member, EvoLink's task."""
    wanted = [JobState(state)] if state else _worth_a_look()

    async def listed(store: JobStore) -> Sequence[Job]:
        return [job for one in wanted for job in await store.in_state(one, limit)]

    found = _with_store(listed)
    if wants_json:
        click.echo(as_json(found))
    elif found:
        click.echo("\n".join(table(found)))
    else:
        none = f"No job is {state}." if state else "No job is open or unconfirmed."
        click.echo(none, err=True)


@jobs.command(short_help="Show everything about one job but its prompt and tokens.")
@click.argument("job_id", metavar="ID")
@_json_option
@config_option
def show(job_id: str, *, wants_json: bool) -> None:
    """Show everything about one job, except for its prompt and its tokens."""
    job = _existing(job_id, _with_store(lambda store: store.get(JobId(job_id))))
    click.echo(as_json(job) if wants_json else "\n".join(details(job)))


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
    """Resolve an unconfirmed job: say how it ended.

    This charges, refunds and posts nothing: the member's quota was released when the
    job became unconfirmed. It only closes the job.
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
    click.echo(f"Job {job_id} is now marked as {new}. Nothing was posted or charged.")


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
