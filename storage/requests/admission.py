"""Decides on a request and reserves, in one transaction that holds the server.

The decision itself is a pure function that is handed in.
"""

from datetime import datetime

from sqlalchemy import Connection

from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.requests.decision import Decide, Refusal
from storage.jobs.steps import Step
from storage.requests import admission_facts
from storage.servers import guilds


def accept(
    connection: Connection,
    job: Job,
    at: datetime,
    decide: Decide,
    changes: JobChanges,
    *,
    with_spending: bool,
) -> Job | Refusal | None:
    """Decide by the newest facts, and reserve and move the job on if it is admitted."""
    if with_spending:
        guilds.hold(connection, guilds.EVERYBODY)
    guilds.hold(connection, job.guild_id)
    facts = admission_facts.facts(connection, job, with_spending=with_spending)
    verdict = decide(facts)
    if isinstance(verdict, Refusal):
        return verdict
    step = Step(JobState.RECEIVED, verdict.state, from_grant=verdict.from_grant)
    return step.take(connection, job.id, at, changes)
