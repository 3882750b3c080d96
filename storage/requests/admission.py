"""Decides on a request and reserves, in one transaction that holds the server.

The decision itself is a pure function that is handed in.
"""

from datetime import datetime
from typing import Unpack

from sqlalchemy import Connection

from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobListener
from bot.requests.decision import AdmissionFacts, Decide, Refusal
from storage.database.engine import Database
from storage.jobs.transitions import Step
from storage.requests import admission_facts
from storage.servers import guilds
from storage.servers.departures import come_back


class SqlAdmissionStore:
    """Implements `bot.requests.admission.AdmissionStore` on a database lent to it."""

    def __init__(
        self, database: Database, *, listener: JobListener | None, with_spending: bool
    ) -> None:
        """Set up with the listener for accepted jobs, told once they are on disk.

        `with_spending` lets the facts include spending: summing it up takes time, and
        only ceilings in credits need it.
        """
        self._database = database
        self._listener = listener
        self._with_spending = with_spending

    async def admission_facts(self, job: Job) -> AdmissionFacts:
        return await self._database.read(
            lambda connection: admission_facts.read(
                connection, job, with_spending=self._with_spending
            )
        )

    async def accept(
        self, job: Job, at: datetime, decide: Decide, **changes: Unpack[JobChanges]
    ) -> Job | Refusal | None:
        def write(connection: Connection) -> Job | Refusal | None:
            # Discord tells of a return once, and who was told may have died.
            come_back(connection, job.guild_id)
            if self._with_spending:
                guilds.hold(connection, guilds.EVERYBODY)
            guilds.hold(connection, job.guild_id)
            verdict = decide(
                admission_facts.read_to_decide(
                    connection, job, with_spending=self._with_spending
                )
            )
            if isinstance(verdict, Refusal):
                return verdict
            step = Step(JobState.RECEIVED, verdict.state, from_grant=verdict.from_grant)
            return step.take(connection, job.id, at, changes)

        def tell(accepted: Job | Refusal | None) -> None:
            if isinstance(accepted, Job) and self._listener is not None:
                self._listener.moved({JobState.RECEIVED}, accepted, changes)

        return await self._database.write_and_tell(write, tell)
