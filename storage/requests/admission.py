"""Decides on a request and reserves, in one transaction that holds the server.

The decision itself is a pure function that is handed in, and what it depends on is read
in few statements. They run twice for every request. Most of a statement's cost is
fixed, so related questions share one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    literal,
    select,
)

from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobListener
from bot.moderation.records import ModerationFacts
from bot.quotas.prices_shown import PricesShown
from bot.requests.decision import AdmissionFacts, Decide, Refusal
from bot.servers.windows import DEFAULT_ZONE
from storage.database.engine import Database
from storage.jobs.transitions import Step
from storage.moderation.store import block_in, settings_in
from storage.pictures.store import keep_picture
from storage.privacy import pseudonyms
from storage.quotas.facts import MAY_CONCERN, counted, set_limits_in
from storage.quotas.usage import whose
from storage.servers import guilds
from storage.servers.departures import come_back
from storage.tables.moderation import blocks, moderation
from storage.tables.quotas import limits
from storage.tables.servers import guilds as settled


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
            lambda connection: _read(connection, job, with_spending=self._with_spending)
        )

    async def accept(
        self,
        job: Job,
        at: datetime,
        decide: Decide,
        *,
        picture: bytes | None = None,
        **changes: Unpack[JobChanges],
    ) -> Job | Refusal | None:
        def write(connection: Connection) -> Job | Refusal | None:
            # Discord tells of a return once, and who was told may have died.
            come_back(connection, job.guild_id)
            if self._with_spending:
                guilds.hold(connection, guilds.EVERYBODY)
            guilds.hold(connection, job.guild_id)
            verdict = decide(
                _read_to_decide(connection, job, with_spending=self._with_spending)
            )
            if isinstance(verdict, Refusal):
                return verdict
            step = Step(JobState.RECEIVED, verdict.state, from_grant=verdict.from_grant)
            changes["shows_price"] = verdict.shows_price
            accepted = step.take(connection, job.id, at, changes)
            if accepted is not None and picture is not None:
                keep_picture(connection, job.id, picture)
            return accepted

        def tell(accepted: Job | Refusal | None) -> None:
            if isinstance(accepted, Job) and self._listener is not None:
                self._listener.moved({JobState.RECEIVED}, accepted, changes)

        return await self._database.write_and_tell(write, tell)


def _around() -> Select[Any]:
    """Select what a server has settled, and of whom.

    A row for each of the limits that may concern the member; without any, one row.
    """
    one = select(literal(1).label("one")).subquery("one")
    guild: BindParameter[int] = bindparam("of_guild")
    user: BindParameter[int] = bindparam("of_user")
    return select(
        settled.c.zone,
        settled.c.prices,
        pseudonyms.KEY.scalar_subquery().label("pseudonym_key"),
        moderation,
        blocks.c.user_id,
        blocks.c.until,
        blocks.c.reason,
        blocks.c.blocked_by,
        blocks.c.at,
        *(column for column in limits.c if column is not limits.c.guild_id),
    ).select_from(
        one.outerjoin(settled, settled.c.guild_id == guild)
        .outerjoin(moderation, moderation.c.guild_id == guild)
        .outerjoin(blocks, and_(blocks.c.guild_id == guild, blocks.c.user_id == user))
        .outerjoin(limits, MAY_CONCERN)
    )


_AROUND = _around()


def _read(connection: Connection, job: Job, *, with_spending: bool) -> AdmissionFacts:
    """Read the facts outside a transaction for writing."""
    return _facts(connection, job, _read_around(connection, job), with_spending)


def _read_to_decide(
    connection: Connection, job: Job, *, with_spending: bool
) -> AdmissionFacts:
    """Read the facts as they are in this transaction, which must be one for writing.

    Somebody who was forgotten is recognised by them.
    """
    around = _read_around(connection, job)
    pseudonyms.recognise(connection, around[0].pseudonym_key, job.guild_id, job.user_id)
    return _facts(connection, job, around, with_spending)


def _read_around(connection: Connection, job: Job) -> Sequence[Row[Any]]:
    whose = {"of_guild": job.guild_id, "of_user": job.user_id}
    return connection.execute(_AROUND, whose).all()


def _facts(
    connection: Connection,
    job: Job,
    around: Sequence[Row[Any]],
    with_spending: bool,  # noqa: FBT001 - passed on
) -> AdmissionFacts:
    server = around[0]
    set_limits = set_limits_in(
        [row for row in around if row.scope is not None], job.role_ids
    )
    return AdmissionFacts(
        quota=counted(
            connection,
            whose(server.pseudonym_key, job.guild_id, job.user_id),
            set_limits,
            job.requested_at,
            server.zone or DEFAULT_ZONE,
            with_spending=with_spending,
        ),
        moderation=ModerationFacts(
            settings=settings_in(server), block=block_in(server)
        ),
        prices=server.prices or PricesShown.NOBODY,
    )
